/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview.h"

#include <string.h>

#include "schedules/local-time.h"
#include "schedules/preview-rules.h"
#include "schedules/rule.h"

#define MAX_NAMED 5 /* groups in one warning */

/* While one preview is made. */
typedef struct {
	const LoaPreviewQuery *query;
	LoaPreview *preview;
	LoaLocalTime local;
	gint64 from_us;
	gint64 to_us;
	GHashTable *group_bits; /* group id (borrowed) to number + 1 */
	GHashTable *heard_by;   /* broadcast to guint64 * bits; absent: by all */
	guint n_words;          /* of such a bit set */
	GHashTable *warnings;   /* WarningKey (owned) to LoaPreviewWarning (borrowed) */
	/* while the rules are looked at */
	guint8 *silenced;   /* one a start: a bit for each verdict that was counted */
	GHashTable *places; /* LoaPreviewWarning (borrowed) to Place (owned) */
	guint n_rule_words; /* of a set of groups */
} Making;

/* Where and why a rule keeps a broadcast silent. */
typedef struct {
	LoaPermitVerdict verdict;
	LoaPermitWhy why; /* of the first one */
	guint64 *groups;  /* owned: a set */
} Place;

static void
place_free(gpointer data)
{
	Place *place = data;

	g_free(place->groups);
	g_free(place);
}

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
describe(Making *making, const LoaPreviewWarning *warning)
{
	const LoaBroadcast *b = warning->broadcast;
	g_autofree char *at = warning->first_us != 0
				      ? loa_local_time_format(&making->local, warning->first_us)
				      : NULL;

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
		return NULL; /* write_rule_texts() */
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

static void
warn(Making *making, LoaPreviewKind kind, const LoaBroadcast *broadcast, const LoaBroadcast *other,
     gint64 start_us)
{
	const WarningKey key = { kind, broadcast, other };
	LoaPreviewWarning *warning = g_hash_table_lookup(making->warnings, &key);

	if (warning != NULL) {
		warning->n_times++;
		return;
	}
	warning = g_new0(LoaPreviewWarning, 1);
	warning->kind = kind;
	warning->broadcast = broadcast;
	warning->other = other;
	warning->first_us = start_us;
	warning->n_times = 1;
	warning->text = describe(making, warning);
	g_hash_table_insert(making->warnings, g_memdup2(&key, sizeof key), warning);
	g_ptr_array_add(making->preview->warnings, warning);
}

/* Numbers every group that is named, and gives each broadcast the set of those that hear it. */
static void
number_groups(Making *making)
{
	const GPtrArray *broadcasts = making->query->broadcasts;

	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = broadcasts->pdata[i];

		for (guint j = 0; j < broadcast->groups->len; j++) {
			gpointer group = broadcast->groups->pdata[j];
			guint number = g_hash_table_size(making->group_bits);

			if (!g_hash_table_contains(making->group_bits, group))
				g_hash_table_insert(making->group_bits, group,
						    GUINT_TO_POINTER(number + 1));
		}
	}
	making->n_words = g_hash_table_size(making->group_bits) / 64 + 1;
	for (guint i = 0; i < broadcasts->len; i++) {
		LoaBroadcast *broadcast = broadcasts->pdata[i];

		if (broadcast->to_all)
			continue;

		guint64 *bits = g_new0(guint64, making->n_words);

		for (guint j = 0; j < broadcast->groups->len; j++) {
			guint number = GPOINTER_TO_UINT(g_hash_table_lookup(
					       making->group_bits, broadcast->groups->pdata[j])) -
				       1;

			bits[number / 64] |= G_GUINT64_CONSTANT(1) << (number % 64);
		}
		g_hash_table_insert(making->heard_by, broadcast, bits);
	}
}

/* A start that may still sound while the next ones begin. */
typedef struct {
	const LoaBroadcast *broadcast;
	const guint64 *heard_by; /* NULL: by all */
	gint64 end_us;
} Playing;

