/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web-page.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "common/file.h"
#include "common/id.h"

#define MAX_FILE_BYTES (2 * 1024 * 1024)
/* What fits into one packet anyway is not compressed. */
#define MIN_ZIPPED_BYTES 1024
#define VERSION_PREFIX "/v/"
#define VERSION_CHARS 16
#define VERSION_PLACE "@VERSION@"
#define INDEX "index.html"
#define LIB "lib/"

/* A file as it goes out. */
typedef struct {
	char *stamp;    /* of the file that it was made from */
	GBytes *plain;  /* owned */
	GBytes *zipped; /* owned, nullable: not worth it */
	char *etag;     /* without its quotation marks */
} Copy;

struct LoaWebPage {
	char *page_dir;
	char *bootstrap_dir; /* nullable */
	GHashTable *copies;  /* path of a file → Copy */
};

static void
copy_free(gpointer data)
{
	Copy *copy = data;

	g_free(copy->stamp);
	g_free(copy->etag);
	g_bytes_unref(copy->plain);
	g_clear_pointer(&copy->zipped, g_bytes_unref);
	g_free(copy);
}

/* A file of another kind is not served. */
static const char *
type_of(const char *name)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		if (g_str_has_suffix(name, types[i].suffix))
			return types[i].type;
	}
	return NULL;
}

/* (transfer full) (nullable): the file behind NAME or FOLDER/NAME. The alphabet of ids has no
 * slash and no "..": nothing outside the folders has a name. */
static char *
file_of(const LoaWebPage *self, const char *name)
{
	if (g_str_has_prefix(name, LIB)) {
		const char *leaf = name + strlen(LIB);

		return self->bootstrap_dir != NULL && loa_id_is_valid(leaf) &&
				       g_str_has_suffix(leaf, ".css")
			       ? g_build_filename(self->bootstrap_dir, "css", leaf, NULL)
			       : NULL;
	}

	const char *slash = strchr(name, '/');
	const char *leaf = slash != NULL ? slash + 1 : name;

	if ((slash != NULL && !loa_id_is_valid_n(name, (gsize)(slash - name))) ||
	    !loa_id_is_valid(leaf))
		return NULL;
	return g_build_filename(self->page_dir, name, NULL);
}

/* (transfer full) (nullable): what changes when the file does */
static char *
stamp_of(const char *file)
{
	GStatBuf s;

	if (g_stat(file, &s) != 0 || !S_ISREG(s.st_mode))
		return NULL;
	/* the inode too: two files may follow each other within one tick of the disk's clock */
	return g_strdup_printf(
		"%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld",
		(guint64)s.st_ino, (gint64)s.st_size, (gint64)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Stamps of the files in @dir, in the order of their names; those of its folders where @depth is
 * above 0. */
static void
add_stamps(GChecksum *sum, const char *dir, guint depth)
{
	g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (open != NULL && (name = g_dir_read_name(open)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
		g_autofree char *stamp = stamp_of(path);

		if (stamp == NULL && depth > 0)
			add_stamps(sum, path, depth - 1);
		g_checksum_update(sum, names->pdata[i], -1);
		g_checksum_update(sum, (const guchar *)(stamp != NULL ? stamp : "/"), -1);
	}
}

/* (transfer full): of all the files together; looked up each time, so that a file which is
 * replaced while the controller runs is seen. */
static char *
version_of(const LoaWebPage *self)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_stamps(sum, self->page_dir, 1);
	if (self->bootstrap_dir != NULL) {
		g_autofree char *css = g_build_filename(self->bootstrap_dir, "css", NULL);

		add_stamps(sum, css, 0);
	}
	return g_strndup(g_checksum_get_string(sum), VERSION_CHARS);
}

/* (transfer full) (nullable): %NULL where it would not be smaller */
static GBytes *
zip(GBytes *plain)
{
	g_autoptr(GZlibCompressor) compressor =
		g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
	g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
	g_autoptr(GOutputStream) stream =
		g_converter_output_stream_new(memory, G_CONVERTER(compressor));

	if (!g_output_stream_write_all(stream, g_bytes_get_data(plain, NULL),
				       g_bytes_get_size(plain), NULL, NULL, NULL) ||
	    !g_output_stream_close(stream, NULL, NULL))
		return NULL;

	g_autoptr(GBytes) zipped =
		g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));

	return g_bytes_get_size(zipped) < g_bytes_get_size(plain) ? g_steal_pointer(&zipped) : NULL;
}

/* @plain: (transfer full) */
static Copy *
copy_new(const char *stamp, GBytes *plain, gboolean may_zip)
{
	g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, plain);
	Copy *copy = g_new0(Copy, 1);

	copy->stamp = g_strdup(stamp);
	copy->etag = g_strndup(sha256, 32);
	copy->plain = plain;
	if (may_zip && g_bytes_get_size(plain) >= MIN_ZIPPED_BYTES)
		copy->zipped = zip(plain);
	return copy;
}

