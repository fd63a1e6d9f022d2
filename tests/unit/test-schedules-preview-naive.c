/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random wards: the preview must say what comes out when every group is asked about every start of
 * the whole range, one after the other, as the planner does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/local-time.h"
#include "schedules/preview-rules.h"

#define N_WARDS 400
#define MINUTE_MS 60000
/* Three turns of the longest take less. */
#define LONGEST_US (2 * 3600 * LOA_SECOND_US)

/* Clocks that stand still, that change at night, and that were set back over midnight. */
static const struct {
	const char *zone;
	LoaDay from;
} places[] = {
	{ "Asia/Ho_Chi_Minh", { 2026, 11, 23 } },
	{ "Europe/Berlin", { 2026, 10, 22 } },
	{ "America/St_Johns", { 2006, 10, 26 } },
};

typedef struct {
	GRand *rand;
	GTimeZone *zone;
	GPtrArray *groups;
	GPtrArray *broadcasts;
	GPtrArray *overlays;
	LoaPolicy *policy;
	LoaStaggerPolicy stagger;
	LoaPreviewQuery query;
} Ward;

static guint
pick(Ward *ward, guint n)
{
	return (guint)g_rand_int_range(ward->rand, 0, (gint32)n);
}

static LoaSessionRules
make_sessions(Ward *ward)
{
	static const guint gaps[] = { 0, 10, 30 };

	return (LoaSessionRules){ pick(ward, 4), pick(ward, 3) * 20, gaps[pick(ward, 3)] };
}

static void
add_group_names(Ward *ward, GPtrArray *names)
{
	guint first = pick(ward, ward->groups->len);

	for (guint i = 0; i < ward->groups->len; i++)
		if (i == first || pick(ward, 2) == 0)
			g_ptr_array_add(names, g_strdup(((LoaGroup *)ward->groups->pdata[i])->id));
}

static void
make_groups(Ward *ward)
{
	ward->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	for (guint i = 0; i < 7; i++) {
		g_autofree char *id = g_strdup_printf("to-%u", i);
		LoaGroup *group = loa_group_new(id, id);

		group->start_offset_ms = pick(ward, 3) * 30000;
		group->turn = pick(ward, 3);
		g_ptr_array_add(ward->groups, group);
	}
}

static void
make_policy(Ward *ward)
{
	const LoaHours day = { 0x7f, (gint32)pick(ward, 2) * 5 * 3600, LOA_DAY_S };
	LoaPolicyRule *rule = g_new0(LoaPolicyRule, 1);
	LoaPolicyException *exception = g_new0(LoaPolicyException, 1);

	ward->policy = loa_policy_new();
	g_array_append_val(ward->policy->hours, day);
	ward->policy->sessions = make_sessions(ward);
	rule->sessions = make_sessions(ward);
	rule->groups = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(rule->groups, g_strdup("to-2"));
	g_ptr_array_add(rule->groups, g_strdup("to-5"));
	g_ptr_array_add(ward->policy->rules, rule);
	exception->id = g_strdup("le");
	exception->by = g_strdup("Chủ tịch");
	exception->why = g_strdup("Lễ");
	exception->from.day =
		loa_day_from_number(loa_day_to_number(ward->query.from) + (gint32)pick(ward, 4));
	exception->until.day = exception->from.day;
	exception->until.at_s = (gint32)pick(ward, LOA_DAY_S);
	exception->groups = g_ptr_array_new_with_free_func(g_free);
	add_group_names(ward, exception->groups);
	g_ptr_array_add(ward->policy->exceptions, exception);
}

static void
make_overlay(Ward *ward)
{
	LoaOverlay *overlay = loa_overlay_new();

	overlay->id = g_strdup("tang");
	overlay->name = g_strdup("Quốc tang");
	overlay->from.day =
		loa_day_from_number(loa_day_to_number(ward->query.from) + (gint32)pick(ward, 5));
	overlay->until.day = loa_day_from_number(loa_day_to_number(overlay->from.day) + 1);
	overlay->to_all = pick(ward, 2) == 0;
	add_group_names(ward, overlay->groups);
	g_ptr_array_add(overlay->suspends, g_strdup("nhac"));
	g_ptr_array_add(ward->overlays, overlay);
}

