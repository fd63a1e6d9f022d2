/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recording: what people say about it, and whether it may go on air.
 */
#include "controller/office/office-internal.h"

#include <string.h>

#include "common/text.h"

#define REASON_MAX 500 /* bytes */

JsonNode *
loa_office_recording(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, error);

	if (recording == NULL)
		return NULL;
	return loa_office_document(loa_office_describe_recording(self, caller, recording));
}

static void
set_word(char **word, const char *value)
{
	if (value == NULL)
		return;
	g_free(*word);
	*word = *value == '\0' ? NULL : g_strdup(value);
}

static void
change(LoaRecording *recording, const LoaRecordingChange *wanted)
{
	set_word(&recording->title, wanted->words.title);
	set_word(&recording->category, wanted->words.category);
	set_word(&recording->kind, wanted->words.kind);
	set_word(&recording->lead_unit, wanted->words.lead_unit);
	set_word(&recording->author, wanted->words.author);
	set_word(&recording->language, wanted->words.language);
	if (wanted->expires_us != NULL)
		recording->expires_us = *wanted->expires_us;
	if (wanted->is_confidential != NULL)
		recording->is_confidential = *wanted->is_confidential;
	if (wanted->is_template != NULL)
		recording->is_template = *wanted->is_template;
}

/* Writes, audits and plans anew: what may be heard can be another now. */
static JsonNode *
save(LoaOffice *self, const LoaCaller *caller, const LoaRecording *recording, const char *action,
     const char *detail, GError **error)
{
	GError *cause = NULL;

	if (!loa_office_begin(self, error))
		return NULL;
	if (!loa_store_put_recording(self->parts.store, recording, &cause) ||
	    !loa_office_audit(self, caller, action, recording->id, detail, &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	if (!loa_office_end(self, error))
		return NULL;
	loa_office_changed(self, "content");
	return loa_office_document(loa_office_describe_recording(self, caller, recording));
}

JsonNode *
loa_office_set_recording(LoaOffice *self, const LoaCaller *caller, const char *id,
			 const LoaRecordingChange *wanted, GError **error)
{
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, error);

	if (recording == NULL || !loa_office_check_words(&wanted->words, error))
		return NULL;
	change(recording, wanted);
	return save(self, caller, recording, "describe", recording->title, error);
}

static gpointer
refuse(const LoaRecording *recording, LoaApprovalResult result, LoaApprovalAct act, GError **error)
{
	const char *state = loa_approval_state_name(recording->approval.state);
	const char *verb = loa_approval_act_name(act);

	switch (result) {
	case LOA_APPROVAL_DONE:
	case LOA_APPROVAL_ALREADY:
		break;
	case LOA_APPROVAL_NO_RIGHT:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
					 "you may not %s recordings; ask an administrator", verb);
	case LOA_APPROVAL_NOT_NOW:
		return loa_office_refuse(
			error, LOA_OFFICE_ERROR_CONFLICT, "\"%s\" is %s: one cannot %s it now; %s",
			recording->title, state, verb,
			act == LOA_APPROVAL_SUBMIT ? "it is approved already, withdraw it first"
						   : "it must be submitted first");
	case LOA_APPROVAL_OTHER_AUDIO:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "the audio of \"%s\" is not the one that you heard any "
					 "more; listen again",
					 recording->title);
	case LOA_APPROVAL_NO_REASON:
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
					 "say why, for those who made it: a reason is needed");
	}
	return NULL;
}

static gboolean
check_reason(const char *reason, GError **error)
{
	if (reason == NULL || (strlen(reason) <= REASON_MAX && loa_text_is_printable(reason)))
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
			  "the reason must be one line of at most %d bytes", REASON_MAX);
	return FALSE;
}

JsonNode *
loa_office_decide(LoaOffice *self, const LoaCaller *caller, const char *id,
		  const LoaRecordingDecision *decision, GError **error)
{
	g_autoptr(LoaRecording) recording = loa_office_find_recording(self, caller, id, error);
	LoaApprovalRequest request = {
		.act = decision->act,
		.caller = caller,
		.now_us = loa_office_now_us(self),
		.heard = decision->sha256,
		.reason = decision->reason,
	};
	LoaApprovalResult result;

	if (recording == NULL || !check_reason(decision->reason, error))
		return NULL;
	request.sha256 = recording->sha256;
	result = loa_approval_take(&recording->approval, &request);
	if (result == LOA_APPROVAL_ALREADY)
		return loa_office_document(loa_office_describe_recording(self, caller, recording));
	if (result != LOA_APPROVAL_DONE)
		return refuse(recording, result, decision->act, error);
	return save(self, caller, recording, loa_approval_act_name(decision->act),
		    decision->reason != NULL ? decision->reason : recording->sha256, error);
}
