/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/outcome.h"

#include "common/text.h"

static const char *const result_names[] = {
	[LOA_RESULT_COMPLETED] = "completed", [LOA_RESULT_PARTIAL] = "partial",
	[LOA_RESULT_MISSED] = "missed",       [LOA_RESULT_REFUSED] = "refused",
	[LOA_RESULT_PREEMPTED] = "preempted", [LOA_RESULT_STOPPED] = "stopped",
	[LOA_RESULT_FAILED] = "failed",
};

const char *const loa_outcome_reasons[] = {
	LOA_REASON_LATE,         LOA_REASON_NO_AUDIO,
	LOA_REASON_POWER,        LOA_REASON_HOURS,
	LOA_REASON_QUIET,        LOA_REASON_CLOCK,
	LOA_REASON_PLAN_EXPIRED, LOA_REASON_PREEMPTED,
	LOA_REASON_STOPPED,      LOA_REASON_WITHDRAWN,
	LOA_REASON_DEVICE,       LOA_REASON_DECODE,
	LOA_REASON_SILENT,       NULL,
};

LoaOutcome *
loa_outcome_new(void)
{
	LoaOutcome *self = g_new0(LoaOutcome, 1);

	self->level_db = LOA_LEVEL_MIN_DB;
	self->clock_bound_us = -1;
	return self;
}

void
loa_outcome_free(LoaOutcome *self)
{
	if (self == NULL)
		return;
	g_free(self->airing);
	g_free(self->broadcast);
	g_free(self->title);
	g_free(self->reason);
	g_free(self->gave_way_to);
	g_free(self->took_over);
	g_free(self->clock_source);
	g_free(self);
}

const char *
loa_result_name(LoaResult result)
{
	return result_names[result];
}

gboolean
loa_result_from_name(const char *name, LoaResult *result)
{
	guint i;

	if (!loa_text_find(result_names, G_N_ELEMENTS(result_names), name, &i))
		return FALSE;
	*result = (LoaResult)i;
	return TRUE;
}

LoaSecurityEvent *
loa_security_event_new(void)
{
	LoaSecurityEvent *self = g_new0(LoaSecurityEvent, 1);

	self->count = 1;
	return self;
}

void
loa_security_event_free(LoaSecurityEvent *self)
{
	if (self == NULL)
		return;
	g_free(self->code);
	g_free(self->topic);
	g_free(self->detail);
	g_free(self);
}
