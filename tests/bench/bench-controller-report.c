/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does a report take to count? A year of 150 groups with 10 airings a day, each heard by
 * one receiver a group, in a store on the disk as the years leave it.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "common/main-thread.h"
#include "controller/office/record-desk.h"
#include "controller/proof/credits.h"
#include "controller/proof/logbook.h"
#include "controller/proof/statistics.h"
#include "controller/store/history.h"
#include "controller/store/store-record.h"

#define N_GROUPS 150
#define N_A_DAY 10
#define N_DAYS 365
#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* 14 November 2025, 00:00 in Việt Nam */
#define FROM_US (G_GINT64_CONSTANT(1763053200) * G_USEC_PER_SEC)

/* Rows as the controller writes them: a day is planned group by group, and reported airing by
 * airing. Every fiftieth outcome is missing, every hundredth partial. */
static const char *const rows[] = {
	"CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
	" LIMIT 1000) SELECT i FROM n",
	"INSERT INTO node (id, grp, public_hex, added_us)"
	" SELECT 'cum-' || i, 'to-' || i, 'k' || i, 0 FROM n WHERE i < ?3",
	"INSERT INTO planned (grp, airing, broadcast, title, class, ord, start_us, stop_us, resume,"
	" grace_us, is_live, n_samples, pre_skip, sha256, size_bytes)"
	" SELECT 'to-' || g.i, printf('ban-tin-%d.%d', a.i, d.i), 'ban-tin-' || a.i, 'Bản tin',"
	" 'normal', 0, ?1 + d.i * 86400000000 + (18000 + a.i * 3600) * 1000000, 0, 'pause', 0, 0,"
	" 14400000, 312, printf('%064d', a.i * 1000 + d.i / 3), 900000"
	" FROM n d, n g, n a WHERE d.i < ?2 AND g.i < ?3 AND a.i < ?4 ORDER BY d.i, g.i, a.i",
	"INSERT INTO ledger (node, epoch, seq, kind, grp, airing, at_us, received_us,"
	" is_superseded, json, result, level, heard_ms, reason)"
	" SELECT 'cum-' || g.i, 'e', d.i * ?4 + a.i, 'outcome', 'to-' || g.i,"
	" printf('ban-tin-%d.%d', a.i, d.i), ?1 + d.i * 86400000000 + (18000 + a.i * 3600) *"
	" 1000000, 0, 0, printf('{%300d}', 0),"
	" iif((a.i + d.i * 7 + g.i) % 100 = 0, 'partial', 'completed'), 2,"
	" iif((a.i + d.i * 7 + g.i) % 100 = 0, 100000, 300000), ''"
	" FROM n d, n a, n g WHERE d.i < ?2 AND g.i < ?3 AND a.i < ?4"
	" AND (a.i + d.i * 7 + g.i) % 50 <> 1 ORDER BY d.i, a.i, g.i",
};

static void
write_history(const char *path)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, "PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		sqlite3_stmt *statement;

		if (sqlite3_prepare_v2(db, rows[i], -1, &statement, NULL) != SQLITE_OK)
			g_error("%s", sqlite3_errmsg(db));
		sqlite3_bind_int64(statement, 1, FROM_US);
		sqlite3_bind_int64(statement, 2, N_DAYS);
		sqlite3_bind_int64(statement, 3, N_GROUPS);
		sqlite3_bind_int64(statement, 4, N_A_DAY);
		if (sqlite3_step(statement) != SQLITE_DONE)
			g_error("%s", sqlite3_errmsg(db));
		sqlite3_finalize(statement);
	}
	sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
}

