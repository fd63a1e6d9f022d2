/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/proof/statistics.h"
#include "tests/unit/controller-sample.h"

#define N_GROUPS 3

/* A ward's history, from which lines of any time are made as the store would give them. */
typedef struct {
	GPtrArray *planned, *heard, *nodes, *ticks, *recordings, *declared;
	LoaReportConfig config;
	gint64 now_us;
} History;

static int
setup(void **state)
{
	History *h = g_new0(History, 1);
	LoaFee *fee = g_new0(LoaFee, 1);

	h->planned = g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	h->heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);
	h->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)loa_node_record_free);
	h->ticks = g_ptr_array_new_with_free_func((GDestroyNotify)loa_tick_free);
	h->recordings = g_ptr_array_new_with_free_func((GDestroyNotify)loa_recording_free);
	h->declared = g_ptr_array_new_with_free_func((GDestroyNotify)loa_declaration_free);
	h->config.fees = g_ptr_array_new();
	*fee = (LoaFee){ g_strdup("tin"), 50000, 1000 };
	g_ptr_array_add(h->config.fees, fee);
	h->now_us = NOON_US + 400 * DAY_US;
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	History *h = *state;
	LoaFee *fee = g_ptr_array_index(h->config.fees, 0);

	g_free(fee->kind);
	g_free(fee);
	g_ptr_array_unref(h->config.fees);
	g_ptr_array_unref(h->planned);
	g_ptr_array_unref(h->heard);
	g_ptr_array_unref(h->nodes);
	g_ptr_array_unref(h->ticks);
	g_ptr_array_unref(h->recordings);
	g_ptr_array_unref(h->declared);
	g_free(h);
	return 0;
}

static LoaPlannedRow *
plan(History *h, const char *airing, const char *group, gint64 start_us, const char *sha256)
{
	LoaPlannedRow *row = g_new0(LoaPlannedRow, 1);

	row->airing = sample_airing(airing, start_us, 10);
	g_free(row->airing->sha256);
	row->airing->sha256 = g_strdup(sha256);
	row->group = g_strdup(group);
	g_ptr_array_add(h->planned, row);
	return row;
}

static void
hear(History *h, const char *airing, const char *group, gint64 heard_ms)
{
	LoaHeard *heard = loa_heard_new(airing, group, group);

	heard->result = heard_ms == 0       ? LOA_RESULT_MISSED
			: heard_ms == 10000 ? LOA_RESULT_COMPLETED
					    : LOA_RESULT_PARTIAL;
	heard->level = heard_ms > 0 ? LOA_LEVEL_CONSUMED : LOA_LEVEL_PLAN;
	heard->heard_ms = heard_ms;
	g_ptr_array_add(h->heard, heard);
}

static LoaRecording *
record(History *h, const char *sha256, const char *kind, const char *unit, const char *author)
{
	LoaRecording *r = sample_recording(sha256, 10);

	g_free(r->sha256);
	r->sha256 = g_strdup(sha256);
	r->kind = g_strdup(kind);
	r->lead_unit = g_strdup(unit);
	r->author = g_strdup(author);
	g_ptr_array_add(h->recordings, r);
	return r;
}

static void
declare(History *h, gint64 since_us, const char *more)
{
	g_autofree char *json = g_strdup_printf(
		"{\"id\":\"ban-tin\",\"title\":\"Bản tin\",\"class\":\"normal\",\"text\":\"x\","
		"\"to\":\"all\",\"at\":[\"17:00\"]%s}",
		more);

	g_ptr_array_add(h->declared, loa_declaration_new("ban-tin", json, since_us));
}

static gint64
base_of(const History *h, const char *airing)
{
	gint64 base_us = G_MAXINT64;

	for (guint i = 0; i < h->planned->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(h->planned, i);

		if (strcmp(row->airing->id, airing) == 0)
			base_us = MIN(base_us, row->airing->start_us);
	}
	return base_us;
}