/* @plain: (transfer full); → (transfer full) */
static GBytes *
put_version_in(GBytes *plain, const char *version)
{
	g_autoptr(GBytes) owned = plain;
	g_autoptr(GString) text =
		g_string_new_len(g_bytes_get_data(plain, NULL), (gssize)g_bytes_get_size(plain));

	g_string_replace(text, VERSION_PLACE, version, 0);
	return g_string_free_to_bytes(g_steal_pointer(&text));
}

/* (transfer none) (nullable): the file as it goes out, made anew when it has changed */
static const Copy *
look_up(LoaWebPage *self, const char *file, const char *type, const char *version)
{
	g_autofree char *file_stamp = stamp_of(file);
	const gboolean is_index = g_str_has_suffix(file, "/" INDEX);

	if (file_stamp == NULL)
		return NULL;

	g_autofree char *stamp =
		is_index ? g_strjoin(" ", file_stamp, version, NULL) : g_strdup(file_stamp);
	const Copy *known = g_hash_table_lookup(self->copies, file);

	if (known != NULL && strcmp(known->stamp, stamp) == 0)
		return known;

	GBytes *plain = loa_file_read(file, MAX_FILE_BYTES, NULL);

	if (plain == NULL)
		return NULL;
	if (is_index)
		plain = put_version_in(plain, version);

	Copy *copy = copy_new(stamp, plain, strcmp(type, "image/png") != 0);

	g_hash_table_replace(self->copies, g_strdup(file), copy);
	return copy;
}

static const char *
header(SoupServerMessage *message, const char *name)
{
	return soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
}

static void
send_copy(SoupServerMessage *message, const Copy *copy, const char *type, gboolean is_for_good)
{
	SoupMessageHeaders *out = soup_server_message_get_response_headers(message);
	const char *encodings = header(message, "Accept-Encoding");
	const gboolean is_zipped = copy->zipped != NULL && encodings != NULL &&
				   soup_header_contains(encodings, "gzip");
	g_autofree char *etag = g_strdup_printf("\"%s%s\"", copy->etag, is_zipped ? "-gzip" : "");

	soup_message_headers_replace(out, "Cache-Control",
				     is_for_good ? "public, max-age=31536000, immutable"
						 : "no-cache");
	soup_message_headers_replace(out, "ETag", etag);
	soup_message_headers_replace(out, "Vary", "Accept-Encoding");
	if (g_strcmp0(header(message, "If-None-Match"), etag) == 0) {
		soup_server_message_set_status(message, SOUP_STATUS_NOT_MODIFIED, NULL);
		return;
	}
	soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
	soup_message_headers_replace(out, "Content-Type", type);
	if (is_zipped)
		soup_message_headers_replace(out, "Content-Encoding", "gzip");
	soup_message_body_append_bytes(soup_server_message_get_response_body(message),
				       is_zipped ? copy->zipped : copy->plain);
}

/* What follows "/v/VERSION/", or %NULL. */
static const char *
skip_version(const char *path)
{
	const gsize n = strlen(VERSION_PREFIX);

	if (!g_str_has_prefix(path, VERSION_PREFIX) ||
	    strspn(path + n, "0123456789abcdef") != VERSION_CHARS || path[n + VERSION_CHARS] != '/')
		return NULL;
	return path + n + VERSION_CHARS + 1;
}

gboolean
loa_web_page_serve(LoaWebPage *self, const char *path, SoupServerMessage *message)
{
	const char *versioned = skip_version(path);
	const char *name = versioned != NULL ? versioned : path + 1;

	if (strcmp(path, "/") == 0)
		name = INDEX;
	else if (versioned != NULL && strcmp(name, INDEX) == 0)
		return FALSE; /* the one file that must never be kept: it names the version */

	const char *type = type_of(name);
	g_autofree char *file = type != NULL ? file_of(self, name) : NULL;

	if (file == NULL)
		return FALSE;

	g_autofree char *version = version_of(self);
	const Copy *copy = look_up(self, file, type, version);

	if (copy == NULL)
		return FALSE;
	/* of an older version there is only the present one: not to be kept under that name */
	send_copy(message, copy, type,
		  versioned != NULL &&
			  strncmp(path + strlen(VERSION_PREFIX), version, VERSION_CHARS) == 0);
	return TRUE;
}

LoaWebPage *
loa_web_page_new(const char *page_dir, const char *bootstrap_dir)
{
	LoaWebPage *self = g_new0(LoaWebPage, 1);

	self->page_dir = g_strdup(page_dir);
	self->bootstrap_dir = g_strdup(bootstrap_dir);
	self->copies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, copy_free);
	return self;
}

void
loa_web_page_free(LoaWebPage *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->copies);
	g_free(self->page_dir);
	g_free(self->bootstrap_dir);
	g_free(self);
}
