/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of recordings: what the loudspeakers play, what came in, and other forms of it.
 */
#include "controller/office/office-internal.h"

#include <string.h>

#include "controller/studio/child-program.h"

/* What an hour of WAV takes six times. */
#define CACHE_BYTES (G_GINT64_CONSTANT(2) << 30)
#define NAME_CHARS 60 /* of a title that becomes a file's name */

static char *
path_in(const LoaOffice *self, const char *folder, const char *name)
{
	return g_build_filename(self->parts.config->data_dir, folder, name, NULL);
}

/* The original's ending is whatever its first name had. (transfer full) (nullable) */
static char *
find_original(const LoaOffice *self, const LoaRecording *recording)
{
	g_autofree char *folder = path_in(self, "originals", NULL);
	g_autofree char *prefix = g_strdup_printf("%s.", recording->original_sha256);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_prefix(name, prefix))
			return g_build_filename(folder, name, NULL);
	return NULL;
}

/* (transfer full): a title as a file's name: its letters, of any language */
static char *
name_of(const char *title, const char *ending)
{
	g_autoptr(GString) name = g_string_new(NULL);
	glong n = 0;

	for (const char *at = title; *at != '\0' && n < NAME_CHARS;
	     at = g_utf8_next_char(at), n++) {
		gunichar c = g_utf8_get_char(at);

		g_string_append_unichar(name,
					g_unichar_isalnum(c) || g_unichar_ismark(c) ? c : '-');
	}
	return g_strdup_printf("%s.%s", name->str, ending);
}

/* Mapped, not read: an original may be larger than memory. It is never written again. */
static gboolean
map(const char *path, LoaOfficeFile *file, GError **error)
{
	g_autoptr(GMappedFile) mapping = path == NULL ? NULL : g_mapped_file_new(path, FALSE, NULL);

	if (mapping == NULL) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
				  "that file is missing on the controller; import it again");
		return FALSE;
	}
	file->bytes = g_mapped_file_get_bytes(mapping);
	return TRUE;
}

static void
file_clear(LoaOfficeFile *file)
{
	g_clear_pointer(&file->bytes, g_bytes_unref);
	g_clear_pointer(&file->name, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaOfficeFile, file_clear)

/* Somebody who waits for a rendering. */
typedef struct {
	LoaOfficeFileFunc on_file;     /* one of the two */
	LoaOfficeAnswerFunc on_answer; /* (nullable) */
	gpointer user_data;
	GDestroyNotify destroy;
	const char *type;
	char *name;
	gint64 duration_ms;
} Request;

static void
request_free(gpointer data)
{
	Request *request = data;

	if (request->destroy != NULL)
		request->destroy(request->user_data);
	g_free(request->name);
	g_free(request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

static void
answer_file(const Request *request, const char *path)
{
	g_auto(LoaOfficeFile) file = { .type = request->type, .name = g_strdup(request->name) };
	g_autoptr(GError) error = NULL;

	if (map(path, &file, &error))
		request->on_file(&file, NULL, request->user_data);
	else
		request->on_file(NULL, error, request->user_data);
}

static void
answer_waveform(const Request *request, const char *path)
{
	g_autofree char *peaks = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) answer = NULL;
	JsonObject *object;
	JsonArray *array;
	gsize n;

	if (!g_file_get_contents(path, &peaks, &n, NULL)) {
		loa_office_refuse(&error, LOA_OFFICE_ERROR_STORAGE, "%s cannot be read", path);
		request->on_answer(NULL, error, request->user_data);
		return;
	}
	object = json_object_new();
	answer = loa_office_document(object);
	json_object_set_int_member(object, "duration_ms", request->duration_ms);
	array = loa_office_add_array(object, "peaks");
	for (gsize i = 0; i < n; i++)
		json_array_add_int_element(array, (guint8)peaks[i]);
	request->on_answer(answer, NULL, request->user_data);
}

static void
on_rendered(const char *path, const GError *cause, gpointer user_data)
{
	Request *request = user_data;
	g_autoptr(GError) error = NULL;

	if (path != NULL && request->on_file != NULL) {
		answer_file(request, path);
	} else if (path != NULL) {
		answer_waveform(request, path);
	} else {
		loa_office_take_error(&error, g_error_copy(cause));
		if (request->on_file != NULL)
			request->on_file(NULL, error, request->user_data);
		else
			request->on_answer(NULL, error, request->user_data);
	}
}

/* What lies on disk as it is. */
static gboolean
find_file(LoaOffice *self, const LoaRecording *recording, LoaOfficeFileKind kind,
	  LoaOfficeFile *file, GError **error)
{
	g_autofree char *stored = g_strdup_printf("%s.opus", recording->sha256);
	g_autofree char *path = kind == LOA_OFFICE_FILE_AUDIO ? path_in(self, "audio", stored)
							      : find_original(self, recording);

	if (!map(path, file, error))
		return FALSE;
	file->type = kind == LOA_OFFICE_FILE_AUDIO ? "audio/ogg" : "application/octet-stream";
	if (kind == LOA_OFFICE_FILE_ORIGINAL)
		file->name = recording->original_name != NULL ? g_strdup(recording->original_name)
							      : name_of(recording->title, "bin");
	return TRUE;
}

/* Takes @request. */
static void
render(LoaOffice *self, const LoaRecording *recording, LoaRenderingForm form, Request *request)
{
	loa_renderings_get(self->renderings, recording->sha256, form, on_rendered, request,
			   request_free);
}

void
loa_office_file(LoaOffice *self, const LoaCaller *caller, const char *id, LoaOfficeFileKind kind,
		LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	g_autoptr(Request) request = g_new0(Request, 1);
	g_auto(LoaOfficeFile) file = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, &error);

	*request = (Request){ .on_file = func, .user_data = user_data, .destroy = destroy };
	if (recording == NULL) {
		func(NULL, error, user_data);
		return;
	}
	switch (kind) {
	case LOA_OFFICE_FILE_AUDIO:
	case LOA_OFFICE_FILE_ORIGINAL:
		if (find_file(self, recording, kind, &file, &error))
			func(&file, NULL, user_data);
		else
			func(NULL, error, user_data);
		return;
	case LOA_OFFICE_FILE_MP3:
		request->type = "audio/mpeg";
		request->name = name_of(recording->title, "mp3");
		render(self, recording, LOA_RENDERING_MP3, g_steal_pointer(&request));
		return;
	case LOA_OFFICE_FILE_WAV:
		request->type = "audio/wav";
		request->name = name_of(recording->title, "wav");
		render(self, recording, LOA_RENDERING_WAV, g_steal_pointer(&request));
		return;
	}
}

void
loa_office_waveform(LoaOffice *self, const LoaCaller *caller, const char *id,
		    LoaOfficeAnswerFunc func, gpointer user_data, GDestroyNotify destroy)
{
	g_autoptr(Request) request = g_new0(Request, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, &error);

	*request = (Request){ .on_answer = func, .user_data = user_data, .destroy = destroy };
	if (recording == NULL) {
		func(NULL, error, user_data);
		return;
	}
	request->duration_ms = loa_recording_duration_us(recording) / 1000;
	render(self, recording, LOA_RENDERING_PEAKS, g_steal_pointer(&request));
}

LoaRenderings *
loa_office_new_renderings(LoaOffice *self, GError **error)
{
	g_autofree char *program = loa_child_program(self->parts.config, "loa-render");
	g_autofree char *audio_dir = path_in(self, "audio", NULL);
	g_autofree char *cache_dir = path_in(self, "cache", NULL);

	return loa_renderings_new(program, audio_dir, cache_dir, CACHE_BYTES, error);
}