static GHashTable *
firsts_of(const History *h)
{
	GHashTable *firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; i < h->planned->len; i++) {
		const LoaAiring *a =
			((const LoaPlannedRow *)g_ptr_array_index(h->planned, i))->airing;
		gint64 *first_us =
			a->sha256 != NULL ? g_hash_table_lookup(firsts, a->sha256) : NULL;

		if (a->sha256 != NULL && first_us == NULL)
			g_hash_table_insert(firsts, g_strdup(a->sha256),
					    g_memdup2(&a->start_us, sizeof a->start_us));
		else if (a->sha256 != NULL)
			*first_us = MIN(*first_us, a->start_us);
	}
	return firsts;
}

/* Of [from_us, to_us). */
static LoaStatistics *
count(History *h, gint64 from_us, gint64 to_us)
{
	g_autoptr(GPtrArray) planned = g_ptr_array_new();
	g_autoptr(GPtrArray) heard = g_ptr_array_new();
	g_autoptr(LoaCredits) credits = loa_credits_new(
		g_ptr_array_ref(h->declared), g_ptr_array_ref(h->recordings), firsts_of(h));

	for (guint i = 0; i < h->planned->len; i++) {
		LoaPlannedRow *row = g_ptr_array_index(h->planned, i);
		const gint64 base_us = base_of(h, row->airing->id);

		if (base_us < from_us || base_us >= to_us)
			continue;
		g_ptr_array_add(planned, row);
		for (guint j = 0; j < h->heard->len; j++) {
			LoaHeard *one = g_ptr_array_index(h->heard, j);

			if (strcmp(one->airing, row->airing->id) == 0 &&
			    strcmp(one->group, row->group) == 0)
				g_ptr_array_add(heard, one);
		}
	}

	g_autoptr(LoaLogbook) book = loa_logbook_new(h->nodes, h->ticks, h->now_us);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LoaLine));
	LoaStatistics *statistics = loa_statistics_new(&h->config);

	loa_logbook_add_lines(book, planned, heard, lines);
	loa_statistics_add(statistics, lines, credits);
	loa_statistics_sort(statistics);
	return statistics;
}

static void
an_airing_is_counted_by_group_category_and_unit(void **state)
{
	History *h = *state;

	record(h, "s1", "tin", "Văn phòng", "A");
	plan(h, "a", "to-1", NOON_US, "s1");
	plan(h, "a", "to-2", NOON_US, "s1");
	plan(h, "b", "to-1", NOON_US + DAY_US, "s1");
	hear(h, "a", "to-1", 10000);
	hear(h, "a", "to-2", 4000);
	hear(h, "b", "to-1", 0);

	g_autoptr(LoaStatistics) s = count(h, 0, G_MAXINT64);
	const LoaFigures *group = loa_statistics_find(s->groups, "to-1");
	const LoaFigures *category = loa_statistics_find(s->categories, "ban-tin");
	const LoaFigures *unit = loa_statistics_find(s->units, "Văn phòng");

	assert_int_equal(s->whole.n_airings, 2);
	assert_int_equal(s->whole.aired_ms, 20000);
	assert_int_equal(s->whole.n_lines, 3);
	assert_int_equal(s->whole.n_covered, 1);
	assert_int_equal(loa_figures_coverage_permille(&s->whole), 333);
	assert_int_equal(group->n_airings, 2);
	assert_int_equal(group->n_completed, 1);
	assert_int_equal(group->n_missed, 1);
	assert_int_equal(group->heard_ms, 10000);
	assert_int_equal(loa_statistics_find(s->groups, "to-2")->n_partial, 1);
	assert_int_equal(category->n_airings, 2);
	assert_int_equal(category->n_lines, 3);
	assert_int_equal(unit->n_items, 1);
	assert_int_equal(unit->n_airings, 2);
	assert_int_equal(unit->aired_ms, 20000);
	assert_null(loa_statistics_find(s->units, NULL));
	assert_int_equal(loa_figures_coverage_permille(loa_statistics_find(s->groups, "to-2")), 0);
}

