/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/wav-recording.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 44
#define REFRESH_SAMPLES 48000

struct LoaWavRecording {
	char *path;
	int fd, due_fd;
	gint64 n_samples;
	gint64 n_in_header;
};

static void
put_u32(guint8 *at, guint32 value)
{
	value = GUINT32_TO_LE(value);
	memcpy(at, &value, 4);
}

/* RIFF WAVE, format 1 (PCM): 1 channel, 48000 Hz, 96000 bytes a second, 2 bytes a frame. */
static void
make_header(guint8 header[HEADER_BYTES], gint64 n_samples)
{
	static const guint8 start[] = "RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0"
				      "\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data....";
	/* Four bytes hold 12 hours; a longer file keeps the largest size they can say. */
	gint64 n_bytes = MIN(2 * n_samples, (gint64)G_MAXUINT32 - HEADER_BYTES);

	memcpy(header, start, HEADER_BYTES);
	put_u32(header + 4, (guint32)(n_bytes + HEADER_BYTES - 8));
	put_u32(header + 40, (guint32)n_bytes);
}

static gboolean
fail(const LoaWavRecording *self, const char *action, GError **error)
{
	int code = errno;

	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot %s %s: %s%s",
		    action, self->path, g_strerror(code),
		    code == ENOSPC ? "; free some space on that disk" : "");
	return FALSE;
}

static gboolean
write_whole(int fd, const void *data, gsize size)
{
	const guint8 *at = data;

	while (size > 0) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return FALSE;
		at += MAX(0, n);
		size -= (gsize)MAX(0, n);
	}
	return TRUE;
}

static gboolean
refresh_header(LoaWavRecording *self)
{
	guint8 header[HEADER_BYTES];

	make_header(header, self->n_samples);
	if (pwrite(self->fd, header, sizeof header, 0) != sizeof header)
		return FALSE;
	self->n_in_header = self->n_samples;
	return TRUE;
}

/* Goes to the end of what an earlier opening left, by the file's real size: the header may lag. */
static gboolean
continue_file(LoaWavRecording *self, goffset size, GError **error)
{
	guint8 header[HEADER_BYTES] = { 0 }, wanted[HEADER_BYTES];

	if (pread(self->fd, header, sizeof header, 0) < 0)
		return fail(self, "read", error);
	make_header(wanted, 0);
	memcpy(wanted + 4, header + 4, 4);
	memcpy(wanted + 40, header + 40, 4);
	if (memcmp(header, wanted, sizeof header) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
			    "%s is not a 16-bit mono 48 kHz WAV recording; move it away or name "
			    "another file",
			    self->path);
		return FALSE;
	}
	self->n_samples = (size - HEADER_BYTES) / 2;
	if (ftruncate(self->fd, HEADER_BYTES + 2 * self->n_samples) < 0 ||
	    lseek(self->fd, 0, SEEK_END) < 0)
		return fail(self, "continue", error);
	return TRUE;
}

static gboolean
begin_file(LoaWavRecording *self, GError **error)
{
	if (ftruncate(self->fd, 0) < 0 || !refresh_header(self) ||
	    lseek(self->fd, HEADER_BYTES, SEEK_SET) < 0)
		return fail(self, "write", error);
	return TRUE;
}

LoaWavRecording *
loa_wav_recording_open(const char *path, GError **error)
{
	g_autoptr(LoaWavRecording) self = g_new0(LoaWavRecording, 1);
	g_autofree char *due_path = g_strconcat(path, ".due", NULL);
	struct stat st = { 0 };

	self->path = g_strdup(path);
	self->due_fd = -1;
	self->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (self->fd >= 0)
		self->due_fd = open(due_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (self->due_fd < 0 || fstat(self->fd, &st) < 0) {
		fail(self, "open", error);
		return NULL;
	}
	/* Shorter than a header: begun, and cut off at once. */
	if (!(st.st_size < HEADER_BYTES ? begin_file(self, error)
					: continue_file(self, st.st_size, error)))
		return NULL;
	return g_steal_pointer(&self);
}

gint64
loa_wav_recording_n_samples(const LoaWavRecording *self)
{
	return self->n_samples;
}

gboolean
loa_wav_recording_append(LoaWavRecording *self, const gint16 *samples, gsize n, gint64 mono_ns,
			 GError **error)
{
	char line[64];
	int length = g_snprintf(line, sizeof line, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
				self->n_samples, mono_ns);

	if (!write_whole(self->due_fd, line, (gsize)length) ||
	    !write_whole(self->fd, samples, n * sizeof *samples))
		return fail(self, "write", error);
	self->n_samples += (gint64)n;
	if (self->n_samples - self->n_in_header >= REFRESH_SAMPLES && !refresh_header(self))
		return fail(self, "write", error);
	return TRUE;
}

void
loa_wav_recording_close(LoaWavRecording *self)
{
	/* Only where something was appended: a file of another kind is left as it is. */
	if (self->fd >= 0 && self->n_samples != self->n_in_header && self->n_samples > 0)
		(void)refresh_header(self);
	if (self->fd >= 0)
		close(self->fd);
	if (self->due_fd >= 0)
		close(self->due_fd);
	g_free(self->path);
	g_free(self);
}
