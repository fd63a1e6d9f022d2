/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview.h"

#include <string.h>

#include "schedules/local-time.h"
#include "schedules/preview-conflicts.h"
#include "schedules/preview-silences.h"
#include "schedules/rule.h"

/* While one preview is made. */
typedef struct {
	const LoaPreviewQuery *query;
	LoaPreview *preview;
	LoaLocalTime local;
	gint64 from_us;
	gint64 to_us;
	GHashTable *warnings; /* WarningKey (owned) to LoaPreviewWarning (borrowed) */
} Making;

typedef struct {
	LoaPreviewKind kind;
	const LoaBroadcast *broadcast;
	const LoaBroadcast *other;
} WarningKey;

static guint
hash_key(gconstpointer data)
{
	const WarningKey *key = data;

	return g_direct_hash(key->broadcast) * 31 + g_direct_hash(key->other) + key->kind;
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
	const WarningKey *left = a;
	const WarningKey *right = b;

	return left->kind == right->kind && left->broadcast == right->broadcast &&
	       left->other == right->other;
}

static void
warning_free(gpointer data)
{
	LoaPreviewWarning *warning = data;

	g_free(warning->text);
	g_free(warning);
}

static char *
describe(Making *making, const LoaPreviewWarning *warning, gint64 met_us)
{
	const LoaBroadcast *b = warning->broadcast;
	g_autofree char *at = met_us != 0 ? loa_local_time_format(&making->local, met_us) : NULL;

	switch (warning->kind) {
	case LOA_PREVIEW_CONFLICT:
		return g_strdup_printf("\"%s\" and \"%s\" meet at %s, and neither outranks the "
				       "other: give one a lower order, shift it, or split the "
				       "groups",
				       b->id, warning->other->id, at);
	case LOA_PREVIEW_OUTSIDE_HOURS:
	case LOA_PREVIEW_TOO_MANY_SESSIONS:
	case LOA_PREVIEW_SESSION_TOO_LONG:
	case LOA_PREVIEW_SUSPENDED:
		break; /* preview-silences.c */
	case LOA_PREVIEW_NEVER:
		return g_strdup_printf("\"%s\" never plays: no day fits", b->id);
	case LOA_PREVIEW_EXPIRED:
		return g_strdup_printf("\"%s\" is over: its last day lies before this range",
				       b->id);
	case LOA_PREVIEW_REVIEW:
		return g_strdup_printf("\"%s\" was to be reviewed: see whether it is still true, "
				       "and set review_by anew",
				       b->id);
	case LOA_PREVIEW_CONFIDENTIAL:
		return g_strdup_printf("\"%s\" is confidential and never played", b->id);
	case LOA_PREVIEW_NO_SUCH_DAY: {
		gint32 first = loa_day_to_number(making->query->from);
		g_autofree char *gap =
			loa_rule_describe_gap(b, first, first + (gint32)making->query->n_days - 1);

		return g_strdup_printf("\"%s\": %s", b->id, gap);
	}
	}
	g_assert_not_reached();
}

static LoaPreviewWarning *
warn(Making *making, LoaPreviewKind kind, const LoaBroadcast *broadcast, const LoaBroadcast *other,
     gint64 start_us, gint64 met_us)
{
	const WarningKey key = { kind, broadcast, other };
	LoaPreviewWarning *warning = g_hash_table_lookup(making->warnings, &key);

	if (warning != NULL) {
		warning->n_times++;
		return warning;
	}
	warning = g_new0(LoaPreviewWarning, 1);
	warning->kind = kind;
	warning->broadcast = broadcast;
	warning->other = other;
	warning->first_us = start_us;
	warning->n_times = 1;
	warning->text = describe(making, warning, met_us);
	g_hash_table_insert(making->warnings, g_memdup2(&key, sizeof key), warning);
	g_ptr_array_add(making->preview->warnings, warning);
	return warning;
}