static void
an_author_is_paid_once_an_item_and_for_each_airing_that_sounded(void **state)
{
	History *h = *state;

	record(h, "s1", "tin", NULL, "A");
	record(h, "s2", "bai", NULL, "B");
	plan(h, "a", "to-1", NOON_US, "s1");
	plan(h, "a", "to-2", NOON_US, "s1");
	plan(h, "b", "to-1", NOON_US + DAY_US, "s1");
	plan(h, "c", "to-1", NOON_US + 2 * DAY_US, "s1");
	plan(h, "d", "to-1", NOON_US, "s2");
	hear(h, "a", "to-1", 10000);
	hear(h, "a", "to-2", 10000);
	hear(h, "b", "to-1", 0);
	hear(h, "c", "to-1", 1000);
	hear(h, "d", "to-1", 10000);

	g_autoptr(LoaStatistics) all = count(h, 0, G_MAXINT64);
	g_autoptr(LoaStatistics) later = count(h, NOON_US + 1, G_MAXINT64);
	const LoaPay *a = g_ptr_array_index(all->pay, 0), *b = g_ptr_array_index(all->pay, 1);
	const LoaPay *again = g_ptr_array_index(later->pay, 0);

	assert_int_equal(all->pay->len, 2);
	assert_string_equal(a->author, "A");
	assert_string_equal(a->title, "Bản tin");
	assert_int_equal(a->n_airings, 2);
	assert_int_equal(a->fee_vnd, 50000 + 2 * 1000);
	assert_true(a->is_new);
	/* nothing is configured for that kind */
	assert_int_equal(b->fee_vnd, 0);
	assert_int_equal(later->pay->len, 1);
	assert_int_equal(again->n_airings, 1);
	assert_int_equal(again->fee_vnd, 1000);
	assert_false(again->is_new);
}

static void
an_item_is_paid_with_its_first_airing_though_that_was_missed(void **state)
{
	History *h = *state;

	record(h, "s1", "tin", NULL, "A");
	plan(h, "a", "to-1", NOON_US, "s1");
	hear(h, "a", "to-1", 0);

	g_autoptr(LoaStatistics) s = count(h, 0, G_MAXINT64);
	const LoaPay *pay = g_ptr_array_index(s->pay, 0);

	assert_int_equal(pay->fee_vnd, 50000);
	assert_int_equal(pay->n_airings, 0);
	assert_true(pay->is_new);
}

static void
an_item_is_new_where_the_first_group_begins(void **state)
{
	History *h = *state;

	record(h, "s1", "tin", NULL, "A");
	plan(h, "a", "to-1", NOON_US + HOUR_US, "s1");
	plan(h, "a", "to-2", NOON_US, "s1");
	hear(h, "a", "to-1", 10000);
	hear(h, "a", "to-2", 10000);

	g_autoptr(LoaStatistics) first = count(h, NOON_US, NOON_US + 1);
	g_autoptr(LoaStatistics) later = count(h, NOON_US + 1, G_MAXINT64);

	assert_int_equal(first->whole.n_airings, 1);
	assert_int_equal(first->whole.n_items, 1);
	assert_int_equal(first->whole.n_lines, 2);
	assert_int_equal(later->whole.n_airings, 0);
}

