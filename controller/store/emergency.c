/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/emergency.h"

#include <string.h>

#include "common/text.h"

static const char *const state_names[LOA_EMERGENCY_LAST_STATE + 1] = {
	[LOA_EMERGENCY_WAITING] = "waiting",
	[LOA_EMERGENCY_AIRED] = "aired",
	[LOA_EMERGENCY_REFUSED] = "refused",
	[LOA_EMERGENCY_EXPIRED] = "expired",
};

LoaEmergencyState
loa_emergency_state_at(const LoaEmergency *self, gint64 now_us)
{
	/* a clock that was set back does not make a request live longer than it may */
	if (self->state == LOA_EMERGENCY_WAITING &&
	    (now_us < self->asked_us || now_us - self->asked_us >= LOA_EMERGENCY_PATIENCE_US))
		return LOA_EMERGENCY_EXPIRED;
	return self->state;
}

/* (transfer full): as people mean it: composed, without case, without blanks around it */
static char *
normalize(const char *phrase)
{
	g_autofree char *composed = g_utf8_normalize(phrase, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	g_autofree char *folded = composed == NULL ? g_strdup("") : g_utf8_casefold(composed, -1);

	return g_strdup(g_strstrip(folded));
}

static gboolean
is_phrase(const char *typed, const char *wanted)
{
	g_autofree char *a = normalize(typed);
	g_autofree char *b = normalize(wanted);

	return strcmp(a, b) == 0;
}

LoaEmergencyVerdict
loa_emergency_judge(const LoaEmergency *self, const LoaCaller *caller, gboolean is_exercise,
		    const char *phrase, gint64 now_us)
{
	if (!loa_caller_may(caller, LOA_RIGHT_CONFIRM_EMERGENCY))
		return LOA_EMERGENCY_NO_RIGHT;
	if (loa_emergency_state_at(self, now_us) != LOA_EMERGENCY_WAITING)
		return LOA_EMERGENCY_OVER;
	if (strcmp(self->asked_by, caller->user) == 0)
		return LOA_EMERGENCY_SAME_PERSON;
	if (!self->is_exercise != !is_exercise)
		return LOA_EMERGENCY_OTHER_KIND;
	if (!is_phrase(phrase, loa_emergency_phrase(self->is_exercise)))
		return LOA_EMERGENCY_WRONG_PHRASE;
	return LOA_EMERGENCY_GO;
}

const char *
loa_emergency_phrase(gboolean is_exercise)
{
	return is_exercise ? "DIỄN TẬP" : "KHẨN CẤP";
}

const char *
loa_emergency_state_name(LoaEmergencyState state)
{
	return state_names[state];
}

gboolean
loa_emergency_state_from_name(const char *name, LoaEmergencyState *state)
{
	guint i;

	if (!loa_text_find(state_names, LOA_EMERGENCY_LAST_STATE + 1, name, &i))
		return FALSE;
	*state = (LoaEmergencyState)i;
	return TRUE;
}