/* As office-summary.c does it. */
static guint
count(LoaStore *store, gint64 to_us)
{
	const LoaReportConfig config = { .fees = g_ptr_array_new() };
	g_autoptr(GPtrArray) nodes = loa_store_nodes(store, NULL);
	g_autoptr(GPtrArray) ticks = loa_store_ticks(store, NULL);
	g_autoptr(LoaHistory) history = loa_history_new(store, FROM_US, to_us, NULL);
	g_autoptr(LoaCredits) credits =
		loa_credits_new(loa_store_declared(store, NULL), loa_store_recordings(store, NULL),
				g_hash_table_ref(loa_history_firsts(history)));
	g_autoptr(LoaLogbook) book = loa_logbook_new(nodes, ticks, to_us);
	g_autoptr(LoaStatistics) statistics = loa_statistics_new(&config);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LoaLine));
	g_autoptr(GPtrArray) planned =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);

	while (loa_history_next(history, planned, heard, NULL) == LOA_HISTORY_AIRING) {
		loa_logbook_add_lines(book, planned, heard, lines);
		loa_statistics_add(statistics, lines, credits);
		g_array_set_size(lines, 0);
		g_ptr_array_set_size(planned, 0);
		g_ptr_array_set_size(heard, 0);
	}
	g_ptr_array_unref(config.fees);
	return statistics->whole.n_lines;
}

static void
print_count(LoaStore *store, const char *what, guint n_days)
{
	struct timespec before, after;
	guint n_lines;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	n_lines = count(store, FROM_US + n_days * DAY_US);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	printf("a %s, %u lines: %.0f ms of CPU\n", what, n_lines,
	       (double)(after.tv_sec - before.tv_sec) * 1e3 +
		       (double)(after.tv_nsec - before.tv_nsec) / 1e6);
}

#define TURN_MS 5

typedef struct {
	GMainLoop *loop;
	gint64 last_us;
	gint64 longest_us; /* between two turns of the main loop */
	gint64 began_us;
} Watch;

static gboolean
on_turn(gpointer user_data)
{
	Watch *watch = user_data;
	const gint64 now_us = g_get_monotonic_time();

	watch->longest_us = MAX(watch->longest_us, now_us - watch->last_us);
	watch->last_us = now_us;
	return G_SOURCE_CONTINUE;
}

static GBytes *
count_worker(LoaStore *store, gpointer question, GCancellable *gone, GError **error)
{
	const guint n_lines = count(store, FROM_US + N_DAYS * DAY_US);

	(void)question;
	(void)gone;
	(void)error;
	return g_bytes_new(&n_lines, sizeof n_lines);
}

static void
on_counted(GBytes *answer, const GError *error, gpointer question)
{
	Watch *watch = question;

	g_assert_no_error(error);
	g_assert_nonnull(answer);
	printf("the year beside the main loop: %.0f ms, of which the loop missed %.0f at a time\n",
	       (double)(g_get_monotonic_time() - watch->began_us) / 1e3,
	       (double)(watch->longest_us - TURN_MS * 1000) / 1e3);
	g_main_loop_quit(watch->loop);
}

static void
forget_watch(gpointer watch)
{
	(void)watch;
}

static void
watch_the_loop(const LoaStore *store)
{
	LoaRecordDesk *desk = loa_record_desk_new(store);
	Watch watch = { .loop = g_main_loop_new(NULL, FALSE) };
	guint source = g_timeout_add(TURN_MS, on_turn, &watch);

	watch.began_us = watch.last_us = g_get_monotonic_time();
	g_object_unref(
		loa_record_desk_ask(desk, count_worker, on_counted, &watch, forget_watch, NULL));
	g_main_loop_run(watch.loop);
	g_source_remove(source);
	loa_record_desk_free(desk);
	g_main_loop_unref(watch.loop);
}

int
main(void)
{
	g_autofree char *folder = g_dir_make_tmp("loa-bench-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "controller.db", NULL);
	LoaStore *store = loa_store_open(path, NULL);
	struct rusage usage;

	loa_main_thread_claim();
	g_assert_nonnull(store);
	loa_store_close(store);
	write_history(path);
	store = loa_store_open(path, NULL);
	g_assert_nonnull(store);
	print_count(store, "month", 30);
	print_count(store, "year", N_DAYS);
	watch_the_loop(store);
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
	loa_store_close(store);
	g_unlink(path);
	g_rmdir(folder);
	return 0;
}
