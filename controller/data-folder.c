/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/data-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "wire/keys.h"

#define TOKEN_MIN 32
#define TOKEN_MAX 256

struct LoaDataFolder {
	char *path;
	int lock_fd;
	GPtrArray *ports; /* names of their files (static) */
};

G_DEFINE_QUARK(loa_data_folder_error, loa_data_folder_error)

static gboolean
refuse(GError **error, LoaDataFolderError code, GError *cause)
{
	g_set_error_literal(error, LOA_DATA_FOLDER_ERROR, (int)code, cause->message);
	g_error_free(cause);
	return FALSE;
}

static gboolean
make_folders(const char *path, GError **error)
{
	static const char *const names[] = { "", "audio", "originals", "uploads" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *folder = g_build_filename(path, names[i], NULL);
		GError *cause = NULL;

		if (!loa_file_ensure_folder(folder, &cause))
			return refuse(error, LOA_DATA_FOLDER_ERROR_UNWRITABLE, cause);
	}
	return TRUE;
}

static gboolean
lock(LoaDataFolder *self, GError **error)
{
	g_autofree char *path = loa_data_folder_path(self, "lock");

	self->lock_fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (self->lock_fd < 0) {
		g_set_error(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_UNWRITABLE,
			    "cannot open %s: %s", path, g_strerror(errno));
		return FALSE;
	}
	if (flock(self->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return TRUE;
	g_set_error(
		error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_LOCKED,
		"another loa-controller works in %s: stop it first, or give this one a data_dir "
		"of its own",
		self->path);
	return FALSE;
}

LoaDataFolder *
loa_data_folder_open(const char *path, GError **error)
{
	g_autoptr(LoaDataFolder) self = g_new0(LoaDataFolder, 1);

	self->path = g_strdup(path);
	self->lock_fd = -1;
	self->ports = g_ptr_array_new();
	if (!make_folders(path, error) || !lock(self, error))
		return NULL;
	return g_steal_pointer(&self);
}

char *
loa_data_folder_path(const LoaDataFolder *self, const char *name)
{
	return g_build_filename(self->path, name, NULL);
}

static gboolean
make_token(const char *path, GError **error)
{
	/* a seed is 32 random bytes in hexadecimal: just what a token should be */
	g_autoptr(LoaSigningKey) random = loa_signing_key_new();
	g_autofree char *hex = loa_signing_key_seed_hex(random);
	g_autofree char *line = g_strdup_printf("%s\n", hex);
	g_autoptr(GBytes) bytes = g_bytes_new(line, strlen(line));

	return loa_file_create(path, bytes, 0600, error);
}

static char *
read_token(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = loa_file_read(path, TOKEN_MAX + 1, error);
	g_autofree char *text = NULL;
	struct stat st;
	gsize size;

	if (bytes == NULL)
		return NULL;
	text = g_strndup(g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));
	g_strstrip(text);
	size = strlen(text);
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
		g_set_error(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_TOKEN,
			    "others may read the token in %s: chmod 600 %s", path, path);
		return NULL;
	}
	if (size >= TOKEN_MIN &&
	    strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.") == size)
		return g_steal_pointer(&text);
	g_set_error(error, LOA_DATA_FOLDER_ERROR, LOA_DATA_FOLDER_ERROR_TOKEN,
		    "%s holds no token of at least %d letters and digits: remove it, and a new one "
		    "is made",
		    path, TOKEN_MIN);
	return NULL;
}

char *
loa_data_folder_token(const char *token_file, GError **error)
{
	if (!g_file_test(token_file, G_FILE_TEST_EXISTS) && !make_token(token_file, error))
		return NULL;
	return read_token(token_file, error);
}

gboolean
loa_data_folder_write_port(LoaDataFolder *self, const char *name, guint16 port, GError **error)
{
	g_autofree char *path = loa_data_folder_path(self, name);
	g_autofree char *line = g_strdup_printf("%u\n", port);
	g_autoptr(GBytes) bytes = g_bytes_new(line, strlen(line));

	g_ptr_array_add(self->ports, (gpointer)name);
	return loa_file_replace(path, bytes, 0644, error);
}

void
loa_data_folder_free(LoaDataFolder *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < self->ports->len; i++) {
		g_autofree char *path = loa_data_folder_path(self, self->ports->pdata[i]);

		g_unlink(path);
	}
	g_ptr_array_unref(self->ports);
	if (self->lock_fd >= 0)
		close(self->lock_fd);
	g_free(self->path);
	g_free(self);
}
