/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"

#define POLL_US (150 * 1000)

struct LoaLoactlStore {
	LoaLoactlClient *client; /* borrowed */
	JsonNode *recordings;
	GHashTable *by_original; /* char * sha256 → char * id, both owned */
};

LoaLoactlStore *
loa_loactl_store_open(LoaLoactlClient *client, GError **error)
{
	JsonNode *answer = loa_loactl_client_get(client, "/recordings", error);

	if (answer == NULL)
		return NULL;

	LoaLoactlStore *self = g_new0(LoaLoactlStore, 1);
	JsonArray *recordings = loa_loactl_json_array(json_node_get_object(answer), "recordings");

	self->client = client;
	self->recordings = answer;
	self->by_original = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < loa_loactl_json_length(recordings); i++) {
		JsonObject *recording = loa_loactl_json_element(recordings, i);

		g_hash_table_insert(self->by_original,
				    g_strdup(loa_loactl_json_text(recording, "original_sha256")),
				    g_strdup(loa_loactl_json_text(recording, "id")));
	}
	return self;
}

JsonObject *
loa_loactl_store_find(LoaLoactlStore *self, const char *recording)
{
	JsonArray *recordings =
		loa_loactl_json_array(json_node_get_object(self->recordings), "recordings");

	for (guint i = 0; i < loa_loactl_json_length(recordings); i++) {
		JsonObject *found = loa_loactl_json_element(recordings, i);

		if (strcmp(loa_loactl_json_text(found, "id"), recording) == 0)
			return found;
	}
	return NULL;
}

static gboolean
cannot_read(const char *file, int code, GError **error)
{
	return loa_loactl_error(error, EX_NOINPUT, "%s cannot be read: %s", file,
				code == EISDIR ? "it is no file" : g_strerror(code));
}

/* (transfer full) (nullable) */
static char *
hash_file(const char *file, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree guint8 *block = g_malloc(256 * 1024);
	struct stat info;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd < 0) {
		cannot_read(file, errno, error);
		return NULL;
	}
	if (fstat(fd, &info) == 0 && !S_ISREG(info.st_mode)) {
		close(fd);
		cannot_read(file, EISDIR, error);
		return NULL;
	}
	while ((n = read(fd, block, 256 * 1024)) > 0)
		g_checksum_update(checksum, block, n);

	int code = errno;

	close(fd);
	if (n < 0) {
		cannot_read(file, code, error);
		return NULL;
	}
	return g_strdup(g_checksum_get_string(checksum));
}

static void
on_sent(double fraction, gpointer user_data)
{
	loa_loactl_output_progress(user_data, "sending", fraction);
}

/* (transfer full) (nullable): the recording, once the controller has made it */
static char *
await_job(LoaLoactlStore *self, const char *job, const char *file, LoaLoactlProgress *progress,
	  GError **error)
{
	g_autofree char *path = g_strdup_printf("/jobs/%s", job);

	for (;; g_usleep(POLL_US)) {
		g_autoptr(JsonNode) answer = loa_loactl_client_get(self->client, path, error);

		if (answer == NULL)
			return NULL;

		JsonObject *state = json_node_get_object(answer);
		const char *word = loa_loactl_json_text(state, "state");
		const char *message = loa_loactl_json_text(state, "message");

		if (strcmp(word, "done") == 0)
			return g_strdup(loa_loactl_json_text(state, "recording"));
		if (strcmp(word, "waiting") != 0 && strcmp(word, "running") != 0) {
			loa_loactl_error(error, EX_DATAERR, "%s: %s", file, message);
			return NULL;
		}
		loa_loactl_output_progress(progress, *message != '\0' ? message : word,
					   loa_loactl_json_double(state, "progress", 0.0));
	}
}

static char *
upload(LoaLoactlStore *self, const char *file, const char *title, const char *category,
       GError **error)
{
	g_auto(LoaLoactlProgress) progress;
	g_autofree char *base = g_path_get_basename(file);
	g_autofree char *name = g_utf8_make_valid(base, -1);
	g_autofree char *in_title = g_uri_escape_string(title, NULL, FALSE);
	g_autofree char *in_name = g_uri_escape_string(name, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/recordings?title=%s&file_name=%s%s%s", in_title,
						in_name, category != NULL ? "&category=" : "",
						category != NULL ? category : "");

	loa_loactl_output_progress_init(&progress, name);

	g_autoptr(JsonNode) answer =
		loa_loactl_client_upload(self->client, path, file, on_sent, &progress, error);

	if (answer == NULL)
		return NULL;
	return await_job(self, loa_loactl_json_text(json_node_get_object(answer), "job"), file,
			 &progress, error);
}

char *
loa_loactl_store_await(LoaLoactlStore *self, const char *job, const char *label, GError **error)
{
	g_auto(LoaLoactlProgress) progress;

	loa_loactl_output_progress_init(&progress, label);
	return await_job(self, job, label, &progress, error);
}

gboolean
loa_loactl_store_known(LoaLoactlStore *self, const char *file, char **id, GError **error)
{
	g_autofree char *sha256 = hash_file(file, error);

	if (sha256 == NULL)
		return FALSE;
	*id = g_strdup(g_hash_table_lookup(self->by_original, sha256));
	return TRUE;
}

char *
loa_loactl_store_take(LoaLoactlStore *self, const char *file, const char *title,
		      const char *category, gboolean *is_new, GError **error)
{
	g_autofree char *sha256 = hash_file(file, error);

	if (sha256 == NULL)
		return NULL;

	char *id = g_strdup(g_hash_table_lookup(self->by_original, sha256));

	if (is_new != NULL)
		*is_new = id == NULL;
	if (id != NULL)
		return id;
	id = upload(self, file, title, category, error);
	if (id != NULL)
		g_hash_table_insert(self->by_original, g_steal_pointer(&sha256), g_strdup(id));
	return id;
}

void
loa_loactl_store_free(LoaLoactlStore *self)
{
	if (self == NULL)
		return;
	json_node_unref(self->recordings);
	g_hash_table_unref(self->by_original);
	g_free(self);
}

char *
loa_loactl_store_title_of(const char *file)
{
	g_autofree char *base = g_path_get_basename(file);
	char *dot = strrchr(base, '.');

	if (dot != NULL && dot != base)
		*dot = '\0';
	return g_utf8_make_valid(base, -1);
}
