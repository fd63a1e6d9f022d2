/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What history.c reads airing by airing, against one question a table that SQLite sorts out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "controller/proof/statistics.h"
#include "tests/unit/past.h"

#define N_GROUPS 4
#define N_AIRINGS 40
#define N_WARDS 12

#define WITH_BEGUN                                                                                 \
	"WITH begun AS (SELECT g, a, base_us FROM (SELECT grp AS g, airing AS a,"                  \
	" min(start_us) OVER (PARTITION BY airing) AS base_us FROM planned)"                       \
	" WHERE base_us >= ?1 AND base_us < ?2) "

/* By start of the airing, airing and group, and then by node. */
static const char all_planned[] = WITH_BEGUN
	"SELECT airing || ' ' || grp || ' ' || start_us || ' ' || withdrawn_us || ' ' ||"
	" coalesce(suspended_by, '-') || ' ' || coalesce(sha256, '-')"
	" FROM begun JOIN planned ON grp = g AND airing = a ORDER BY base_us, airing, grp";
static const char all_heard[] = WITH_BEGUN
	"SELECT l.airing || ' ' || l.grp || ' ' || l.node || ' ' || l.result || ' ' || l.level ||"
	" ' ' || l.heard_ms FROM begun JOIN ledger l ON l.airing = a AND l.grp = g"
	" AND l.kind = 'outcome' AND l.is_superseded = 0"
	" ORDER BY base_us, l.airing, l.grp, l.node";
static const char all_firsts[] = WITH_BEGUN
	"SELECT sha256 || ' ' || min(start_us) FROM planned WHERE suspended_by IS NULL"
	" AND sha256 IN (SELECT DISTINCT sha256 FROM begun JOIN planned ON grp = g AND airing = a)"
	" GROUP BY sha256 ORDER BY 1";

static char *
ask(const Folder *f, const char *sql, gint64 from_us, gint64 to_us)
{
	GString *text = g_string_new(NULL);
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_int64(statement, 1, from_us);
	sqlite3_bind_int64(statement, 2, to_us);
	while (sqlite3_step(statement) == SQLITE_ROW)
		g_string_append_printf(text, "%s\n",
				       (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

static char *
describe_planned(const Past *past)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < past->planned->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(past->planned, i);
		const LoaAiring *airing = row->airing;

		g_string_append_printf(text,
				       "%s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s\n",
				       airing->id, row->group, airing->start_us, row->withdrawn_us,
				       row->suspended_by != NULL ? row->suspended_by : "-",
				       airing->sha256 != NULL ? airing->sha256 : "-");
	}
	return g_string_free(text, FALSE);
}

static char *
describe_heard(const Past *past)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < past->heard->len; i++) {
		const LoaHeard *h = g_ptr_array_index(past->heard, i);

		g_string_append_printf(text, "%s %s %s %s %d %" G_GINT64_FORMAT "\n", h->airing,
				       h->group, h->node, loa_result_name(h->result), (int)h->level,
				       h->heard_ms);
	}
	return g_string_free(text, FALSE);
}

static char *
describe_firsts(const Past *past)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GList) keys =
		g_list_sort(g_hash_table_get_keys(past->firsts), (GCompareFunc)strcmp);

	for (GList *l = keys; l != NULL; l = l->next)
		g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", (const char *)l->data,
				       *(gint64 *)g_hash_table_lookup(past->firsts, l->data));
	return g_string_free(text, FALSE);
}

/* Three days of airings whose groups begin together, apart, or past midnight; some suspended, some
 * withdrawn, some without a file; reported, in part, twice, or by a group that was not meant. */
static void
plan_at_random(sqlite3 *db, GRand *rand, guint i)
{
	const gint64 start_us = NOON_US + g_rand_int_range(rand, 0, 72) * HOUR_US;
	const gboolean is_apart = g_rand_boolean(rand);
	const int sha = g_rand_int_range(rand, 0, 12);

	for (guint g = 0; g < N_GROUPS; g++) {
		const gint64 late_us =
			is_apart ? g_rand_int_range(rand, 0, 24 * 3600) * SECOND_US : 0;
		const int fate = g_rand_int_range(rand, 0, 8);
		g_autofree char *row = g_strdup_printf(
			"INSERT INTO planned VALUES ('to-%u', 'a%u', 'b%u', 'Tin', 'normal', 0,"
			" %" G_GINT64_FORMAT ", 0, 'pause', 0, 0, 480000, 0, %s, 0, NULL,"
			" %" G_GINT64_FORMAT ", %s, %s)",
			g, i, i % 5, start_us + late_us,
			sha == 0 ? "NULL" : (const char *[]){ "'s1'", "'s2'", "'s3'" }[sha % 3],
			fate < 2 ? start_us + late_us + fate * 4 * SECOND_US : 0,
			fate == 0 ? "'tang'" : "NULL", fate == 0 ? "'Quốc tang'" : "NULL");

		if (g_rand_int_range(rand, 0, 5) > 0)
			assert_int_equal(sqlite3_exec(db, row, NULL, NULL, NULL), SQLITE_OK);
		for (int n = g_rand_int_range(rand, 0, 4); n-- > 0;) {
			const gboolean is_whole = g_rand_boolean(rand);
			g_autofree char *outcome = g_strdup_printf(
				"INSERT OR IGNORE INTO ledger (node, epoch, seq, kind, grp, airing,"
				" at_us, received_us, is_superseded, json, result, level, heard_ms)"
				" VALUES ('n%u-%d', 'e', %u, 'outcome', 'to-%u', 'a%u', 0, 0, %d,"
				" '{}', '%s', %d, %d)",
				g, n % 2, i * 10 + (guint)n, g, i,
				g_rand_int_range(rand, 0, 4) == 0,
				is_whole ? "completed" : "partial", g_rand_int_range(rand, 0, 4),
				is_whole ? 10000 : g_rand_int_range(rand, 0, 10000));

			assert_int_equal(sqlite3_exec(db, outcome, NULL, NULL, NULL), SQLITE_OK);
		}
	}
}