static void
the_words_are_those_that_stood_there_when_it_began(void **state)
{
	History *h = *state;

	record(h, "s1", "tin", "Văn phòng", "A");
	declare(h, NOON_US - DAY_US, ",\"lead_unit\":\"Công an\",\"fee\":7000");
	declare(h, NOON_US + HOUR_US,
		",\"lead_unit\":\"Y tế\",\"units\":[\"Công an\"],\"category\":\"y-te\"");
	plan(h, "a", "to-1", NOON_US, "s1");
	plan(h, "b", "to-1", NOON_US + HOUR_US, "s2");
	hear(h, "a", "to-1", 10000);
	hear(h, "b", "to-1", 10000);

	g_autoptr(LoaStatistics) s = count(h, 0, G_MAXINT64);

	assert_int_equal(loa_statistics_find(s->units, "Công an")->n_items, 1);
	assert_int_equal(loa_statistics_find(s->units, "Công an")->n_shared, 1);
	assert_int_equal(loa_statistics_find(s->units, "Y tế")->n_items, 1);
	assert_null(loa_statistics_find(s->units, "Văn phòng"));
	/* where the broadcast says nothing, its recording does */
	assert_int_equal(loa_statistics_find(s->categories, "ban-tin")->n_airings, 1);
	assert_int_equal(loa_statistics_find(s->categories, "y-te")->n_airings, 1);
	assert_int_equal(((LoaPay *)g_ptr_array_index(s->pay, 0))->fee_vnd, 7000 + 1000);
}

static void
what_has_not_ended_is_open_and_not_counted(void **state)
{
	History *h = *state;

	plan(h, "a", "to-1", NOON_US, NULL);
	plan(h, "b", "to-1", NOON_US + HOUR_US, NULL);
	g_ptr_array_add(h->nodes, loa_node_record_new("n1", "to-1", "", 0));
	h->now_us = NOON_US + 5 * SECOND_US;

	g_autoptr(LoaStatistics) during = count(h, 0, G_MAXINT64);

	assert_int_equal(during->whole.n_airings, 0);
	assert_int_equal(during->n_open, 2);
	h->now_us = NOON_US + 10 * SECOND_US;

	g_autoptr(LoaStatistics) after = count(h, 0, G_MAXINT64);

	assert_int_equal(after->whole.n_airings, 1);
	assert_int_equal(after->whole.n_missed, 1);
	assert_int_equal(after->n_open, 2);
	h->now_us = NOON_US + 30 * DAY_US;

	g_autoptr(LoaStatistics) settled = count(h, 0, G_MAXINT64);

	assert_int_equal(settled->whole.n_airings, 2);
	assert_int_equal(settled->n_open, 0);
}

/* name to the sums of its figures */
static void
add_up(GHashTable *sums, const char *list, const GPtrArray *figures, gint sign)
{
	for (guint i = 0; i < figures->len; i++) {
		const LoaFigures *f = g_ptr_array_index(figures, i);
		const gint64 values[] = { f->n_airings, f->n_items,  f->n_shared,   f->aired_ms,
					  f->heard_ms,  f->n_lines,  f->n_covered,  f->n_completed,
					  f->n_partial, f->n_missed, f->n_confirmed };

		assert_int_equal(f->n_completed + f->n_partial + f->n_missed, f->n_lines);
		for (gsize v = 0; v < G_N_ELEMENTS(values); v++) {
			char *key = g_strdup_printf("%s/%s/%zu", list,
						    f->name != NULL ? f->name : "(none)", v);
			gint64 *sum = g_hash_table_lookup(sums, key);

			if (sum == NULL) {
				sum = g_new0(gint64, 1);
				g_hash_table_insert(sums, g_strdup(key), sum);
			}
			*sum += sign * values[v];
			g_free(key);
		}
	}
}

static void
add_all(GHashTable *sums, const LoaStatistics *s, gint sign)
{
	g_autoptr(GPtrArray) whole = g_ptr_array_new();
	g_autoptr(GPtrArray) pay = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(whole, (gpointer)&s->whole);
	for (guint i = 0; i < s->pay->len; i++) {
		const LoaPay *p = g_ptr_array_index(s->pay, i);
		LoaFigures *f = g_new0(LoaFigures, 1);

		f->name = p->author;
		f->n_airings = p->n_airings;
		f->n_items = p->is_new;
		f->aired_ms = p->fee_vnd;
		g_ptr_array_add(pay, f);
	}
	add_up(sums, "whole", whole, sign);
	add_up(sums, "group", s->groups, sign);
	add_up(sums, "category", s->categories, sign);
	add_up(sums, "unit", s->units, sign);
	add_up(sums, "pay", pay, sign);
}