static gboolean
has_lunar_gap(const Making *making, const LoaBroadcast *broadcast)
{
	gint32 first = loa_day_to_number(making->query->from);
	g_autofree char *gap =
		loa_rule_describe_gap(broadcast, first, first + (gint32)making->query->n_days - 1);

	return gap != NULL;
}

/* The last day that a broadcast names itself; none: there is no such. */
static LoaDay
last_day(const LoaBroadcast *broadcast)
{
	LoaDay last = broadcast->until;

	if (!loa_day_is_none(broadcast->date))
		last = broadcast->date;
	if (!loa_day_is_none(broadcast->event_day))
		last = broadcast->event_day;
	if (loa_day_is_none(last) ||
	    (!loa_day_is_none(broadcast->expires) && loa_day_compare(broadcast->expires, last) < 0))
		last = broadcast->expires;
	return last;
}

/* Which broadcasts can have starts here; the others get a warning. (transfer container) */
static GPtrArray *
choose_broadcasts(Making *making)
{
	const LoaPreviewQuery *query = making->query;
	GPtrArray *chosen = g_ptr_array_new();

	for (guint i = 0; i < query->broadcasts->len; i++) {
		LoaBroadcast *broadcast = query->broadcasts->pdata[i];
		LoaDay last = last_day(broadcast);

		if (query->group != NULL && !loa_broadcast_is_for(broadcast, query->group))
			continue;
		if (broadcast->is_confidential)
			(void)warn(making, LOA_PREVIEW_CONFIDENTIAL, broadcast, NULL, 0, 0);
		else if (loa_timetable_never_plays(broadcast))
			(void)warn(making, LOA_PREVIEW_NEVER, broadcast, NULL, 0, 0);
		else if (!loa_day_is_none(last) && loa_day_compare(last, query->from) < 0)
			(void)warn(making, LOA_PREVIEW_EXPIRED, broadcast, NULL, 0, 0);
		else
			g_ptr_array_add(chosen, broadcast);
		if (loa_broadcast_needs_review(broadcast, query->from))
			(void)warn(making, LOA_PREVIEW_REVIEW, broadcast, NULL, 0, 0);
		if (has_lunar_gap(making, broadcast))
			(void)warn(making, LOA_PREVIEW_NO_SUCH_DAY, broadcast, NULL, 0, 0);
	}
	return chosen;
}

static void
add_starts(Making *making, const GArray *slots)
{
	const LoaPreviewQuery *query = making->query;
	LoaPreviewStart start = { 0 };
	LoaDay known = { 0 };

	making->preview->starts =
		g_array_sized_new(FALSE, FALSE, sizeof(LoaPreviewStart), slots->len);
	for (guint i = 0; i < slots->len; i++) {
		start.slot = g_array_index(slots, LoaSlot, i);
		if (query->with_lunar && loa_day_compare(known, start.slot.local_day) != 0) {
			known = start.slot.local_day;
			if (!loa_rule_lunar_day(known, &start.lunar))
				start.lunar = (LoaLunarDay){ 0 };
		}
		start.category = start.slot.broadcast->category;
		start.duration_ms = -1;
		if (query->duration_ms != NULL)
			start.duration_ms =
				query->duration_ms(start.slot.broadcast, query->duration_data);
		g_array_append_val(making->preview->starts, start);
	}
}

/* A LoaPreviewConflictsFunc. */
static void
on_meeting(const LoaPreviewMeeting *meeting, gpointer user_data)
{
	LoaPreviewWarning *warning = warn(user_data, LOA_PREVIEW_CONFLICT, meeting->earlier,
					  meeting->later, meeting->later_us, meeting->met_us);

	if (warning->n_times == 1)
		warning->free_us = meeting->free_us;
}

static void
check_rules(Making *making)
{
	GArray *starts = making->preview->starts;
	g_autoptr(LoaPreviewRules) rules =
		loa_preview_rules_new(making->query, starts, making->from_us, making->to_us);
	g_autoptr(LoaPreviewSilences) silences = loa_preview_silences_new(rules, starts);

	loa_preview_rules_run(rules, loa_preview_silences_add, silences);
	loa_preview_silences_warn(silences, &making->local, making->preview->warnings);
	for (guint i = 0; i < starts->len; i++) {
		LoaPreviewStart *start = &g_array_index(starts, LoaPreviewStart, i);

		start->is_suspended =
			start->n_suspended > 0 &&
			start->n_suspended == loa_preview_rules_n_hearing(rules, &start->slot);
	}
}

