/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview-rules.h"

#include <string.h>

#include "schedules/preview-sessions.h"
#include "schedules/stagger.h"

/* The last start may sound on, and its turns after it. */
#define TAIL_US (2 * LOA_DAY_S * LOA_SECOND_US)

/* Groups that the rules and the offsets treat alike. */
typedef struct {
	guint kind;
	guint32 offset_ms;
	guint turn;
} Class;

/* Whom one broadcast is for. */
typedef struct {
	guint item; /* for the sessions */
	guint32 turns;
	GArray *classes; /* guint: numbers of Class that hear it */
	GArray *groups;  /* guint: numbers of the groups, sorted */
} Audience;

struct LoaPreviewRules {
	const LoaPreviewQuery *query;
	const GArray *starts;
	LoaStaggerPolicy stagger;
	GPtrArray *groups; /* LoaGroup, owned array of owned or borrowed ones */
	GHashTable *by_id; /* group id to number + 1 */
	LoaPermit *permit;
	GArray *classes;              /* Class */
	guint *class_of;              /* one a group */
	GPtrArray *audiences;         /* Audience (nullable), by the slots' number */
	LoaPreviewSessions *sessions; /* (nullable): %NULL: their number and length are free */
};

static void
audience_free(gpointer data)
{
	Audience *audience = data;

	if (audience == NULL)
		return;
	g_array_unref(audience->classes);
	g_array_unref(audience->groups);
	g_free(audience);
}

static void
add_group(LoaPreviewRules *self, LoaGroup *group)
{
	if (g_hash_table_contains(self->by_id, group->id)) {
		loa_group_free(group);
		return;
	}
	g_ptr_array_add(self->groups, group);
	g_hash_table_insert(self->by_id, group->id, GUINT_TO_POINTER(self->groups->len));
}

static LoaGroup *
copy_group(const LoaGroup *group)
{
	LoaGroup *copy = loa_group_new(group->id, group->name);

	copy->start_offset_ms = group->start_offset_ms;
	copy->turn = group->turn;
	return copy;
}

/* The site's groups, or else those that are named, and one for all others. */
static void
find_groups(LoaPreviewRules *self)
{
	const LoaPreviewQuery *query = self->query;
	const GPtrArray *known = query->groups;

	for (guint i = 0; known != NULL && i < known->len; i++) {
		const LoaGroup *group = g_ptr_array_index(known, i);

		if (query->group == NULL || strcmp(query->group, group->id) == 0)
			add_group(self, copy_group(group));
	}
	if (self->groups->len > 0)
		return;
	if (query->group != NULL) {
		add_group(self, loa_group_new(query->group, query->group));
		return;
	}
	for (guint i = 0; i < query->broadcasts->len; i++) {
		const LoaBroadcast *b = g_ptr_array_index(query->broadcasts, i);

		for (guint j = 0; j < b->groups->len; j++) {
			const char *id = g_ptr_array_index(b->groups, j);

			add_group(self, loa_group_new(id, id));
		}
	}
	add_group(self, loa_group_new("", ""));
}

static void
find_classes(LoaPreviewRules *self)
{
	self->classes = g_array_new(FALSE, FALSE, sizeof(Class));
	self->class_of = g_new0(guint, self->groups->len);
	for (guint i = 0; i < self->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(self->groups, i);
		const Class class = { loa_permit_kind(self->permit, i), group->start_offset_ms,
				      group->turn };
		guint at = 0;

		while (at < self->classes->len &&
		       memcmp(&g_array_index(self->classes, Class, at), &class, sizeof class) != 0)
			at++;
		if (at == self->classes->len)
			g_array_append_val(self->classes, class);
		self->class_of[i] = at;
	}
}

LoaPreviewRules *
loa_preview_rules_new(const LoaPreviewQuery *query, const GArray *starts, gint64 from_us,
		      gint64 to_us)
{
	LoaPreviewRules *self = g_new0(LoaPreviewRules, 1);

	self->query = query;
	self->starts = starts;
	if (query->stagger != NULL)
		self->stagger = *query->stagger;
	self->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	find_groups(self);

	const LoaPermitConfig config = {
		.policy = query->policy,
		.overlays = query->overlays,
		.groups = self->groups,
		.zone = query->zone,
		.from_us = from_us,
		.to_us = to_us + TAIL_US,
	};

	self->permit = loa_permit_new(&config);
	find_classes(self);
	self->audiences = g_ptr_array_new_with_free_func(audience_free);
	return self;
}

static void
add_listener(LoaPreviewRules *self, Audience *audience, guint group)
{
	guint class = self->class_of[group];

	g_array_append_val(audience->groups, group);
	for (guint i = 0; i < audience->classes->len; i++)
		if (g_array_index(audience->classes, guint, i) == class)
			return;
	g_array_append_val(audience->classes, class);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	guint x = *(const guint *)a, y = *(const guint *)b;

	return (x > y) - (x < y);
}

/* How long all of it sounds; what is not known to last sounds for a moment. */
static gint64
whole_us(const LoaPreviewStart *start)
{
	return start->duration_ms > 0 ? start->duration_ms * 1000 : 1;
}

