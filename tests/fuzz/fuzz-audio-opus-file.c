/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored recording with any bytes: it is refused, or every frame of it can be had. Tried as it
 * is, and once more with every page's checksum made right: else hardly an input gets past the
 * first page.
 */
#include <ogg/ogg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audio/opus-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(LoaOpusFile *file)
{
	gint64 n_frames = loa_opus_file_n_frames(file);
	const guint8 *frame;
	guint sum = 0;
	gsize n;

	for (gint64 i = 0; i < n_frames; i++) {
		g_assert_true(loa_opus_file_frame(file, i, &frame, &n));
		g_assert_true(n > 0 && n <= 1275);
		for (gsize k = 0; k < n; k++)
			sum += frame[k];
	}
	g_assert_false(loa_opus_file_frame(file, n_frames, &frame, &n));
	g_assert_false(loa_opus_file_frame(file, -1, &frame, &n));
	g_assert_true(loa_opus_file_n_samples(file) > 0);
	g_assert_true(loa_opus_file_n_samples(file) <= n_frames * 960);
	/* or the reads above could be left out */
	g_assert_true(sum < G_MAXUINT);
}

static void
open_mapped(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	g_autoptr(GError) error = NULL;

	g_assert_true(fd >= 0 && write(fd, data, size) == (ssize_t)size);

	g_autoptr(LoaOpusFile) file = loa_opus_file_open(path, &error);

	close(fd);
	g_assert_true((file == NULL) == (error != NULL));
	if (file != NULL)
		read_all(file);
}

static void
fix_checksums(uint8_t *data, size_t size)
{
	size_t at = 0;

	while (size - at >= 27 && memcmp(data + at, "OggS", 4) == 0) {
		ogg_page page = { .header = data + at, .header_len = 27 + data[at + 26] };

		if (size - at < (size_t)page.header_len)
			return;
		page.body = data + at + page.header_len;
		for (int i = 27; i < page.header_len; i++)
			page.body_len += page.header[i];
		if (size - at - (size_t)page.header_len < (size_t)page.body_len)
			return;
		ogg_page_checksum_set(&page);
		at += (size_t)page.header_len + (size_t)page.body_len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree uint8_t *copy = g_memdup2(data, size);
	g_autoptr(GError) error = NULL;

	open_mapped(data, size);
	if (copy == NULL)
		return 0;
	fix_checksums(copy, size);

	g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&copy), size);
	g_autoptr(LoaOpusFile) file = loa_opus_file_parse(bytes, "fixed", &error);

	g_assert_true((file == NULL) == (error != NULL));
	if (file != NULL)
		read_all(file);
	return 0;
}
