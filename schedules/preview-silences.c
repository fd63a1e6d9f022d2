/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview-silences.h"

#define MAX_NAMED 5 /* groups in one warning */
#define N_VERDICTS (LOA_PERMIT_SESSION_TOO_LONG + 1)

/* Where, how often and why one rule keeps a broadcast silent. */
typedef struct {
	const LoaBroadcast *broadcast;
	LoaPermitVerdict verdict;
	LoaPermitWhy why; /* of the first one */
	guint64 *groups;  /* owned: a set */
	guint n_starts;
	guint first_group; /* for want of a session: the first group, */
	guint first_there; /* and the first start in it: there they come by time */
	gint64 first_us;
} Silence;

struct LoaPreviewSilences {
	const LoaPreviewRules *rules;
	GArray *starts;
	guint n_words;        /* of a set of groups */
	guint8 *counted;      /* one a start: a bit for each verdict */
	GPtrArray *by_number; /* Silence (nullable) (borrowed): by broadcast, then verdict */
	GPtrArray *silences;  /* Silence, as they came */
};

static void
silence_free(gpointer data)
{
	Silence *silence = data;

	g_free(silence->groups);
	g_free(silence);
}

LoaPreviewSilences *
loa_preview_silences_new(const LoaPreviewRules *rules, GArray *starts)
{
	LoaPreviewSilences *self = g_new0(LoaPreviewSilences, 1);

	self->rules = rules;
	self->starts = starts;
	self->n_words = loa_preview_rules_n_groups(rules) / 64 + 1;
	self->counted = g_new0(guint8, MAX(starts->len, 1));
	self->by_number = g_ptr_array_new();
	self->silences = g_ptr_array_new_with_free_func(silence_free);
	return self;
}

static const LoaPreviewStart *
start_at(const LoaPreviewSilences *self, guint start)
{
	return &g_array_index(self->starts, LoaPreviewStart, start);
}

static gboolean
is_by_session(LoaPermitVerdict verdict)
{
	return verdict == LOA_PERMIT_TOO_MANY_SESSIONS || verdict == LOA_PERMIT_SESSION_TOO_LONG;
}

static Silence *
find_silence(LoaPreviewSilences *self, guint start, guint group, LoaPermitVerdict verdict,
	     const LoaPermitWhy *why)
{
	guint at = start_at(self, start)->slot.number * N_VERDICTS + verdict;
	Silence *silence;

	if (at >= self->by_number->len)
		g_ptr_array_set_size(self->by_number, (gint)(at + N_VERDICTS));
	silence = g_ptr_array_index(self->by_number, at);
	if (silence != NULL)
		return silence;
	silence = g_new0(Silence, 1);
	*silence = (Silence){
		.broadcast = start_at(self, start)->slot.broadcast,
		.verdict = verdict,
		.why = *why,
		.groups = g_new0(guint64, self->n_words),
		.first_group = group,
		.first_there = start,
		.first_us = start_at(self, start)->slot.start_us,
	};
	self->by_number->pdata[at] = silence;
	g_ptr_array_add(self->silences, silence);
	return silence;
}

void
loa_preview_silences_add(guint number, guint group, LoaPermitVerdict verdict,
			 const LoaPermitWhy *why, gpointer data)
{
	LoaPreviewSilences *self = data;
	Silence *silence = find_silence(self, number, group, verdict, why);
	guint8 bit = (guint8)(1u << verdict);

	if ((self->counted[number] & bit) == 0) {
		self->counted[number] |= bit;
		silence->n_starts++;
		silence->first_us = MIN(silence->first_us, start_at(self, number)->slot.start_us);
	}
	silence->groups[group / 64] |= G_GUINT64_CONSTANT(1) << (group % 64);
	if (verdict == LOA_PERMIT_SUSPENDED) {
		LoaPreviewStart *start = &g_array_index(self->starts, LoaPreviewStart, number);

		start->overlay = why->overlay;
		start->n_suspended++;
	} else if (group < silence->first_group) {
		silence->first_group = group;
		silence->first_there = number;
		if (is_by_session(verdict))
			silence->why = *why;
	}
}

