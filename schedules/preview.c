/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview.h"

#include <string.h>

#include "schedules/local-time.h"
#include "schedules/rule.h"

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
		return g_strdup_printf("\"%s\" at %s is outside the permitted hours and will be "
				       "refused: shift it, or add an exception (by whom, and why)",
				       b->id, at);
	case LOA_PREVIEW_NEVER:
		return g_strdup_printf("\"%s\" never plays: no day fits", b->id);
	case LOA_PREVIEW_EXPIRED:
		return g_strdup_printf("\"%s\" is over: its last day lies before this range",
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

/* Which broadcasts can have starts here; the others get a warning. (transfer container) */
static GPtrArray *
choose_broadcasts(Making *making)
{
	const LoaPreviewQuery *query = making->query;
	GPtrArray *chosen = g_ptr_array_new();

	for (guint i = 0; i < query->broadcasts->len; i++) {
		LoaBroadcast *broadcast = query->broadcasts->pdata[i];
		LoaDay last = loa_day_is_none(broadcast->date) ? broadcast->until : broadcast->date;

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
		if (query->lunar != NULL && loa_day_compare(known, start.slot.local_day) != 0) {
			known = start.slot.local_day;
			if (!loa_lunar_from_day(query->lunar, known, &start.lunar))
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
			warn(making, LOA_PREVIEW_CONFLICT, other->broadcast, entry.broadcast,
			     start->slot.start_us);
		i++;
	}
	g_array_append_val(playing, entry);
}

static void
find_conflicts(Making *making)
{
	const GArray *starts = making->preview->starts;
	g_autoptr(GArray) playing = g_array_new(FALSE, FALSE, sizeof(Playing));

	for (guint i = 0; i < starts->len; i++)
		meet(making, playing, &g_array_index(starts, LoaPreviewStart, i));
}

static void
check_hours(Making *making)
{
	const LoaPreviewQuery *query = making->query;
	const GArray *starts = making->preview->starts;
	/* a day more: the last start may sound on */
	g_autoptr(GArray) permitted = loa_hours_expand(query->hours, query->zone, making->from_us,
						       making->to_us + LOA_DAY_S * LOA_SECOND_US);
	guint at = 0;

	for (guint i = 0; i < starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(starts, LoaPreviewStart, i);
		const LoaBroadcast *broadcast = start->slot.broadcast;
		const LoaInterval *interval;

		if (broadcast->class == LOA_CLASS_EMERGENCY || broadcast->exception_by != NULL)
			continue;
		while (at < permitted->len &&
		       g_array_index(permitted, LoaInterval, at).to_us <= start->slot.start_us)
			at++;
		interval = &g_array_index(permitted, LoaInterval, at);
		if (at == permitted->len || interval->from_us > start->slot.start_us ||
		    interval->to_us < end_us(start))
			warn(making, LOA_PREVIEW_OUTSIDE_HOURS, broadcast, NULL,
			     start->slot.start_us);
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
	preview->warnings = g_ptr_array_new_with_free_func(warning_free);
	making_init(&making, query, preview);

	g_autoptr(GPtrArray) chosen = choose_broadcasts(&making);
	g_autoptr(GArray) slots = loa_timetable_expand(chosen, query->zone, making.from_us,
						       making.to_us, LOA_PREVIEW_MAX_STARTS, error);
	if (slots != NULL) {
		number_groups(&making);
		add_starts(&making, slots);
		find_conflicts(&making);
		if (query->hours != NULL)
			check_hours(&making);
		say_how_often(preview);
	}
	making_clear(&making);
	return slots != NULL ? g_steal_pointer(&preview) : NULL;
}

const char *
loa_preview_kind_name(LoaPreviewKind kind)
{
	switch (kind) {
	case LOA_PREVIEW_CONFLICT:
		return "conflict";
	case LOA_PREVIEW_OUTSIDE_HOURS:
		return "outside-hours";
	case LOA_PREVIEW_NEVER:
		return "never";
	case LOA_PREVIEW_EXPIRED:
		return "expired";
	case LOA_PREVIEW_CONFIDENTIAL:
		return "confidential";
	case LOA_PREVIEW_NO_SUCH_DAY:
		return "no-such-day";
	}
	g_assert_not_reached();
}

static void
set_text(JsonBuilder *builder, const char *name, const char *text)
{
	json_builder_set_member_name(builder, name);
	if (text != NULL)
		json_builder_add_string_value(builder, text);
	else
		json_builder_add_null_value(builder);
}

static void
set_int(JsonBuilder *builder, const char *name, gint64 number)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, number);
}

/* start and start_us; @us 0: none */
static void
set_moment(JsonBuilder *builder, LoaLocalTime *local, gint64 us)
{
	g_autofree char *text = us != 0 ? loa_local_time_format(local, us) : NULL;

	set_text(builder, "start", text);
	set_int(builder, "start_us", us);
}

static void
set_to(JsonBuilder *builder, const LoaBroadcast *broadcast)
{
	if (broadcast->to_all) {
		set_text(builder, "to", "all");
		return;
	}
	json_builder_set_member_name(builder, "to");
	json_builder_begin_array(builder);
	for (guint i = 0; i < broadcast->groups->len; i++)
		json_builder_add_string_value(builder, broadcast->groups->pdata[i]);
	json_builder_end_array(builder);
}

static void
add_start_to_json(JsonBuilder *builder, LoaLocalTime *local, const LoaPreviewStart *start,
		  const char *occasions)
{
	const LoaBroadcast *broadcast = start->slot.broadcast;
	g_autofree char *day = loa_day_format(start->slot.local_day);
	g_autofree char *time = loa_time_of_day_format(start->slot.local_s);
	g_autofree char *lunar = start->lunar.month != 0 ? loa_lunar_format(&start->lunar) : NULL;

	json_builder_begin_object(builder);
	set_text(builder, "broadcast", broadcast->id);
	set_text(builder, "title", broadcast->title);
	set_text(builder, "class", loa_class_name(broadcast->class));
	set_to(builder, broadcast);
	set_moment(builder, local, start->slot.start_us);
	set_text(builder, "day", day);
	set_text(builder, "weekday", loa_weekday_name(loa_day_weekday(start->slot.local_day)));
	set_text(builder, "time", time);
	set_text(builder, "lunar", lunar);
	set_text(builder, "occasions", occasions);
	if (start->duration_ms >= 0)
		set_int(builder, "duration_ms", start->duration_ms);
	else
		set_text(builder, "duration_ms", NULL);
	json_builder_end_object(builder);
}

static void
add_warning_to_json(JsonBuilder *builder, LoaLocalTime *local, const LoaPreviewWarning *warning)
{
	json_builder_begin_object(builder);
	set_text(builder, "kind", loa_preview_kind_name(warning->kind));
	set_text(builder, "broadcast", warning->broadcast->id);
	set_text(builder, "other", warning->other != NULL ? warning->other->id : NULL);
	set_moment(builder, local, warning->first_us);
	set_int(builder, "times", warning->n_times);
	set_text(builder, "text", warning->text);
	json_builder_end_object(builder);
}

JsonNode *
loa_preview_to_json(const LoaPreview *self, GTimeZone *zone)
{
	g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
	g_autofree char *from = loa_day_format(self->from);
	g_autofree char *occasions = NULL;
	LoaDay known = { 0 };
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	json_builder_begin_object(builder);
	set_text(builder, "from", from);
	set_int(builder, "days", self->n_days);
	json_builder_set_member_name(builder, "starts");
	json_builder_begin_array(builder);
	for (guint i = 0; i < self->starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(self->starts, LoaPreviewStart, i);

		if (loa_day_compare(known, start->slot.local_day) != 0) {
			known = start->slot.local_day;
			g_free(occasions);
			occasions = loa_rule_occasions_on(known);
		}
		add_start_to_json(builder, &local, start, occasions);
	}
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "warnings");
	json_builder_begin_array(builder);
	for (guint i = 0; i < self->warnings->len; i++)
		add_warning_to_json(builder, &local, self->warnings->pdata[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
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
