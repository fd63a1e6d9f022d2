/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/takes.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/container-check.h"
#include "common/file.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define FILE_MODE 0640

struct LoaTakes {
	LoaStore *store; /* borrowed */
	char *folder;
};

G_DEFINE_QUARK(loa_takes_error, loa_takes_error)

static gboolean
fail_storage(const char *doing, const char *path, int err, GError **error)
{
	g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_STORAGE, "cannot %s %s: %s", doing,
		    path, g_strerror(err));
	return FALSE;
}

static char *
path_of(const LoaTakes *self, const char *id)
{
	return g_build_filename(self->folder, id, NULL);
}

/* Made, but never in the database; or removed from it just before the end. */
static void
remove_strangers(const LoaTakes *self, const GPtrArray *takes)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
	const char *name;

	for (guint i = 0; i < takes->len; i++)
		g_hash_table_add(known, ((LoaTake *)g_ptr_array_index(takes, i))->id);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = path_of(self, name);

		if (!g_hash_table_contains(known, name))
			g_unlink(path);
	}
}

LoaTakes *
loa_takes_new(LoaStore *store, const char *folder, GError **error)
{
	g_autoptr(LoaTakes) self = g_new0(LoaTakes, 1);
	g_autoptr(GPtrArray) takes = NULL;

	self->store = store;
	self->folder = g_strdup(folder);
	if (!loa_file_ensure_folder(folder, error))
		return NULL;
	takes = loa_store_takes(store, NULL, error);
	if (takes == NULL)
		return NULL;
	remove_strangers(self, takes);
	return g_steal_pointer(&self);
}

const char *
loa_takes_ending(const char *mime)
{
	static const struct {
		const char *mime, *ending;
	} known[] = {
		{ "audio/webm", "webm" }, { "video/webm", "webm" }, { "audio/mp4", "m4a" },
		{ "video/mp4", "m4a" },   { "audio/ogg", "ogg" },
	};
	const gsize n = strcspn(mime, "; ");

	for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
		if (strlen(known[i].mime) == n && g_ascii_strncasecmp(known[i].mime, mime, n) == 0)
			return known[i].ending;
	return NULL;
}

static guint
count_open(const GPtrArray *takes)
{
	guint n = 0;

	for (guint i = 0; i < takes->len; i++)
		n += ((const LoaTake *)g_ptr_array_index(takes, i))->recording == NULL;
	return n;
}

gboolean
loa_takes_begin(LoaTakes *self, LoaTake *take, gint64 now_us, GError **error)
{
	g_autoptr(GPtrArray) mine = NULL;

	if (loa_takes_ending(take->mime) == NULL) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_MIME,
			    "mime must be audio/webm, audio/mp4 or audio/ogg: what the browser's "
			    "recorder says");
		return FALSE;
	}
	if (!loa_takes_sweep(self, now_us, error) ||
	    (mine = loa_store_takes(self->store, take->owner, error)) == NULL)
		return FALSE;
	if (count_open(mine) >= LOA_TAKES_MAX_OPEN) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_TOO_MANY,
			    "%d takes wait to be finished already; finish or remove some",
			    LOA_TAKES_MAX_OPEN);
		return FALSE;
	}
	g_free(take->id);
	take->id = g_strdup_printf("k%08x%08x", g_random_int(), g_random_int());
	take->created_us = take->touched_us = now_us;
	return loa_store_put_take(self->store, take, error);
}

LoaTake *
loa_takes_find(LoaTakes *self, const char *owner, const char *id, GError **error)
{
	g_autoptr(GPtrArray) takes = loa_store_takes(self->store, owner, error);

	if (takes == NULL)
		return NULL;
	for (guint i = 0; i < takes->len; i++)
		if (strcmp(((LoaTake *)g_ptr_array_index(takes, i))->id, id) == 0)
			return g_ptr_array_steal_index(takes, i);
	g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_NOT_FOUND,
		    "there is no take \"%s\" of yours; unfinished ones go after %d days", id,
		    LOA_TAKES_DAYS);
	return NULL;
}

GPtrArray *
loa_takes_list(LoaTakes *self, const char *owner, GError **error)
{
	return loa_store_takes(self->store, owner, error);
}

static gboolean
write_all(int fd, const guint8 *data, gsize size, gint64 offset)
{
	while (size > 0) {
		ssize_t n = pwrite(fd, data, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		data += n;
		size -= (gsize)n;
		offset += n;
	}
	return TRUE;
}

/* Behind what counts, over what a crash left between file and database. */
static gboolean
append_bytes(const char *path, gint64 offset, GBytes *piece, GError **error)
{
	int fd = g_open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	gsize size;
	const guint8 *data = g_bytes_get_data(piece, &size);
	struct stat st;

	if (fd < 0)
		return fail_storage("open", path, errno, error);
	if (fstat(fd, &st) != 0 || st.st_size < offset) {
		close(fd);
		return fail_storage("go on with", path, EIO, error);
	}

	gboolean ok = write_all(fd, data, size, offset) && fsync(fd) == 0;
	int err = errno;

	ok = close(fd) == 0 && ok;
	return ok ? TRUE : fail_storage("write", path, err, error);
}

/* May piece @seq of @size bytes come now? */
static gboolean
check_piece(const LoaTake *take, gint64 seq, gsize size, GError **error)
{
	if (take->recording != NULL || take->finished_us != 0) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_CLOSED,
			    "this take is finished; begin another one");
		return FALSE;
	}
	if (seq > take->next_seq) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_GAP,
			    "piece %" G_GINT64_FORMAT " is missing; send that one first",
			    take->next_seq);
		return FALSE;
	}
	if (size > LOA_TAKES_MAX_CHUNK_BYTES ||
	    take->size_bytes + (gint64)size > LOA_TAKES_MAX_BYTES) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_TOO_LARGE,
			    "a take may have %d MB, a piece %d: finish this one",
			    (int)(LOA_TAKES_MAX_BYTES >> 20), LOA_TAKES_MAX_CHUNK_BYTES >> 20);
		return FALSE;
	}
	return TRUE;
}

