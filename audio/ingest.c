/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/container-check.h"
#include "audio/ingest-internal.h"
#include "common/text.h"

#define COPY_SIZE 65536

G_DEFINE_QUARK(loa_ingest_error, loa_ingest_error)

static const char *const error_names[] = {
	[LOA_INGEST_ERROR_NOT_AUDIO] = "not-audio",   [LOA_INGEST_ERROR_NO_TRACK] = "no-track",
	[LOA_INGEST_ERROR_CUT_SHORT] = "cut-short",   [LOA_INGEST_ERROR_DAMAGED] = "damaged",
	[LOA_INGEST_ERROR_SILENT] = "silent",         [LOA_INGEST_ERROR_TOO_LONG] = "too-long",
	[LOA_INGEST_ERROR_TOO_SHORT] = "too-short",   [LOA_INGEST_ERROR_NO_INPUT] = "no-input",
	[LOA_INGEST_ERROR_UNWRITABLE] = "unwritable", [LOA_INGEST_ERROR_DISK_FULL] = "disk-full",
	[LOA_INGEST_ERROR_CANCELLED] = "cancelled",   [LOA_INGEST_ERROR_INTERNAL] = "internal",
};

const char *
loa_ingest_error_name(LoaIngestError code)
{
	return error_names[code];
}

gboolean
loa_ingest_error_from_name(const char *name, LoaIngestError *code)
{
	guint i;

	if (!loa_text_find(error_names, G_N_ELEMENTS(error_names), name, &i))
		return FALSE;
	*code = (LoaIngestError)i;
	return TRUE;
}

LoaIngestOptions
loa_ingest_options_default(void)
{
	return (LoaIngestOptions){
		.lufs = -16,
		.true_peak_dbtp = -1.5,
		.bitrate = 24000,
		.max_minutes = 120,
	};
}

static void
ingest_clear(LoaIngest *self)
{
	loa_ingest_file_free(self->original);
	loa_ingest_file_free(self->stored);
	loa_ingest_file_free(self->spool);
	loa_loudness_free(self->heard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaIngest, ingest_clear)

void
loa_ingest_tell(const LoaIngest *self, const char *stage, double from, double to, double done)
{
	if (self->progress != NULL)
		self->progress(stage, from + (to - from) * CLAMP(done, 0, 1), self->user_data);
}

gboolean
loa_ingest_go_on(const LoaIngest *self, GError **error)
{
	if (!g_cancellable_is_cancelled(self->cancellable))
		return TRUE;
	g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CANCELLED,
			    "the import was stopped; nothing was kept");
	return FALSE;
}

static gboolean
fail_input(const LoaIngest *self, int err, GError **error)
{
	g_set_error(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NO_INPUT,
		    "cannot read %s: %s; check the name and the permissions", self->options->input,
		    g_strerror(err));
	return FALSE;
}

static gboolean
copy_bytes(LoaIngest *self, int fd, gint64 size, GError **error)
{
	g_autofree guint8 *buffer = g_malloc(COPY_SIZE);

	for (;;) {
		gssize n = read(fd, buffer, COPY_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_input(self, errno, error);
		if (n == 0)
			return TRUE;
		if (!loa_ingest_go_on(self, error) ||
		    !loa_ingest_file_write(self->original, buffer, (gsize)n, error))
			return FALSE;
		loa_ingest_tell(self, "copy", 0, LOA_INGEST_COPY_END,
				(double)loa_ingest_file_size(self->original) /
					(double)MAX(size, 1));
	}
}

/* All later steps read the copy: what was hashed is what was decoded, whoever writes to the
 * input meanwhile. */
static gboolean
copy_original(LoaIngest *self, GError **error)
{
	int fd = g_open(self->options->input, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fail_input(self, errno, error);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail_input(self, S_ISDIR(st.st_mode) ? EISDIR : EINVAL, error);
	}

	g_autofree char *folder = g_build_filename(self->options->folder, "originals", NULL);
	gboolean ok;

	self->original = loa_ingest_file_new(folder, error);
	ok = self->original != NULL && copy_bytes(self, fd, st.st_size, error);
	close(fd);
	if (ok && loa_ingest_file_size(self->original) == 0) {
		g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_NOT_AUDIO,
				    "the file is empty; copy it again from its source");
		return FALSE;
	}
	return ok;
}

