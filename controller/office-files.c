/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of recordings: what the loudspeakers play, and what came in.
 */
#include "controller/office-internal.h"

#include <string.h>

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
gboolean
loa_office_map(const char *path, LoaOfficeFile *file, GError **error)
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

gboolean
loa_office_file(LoaOffice *self, const LoaCaller *caller, const char *id, LoaOfficeFileKind kind,
		LoaOfficeFile *file, GError **error)
{
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, error);
	g_autofree char *stored = NULL;
	g_autofree char *path = NULL;

	if (recording == NULL)
		return FALSE;
	switch (kind) {
	case LOA_OFFICE_FILE_AUDIO:
		stored = g_strdup_printf("%s.opus", recording->sha256);
		path = path_in(self, "audio", stored);
		if (!loa_office_map(path, file, error))
			return FALSE;
		file->type = "audio/ogg";
		return TRUE;
	case LOA_OFFICE_FILE_ORIGINAL:
		path = find_original(self, recording);
		if (!loa_office_map(path, file, error))
			return FALSE;
		file->type = "application/octet-stream";
		file->name = recording->original_name != NULL ? g_strdup(recording->original_name)
							      : name_of(recording->title, "bin");
		return TRUE;
	}
	return FALSE;
}
