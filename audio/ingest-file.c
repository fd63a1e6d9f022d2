/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/ingest-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX ".loa-ingest-"
#define FOLDER_MODE 0750
#define FILE_MODE 0640

struct LoaIngestFile {
	char *folder; /* owned */
	char *path;   /* owned (nullable): to be removed when freed */
	char *placed; /* owned (nullable): where it stands now, if it is new there */
	int fd;
	gint64 size;
	GChecksum *checksum; /* owned (nullable) */
};

static gboolean
fail(const char *what, const char *path, int err, GError **error)
{
	gboolean is_full = err == ENOSPC || err == EDQUOT || err == EFBIG;

	if (is_full)
		g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_DISK_FULL,
			    "the disk is full: cannot %s %s; free some space and import again",
			    what, path);
	else
		g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_UNWRITABLE,
			    "cannot %s %s: %s; check the folder's owner and permissions", what,
			    path, g_strerror(err));
	return FALSE;
}

/* Between making a file and locking it, a sweep may take it: then there is none, and we know. */
static int
make_locked(const char *folder, char **path, GError **error)
{
	for (int tries = 0; tries < 10; tries++) {
		g_autofree char *name = g_build_filename(folder, PREFIX "XXXXXX", NULL);
		int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, FILE_MODE);
		struct stat st;

		if (fd < 0) {
			fail("write in", folder, errno, error);
			return -1;
		}
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 1) {
			*path = g_steal_pointer(&name);
			return fd;
		}
		close(fd);
		g_unlink(name);
	}
	fail("write in", folder, EBUSY, error);
	return -1;
}

gboolean
loa_ingest_file_ensure_folder(const char *folder, GError **error)
{
	return g_mkdir_with_parents(folder, FOLDER_MODE) == 0 ||
	       fail("make the folder", folder, errno, error);
}

static LoaIngestFile *
file_new(const char *folder, GError **error)
{
	g_autoptr(LoaIngestFile) self = g_new0(LoaIngestFile, 1);

	self->fd = -1;
	self->folder = g_strdup(folder);
	if (!loa_ingest_file_ensure_folder(folder, error))
		return NULL;
	self->fd = make_locked(folder, &self->path, error);
	return self->fd < 0 ? NULL : g_steal_pointer(&self);
}

LoaIngestFile *
loa_ingest_file_new(const char *folder, GError **error)
{
	LoaIngestFile *self = file_new(folder, error);

	if (self != NULL)
		self->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	return self;
}

LoaIngestFile *
loa_ingest_file_new_spool(const char *folder, GError **error)
{
	LoaIngestFile *self = file_new(folder, error);

	if (self != NULL)
		g_unlink(self->path);
	if (self != NULL)
		g_clear_pointer(&self->path, g_free);
	return self;
}

gboolean
loa_ingest_file_write(LoaIngestFile *self, const void *data, gsize size, GError **error)
{
	const guint8 *at = data;
	gsize left = size;

	while (left > 0) {
		gssize n = write(self->fd, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("write in", self->folder, errno, error);
		at += n;
		left -= (gsize)n;
	}
	self->size += (gint64)size;
	if (self->checksum != NULL)
		g_checksum_update(self->checksum, data, (gssize)size);
	return TRUE;
}

gboolean
loa_ingest_file_read(LoaIngestFile *self, gint64 offset, void *data, gsize size, GError **error)
{
	guint8 *at = data;

	while (size > 0) {
		gssize n = pread(self->fd, at, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail("read back from", self->folder, n < 0 ? errno : EIO, error);
		at += n;
		offset += n;
		size -= (gsize)n;
	}
	return TRUE;
}

gint64
loa_ingest_file_size(const LoaIngestFile *self)
{
	return self->size;
}

const char *
loa_ingest_file_path(const LoaIngestFile *self)
{
	return self->path;
}

gboolean
loa_ingest_file_sync(LoaIngestFile *self, char sha256[65], GError **error)
{
	g_return_val_if_fail(self->checksum != NULL, FALSE);

	if (fsync(self->fd) != 0)
		return fail("write in", self->folder, errno, error);
	g_strlcpy(sha256, g_checksum_get_string(self->checksum), 65);
	return TRUE;
}

static gboolean
sync_folder(const char *folder)
{
	int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return FALSE;

	gboolean ok = fsync(fd) == 0;

	close(fd);
	return ok;
}

gboolean
loa_ingest_file_place(LoaIngestFile *self, const char *name, gboolean *was_there, GError **error)
{
	g_autofree char *target = g_build_filename(self->folder, name, NULL);
	gboolean there = g_file_test(target, G_FILE_TEST_EXISTS);

	if (g_rename(self->path, target) != 0)
		return fail("rename a file to", target, errno, error);
	g_clear_pointer(&self->path, g_free);
	if (!there)
		self->placed = g_steal_pointer(&target);
	if (!sync_folder(self->folder)) {
		int err = errno;

		loa_ingest_file_unplace(self);
		return fail("write in", self->folder, err, error);
	}
	*was_there = there;
	return TRUE;
}

void
loa_ingest_file_unplace(LoaIngestFile *self)
{
	if (self->placed != NULL)
		g_unlink(self->placed);
	g_clear_pointer(&self->placed, g_free);
}

void
loa_ingest_file_sweep(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		if (!g_str_has_prefix(name, PREFIX))
			continue;

		g_autofree char *path = g_build_filename(folder, name, NULL);
		int fd = g_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			g_unlink(path);
		close(fd);
	}
}

void
loa_ingest_file_free(LoaIngestFile *self)
{
	if (self == NULL)
		return;
	if (self->path != NULL)
		g_unlink(self->path);
	if (self->fd >= 0)
		close(self->fd);
	if (self->checksum != NULL)
		g_checksum_free(self->checksum);
	g_free(self->placed);
	g_free(self->path);
	g_free(self->folder);
	g_free(self);
}