/* The file's own word on how much it holds. @declared_us: -1 if it says nothing more. */
static gboolean
check_container(const LoaIngest *self, gint64 *declared_us, GError **error)
{
	g_autoptr(GMappedFile) mapping =
		g_mapped_file_new(loa_ingest_file_path(self->original), FALSE, NULL);

	if (mapping == NULL)
		return fail_input(self, EIO, error);

	LoaContainerCheck check =
		loa_container_check((const guint8 *)g_mapped_file_get_contents(mapping),
				    g_mapped_file_get_length(mapping));

	*declared_us = check.declared_us;
	if (!check.is_cut)
		return TRUE;
	g_set_error_literal(error, LOA_INGEST_ERROR, LOA_INGEST_ERROR_CUT_SHORT,
			    check.lacks_index
				    ? "the file is cut short: the index that belongs to its end is "
				      "missing; copy or record it again"
				    : "the file is cut short: it says itself that there was more; "
				      "copy it again from its source");
	return FALSE;
}

/* The user's ending, if it is one: letters and digits. */
static void
take_ending(const char *name, char ending[9])
{
	const char *dot = strrchr(name, '.');
	gsize n = 0;

	for (const char *at = dot != NULL ? dot + 1 : ""; *at != '\0'; at++) {
		if (!g_ascii_isalnum(*at) || n == 8) {
			n = 0;
			break;
		}
		ending[n++] = g_ascii_tolower(*at);
	}
	ending[n] = '\0';
	if (n == 0)
		g_strlcpy(ending, "bin", 9);
}

static gboolean
place(LoaIngest *self, GError **error)
{
	LoaIngestResult *result = &self->result;
	const char *name = self->options->name != NULL ? self->options->name : self->options->input;
	g_autofree char *stored_name = NULL;
	gboolean was_there = FALSE;
	char ending[9];

	take_ending(name, ending);
	if (!loa_ingest_file_sync(self->original, result->original_sha256, error) ||
	    !loa_ingest_file_sync(self->stored, result->sha256, error) ||
	    !loa_ingest_go_on(self, error))
		return FALSE;
	result->size = loa_ingest_file_size(self->stored);
	g_snprintf(result->original_file, sizeof result->original_file, "%s.%s",
		   result->original_sha256, ending);
	stored_name = g_strconcat(result->sha256, ".opus", NULL);
	if (!loa_ingest_file_place(self->original, result->original_file, &was_there, error))
		return FALSE;
	if (loa_ingest_file_place(self->stored, stored_name, &was_there, error))
		return TRUE;
	loa_ingest_file_unplace(self->original);
	return FALSE;
}

gboolean
loa_ingest_run(const LoaIngestOptions *options, LoaIngestProgressFunc progress, gpointer user_data,
	       GCancellable *cancellable, LoaIngestResult *result, GError **error)
{
	g_auto(LoaIngest) self = {
		.options = options,
		.progress = progress,
		.user_data = user_data,
		.cancellable = cancellable,
		.first_loud = -1,
		.part_share = 1,
	};
	gint64 declared_us = -1;

	if (!copy_original(&self, error) ||
	    (options->n_parts == 0 && !check_container(&self, &declared_us, error)))
		return FALSE;
	if (!loa_ingest_decode(&self, declared_us, error) || !loa_ingest_find_gain(&self, error) ||
	    !loa_ingest_encode(&self, error) || !place(&self, error))
		return FALSE;
	*result = self.result;
	return TRUE;
}

gboolean
loa_ingest_make_folders(const char *folder, GError **error)
{
	g_autofree char *originals = g_build_filename(folder, "originals", NULL);
	g_autofree char *audio = g_build_filename(folder, "audio", NULL);

	return loa_ingest_file_ensure_folder(originals, error) &&
	       loa_ingest_file_ensure_folder(audio, error);
}

void
loa_ingest_sweep(const char *folder)
{
	static const char *const names[] = { "", "audio", "originals" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		loa_ingest_file_sweep(path);
	}
}
