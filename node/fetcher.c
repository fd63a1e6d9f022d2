/* SPDX-License-Identifier: Apache-2.0 */
#include "node/fetcher.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (16 * 1024)
#define MIRROR_PATIENCE 20 /* seconds without a byte */

G_DEFINE_QUARK(loa_fetcher_error, loa_fetcher_error)

struct LoaFetcher {
	SoupSession *session; /* owned */
	char **mirrors;       /* owned */
	char *folder;         /* owned */
	guint max_kbit_s;
	LoaFetcherDoneFunc done;
	gpointer user_data; /* borrowed for life */
	guint next_mirror;  /* takes turns over all fetches */

	/* the fetch under way; sha256 NULL when there is none */
	char *sha256; /* owned */
	gint64 size_bytes;
	char *part_path; /* owned */
	int fd;          /* of the part, -1 when closed */
	gint64 n_bytes;  /* of the part */
	GChecksum *checksum;
	GCancellable *cancel;
	SoupMessage *message;
	GInputStream *body;
	guint n_mirrors_left;
	gint64 begin_mono_us; /* rate limiting: since when ... */
	gint64 n_since_begin; /* ... this many bytes */
	guint timer;
};

static void try_mirror(LoaFetcher *self);
static void read_chunk(LoaFetcher *self);

/* --- one fetch's resources ----------------------------------------------------------------- */

static void
close_message(LoaFetcher *self)
{
	g_clear_handle_id(&self->timer, g_source_remove);
	if (self->cancel != NULL)
		g_cancellable_cancel(self->cancel);
	g_clear_object(&self->cancel);
	g_clear_object(&self->body);
	g_clear_object(&self->message);
}

static void
close_fetch(LoaFetcher *self)
{
	close_message(self);
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
	g_clear_pointer(&self->checksum, g_checksum_free);
	g_clear_pointer(&self->sha256, g_free);
	g_clear_pointer(&self->part_path, g_free);
}

static void
finish(LoaFetcher *self, const GError *error)
{
	g_autofree char *sha256 = g_steal_pointer(&self->sha256);

	close_fetch(self);
	self->done(sha256, error, self->user_data);
}

static void
fail_storage(LoaFetcher *self, const char *what)
{
	g_autoptr(GError) error =
		g_error_new(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_STORAGE, "cannot %s %s: %s", what,
			    self->part_path, g_strerror(errno));

	finish(self, error);
}

/* The mirror is of no use for this one; the next has its turn, or the fetch has failed. */
static void
give_up_mirror(LoaFetcher *self, const GError *error)
{
	close_message(self);
	if (self->n_mirrors_left > 0)
		try_mirror(self);
	else
		finish(self, error);
}

/* --- the part on disk ---------------------------------------------------------------------- */

static gboolean
start_part_anew(LoaFetcher *self)
{
	g_checksum_reset(self->checksum);
	self->n_bytes = 0;
	return ftruncate(self->fd, 0) == 0 && lseek(self->fd, 0, SEEK_SET) == 0;
}

