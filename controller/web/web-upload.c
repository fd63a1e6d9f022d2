/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-upload.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "common/file.h"

#define NAME_PREFIX "upload-"

struct LoaWebUpload {
	char *path; /* NULL once taken or failed */
	int fd;     /* -1 once closed */
	gint64 size_bytes;
	gint64 max_bytes;
	LoaWebUploadResult result;
};

gboolean
loa_web_upload_prepare_folder(const char *dir, GError **error)
{
	if (!loa_file_ensure_folder(dir, error))
		return FALSE;

	g_autoptr(GDir) entries = g_dir_open(dir, 0, error);

	if (entries == NULL)
		return FALSE;
	for (const char *name; (name = g_dir_read_name(entries)) != NULL;) {
		if (!g_str_has_prefix(name, NAME_PREFIX))
			continue;

		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	return TRUE;
}

LoaWebUpload *
loa_web_upload_new(const char *dir, gint64 max_bytes)
{
	g_autofree char *path = g_build_filename(dir, NAME_PREFIX "XXXXXX", NULL);
	int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return NULL;

	LoaWebUpload *self = g_new0(LoaWebUpload, 1);

	self->path = g_steal_pointer(&path);
	self->fd = fd;
	self->max_bytes = max_bytes;
	return self;
}

static void
discard(LoaWebUpload *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
	if (self->path != NULL)
		g_unlink(self->path);
	g_clear_pointer(&self->path, g_free);
}

static LoaWebUploadResult
fail(LoaWebUpload *self, LoaWebUploadResult result)
{
	discard(self);
	self->result = result;
	return result;
}

LoaWebUploadResult
loa_web_upload_write(LoaWebUpload *self, gconstpointer data, gsize size)
{
	const guint8 *bytes = data;

	if (self->result != LOA_WEB_UPLOAD_OK)
		return self->result;
	if (size > (guint64)(self->max_bytes - self->size_bytes))
		return fail(self, LOA_WEB_UPLOAD_TOO_LARGE);
	self->size_bytes += (gint64)size;
	while (size > 0) {
		ssize_t n = write(self->fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(self, LOA_WEB_UPLOAD_STORAGE);
		bytes += n;
		size -= (gsize)n;
	}
	return LOA_WEB_UPLOAD_OK;
}

gint64
loa_web_upload_size_bytes(const LoaWebUpload *self)
{
	return self->size_bytes;
}

char *
loa_web_upload_take(LoaWebUpload *self)
{
	if (self->fd < 0)
		return NULL;

	int fd = self->fd;

	self->fd = -1;
	if (close(fd) != 0) {
		fail(self, LOA_WEB_UPLOAD_STORAGE);
		return NULL;
	}
	return g_steal_pointer(&self->path);
}

void
loa_web_upload_free(LoaWebUpload *self)
{
	if (self == NULL)
		return;
	discard(self);
	g_free(self);
}
