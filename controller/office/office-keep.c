/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How what a job made becomes a recording: new, the same again, or another rendering.
 */
#include "controller/office/office-internal.h"

#include <string.h>

gboolean
loa_office_has_audio(const LoaOffice *self, const LoaRecording *recording)
{
	g_autofree char *name = g_strdup_printf("%s.opus", recording->sha256);
	g_autofree char *path = g_build_filename(self->parts.config->data_dir, "audio", name, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void
replace(char **text, const char *value)
{
	if (value == NULL)
		return;
	g_free(*text);
	*text = g_strdup(value);
}

/* The same original a second time: its audio stays as it is, so that what is planned and
 * approved by its hash stays, too; only what people call it is new. (transfer full) */
static LoaRecording *
rename_old(const LoaRecording *old, const LoaRecording *made)
{
	LoaRecording *renamed = loa_recording_copy(old);

	replace(&renamed->title, made->title);
	g_free(renamed->category);
	renamed->category = g_strdup(made->category);
	replace(&renamed->original_name, made->original_name);
	replace(&renamed->kind, made->kind);
	replace(&renamed->lead_unit, made->lead_unit);
	replace(&renamed->author, made->author);
	replace(&renamed->language, made->language);
	replace(&renamed->text, made->text);
	return renamed;
}

/* What the office decided about a recording outlives a new rendering of it; its approval does
 * so only if that is the same audio to the bit. (transfer full) */
static LoaRecording *
merge(const LoaRecording *old, const LoaRecording *made)
{
	LoaRecording *merged = loa_recording_copy(made);

	merged->is_confidential = old->is_confidential;
	merged->is_template = old->is_template;
	merged->expires_us = old->expires_us;
	if (strcmp(old->sha256, made->sha256) == 0) {
		loa_approval_clear(&merged->approval);
		loa_approval_copy(&old->approval, &merged->approval);
	}
	return merged;
}

/* (transfer full) */
static LoaRecording *
settle(const LoaOffice *self, const LoaRecording *old, const LoaRecording *made)
{
	if (old == NULL)
		return loa_recording_copy(made);
	if (loa_office_has_audio(self, old) &&
	    g_strcmp0(old->original_sha256, made->original_sha256) == 0)
		return rename_old(old, made);
	return merge(old, made);
}

/* What comes in by the token is approved by it, unless somebody has said no. */
static gboolean
approve_by_token(LoaOffice *self, LoaRecording *recording, GError **error)
{
	const LoaApprovalRequest request = {
		.act = LOA_APPROVAL_APPROVE,
		.caller = &loa_caller_token,
		.now_us = loa_office_now_us(self),
		.sha256 = recording->sha256,
		.heard = recording->sha256,
	};
	g_autofree char *detail =
		g_strdup_printf("%s, by the token that brought it", recording->sha256);

	if (loa_approval_take(&recording->approval, &request) != LOA_APPROVAL_DONE)
		return TRUE;
	return loa_office_audit(self, &loa_caller_token, "approve", recording->id, detail, error);
}

gboolean
loa_office_vouch(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaRecording) recording = loa_store_recording(self->parts.store, id, &cause);

	if (recording == NULL && cause == NULL)
		return TRUE;
	if (recording == NULL || !loa_caller_is_token(caller)) {
		g_propagate_error(error, cause);
		return recording != NULL;
	}
	return approve_by_token(self, recording, error) &&
	       loa_store_put_recording(self->parts.store, recording, error);
}

static gboolean
write_recording(LoaOffice *self, const LoaRecording *made, const LoaCaller *caller, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaRecording) old = loa_store_recording(self->parts.store, made->id, &cause);
	g_autoptr(LoaRecording) kept = NULL;

	if (cause != NULL) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	kept = settle(self, old, made);
	return loa_office_audit(self, caller, "import", kept->id, kept->title, error) &&
	       (!loa_caller_is_token(caller) || approve_by_token(self, kept, error)) &&
	       loa_store_put_recording(self->parts.store, kept, error);
}

gboolean
loa_office_keep(const LoaRecording *made, gpointer user_data, GError **error)
{
	LoaOffice *self = user_data;
	const LoaCaller caller = {
		.user = made->imported_by != NULL ? made->imported_by : "",
		.name = "",
		.roles = LOA_ROLES_NONE,
		.address = "",
	};
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return FALSE;
	if (write_recording(self, made, &caller, &cause)) {
		loa_office_changed(self, "content");
		/* the page shows its waveform as soon as it knows of it */
		loa_renderings_get(self->renderings, made->sha256, LOA_RENDERING_PEAKS, NULL, NULL,
				   NULL);
		return loa_office_end(self, error);
	}
	loa_office_undo(self, error, cause);
	return FALSE;
}