static LoaBroadcast *
make_broadcast(Ward *ward, guint number)
{
	LoaBroadcast *broadcast = loa_broadcast_new();

	broadcast->id = g_strdup_printf("b%02u", number);
	broadcast->title = g_strdup_printf("phút %u", pick(ward, 4) * 7);
	broadcast->class = (LoaClass)(pick(ward, 8) / 6 + (pick(ward, 20) == 0));
	broadcast->order = 100 + pick(ward, 3);
	broadcast->to_all = pick(ward, 3) == 0;
	broadcast->in_turn = pick(ward, 4) == 0;
	broadcast->category = pick(ward, 3) == 0 ? g_strdup("nhac") : NULL;
	broadcast->exception_by = pick(ward, 10) == 0 ? g_strdup("Chủ tịch") : NULL;
	if (pick(ward, 2) == 0)
		broadcast->days = 1 + pick(ward, 0x7f);
	if (!broadcast->to_all)
		add_group_names(ward, broadcast->groups);
	for (guint i = 0; i <= pick(ward, 3); i++) {
		/* now and then near midnight, where an airing may begin on the next day */
		gint32 at_s = pick(ward, 4) == 0 ? LOA_DAY_S - 60 * (1 + (gint32)pick(ward, 4))
						 : (gint32)pick(ward, 24 * 6) * 600;

		g_array_append_val(broadcast->at_s, at_s);
	}
	return broadcast;
}

static gint64
duration_from_title(const LoaBroadcast *broadcast, gpointer user_data)
{
	gint64 minutes = g_ascii_strtoll(strrchr(broadcast->title, ' '), NULL, 10);

	(void)user_data;
	return minutes > 0 ? minutes * MINUTE_MS : -1;
}

static void
ward_init(Ward *ward, guint32 seed)
{
	guint place = seed % G_N_ELEMENTS(places);

	*ward = (Ward){ .rand = g_rand_new_with_seed(seed) };
	ward->zone = loa_local_time_zone(places[place].zone);
	ward->query.from = places[place].from;
	ward->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)loa_overlay_free);
	ward->broadcasts = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	make_groups(ward);
	make_policy(ward);
	make_overlay(ward);
	for (guint i = 0; i < 4 + seed % 20; i++)
		g_ptr_array_add(ward->broadcasts, make_broadcast(ward, i));
	ward->stagger =
		(LoaStaggerPolicy){ pick(ward, 2) == 0, pick(ward, 2) * 45 * G_USEC_PER_SEC };
	ward->query = (LoaPreviewQuery){
		.broadcasts = ward->broadcasts,
		.zone = ward->zone,
		.from = ward->query.from,
		.n_days = 1 + pick(ward, 9),
		.groups = ward->groups,
		.policy = ward->policy,
		.overlays = ward->overlays,
		.stagger = &ward->stagger,
		.duration_ms = duration_from_title,
	};
}

static void
ward_clear(Ward *ward)
{
	g_rand_free(ward->rand);
	g_time_zone_unref(ward->zone);
	g_ptr_array_unref(ward->groups);
	g_ptr_array_unref(ward->broadcasts);
	g_ptr_array_unref(ward->overlays);
	loa_policy_free(ward->policy);
}

/* --- the long way --- */

typedef struct {
	const Ward *ward;
	const GArray *starts;
	LoaPermit *permit;
	guint8 *verdicts; /* by start, then group */
	GString *waiting; /* what gets no session: "KIND BROADCAST\n", as it is met first */
} Naive;

static const LoaPreviewStart *
start_at(const GArray *starts, guint i)
{
	return &g_array_index(starts, LoaPreviewStart, i);
}

static gint
compare_rank(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const LoaSlot *x = &start_at(user_data, *(const guint *)a)->slot;
	const LoaSlot *y = &start_at(user_data, *(const guint *)b)->slot;
	gint by_rank = loa_permit_goes_first(x->broadcast->class, x->broadcast->order, x->start_us,
					     y->broadcast->class, y->broadcast->order, y->start_us);

	return by_rank != 0 ? by_rank : strcmp(x->broadcast->id, y->broadcast->id);
}

static LoaPermitAsk
ask_of(const Naive *naive, guint start, guint group)
{
	const LoaPreviewStart *one = start_at(naive->starts, start);
	const LoaBroadcast *b = one->slot.broadcast;
	gint64 whole_us = one->duration_ms > 0 ? one->duration_ms * 1000 : 1;
	gint64 from_us =
		one->slot.start_us +
		loa_stagger_offset_us(
			&naive->ward->stagger, naive->ward->groups->pdata[group], b->class,
			loa_stagger_turns(&naive->ward->stagger, naive->ward->groups, b), whole_us);

	return (LoaPermitAsk){ b->class, b->category, b->exception_by != NULL, from_us,
			       from_us + whole_us };
}