static void
make_ward(const Folder *f, GRand *rand)
{
	sqlite3 *db;

	loa_store_close(open_store(f));
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA synchronous = OFF; BEGIN; DELETE FROM planned;"
				      "DELETE FROM ledger; DELETE FROM node",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	for (guint i = 0; i < 2 * N_GROUPS; i++) {
		g_autofree char *sql = g_strdup_printf("INSERT INTO node (id, grp, public_hex,"
						       " added_us) VALUES ('n%u-%u', 'to-%u',"
						       " 'k%u', 0)",
						       i / 2, i % 2, i / 2, i);

		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	}
	for (guint i = 0; i < N_AIRINGS; i++)
		plan_at_random(db, rand, i);
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
assert_as_asked(const Folder *f, LoaStore *store, gint64 from_us, gint64 to_us)
{
	g_autoptr(Past) past = read_past(store, from_us, to_us);
	g_autofree char *planned = describe_planned(past), *heard = describe_heard(past);
	g_autofree char *firsts = describe_firsts(past);
	g_autofree char *want_planned = ask(f, all_planned, from_us, to_us);
	g_autofree char *want_heard = ask(f, all_heard, from_us, to_us);
	g_autofree char *want_firsts = ask(f, all_firsts, from_us, to_us);

	assert_string_equal(planned, want_planned);
	assert_string_equal(heard, want_heard);
	assert_string_equal(firsts, want_firsts);
}

static void
airing_by_airing_is_what_one_question_finds(void **state)
{
	const Folder *f = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(1121);

	for (guint i = 0; i < N_WARDS; i++) {
		make_ward(f, rand);

		g_autoptr(LoaStore) store = open_store(f);

		assert_as_asked(f, store, 0, G_MAXINT64);
		for (guint n = 0; n < 6; n++) {
			const gint64 from_us = NOON_US + g_rand_int_range(rand, -10, 90) * HOUR_US;

			assert_as_asked(f, store, from_us,
					from_us + g_rand_int_range(rand, 0, 60) * HOUR_US);
		}
	}
}

static char *
describe_figures(const GPtrArray *all)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < all->len; i++) {
		const LoaFigures *s = g_ptr_array_index(all, i);

		g_string_append_printf(text,
				       "%s: %u %u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
				       " %u %u %u %u %u %u\n",
				       s->name, s->n_airings, s->n_items, s->n_shared, s->aired_ms,
				       s->heard_ms, s->n_lines, s->n_covered, s->n_completed,
				       s->n_partial, s->n_missed, s->n_confirmed);
	}
	return g_string_free(text, FALSE);
}

typedef struct {
	LoaReportConfig config;
	GPtrArray *nodes, *ticks;
	LoaLogbook *book;
} Desk;

static LoaCredits *
credits_of(LoaStore *store, GHashTable *firsts)
{
	GPtrArray *declared = g_ptr_array_new_with_free_func((GDestroyNotify)loa_declaration_free);

	for (guint i = 0; i < 3; i++) {
		g_autofree char *id = g_strdup_printf("b%u", i);
		g_autofree char *json = g_strdup_printf(
			"{\"id\":\"%s\",\"title\":\"Tin\",\"class\":\"normal\",\"text\":\"x\","
			"\"to\":\"all\",\"at\":[\"17:00\"],\"category\":\"c%u\","
			"\"lead_unit\":\"u%u\",\"author\":\"A\"}",
			id, i % 2, i);

		g_ptr_array_add(declared, loa_declaration_new(id, json, 0));
	}
	return loa_credits_new(declared, loa_store_recordings(store, NULL),
			       g_hash_table_ref(firsts));
}