/* Airings at and around the borders of a week, in groups that begin apart, of sounds that come
 * back. */
static void
make_history(History *h, GRand *rand, const gint64 *borders_us, guint n_borders)
{
	static const char *const units[] = { "A", "B", NULL };
	static const char *const shas[] = { "s0", "s1", "s2", "s3", NULL };

	g_ptr_array_set_size(h->planned, 0);
	g_ptr_array_set_size(h->heard, 0);
	g_ptr_array_set_size(h->recordings, 0);
	for (guint i = 0; i < 4; i++)
		record(h, shas[i], g_rand_boolean(rand) ? "tin" : "bai",
		       units[g_rand_int_range(rand, 0, 3)], units[g_rand_int_range(rand, 0, 3)]);
	for (guint i = 0; i < 25; i++) {
		g_autofree char *airing = g_strdup_printf("a%02u", i);
		const gint64 base_us = borders_us[g_rand_int_range(rand, 0, (gint)n_borders)] +
				       g_rand_int_range(rand, -2, 3);
		const char *sha = shas[g_rand_int_range(rand, 0, 5)];

		for (guint g = 0; g < N_GROUPS; g++) {
			g_autofree char *group = g_strdup_printf("to-%u", g);
			const gint64 heard_ms = g_rand_int_range(rand, -1, 3) * 5000;

			if (g_rand_int_range(rand, 0, 4) == 0)
				continue;
			plan(h, airing, group,
			     base_us + (g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 4) : 0),
			     sha);
			if (heard_ms >= 0)
				hear(h, airing, group, heard_ms);
		}
	}
}

static void
times_that_touch_lose_nothing_and_count_nothing_twice(void **state)
{
	const gint64 borders_us[] = { NOON_US, NOON_US + 5, NOON_US + DAY_US,
				      NOON_US + 9 * DAY_US };
	g_autoptr(GRand) rand = g_rand_new_with_seed(11);
	guint n_airings = 0;

	for (guint round = 0; round < 120; round++) {
		History *h = *state;
		g_autoptr(GHashTable) sums =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		gint64 from_us = 0;

		make_history(h, rand, borders_us, G_N_ELEMENTS(borders_us));

		g_autoptr(LoaStatistics) whole = count(h, 0, G_MAXINT64);

		add_all(sums, whole, -1);
		for (guint i = 0; i <= G_N_ELEMENTS(borders_us); i++) {
			const gint64 to_us =
				i < G_N_ELEMENTS(borders_us) ? borders_us[i] : G_MAXINT64;
			g_autoptr(LoaStatistics) part = count(h, from_us, to_us);

			add_all(sums, part, 1);
			from_us = to_us;
		}

		GHashTableIter iter;
		gpointer key, value;

		g_hash_table_iter_init(&iter, sums);
		while (g_hash_table_iter_next(&iter, &key, &value))
			if (*(gint64 *)value != 0)
				fail_msg("round %u: %s differs by %d", round, (char *)key,
					 (int)*(gint64 *)value);
		n_airings += whole->whole.n_airings;
	}
	assert_true(n_airings > 2000);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_airing_is_counted_by_group_category_and_unit),
		test(an_author_is_paid_once_an_item_and_for_each_airing_that_sounded),
		test(an_item_is_paid_with_its_first_airing_though_that_was_missed),
		test(an_item_is_new_where_the_first_group_begins),
		test(the_words_are_those_that_stood_there_when_it_began),
		test(what_has_not_ended_is_open_and_not_counted),
		test(times_that_touch_lose_nothing_and_count_nothing_twice),
	};

	return cmocka_run_group_tests_name("controller/statistics", tests, NULL, NULL);
}
