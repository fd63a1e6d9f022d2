/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/permit.h"

/* A rule that holds from one moment to another. */
typedef struct {
	const LoaOverlay *overlay; /* exactly one of the two is set */
	const LoaPolicyException *exception;
	gint64 from_us;
	gint64 until_us;
} Period;

typedef struct {
	GArray *overlays;   /* Period */
	GArray *exceptions; /* Period */
	GArray *hours;      /* LoaInterval */
	LoaSessionRules sessions;
} Kind;

typedef struct {
	guint group;
	gint32 day;
} DayKey;

struct LoaPermit {
	LoaPermitConfig config;
	LoaLocalTime local;
	GArray *overlays;   /* Period: those that reach into the time, by their start */
	GArray *exceptions; /* Period */
	GPtrArray *kinds;   /* Kind */
	guint *kind_of;     /* one a group */
	gboolean limits_sessions;
	GHashTable
		*days; /* one a group and day that was asked for: DayKey to GArray (LoaInterval) */
	GArray *last;  /* (nullable) (borrowed): of the group and day that was asked for last */
	DayKey last_key;
	gint32 day; /* that was asked for last */
	LoaInterval span;
};

static guint
hash_day(gconstpointer data)
{
	const DayKey *key = data;

	return key->group * 65599u + (guint)key->day;
}

static gboolean
equal_days(gconstpointer a, gconstpointer b)
{
	const DayKey *x = a, *y = b;

	return x->group == y->group && x->day == y->day;
}

static void
kind_free(gpointer data)
{
	Kind *kind = data;

	g_array_unref(kind->overlays);
	g_array_unref(kind->exceptions);
	g_array_unref(kind->hours);
	g_free(kind);
}