static gboolean
share_a_group(const Playing *a, const Playing *b, guint n_words)
{
	if (a->heard_by == NULL || b->heard_by == NULL)
		return TRUE;
	for (guint i = 0; i < n_words; i++)
		if ((a->heard_by[i] & b->heard_by[i]) != 0)
			return TRUE;
	return FALSE;
}

/* One of them must wait, and nothing says which. */
static gboolean
clash(const Playing *a, const Playing *b, guint n_words)
{
	return a->broadcast->class == b->broadcast->class &&
	       a->broadcast->order == b->broadcast->order && share_a_group(a, b, n_words);
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
			warn(making, LOA_PREVIEW_CONFIDENTIAL, broadcast, NULL, 0);
		else if (loa_timetable_never_plays(broadcast))
			warn(making, LOA_PREVIEW_NEVER, broadcast, NULL, 0);
		else if (!loa_day_is_none(last) && loa_day_compare(last, query->from) < 0)
			warn(making, LOA_PREVIEW_EXPIRED, broadcast, NULL, 0);
		else
			g_ptr_array_add(chosen, broadcast);
		if (loa_broadcast_needs_review(broadcast, query->from))
			warn(making, LOA_PREVIEW_REVIEW, broadcast, NULL, 0);
		if (has_lunar_gap(making, broadcast))
			warn(making, LOA_PREVIEW_NO_SUCH_DAY, broadcast, NULL, 0);
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
		start.duration_ms = -1;
		if (query->duration_ms != NULL)
			start.duration_ms =
				query->duration_ms(start.slot.broadcast, query->duration_data);
		g_array_append_val(making->preview->starts, start);
	}
}

/* What is not known to last sounds for a moment: two such meet where they start together. */
static gint64
end_us(const LoaPreviewStart *start)
{
	return start->slot.start_us + (start->duration_ms > 0 ? start->duration_ms * 1000 : 1);
}

static void
warn_of_conflict(Making *making, const Playing *earlier, const Playing *later, gint64 start_us)
{
	const WarningKey key = { LOA_PREVIEW_CONFLICT, earlier->broadcast, later->broadcast };
	LoaPreviewWarning *warning;

	warn(making, LOA_PREVIEW_CONFLICT, earlier->broadcast, later->broadcast, start_us);
	warning = g_hash_table_lookup(making->warnings, &key);
	if (warning->n_times == 1)
		warning->free_us = earlier->end_us;
}

/* @playing: those that ended leave it, and @start enters. */
static void
meet(Making *making, GArray *playing, const LoaPreviewStart *start)
{
	const Playing entry = {
		.broadcast = start->slot.broadcast,
		.heard_by = g_hash_table_lookup(making->heard_by, start->slot.broadcast),
		.end_us = end_us(start),
	};

	for (guint i = 0; i < playing->len;) {
		const Playing *other = &g_array_index(playing, Playing, i);

		if (other->end_us <= start->slot.start_us) {
			g_array_remove_index_fast(playing, i);
			continue;
		}
		if (clash(other, &entry, making->n_words))
			warn_of_conflict(making, other, &entry, start->slot.start_us);
		i++;
	}
	g_array_append_val(playing, entry);
}