/* The next bytes are those of another recording. */
static gboolean
begin_part(LoaTake *take, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(take->parts, ",", -1);

	if (g_strv_length(parts) >= LOA_TAKES_MAX_PARTS - 1) {
		g_set_error(error, LOA_TAKES_ERROR, LOA_TAKES_ERROR_TOO_LARGE,
			    "a take may be gone on with %d times: finish this one",
			    LOA_TAKES_MAX_PARTS - 1);
		return FALSE;
	}
	char *longer = g_strdup_printf("%s%s%" G_GINT64_FORMAT, take->parts,
				       take->parts[0] != '\0' ? "," : "", take->size_bytes);

	g_free(take->parts);
	take->parts = longer;
	return TRUE;
}

gboolean
loa_takes_append(LoaTakes *self, const char *owner, const char *id, gint64 seq, gboolean begins,
		 GBytes *piece, gint64 now_us, gint64 *next, GError **error)
{
	g_autoptr(LoaTake) take = loa_takes_find(self, owner, id, error);
	g_autofree char *path = path_of(self, id);

	if (take == NULL)
		return FALSE;
	if (seq < take->next_seq) {
		*next = take->next_seq;
		return TRUE;
	}
	if (!check_piece(take, seq, g_bytes_get_size(piece), error) ||
	    (begins && take->size_bytes > 0 && !begin_part(take, error)) ||
	    !append_bytes(path, take->size_bytes, piece, error))
		return FALSE;
	take->size_bytes += (gint64)g_bytes_get_size(piece);
	take->next_seq++;
	take->touched_us = now_us;
	if (!loa_store_put_take(self->store, take, error))
		return FALSE;
	*next = take->next_seq;
	return TRUE;
}

/* A tab that was closed leaves the middle of an element as the end of the file, which a decoder's
 * caller would take for a damaged copy. How much of it is a file of its own; 0: all of it. */
static gsize
whole_bytes_of(const char *path)
{
	g_autoptr(GMappedFile) mapping = g_mapped_file_new(path, FALSE, NULL);
	LoaContainerCheck check = { 0 };

	if (mapping != NULL)
		check = loa_container_check((const guint8 *)g_mapped_file_get_contents(mapping),
					    g_mapped_file_get_length(mapping));
	return check.is_cut ? check.whole_bytes : 0;
}

gboolean
loa_takes_export(LoaTakes *self, const LoaTake *take, const char *path, GError **error)
{
	g_autofree char *from = path_of(self, take->id);
	struct stat st;

	if (stat(from, &st) != 0 || st.st_size < take->size_bytes)
		return fail_storage("read", from, EIO, error);
	/* behind the last piece there is what was never acknowledged */
	if (st.st_size > take->size_bytes && truncate(from, take->size_bytes) != 0)
		return fail_storage("shorten", from, errno, error);
	g_unlink(path);

	/* of several recordings, ingest knows which ones are cut */
	gsize n_whole = take->parts[0] == '\0' ? whole_bytes_of(from) : 0;

	/* what is shortened must not be the take itself by another name */
	if (n_whole == 0 && link(from, path) == 0)
		return TRUE;
	g_autoptr(GFile) source = g_file_new_for_path(from);
	g_autoptr(GFile) target = g_file_new_for_path(path);

	if (!g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
		return FALSE;
	if (n_whole != 0 && truncate(path, (off_t)n_whole) != 0)
		return fail_storage("shorten", path, errno, error);
	return TRUE;
}

gboolean
loa_takes_update(LoaTakes *self, const LoaTake *take, GError **error)
{
	g_autofree char *path = path_of(self, take->id);

	if (!loa_store_put_take(self->store, take, error))
		return FALSE;
	if (take->recording != NULL)
		g_unlink(path);
	return TRUE;
}

gboolean
loa_takes_remove(LoaTakes *self, const char *owner, const char *id, GError **error)
{
	g_autoptr(LoaTake) take = loa_takes_find(self, owner, id, error);
	g_autofree char *path = path_of(self, id);

	if (take == NULL || !loa_store_remove_take(self->store, id, error))
		return FALSE;
	g_unlink(path);
	return TRUE;
}

gboolean
loa_takes_sweep(LoaTakes *self, gint64 now_us, GError **error)
{
	g_autoptr(GPtrArray) takes = loa_store_takes(self->store, NULL, error);

	if (takes == NULL)
		return FALSE;
	for (guint i = 0; i < takes->len; i++) {
		const LoaTake *take = g_ptr_array_index(takes, i);

		if (now_us - take->touched_us > LOA_TAKES_DAYS * DAY_US &&
		    !loa_takes_remove(self, take->owner, take->id, error))
			return FALSE;
	}
	return TRUE;
}

void
loa_takes_free(LoaTakes *self)
{
	if (self == NULL)
		return;
	g_free(self->folder);
	g_free(self);
}