static gint
compare_periods(gconstpointer a, gconstpointer b)
{
	const Period *x = a, *y = b;

	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

static void
add_period(LoaPermit *self, GArray *periods, Period period, const LoaWallTime *from,
	   const LoaWallTime *until)
{
	period.from_us = loa_wall_time_to_us(from, &self->local);
	period.until_us = loa_wall_time_to_us(until, &self->local);
	if (period.from_us < self->config.to_us && period.until_us > self->config.from_us)
		g_array_append_val(periods, period);
}

static void
find_periods(LoaPermit *self)
{
	const GPtrArray *overlays = self->config.overlays;
	const GPtrArray *exceptions = self->config.policy->exceptions;

	self->overlays = g_array_new(FALSE, FALSE, sizeof(Period));
	self->exceptions = g_array_new(FALSE, FALSE, sizeof(Period));
	for (guint i = 0; overlays != NULL && i < overlays->len; i++) {
		const LoaOverlay *overlay = g_ptr_array_index(overlays, i);

		add_period(self, self->overlays, (Period){ .overlay = overlay }, &overlay->from,
			   &overlay->until);
	}
	for (guint i = 0; i < exceptions->len; i++) {
		const LoaPolicyException *exception = g_ptr_array_index(exceptions, i);

		add_period(self, self->exceptions, (Period){ .exception = exception },
			   &exception->from, &exception->until);
	}
	g_array_sort(self->overlays, compare_periods);
}

static gboolean
is_for(const Period *period, const char *group)
{
	const LoaPolicyException *exception = period->exception;

	if (period->overlay != NULL)
		return loa_overlay_is_for(period->overlay, group);
	return exception->to_all ||
	       g_ptr_array_find_with_equal_func(exception->groups, group, g_str_equal, NULL);
}

/* @key: what distinguishes one kind from another. (transfer full): those for @group */
static GArray *
choose(const GArray *periods, const char *group, GString *key)
{
	GArray *chosen = g_array_new(FALSE, FALSE, sizeof(Period));

	for (guint i = 0; i < periods->len; i++) {
		const Period *period = &g_array_index(periods, Period, i);
		gboolean is_chosen = is_for(period, group);

		g_string_append_c(key, is_chosen ? '1' : '0');
		if (is_chosen)
			g_array_append_val(chosen, *period);
	}
	return chosen;
}

/* An overlay's own hours hold while it does; of two, those of the later one. */
static GArray *
hours_of(const LoaPermit *self, const GArray *base, const GArray *overlays)
{
	const LoaPermitConfig *config = &self->config;
	GArray *hours = loa_hours_expand(base, config->zone, config->from_us, config->to_us);

	for (guint i = 0; i < overlays->len; i++) {
		const Period *period = &g_array_index(overlays, Period, i);

		if (period->overlay->hours == NULL)
			continue;

		gint64 from_us = MAX(period->from_us, config->from_us);
		gint64 to_us = MIN(period->until_us, config->to_us);
		g_autoptr(GArray) own =
			loa_hours_expand(period->overlay->hours, config->zone, from_us, to_us);

		loa_hours_replace(hours, own, from_us, to_us);
	}
	return hours;
}

static guint
find_kind(LoaPermit *self, const char *group, GHashTable *known)
{
	const LoaPolicy *policy = self->config.policy;
	const LoaPolicyRule *rule = loa_policy_rule(policy, group);
	g_autoptr(GString) key = g_string_new(NULL);
	g_autoptr(GArray) overlays = NULL, exceptions = NULL;
	gpointer number = NULL;
	Kind *kind;

	g_string_append_printf(key, "%p ", (const void *)rule);
	overlays = choose(self->overlays, group, key);
	g_string_append_c(key, ' ');
	exceptions = choose(self->exceptions, group, key);
	if (g_hash_table_lookup_extended(known, key->str, NULL, &number))
		return GPOINTER_TO_UINT(number);

	kind = g_new0(Kind, 1);
	kind->sessions = rule != NULL ? rule->sessions : policy->sessions;
	kind->hours = hours_of(
		self, rule != NULL && rule->hours != NULL ? rule->hours : policy->hours, overlays);
	kind->overlays = g_steal_pointer(&overlays);
	kind->exceptions = g_steal_pointer(&exceptions);
	self->limits_sessions |= kind->sessions.a_day > 0 || kind->sessions.minutes > 0;
	g_ptr_array_add(self->kinds, kind);
	g_hash_table_insert(known, g_strdup(key->str), GUINT_TO_POINTER(self->kinds->len - 1));
	return self->kinds->len - 1;
}

LoaPermit *
loa_permit_new(const LoaPermitConfig *config)
{
	LoaPermit *self = g_new0(LoaPermit, 1);
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	self->config = *config;
	loa_local_time_init(&self->local, config->zone);
	find_periods(self);
	self->kinds = g_ptr_array_new_with_free_func(kind_free);
	self->kind_of = g_new0(guint, config->groups->len);
	for (guint i = 0; i < config->groups->len; i++)
		self->kind_of[i] = find_kind(
			self, ((const LoaGroup *)g_ptr_array_index(config->groups, i))->id, known);
	self->days =
		g_hash_table_new_full(hash_day, equal_days, g_free, (GDestroyNotify)g_array_unref);
	return self;
}

guint
loa_permit_kind(const LoaPermit *self, guint group)
{
	return self->kind_of[group];
}

guint
loa_permit_n_kinds(const LoaPermit *self)
{
	return self->kinds->len;
}

static const Kind *
kind_at(const LoaPermit *self, guint kind)
{
	return g_ptr_array_index(self->kinds, kind);
}

const GArray *
loa_permit_hours(const LoaPermit *self, guint kind)
{
	return kind_at(self, kind)->hours;
}

gboolean
loa_permit_limits_sessions(const LoaPermit *self)
{
	return self->limits_sessions;
}

static const LoaOverlay *
find_overlay(const Kind *kind, const LoaPermitAsk *ask)
{
	for (guint i = 0; i < kind->overlays->len; i++) {
		const Period *period = &g_array_index(kind->overlays, Period, i);

		if (ask->from_us >= period->from_us && ask->from_us < period->until_us &&
		    loa_overlay_suspends(period->overlay, ask->class, ask->category))
			return period->overlay;
	}
	return NULL;
}

static const LoaPolicyException *
find_exception(const Kind *kind, const LoaPermitAsk *ask)
{
	for (guint i = 0; i < kind->exceptions->len; i++) {
		const Period *period = &g_array_index(kind->exceptions, Period, i);

		if (ask->from_us >= period->from_us && ask->to_us <= period->until_us)
			return period->exception;
	}
	return NULL;
}

LoaPermitVerdict
loa_permit_check(const LoaPermit *self, guint number, const LoaPermitAsk *ask, LoaPermitWhy *why)
{
	const Kind *kind = kind_at(self, number);

	*why = (LoaPermitWhy){ 0 };
	if (ask->class == LOA_CLASS_EMERGENCY)
		return LOA_PERMIT_OPEN;
	why->overlay = find_overlay(kind, ask);
	if (why->overlay != NULL)
		return LOA_PERMIT_SUSPENDED;
	if (ask->has_exception || loa_hours_cover(kind->hours, ask->from_us, ask->to_us))
		return LOA_PERMIT_OPEN;
	why->exception = find_exception(kind, ask);
	return why->exception != NULL ? LOA_PERMIT_OPEN : LOA_PERMIT_HOURS;
}

/* The local day of @us. Airings come by time, mostly. */
static gint32
day_of(LoaPermit *self, gint64 us)
{
	if (us < self->span.from_us || us >= self->span.to_us)
		self->day = loa_local_time_day_span(&self->local, us, &self->span);
	return self->day;
}

static GArray *
sessions_of(LoaPermit *self, guint group, gint64 us)
{
	const DayKey key = { group, day_of(self, us) };
	GArray *sessions;

	if (self->last != NULL && equal_days(&key, &self->last_key))
		return self->last;
	sessions = g_hash_table_lookup(self->days, &key);
	if (sessions == NULL) {
		sessions = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
		g_hash_table_insert(self->days, g_memdup2(&key, sizeof key), sessions);
	}
	self->last = sessions;
	self->last_key = key;
	return sessions;
}

gboolean
loa_permit_needs_session(const LoaPermit *self, guint number, const LoaPermitAsk *ask)
{
	const Kind *kind = kind_at(self, number);

	return (kind->sessions.a_day > 0 || kind->sessions.minutes > 0) &&
	       ask->class != LOA_CLASS_EMERGENCY && !ask->has_exception &&
	       find_exception(kind, ask) == NULL;
}

const LoaSessionRules *
loa_permit_sessions(const LoaPermit *self, guint kind)
{
	return &kind_at(self, kind)->sessions;
}

LoaPermitVerdict
loa_permit_place(const LoaSessionRules *rules, GArray *sessions, gint64 from_us, gint64 to_us,
		 LoaPermitWhy *why)
{
	*why = (LoaPermitWhy){ 0 };
	switch (loa_sessions_try(sessions, rules, from_us, to_us)) {
	case LOA_SESSIONS_FITS:
		break;
	case LOA_SESSIONS_TOO_MANY:
		why->limit = rules->a_day;
		return LOA_PERMIT_TOO_MANY_SESSIONS;
	case LOA_SESSIONS_TOO_LONG:
		why->limit = rules->minutes;
		return LOA_PERMIT_SESSION_TOO_LONG;
	}
	loa_sessions_add(sessions, rules, from_us, to_us);
	return LOA_PERMIT_OPEN;
}

LoaPermitVerdict
loa_permit_take(LoaPermit *self, guint group, const LoaPermitAsk *ask, gboolean must,
		LoaPermitWhy *why)
{
	guint kind = self->kind_of[group];
	const LoaSessionRules *rules = loa_permit_sessions(self, kind);

	*why = (LoaPermitWhy){ 0 };
	if (!loa_permit_needs_session(self, kind, ask))
		return LOA_PERMIT_OPEN;

	GArray *sessions = sessions_of(self, group, ask->from_us);

	if (!must)
		return loa_permit_place(rules, sessions, ask->from_us, ask->to_us, why);
	loa_sessions_add(sessions, rules, ask->from_us, ask->to_us);
	return LOA_PERMIT_OPEN;
}

gint
loa_permit_goes_first(LoaClass a_class, guint a_order, gint64 a_us, LoaClass b_class, guint b_order,
		      gint64 b_us)
{
	if (a_class != b_class)
		return a_class > b_class ? -1 : 1;
	if (a_order != b_order)
		return a_order < b_order ? -1 : 1;
	return (a_us > b_us) - (a_us < b_us);
}

const char *
loa_permit_verdict_name(LoaPermitVerdict verdict)
{
	switch (verdict) {
	case LOA_PERMIT_OPEN:
		return "open";
	case LOA_PERMIT_SUSPENDED:
		return "suspended";
	case LOA_PERMIT_HOURS:
		return "outside-hours";
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		return "too-many-sessions";
	case LOA_PERMIT_SESSION_TOO_LONG:
		return "session-too-long";
	}
	return "";
}

char *
loa_permit_describe(LoaPermitVerdict verdict, const LoaPermitWhy *why)
{
	switch (verdict) {
	case LOA_PERMIT_OPEN:
		break;
	case LOA_PERMIT_SUSPENDED:
		return g_strdup_printf("is suspended by the overlay \"%s\" (%s)",
				       why->overlay->name, why->overlay->id);
	case LOA_PERMIT_HOURS:
		return g_strdup("is outside the permitted hours");
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		return g_strdup_printf("would be one session more than the %u a day that the rules "
				       "allow",
				       why->limit);
	case LOA_PERMIT_SESSION_TOO_LONG:
		return g_strdup_printf("would make its session longer than the %u minutes that the "
				       "rules allow",
				       why->limit);
	}
	return g_strdup("may sound");
}

void
loa_permit_free(LoaPermit *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->overlays);
	g_array_unref(self->exceptions);
	g_ptr_array_unref(self->kinds);
	g_free(self->kind_of);
	g_hash_table_unref(self->days);
	g_free(self);
}