/* @past: (nullable): all of it at once, or airing by airing as reports do */
static char *
count(const Desk *desk, LoaStore *store, const Past *past, gint64 from_us, gint64 to_us)
{
	g_autoptr(LoaHistory) history = loa_history_new(store, from_us, to_us, NULL);
	g_autoptr(LoaCredits) credits =
		credits_of(store, past != NULL ? past->firsts : loa_history_firsts(history));
	g_autoptr(LoaStatistics) s = loa_statistics_new(&desk->config);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LoaLine));

	if (past != NULL) {
		loa_logbook_add_lines(desk->book, past->planned, past->heard, lines);
		loa_statistics_add(s, lines, credits);
	} else {
		g_autoptr(Past) one = past_new();

		one->firsts = g_hash_table_ref(loa_history_firsts(history));
		while (loa_history_next(history, one->planned, one->heard, NULL) ==
		       LOA_HISTORY_AIRING) {
			loa_logbook_add_lines(desk->book, one->planned, one->heard, lines);
			loa_statistics_add(s, lines, credits);
			g_array_set_size(lines, 0);
			g_ptr_array_set_size(one->planned, 0);
			g_ptr_array_set_size(one->heard, 0);
		}
	}
	loa_statistics_sort(s);

	g_autofree char *groups = describe_figures(s->groups);
	g_autofree char *categories = describe_figures(s->categories);
	g_autofree char *units = describe_figures(s->units);

	return g_strdup_printf("%u open, %u paid, %u of %u\n%s%s%s", s->n_open, s->pay->len,
			       s->whole.n_covered, s->whole.n_lines, groups, categories, units);
}

static void
a_report_counts_the_same_airing_by_airing(void **state)
{
	const Folder *f = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(2111);
	Desk desk = { .config = { .fees = g_ptr_array_new() } };

	desk.ticks = g_ptr_array_new_with_free_func((GDestroyNotify)loa_tick_free);
	for (guint i = 0; i < N_GROUPS; i++) {
		g_autofree char *group = g_strdup_printf("to-%u", i);
		LoaTick *tick = loa_tick_new(group, "2026-W47", i == 0 ? "a1" : NULL, i % 4);

		tick->from_us = NOON_US;
		tick->at_us = tick->to_us = NOON_US + 2 * DAY_US;
		g_ptr_array_add(desk.ticks, tick);
	}
	for (guint i = 0; i < N_WARDS; i++) {
		make_ward(f, rand);

		g_autoptr(LoaStore) store = open_store(f);
		const gint64 from_us = NOON_US + g_rand_int_range(rand, 0, 24) * HOUR_US;
		const gint64 to_us = from_us + g_rand_int_range(rand, 1, 60) * HOUR_US;
		g_autoptr(Past) past = read_past(store, from_us, to_us);

		desk.nodes = loa_store_nodes(store, NULL);
		desk.book = loa_logbook_new(desk.nodes, desk.ticks, NOON_US + 2 * DAY_US);

		g_autofree char *at_once = count(&desk, store, past, from_us, to_us);
		g_autofree char *in_pieces = count(&desk, store, NULL, from_us, to_us);

		assert_string_equal(in_pieces, at_once);
		loa_logbook_free(desk.book);
		g_ptr_array_unref(desk.nodes);
	}
	g_ptr_array_unref(desk.ticks);
	g_ptr_array_unref(desk.config.fees);
}

/* (transfer full): how SQLite would go about it */
static char *
plan_of(const Folder *f, const char *sql)
{
	g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
	GString *text = g_string_new(NULL);
	sqlite3_stmt *statement;
	sqlite3 *db;

	loa_store_close(open_store(f));
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &statement, NULL), SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		g_string_append_printf(text, "%s; ",
				       (const char *)sqlite3_column_text(statement, 3));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

/* A sort, or a way over another index, takes a year's report from a second to ten. */
static void
rows_are_read_in_the_order_of_an_index(void **state)
{
	static const struct {
		const char *sql, *index;
	} cases[] = {
		{ "SELECT title FROM planned WHERE start_us >= ? AND start_us < ?"
		  " ORDER BY start_us, airing, grp",
		  "INDEX planned_begun (start_us>? AND start_us<?)" },
		{ "SELECT airing, node, grp, result, level, reason, heard_ms FROM ledger"
		  " WHERE airing = ? AND kind = 'outcome' AND is_superseded = 0"
		  " AND grp IS NOT NULL ORDER BY grp, node",
		  "COVERING INDEX ledger_heard (airing=?" },
		{ "SELECT start_us FROM planned WHERE sha256 = ? AND suspended_by IS NULL"
		  " ORDER BY start_us LIMIT 1",
		  "INDEX planned_sha (sha256=?)" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *plan = plan_of(*state, cases[i].sql);

		if (strstr(plan, cases[i].index) == NULL || strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", cases[i].sql, plan);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(airing_by_airing_is_what_one_question_finds,
						folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(a_report_counts_the_same_airing_by_airing,
						folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(rows_are_read_in_the_order_of_an_index,
						folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