static const Audience *
audience_of(LoaPreviewRules *self, const LoaPreviewStart *start)
{
	const LoaBroadcast *broadcast = start->slot.broadcast;
	guint number = start->slot.number;
	Audience *audience;

	if (number >= self->audiences->len)
		g_ptr_array_set_size(self->audiences, (gint)number + 1);
	audience = g_ptr_array_index(self->audiences, number);
	if (audience != NULL)
		return audience;
	audience = g_new0(Audience, 1);
	self->audiences->pdata[number] = audience;
	if (self->sessions != NULL)
		audience->item = loa_preview_sessions_item(self->sessions, broadcast->class,
							   broadcast->order, whole_us(start));
	audience->classes = g_array_new(FALSE, FALSE, sizeof(guint));
	audience->groups = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; broadcast->to_all && i < self->groups->len; i++)
		add_listener(self, audience, i);
	for (guint i = 0; !broadcast->to_all && i < broadcast->groups->len; i++) {
		guint group = GPOINTER_TO_UINT(
			g_hash_table_lookup(self->by_id, g_ptr_array_index(broadcast->groups, i)));

		if (group > 0)
			add_listener(self, audience, group - 1);
	}
	g_array_sort(audience->groups, compare_numbers);
	audience->turns = loa_stagger_turns(&self->stagger, self->groups, broadcast);
	return audience;
}

/* What is asked about @start in groups of @class. */
static LoaPermitAsk
ask_of(const LoaPreviewRules *self, const LoaPreviewStart *start, const Audience *audience,
       const Class *class)
{
	const LoaBroadcast *b = start->slot.broadcast;
	const LoaGroup group = { .start_offset_ms = class->offset_ms, .turn = class->turn };
	gint64 from_us =
		start->slot.start_us + loa_stagger_offset_us(&self->stagger, &group, b->class,
							     audience->turns, whole_us(start));

	return (LoaPermitAsk){ .class = b->class,
			       .category = start->category,
			       .has_exception = b->exception_by != NULL,
			       .from_us = from_us,
			       .to_us = from_us + whole_us(start) };
}

static void
tell_class(const LoaPreviewRules *self, guint start, const Audience *audience, guint class,
	   LoaPermitVerdict verdict, const LoaPermitWhy *why, LoaPreviewRulesFunc func,
	   gpointer user_data)
{
	for (guint i = 0; i < audience->groups->len; i++) {
		guint group = g_array_index(audience->groups, guint, i);

		if (self->class_of[group] == class)
			func(start, group, verdict, why, user_data);
	}
}

/* Whoever of the class hears it needs a session. */
static void
want_session(LoaPreviewRules *self, guint start, const Audience *audience, guint class,
	     gint64 from_us)
{
	for (guint i = 0; i < audience->groups->len; i++) {
		guint group = g_array_index(audience->groups, guint, i);

		if (self->class_of[group] == class)
			loa_preview_sessions_add(self->sessions, group, start, audience->item,
						 from_us);
	}
}

static void
check_start(LoaPreviewRules *self, guint number, LoaPreviewRulesFunc func, gpointer user_data)
{
	const LoaPreviewStart *start = &g_array_index(self->starts, LoaPreviewStart, number);
	const Audience *audience = audience_of(self, start);

	for (guint i = 0; i < audience->classes->len; i++) {
		guint at = g_array_index(audience->classes, guint, i);
		const Class *class = &g_array_index(self->classes, Class, at);
		const LoaPermitAsk ask = ask_of(self, start, audience, class);
		LoaPermitWhy why;
		LoaPermitVerdict verdict = loa_permit_check(self->permit, class->kind, &ask, &why);

		if (verdict != LOA_PERMIT_OPEN)
			tell_class(self, number, audience, at, verdict, &why, func, user_data);
		else if (self->sessions != NULL &&
			 loa_permit_needs_session(self->permit, class->kind, &ask))
			want_session(self, number, audience, at, ask.from_us);
	}
}

void
loa_preview_rules_run(LoaPreviewRules *self, LoaPreviewRulesFunc func, gpointer user_data)
{
	if (loa_permit_limits_sessions(self->permit))
		self->sessions = loa_preview_sessions_new(self->permit, self->query->zone,
							  self->groups->len, func, user_data);
	for (guint i = 0; i < self->starts->len; i++) {
		if (self->sessions != NULL)
			loa_preview_sessions_reach(
				self->sessions,
				g_array_index(self->starts, LoaPreviewStart, i).slot.start_us);
		check_start(self, i, func, user_data);
	}
	if (self->sessions != NULL)
		loa_preview_sessions_finish(self->sessions);
}

guint
loa_preview_rules_n_groups(const LoaPreviewRules *self)
{
	return self->groups->len;
}

const char *
loa_preview_rules_group(const LoaPreviewRules *self, guint group)
{
	return ((const LoaGroup *)g_ptr_array_index(self->groups, group))->id;
}

guint
loa_preview_rules_n_hearing(const LoaPreviewRules *self, const LoaSlot *slot)
{
	const Audience *audience = g_ptr_array_index(self->audiences, slot->number);

	return audience->groups->len;
}

void
loa_preview_rules_free(LoaPreviewRules *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->groups);
	g_hash_table_unref(self->by_id);
	loa_permit_free(self->permit);
	g_array_unref(self->classes);
	g_free(self->class_of);
	g_ptr_array_unref(self->audiences);
	loa_preview_sessions_free(self->sessions);
	g_free(self);
}