static gint
compare_silences(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const LoaPreviewSilences *self = user_data;
	const Silence *x = *(const Silence *const *)a, *y = *(const Silence *const *)b;
	gboolean x_late = is_by_session(x->verdict), y_late = is_by_session(y->verdict);

	if (x_late != y_late)
		return x_late ? 1 : -1;
	if (!x_late)
		return 0; /* as they came: the sort is stable */
	if (x->first_group != y->first_group)
		return x->first_group < y->first_group ? -1 : 1;

	gint by_rank = loa_permit_goes_first(x->broadcast->class, x->broadcast->order,
					     start_at(self, x->first_there)->slot.start_us,
					     y->broadcast->class, y->broadcast->order,
					     start_at(self, y->first_there)->slot.start_us);

	return by_rank != 0 ? by_rank
			    : (x->first_there > y->first_there) - (x->first_there < y->first_there);
}

static LoaPreviewKind
kind_of(LoaPermitVerdict verdict)
{
	switch (verdict) {
	case LOA_PERMIT_SUSPENDED:
		return LOA_PREVIEW_SUSPENDED;
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		return LOA_PREVIEW_TOO_MANY_SESSIONS;
	case LOA_PERMIT_SESSION_TOO_LONG:
		return LOA_PREVIEW_SESSION_TOO_LONG;
	case LOA_PERMIT_HOURS:
	case LOA_PERMIT_OPEN:
		break;
	}
	return LOA_PREVIEW_OUTSIDE_HOURS;
}

/* (transfer full): " in to-1, to-2 and 3 more groups", or "" where it is wherever it is heard */
static char *
where_of(const LoaPreviewSilences *self, const Silence *silence)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < loa_preview_rules_n_groups(self->rules); i++) {
		if ((silence->groups[i / 64] & G_GUINT64_CONSTANT(1) << (i % 64)) == 0)
			continue;
		if (n++ < MAX_NAMED)
			g_string_append_printf(text, "%s%s", n == 1 ? " in " : ", ",
					       loa_preview_rules_group(self->rules, i));
	}
	if (n ==
	    loa_preview_rules_n_hearing(self->rules, &start_at(self, silence->first_there)->slot))
		return g_strdup("");
	if (n > MAX_NAMED)
		g_string_append_printf(text, " and %u more groups", n - MAX_NAMED);
	return g_strdup(text->str);
}

static const char *
advice(LoaPermitVerdict verdict)
{
	switch (verdict) {
	case LOA_PERMIT_SUSPENDED:
	case LOA_PERMIT_OPEN:
		return "";
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		return ": move it next to another session, or add an exception (by whom, and why)";
	case LOA_PERMIT_SESSION_TOO_LONG:
		return ": move it away from the others, shorten it, or add an exception (by whom, "
		       "and why)";
	case LOA_PERMIT_HOURS:
		break;
	}
	return " and will be refused: shift it, or add an exception (by whom, and why)";
}

static LoaPreviewWarning *
describe(const LoaPreviewSilences *self, const Silence *silence, LoaLocalTime *local)
{
	LoaPreviewWarning *warning = g_new0(LoaPreviewWarning, 1);
	g_autofree char *at = loa_local_time_format(local, silence->first_us);
	g_autofree char *what = loa_permit_describe(silence->verdict, &silence->why);
	g_autofree char *where = where_of(self, silence);

	warning->kind = kind_of(silence->verdict);
	warning->broadcast = silence->broadcast;
	warning->first_us = silence->first_us;
	warning->n_times = silence->n_starts;
	warning->text = g_strdup_printf("\"%s\" at %s %s%s%s", silence->broadcast->id, at, what,
					where, advice(silence->verdict));
	return warning;
}

void
loa_preview_silences_warn(const LoaPreviewSilences *self, LoaLocalTime *local, GPtrArray *warnings)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_copy(self->silences, NULL, NULL);

	g_ptr_array_set_free_func(sorted, NULL);
	g_ptr_array_sort_with_data(sorted, compare_silences, (gpointer)self);
	for (guint i = 0; i < sorted->len; i++)
		g_ptr_array_add(warnings, describe(self, g_ptr_array_index(sorted, i), local));
}

void
loa_preview_silences_free(LoaPreviewSilences *self)
{
	if (self == NULL)
		return;
	g_free(self->counted);
	g_ptr_array_unref(self->by_number);
	g_ptr_array_unref(self->silences);
	g_free(self);
}