static void
find_conflicts(Making *making)
{
	const GArray *starts = making->preview->starts;
	g_autoptr(GArray) playing = g_array_new(FALSE, FALSE, sizeof(Playing));

	for (guint i = 0; i < starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(starts, LoaPreviewStart, i);

		if (!start->is_suspended)
			meet(making, playing, start);
	}
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

/* A LoaPreviewRulesFunc: counts the start once, and the group. */
static void
on_silenced(guint number, guint group, LoaPermitVerdict verdict, const LoaPermitWhy *why,
	    gpointer user_data)
{
	Making *making = user_data;
	LoaPreviewStart *start = &g_array_index(making->preview->starts, LoaPreviewStart, number);
	LoaPreviewKind kind = kind_of(verdict);
	const WarningKey key = { kind, start->slot.broadcast, NULL };
	gboolean is_counted = (making->silenced[number] & 1u << verdict) != 0;

	if (!is_counted)
		warn(making, kind, start->slot.broadcast, NULL, start->slot.start_us);
	making->silenced[number] |= (guint8)(1u << verdict);

	LoaPreviewWarning *warning = g_hash_table_lookup(making->warnings, &key);
	Place *place = g_hash_table_lookup(making->places, warning);

	if (place == NULL) {
		place = g_new0(Place, 1);
		place->why = *why;
		place->verdict = verdict;
		place->groups = g_new0(guint64, making->n_rule_words);
		g_hash_table_insert(making->places, warning, place);
	}
	if (start->slot.start_us < warning->first_us)
		warning->first_us = start->slot.start_us;
	place->groups[group / 64] |= G_GUINT64_CONSTANT(1) << (group % 64);
	if (verdict == LOA_PERMIT_SUSPENDED) {
		start->overlay = why->overlay;
		start->n_suspended++;
	}
}

/* (transfer full): " in to-1, to-2 and 3 more groups", or "" where it is wherever it is heard */
static char *
where_of(const Place *place, const LoaPreviewRules *rules, const LoaBroadcast *broadcast)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < loa_preview_rules_n_groups(rules); i++) {
		if ((place->groups[i / 64] & G_GUINT64_CONSTANT(1) << (i % 64)) == 0)
			continue;
		if (n++ < MAX_NAMED)
			g_string_append_printf(text, "%s%s", n == 1 ? " in " : ", ",
					       loa_preview_rules_group(rules, i));
	}
	if (n == loa_preview_rules_n_hearing(rules, broadcast))
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

/* Now that all groups are known. */
static void
write_rule_texts(Making *making, const LoaPreviewRules *rules)
{
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, making->places);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		LoaPreviewWarning *warning = key;
		const Place *place = value;
		g_autofree char *at = loa_local_time_format(&making->local, warning->first_us);
		g_autofree char *what = loa_permit_describe(place->verdict, &place->why);
		g_autofree char *where = where_of(place, rules, warning->broadcast);

		g_free(warning->text);
		warning->text = g_strdup_printf("\"%s\" at %s %s%s%s", warning->broadcast->id, at,
						what, where, advice(place->verdict));
	}
}

static void
check_rules(Making *making)
{
	GArray *starts = making->preview->starts;
	g_autoptr(LoaPreviewRules) rules =
		loa_preview_rules_new(making->query, starts, making->from_us, making->to_us);

	making->n_rule_words = loa_preview_rules_n_groups(rules) / 64 + 1;
	making->silenced = g_new0(guint8, MAX(starts->len, 1));
	making->places = g_hash_table_new_full(NULL, NULL, NULL, place_free);
	loa_preview_rules_run(rules, on_silenced, making);
	write_rule_texts(making, rules);
	for (guint i = 0; i < starts->len; i++) {
		LoaPreviewStart *start = &g_array_index(starts, LoaPreviewStart, i);

		start->is_suspended = start->n_suspended > 0 &&
				      start->n_suspended == loa_preview_rules_n_hearing(
								    rules, start->slot.broadcast);
	}
	g_clear_pointer(&making->places, g_hash_table_unref);
	g_clear_pointer(&making->silenced, g_free);
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
	making->group_bits = g_hash_table_new(g_str_hash, g_str_equal);
	making->heard_by = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	making->warnings = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
}

static void
making_clear(Making *making)
{
	g_hash_table_unref(making->group_bits);
	g_hash_table_unref(making->heard_by);
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
		number_groups(&making);
		add_starts(&making, slots);
		if (query->policy != NULL)
			check_rules(&making);
		find_conflicts(&making);
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