/* Opens the part and hashes what is there. */
static gboolean
open_part(LoaFetcher *self)
{
	g_autofree guint8 *chunk = g_malloc(CHUNK_BYTES);
	gssize n;

	self->fd = g_open(self->part_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (self->fd < 0)
		return FALSE;
	while ((n = read(self->fd, chunk, CHUNK_BYTES)) > 0) {
		g_checksum_update(self->checksum, chunk, n);
		self->n_bytes += n;
	}
	if (n < 0)
		return FALSE;
	return self->n_bytes <= self->size_bytes || start_part_anew(self);
}

static gboolean
append(LoaFetcher *self, const guint8 *data, gsize size)
{
	for (gsize n_written = 0; n_written < size;) {
		gssize n = write(self->fd, data + n_written, size - n_written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		n_written += (gsize)n;
	}
	g_checksum_update(self->checksum, data, (gssize)size);
	self->n_bytes += (gint64)size;
	return TRUE;
}

static gboolean
publish_part(LoaFetcher *self)
{
	g_autofree char *name = g_strconcat(self->sha256, ".opus", NULL);
	g_autofree char *path = g_build_filename(self->folder, name, NULL);
	int folder = g_open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = folder >= 0 && fsync(self->fd) == 0 && g_rename(self->part_path, path) == 0 &&
		      fsync(folder) == 0;

	if (folder >= 0)
		close(folder);
	return ok;
}

static void
complete(LoaFetcher *self)
{
	if (g_str_equal(g_checksum_get_string(self->checksum), self->sha256)) {
		close_message(self);
		if (publish_part(self))
			finish(self, NULL);
		else
			fail_storage(self, "keep");
		return;
	}
	g_autoptr(GError) error =
		g_error_new(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_CONTENT,
			    "%.12s: the mirror sent something else under that name", self->sha256);

	/* g_checksum_get_string() closed it; a new one for the next mirror */
	g_checksum_free(self->checksum);
	self->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	if (!start_part_anew(self))
		fail_storage(self, "write");
	else
		give_up_mirror(self, error);
}

/* --- the mirror ---------------------------------------------------------------------------- */

static gboolean
on_chunk_time(gpointer user_data)
{
	LoaFetcher *self = user_data;

	self->timer = 0;
	read_chunk(self);
	return G_SOURCE_REMOVE;
}

/* Waits until the bytes so far are paid for at the allowed rate. */
static void
read_when_allowed(LoaFetcher *self)
{
	gint64 now_us = g_get_monotonic_time();
	gint64 due_us = now_us;

	if (self->max_kbit_s > 0)
		due_us = self->begin_mono_us + self->n_since_begin * 8000 / self->max_kbit_s;
	if (due_us <= now_us)
		read_chunk(self);
	else
		self->timer =
			g_timeout_add((guint)((due_us - now_us) / 1000 + 1), on_chunk_time, self);
}

static void
on_chunk(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) io_error = NULL;
	g_autoptr(GBytes) bytes =
		g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &io_error);

	if (g_error_matches(io_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the fetch is gone */
	LoaFetcher *self = user_data;
	gsize size = bytes == NULL ? 0 : g_bytes_get_size(bytes);

	if (size == 0) {
		g_autoptr(GError) error =
			g_error_new(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_MIRROR,
				    "%.12s: the line was cut after %" G_GINT64_FORMAT
				    " of %" G_GINT64_FORMAT " bytes",
				    self->sha256, self->n_bytes, self->size_bytes);

		give_up_mirror(self, error);
	} else if ((gint64)size > self->size_bytes - self->n_bytes) {
		g_autoptr(GError) error =
			g_error_new(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_CONTENT,
				    "%.12s: the mirror sent more than the plan says", self->sha256);

		if (start_part_anew(self))
			give_up_mirror(self, error);
		else
			fail_storage(self, "write");
	} else if (!append(self, g_bytes_get_data(bytes, NULL), size)) {
		fail_storage(self, "write");
	} else {
		self->n_since_begin += (gint64)size;
		if (self->n_bytes == self->size_bytes)
			complete(self);
		else
			read_when_allowed(self);
	}
}

static void
read_chunk(LoaFetcher *self)
{
	g_input_stream_read_bytes_async(self->body, CHUNK_BYTES, G_PRIORITY_LOW, self->cancel,
					on_chunk, self);
}

/* Does the answer go on where the part ends? A mirror may ignore the range and begin anew. */
static gboolean
accept_status(LoaFetcher *self, GError **error)
{
	SoupStatus status = soup_message_get_status(self->message);
	SoupMessageHeaders *headers = soup_message_get_response_headers(self->message);
	goffset start = 0, end = 0, total = 0;

	if (status == SOUP_STATUS_PARTIAL_CONTENT &&
	    soup_message_headers_get_content_range(headers, &start, &end, &total) &&
	    start == self->n_bytes)
		return TRUE;
	if (status == SOUP_STATUS_OK) {
		if (start_part_anew(self))
			return TRUE;
		g_set_error(error, LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_STORAGE,
			    "cannot write %s: %s", self->part_path, g_strerror(errno));
		return FALSE;
	}
	g_set_error(error, LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_MIRROR,
		    "%.12s: the mirror answered %u %s", self->sha256, (guint)status,
		    soup_message_get_reason_phrase(self->message));
	return FALSE;
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) io_error = NULL;
	g_autoptr(GInputStream) body =
		soup_session_send_finish(SOUP_SESSION(source), result, &io_error);

	if (g_error_matches(io_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the fetch is gone */
	LoaFetcher *self = user_data;
	g_autoptr(GError) error = NULL;

	if (body == NULL) {
		g_set_error(&error, LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_MIRROR,
			    "%.12s: the mirror was not reached: %s", self->sha256,
			    io_error->message);
		give_up_mirror(self, error);
		return;
	}
	if (!accept_status(self, &error)) {
		give_up_mirror(self, error);
		return;
	}
	self->body = g_steal_pointer(&body);
	self->begin_mono_us = g_get_monotonic_time();
	self->n_since_begin = 0;
	read_chunk(self);
}

static void
try_mirror(LoaFetcher *self)
{
	guint n_mirrors = g_strv_length(self->mirrors);
	const char *base = self->mirrors[self->next_mirror++ % n_mirrors];
	g_autofree char *url = g_strdup_printf("%s%s.opus", base, self->sha256);

	self->n_mirrors_left--;
	self->message = soup_message_new(SOUP_METHOD_GET, url);
	if (self->message == NULL) {
		g_autoptr(GError) error = g_error_new(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_MIRROR,
						      "%s is not a URL", base);

		give_up_mirror(self, error);
		return;
	}
	if (self->n_bytes > 0)
		soup_message_headers_set_range(soup_message_get_request_headers(self->message),
					       self->n_bytes, -1);
	self->cancel = g_cancellable_new();
	soup_session_send_async(self->session, self->message, G_PRIORITY_LOW, self->cancel,
				on_answer, self);
}

/* From the loop, so that the caller is never called back before it has returned. */
static gboolean
on_start(gpointer user_data)
{
	LoaFetcher *self = user_data;

	self->timer = 0;
	if (!open_part(self)) {
		fail_storage(self, "open");
	} else if (self->n_bytes == self->size_bytes) { /* cut between the last byte and the name */
		complete(self);
	} else if (self->n_mirrors_left == 0) {
		g_autoptr(GError) error =
			g_error_new_literal(LOA_FETCHER_ERROR, LOA_FETCHER_ERROR_MIRROR,
					    "no mirror is configured (audio_mirrors in node.cfg)");

		finish(self, error);
	} else {
		try_mirror(self);
	}
	return G_SOURCE_REMOVE;
}

/* --- interface ----------------------------------------------------------------------------- */

LoaFetcher *
loa_fetcher_new(const LoaFetcherConfig *config, LoaFetcherDoneFunc done, gpointer user_data)
{
	LoaFetcher *self = g_new0(LoaFetcher, 1);

	/* no proxy: a mirror is near, and looking for one loads 2 MB of libraries */
	self->session = soup_session_new_with_options("timeout", MIRROR_PATIENCE, "user-agent",
						      "loa-node/" LOA_VERSION, "proxy-resolver",
						      NULL, NULL);
	/* bytes are hashed as they come: nothing may unpack them */
	soup_session_remove_feature_by_type(self->session, SOUP_TYPE_CONTENT_DECODER);
	self->mirrors = g_strdupv((char **)config->mirrors);
	self->folder = g_strdup(config->folder);
	self->max_kbit_s = config->max_kbit_s;
	self->done = done;
	self->user_data = user_data;
	self->fd = -1;
	return self;
}

void
loa_fetcher_start(LoaFetcher *self, const char *sha256, gint64 size_bytes)
{
	g_return_if_fail(self->sha256 == NULL);
	g_autofree char *name = g_strconcat(sha256, ".part", NULL);

	self->sha256 = g_strdup(sha256);
	self->size_bytes = size_bytes;
	self->part_path = g_build_filename(self->folder, name, NULL);
	self->n_bytes = 0;
	self->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	self->n_mirrors_left = g_strv_length(self->mirrors);
	self->timer = g_timeout_add(0, on_start, self);
}

void
loa_fetcher_cancel(LoaFetcher *self)
{
	close_fetch(self);
}

const char *
loa_fetcher_current(const LoaFetcher *self)
{
	return self->sha256;
}

void
loa_fetcher_free(LoaFetcher *self)
{
	if (self == NULL)
		return;
	close_fetch(self);
	g_object_unref(self->session);
	g_strfreev(self->mirrors);
	g_free(self->folder);
	g_free(self);
}
