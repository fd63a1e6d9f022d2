/* SPDX-License-Identifier: Apache-2.0 */
/* A stored recording with any bytes: it is refused, or every frame of it can be had. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audio/opus-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	g_autoptr(GError) error = NULL;

	g_assert_true(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	g_autoptr(LoaOpusFile) file = loa_opus_file_open(path, &error);
	close(fd);
	g_assert_true((file == NULL) == (error != NULL));
	if (file == NULL)
		return 0;

	gint64 n_frames = loa_opus_file_n_frames(file);
	guint sum = 0;

	for (gint64 i = 0; i < n_frames; i++) {
		const guint8 *frame;
		gsize n;

		g_assert_true(loa_opus_file_frame(file, i, &frame, &n));
		g_assert_true(n > 0);
		for (gsize k = 0; k < n; k++)
			sum += frame[k];
	}
	const guint8 *none;
	gsize n;
	g_assert_false(loa_opus_file_frame(file, n_frames, &none, &n));
	g_assert_false(loa_opus_file_frame(file, -1, &none, &n));
	return sum == 0 && n_frames > 1000000 ? 1 : 0;
}