static void
note_waiting(Naive *naive, guint start, LoaPermitVerdict verdict)
{
	g_autofree char *line = g_strdup_printf("%s %s\n", loa_permit_verdict_name(verdict),
						start_at(naive->starts, start)->slot.broadcast->id);

	if (strstr(naive->waiting->str, line) == NULL)
		g_string_append(naive->waiting, line);
}

static void
ask_group(Naive *naive, guint group)
{
	const char *id = ((LoaGroup *)naive->ward->groups->pdata[group])->id;
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint));
	LoaPermitWhy why;

	for (guint i = 0; i < naive->starts->len; i++) {
		const LoaPermitAsk ask = ask_of(naive, i, group);
		LoaPermitVerdict verdict;

		if (!loa_broadcast_is_for(start_at(naive->starts, i)->slot.broadcast, id))
			continue;
		verdict = loa_permit_check(naive->permit, loa_permit_kind(naive->permit, group),
					   &ask, &why);
		naive->verdicts[i * naive->ward->groups->len + group] = (guint8)verdict;
		if (verdict == LOA_PERMIT_OPEN)
			g_array_append_val(open, i);
	}
	g_array_sort_with_data(open, compare_rank, (gpointer)naive->starts);
	for (guint i = 0; i < open->len; i++) {
		guint start = g_array_index(open, guint, i);
		const LoaPermitAsk ask = ask_of(naive, start, group);
		LoaPermitVerdict verdict = loa_permit_take(naive->permit, group, &ask, FALSE, &why);

		naive->verdicts[start * naive->ward->groups->len + group] = (guint8)verdict;
		if (verdict != LOA_PERMIT_OPEN)
			note_waiting(naive, start, verdict);
	}
}

/* --- what the preview says --- */

typedef struct {
	guint n_groups;
	guint8 *verdicts;
} Said;

static void
on_silenced(guint start, guint group, LoaPermitVerdict verdict, const LoaPermitWhy *why,
	    gpointer user_data)
{
	Said *said = user_data;
	guint8 *place = &said->verdicts[start * said->n_groups + group];

	assert_int_equal(*place, LOA_PERMIT_OPEN);
	assert_true((why->overlay != NULL) == (verdict == LOA_PERMIT_SUSPENDED));
	assert_true((why->limit > 0) == (verdict > LOA_PERMIT_HOURS));
	*place = (guint8)verdict;
}

/* Each kind and broadcast is told once, with the number of starts and the first of them. */
static void
check_warnings(const Naive *naive, const LoaPreview *preview)
{
	guint n_groups = naive->ward->groups->len;
	g_autoptr(GString) waiting = g_string_new(NULL);

	for (guint i = 0; i < preview->warnings->len; i++) {
		const LoaPreviewWarning *warning = preview->warnings->pdata[i];
		const char *kind = loa_preview_kind_name(warning->kind);
		guint n_times = 0;
		gint64 first_us = G_MAXINT64;

		if (warning->kind == LOA_PREVIEW_CONFLICT)
			continue;
		if (warning->kind == LOA_PREVIEW_TOO_MANY_SESSIONS ||
		    warning->kind == LOA_PREVIEW_SESSION_TOO_LONG)
			g_string_append_printf(waiting, "%s %s\n", kind, warning->broadcast->id);
		for (guint j = 0; j < naive->starts->len; j++) {
			const LoaPreviewStart *start = start_at(naive->starts, j);
			gboolean is_silenced = FALSE;

			for (guint k = 0; k < n_groups; k++)
				is_silenced |= start->slot.broadcast == warning->broadcast &&
					       strcmp(loa_permit_verdict_name(
							      naive->verdicts[j * n_groups + k]),
						      kind) == 0;
			n_times += is_silenced;
			if (is_silenced)
				first_us = MIN(first_us, start->slot.start_us);
		}
		assert_int_equal(warning->n_times, n_times);
		assert_int_equal(warning->first_us, first_us);
	}
	assert_string_equal(waiting->str, naive->waiting->str);
}

/* When the group begins to hear the start, and when that is over. */
static LoaInterval
heard_in(const Naive *naive, guint start, guint group)
{
	const LoaPermitAsk ask = ask_of(naive, start, group);

	return (LoaInterval){ ask.from_us, ask.to_us };
}

static gboolean
meet_somewhere(const Naive *naive, guint a, guint b)
{
	const LoaPreviewStart *x = start_at(naive->starts, a), *y = start_at(naive->starts, b);
	const LoaBroadcast *one = x->slot.broadcast, *two = y->slot.broadcast;

	if (one->class != two->class || one->order != two->order || x->is_suspended ||
	    y->is_suspended)
		return FALSE;
	for (guint i = 0; i < naive->ward->groups->len; i++) {
		const char *id = ((LoaGroup *)naive->ward->groups->pdata[i])->id;
		const LoaInterval p = heard_in(naive, a, i), q = heard_in(naive, b, i);

		if (loa_broadcast_is_for(one, id) && loa_broadcast_is_for(two, id) &&
		    p.from_us < q.to_us && q.from_us < p.to_us)
			return TRUE;
	}
	return FALSE;
}