/* A clash that comes back every day is one warning; its sentence says how often. */
static void
say_how_often(const LoaPreview *preview)
{
	for (guint i = 0; i < preview->warnings->len; i++) {
		LoaPreviewWarning *warning = preview->warnings->pdata[i];
		char *text = warning->text;

		if (warning->n_times == 1)
			continue;
		warning->text = g_strdup_printf("%s (%u times)", text, warning->n_times);
		g_free(text);
	}
}

static void
making_init(Making *making, const LoaPreviewQuery *query, LoaPreview *preview)
{
	gint32 first = loa_day_to_number(query->from);
	LoaDay end = loa_day_from_number(first + (gint32)query->n_days);

	*making = (Making){ .query = query, .preview = preview };
	loa_local_time_init(&making->local, query->zone);
	making->from_us = loa_local_time_to_us(&making->local, query->from, 0);
	making->to_us = loa_local_time_to_us(&making->local, end, 0);
	making->warnings = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
}

static void
making_clear(Making *making)
{
	g_hash_table_unref(making->warnings);
}

LoaPreview *
loa_preview_new(const LoaPreviewQuery *query, GError **error)
{
	g_return_val_if_fail(query->n_days >= 1 && query->n_days <= LOA_PREVIEW_MAX_DAYS, NULL);

	g_autoptr(LoaPreview) preview = g_new0(LoaPreview, 1);
	Making making;

	preview->from = query->from;
	preview->n_days = query->n_days;
	preview->groups = query->groups;
	preview->warnings = g_ptr_array_new_with_free_func(warning_free);
	making_init(&making, query, preview);

	g_autoptr(GPtrArray) chosen = choose_broadcasts(&making);
	g_autoptr(GArray) slots = loa_timetable_expand(chosen, query->zone, making.from_us,
						       making.to_us, LOA_PREVIEW_MAX_STARTS, error);
	if (slots != NULL) {
		add_starts(&making, slots);
		if (query->policy != NULL)
			check_rules(&making);
		loa_preview_conflicts_find(query, chosen, preview->starts, on_meeting, &making);
		say_how_often(preview);
	}
	making_clear(&making);
	return slots != NULL ? g_steal_pointer(&preview) : NULL;
}

LoaConflict
loa_preview_conflict(const LoaPreview *self, const LoaPreviewWarning *warning)
{
	return (LoaConflict){
		.earlier = warning->broadcast,
		.later = warning->other,
		.later_us = warning->first_us,
		.free_us = warning->free_us,
		.groups = self->groups,
	};
}

const char *
loa_preview_kind_name(LoaPreviewKind kind)
{
	switch (kind) {
	case LOA_PREVIEW_CONFLICT:
		return "conflict";
	case LOA_PREVIEW_OUTSIDE_HOURS:
		return "outside-hours";
	case LOA_PREVIEW_TOO_MANY_SESSIONS:
		return "too-many-sessions";
	case LOA_PREVIEW_SESSION_TOO_LONG:
		return "session-too-long";
	case LOA_PREVIEW_SUSPENDED:
		return "suspended";
	case LOA_PREVIEW_NEVER:
		return "never";
	case LOA_PREVIEW_EXPIRED:
		return "expired";
	case LOA_PREVIEW_REVIEW:
		return "review";
	case LOA_PREVIEW_CONFIDENTIAL:
		return "confidential";
	case LOA_PREVIEW_NO_SUCH_DAY:
		return "no-such-day";
	}
	g_assert_not_reached();
}

void
loa_preview_free(LoaPreview *self)
{
	if (self == NULL)
		return;
	g_clear_pointer(&self->starts, g_array_unref);
	g_ptr_array_unref(self->warnings);
	g_free(self);
}
