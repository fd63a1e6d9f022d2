/* SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail(GError **error, const char *what, const char *path)
{
	int err = errno;
	const char *hint = "";

	if (err == ENOSPC || err == EDQUOT)
		hint = "; free some disk space";
	else if (err == EACCES || err == EPERM || err == EROFS)
		hint = "; check the owner and the permissions of the folder";
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(err), "cannot %s %s: %s%s",
		    what, path, g_strerror(err), hint);
	return FALSE;
}

static gboolean
write_all(int fd, const guint8 *at, gsize size)
{
	while (size > 0) {
		gssize n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		at += n;
		size -= (gsize)n;
	}
	return TRUE;
}

static gboolean
sync_folder_of(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return FALSE;
	gboolean ok = fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

/* Writes @bytes to a new file beside @path, down to the disk. Returns: its name, or %NULL with
 * errno set. */
static char *
write_temporary(const char *path, GBytes *bytes, int mode)
{
	g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	if (fd < 0)
		return NULL;

	gboolean ok = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, data, size) && fsync(fd) == 0;
	int err = errno;

	if (close(fd) != 0 && ok) {
		ok = FALSE;
		err = errno;
	}
	if (ok)
		return g_steal_pointer(&temporary);
	g_unlink(temporary);
	errno = err;
	return NULL;
}

static void
unlink_keeping_errno(const char *path)
{
	int err = errno;

	g_unlink(path);
	errno = err;
}

gboolean
loa_file_replace(const char *path, GBytes *bytes, int mode, GError **error)
{
	g_autofree char *temporary = write_temporary(path, bytes, mode);

	if (temporary == NULL)
		return fail(error, "write", path);
	if (g_rename(temporary, path) == 0 && sync_folder_of(path))
		return TRUE;
	unlink_keeping_errno(temporary);
	return fail(error, "write", path);
}

gboolean
loa_file_create(const char *path, GBytes *bytes, int mode, GError **error)
{
	g_autofree char *temporary = write_temporary(path, bytes, mode);

	if (temporary == NULL)
		return fail(error, "create", path);

	/* link(2), unlike rename(2), never replaces */
	gboolean ok = link(temporary, path) == 0;

	unlink_keeping_errno(temporary);
	if (ok && sync_folder_of(path))
		return TRUE;
	return fail(error, "create", path);
}

GBytes *
loa_file_read(const char *path, gsize max_size, GError **error)
{
	struct stat st;
	int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */

	if (fd < 0 || fstat(fd, &st) != 0) {
		fail(error, "read", path);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (guint64)st.st_size > max_size) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
			    "cannot read %s: not a file of at most %" G_GSIZE_FORMAT " bytes", path,
			    max_size);
		close(fd);
		return NULL;
	}

	/* one byte more than announced: a file that grows meanwhile is noticed, not cut */
	g_autofree guint8 *data = g_malloc((gsize)st.st_size + 1);
	gsize n_read = 0;
	gssize n = 0;

	while (n_read <= (gsize)st.st_size) {
		n = read(fd, data + n_read, (gsize)st.st_size + 1 - n_read);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		n_read += (gsize)n;
	}
	if (n < 0) {
		fail(error, "read", path);
		close(fd);
		return NULL;
	}
	close(fd);
	if (n_read > (gsize)st.st_size) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
			    "cannot read %s: it changed while being read; try again", path);
		return NULL;
	}
	return g_bytes_new_take(g_steal_pointer(&data), n_read);
}

char *
loa_file_read_text(const char *path, gsize max_size, GError **error)
{
	g_autoptr(GBytes) bytes = loa_file_read(path, max_size, error);
	gsize size = 0;

	if (bytes == NULL)
		return NULL;

	const char *data = g_bytes_get_data(bytes, &size);

	if (size > 0 && memchr(data, '\0', size) != NULL) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
			    "cannot read %s: not a text file; write it with a text editor", path);
		return NULL;
	}
	return g_strndup(data != NULL ? data : "", size);
}

gboolean
loa_file_ensure_folder(const char *path, GError **error)
{
	if (g_mkdir_with_parents(path, 0750) != 0)
		return fail(error, "make the folder", path);

	g_autofree char *probe = g_build_filename(path, ".probe.XXXXXX", NULL);
	int fd = g_mkstemp_full(probe, O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(error, "write in the folder", path);
	close(fd);
	g_unlink(probe);
	return TRUE;
}