/* Each two starts that sound at one time in one group are counted once, in either order. */
static guint
check_conflicts(const Naive *naive, const LoaPreview *preview)
{
	guint n = naive->ward->broadcasts->len, n_met = 0;
	g_autofree guint *wanted = g_new0(guint, n * n), *got = g_new0(guint, n * n);

	for (guint i = 0; i < naive->starts->len; i++)
		for (guint j = i + 1; j < naive->starts->len; j++) {
			guint x = start_at(naive->starts, i)->slot.number;
			guint y = start_at(naive->starts, j)->slot.number;

			if (start_at(naive->starts, j)->slot.start_us -
				    start_at(naive->starts, i)->slot.start_us >
			    LONGEST_US)
				break;
			if (!meet_somewhere(naive, i, j))
				continue;
			wanted[MIN(x, y) * n + MAX(x, y)]++;
			n_met += start_at(naive->starts, i)->slot.broadcast->in_turn;
		}
	for (guint i = 0; i < preview->warnings->len; i++) {
		const LoaPreviewWarning *warning = preview->warnings->pdata[i];
		guint x, y;

		if (warning->kind != LOA_PREVIEW_CONFLICT)
			continue;
		/* nothing of a random ward is left out, so that numbers are places */
		assert_true(g_ptr_array_find(naive->ward->broadcasts, warning->broadcast, &x));
		assert_true(g_ptr_array_find(naive->ward->broadcasts, warning->other, &y));
		got[MIN(x, y) * n + MAX(x, y)] += warning->n_times;
	}
	assert_memory_equal(got, wanted, n * n * sizeof *got);
	return n_met;
}

/* How many starts of a ward are silenced in some group, for want of a session. */
static guint
compare_ward(const Ward *ward, guint *n_met)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPreview) preview = loa_preview_new(&ward->query, &error);
	gint32 first = loa_day_to_number(ward->query.from);
	LoaLocalTime local;
	guint n, n_waiting = 0;

	assert_null(error);
	loa_local_time_init(&local, ward->zone);
	gint64 from_us = loa_local_time_to_us(&local, ward->query.from, 0);
	gint64 to_us = loa_local_time_to_us(
		&local, loa_day_from_number(first + (gint32)ward->query.n_days), 0);
	const LoaPermitConfig config = { ward->policy, ward->overlays,
					 ward->groups, ward->zone,
					 from_us,      to_us + 2 * LOA_DAY_S * LOA_SECOND_US };

	n = preview->starts->len * ward->groups->len;
	g_autoptr(LoaPermit) permit = loa_permit_new(&config);
	g_autofree guint8 *wanted = g_new0(guint8, MAX(n, 1)), *got = g_new0(guint8, MAX(n, 1));
	g_autoptr(GString) waiting = g_string_new(NULL);
	Naive naive = { ward, preview->starts, permit, wanted, waiting };
	Said said = { ward->groups->len, got };
	g_autoptr(LoaPreviewRules) rules =
		loa_preview_rules_new(&ward->query, preview->starts, from_us, to_us);

	for (guint i = 0; i < ward->groups->len; i++)
		ask_group(&naive, i);
	loa_preview_rules_run(rules, on_silenced, &said);
	for (guint i = 0; i < n; i++)
		n_waiting += wanted[i] > LOA_PERMIT_HOURS;
	assert_memory_equal(got, wanted, MAX(n, 1));
	check_warnings(&naive, preview);
	*n_met += check_conflicts(&naive, preview);
	return n_waiting;
}

static void
the_preview_says_what_asking_each_group_about_each_start_says(void **state)
{
	(void)state;
	guint n_waiting = 0, n_met = 0;

	for (guint32 seed = 0; seed < N_WARDS; seed++) {
		Ward ward;

		ward_init(&ward, seed);
		n_waiting += compare_ward(&ward, &n_met);
		ward_clear(&ward);
	}
	/* most of what it is about does happen */
	assert_true(n_waiting > N_WARDS * 10);
	assert_true(n_met > N_WARDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_preview_says_what_asking_each_group_about_each_start_says),
	};

	return cmocka_run_group_tests_name("schedules/preview-naive", tests, NULL, NULL);
}
