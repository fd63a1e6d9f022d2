/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/store/store-record.h"
#include "tests/unit/past.h"

#define EPOCH "0123456789abcdef"

static void
must(gboolean ok, GError *error)
{
	if (!ok)
		fail_msg("%s", error->message);
}

static void
add_node(LoaStore *store, const char *id, const char *group)
{
	g_autoptr(LoaNodeRecord) node = loa_node_record_new(id, group, SHA, NOON_US);
	g_autoptr(GError) error = NULL;

	must(loa_store_add_node(store, node, &error), error);
}

static LoaLedgerResult
add_entry(LoaStore *store, const char *node, gint64 seq, const char *airing, LoaResult result)
{
	g_autoptr(LoaEntry) entry = sample_entry(seq, airing, result);
	g_autoptr(GError) error = NULL;
	LoaLedgerResult done = LOA_LEDGER_DUPLICATE;

	must(loa_store_ledger_add(store, node, "to-1", EPOCH, entry, NOON_US, &done, &error),
	     error);
	return done;
}

static GPtrArray *
query(LoaStore *store, LoaLedgerQuery q)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *rows;

	if (q.limit == 0)
		q.limit = 100;
	rows = loa_store_ledger_query(store, &q, &error);
	must(rows != NULL, error);
	return rows;
}

static void
a_recording_comes_back_as_it_was_put_after_reopening(void **state)
{
	LoaStore *store = open_store(*state);
	g_autoptr(LoaRecording) r = sample_recording("r1", 90);
	g_autoptr(GError) error = NULL;

	r->is_confidential = TRUE;
	r->is_template = TRUE;
	r->expires_us = NOON_US + 7;
	r->imported_by = g_strdup("lan");
	r->kind = g_strdup("tin");
	r->lead_unit = g_strdup("Phòng Văn hóa");
	r->author = g_strdup("Chị Lan");
	r->language = g_strdup("hmn");
	r->text = g_strdup("Kính thưa\nbà con");
	r->approval.submitted_by = g_strdup("minh");
	r->approval.reason = g_strdup("vì thế");
	must(loa_store_put_recording(store, r, &error), error);
	loa_store_close(store);
	store = open_store(*state);

	g_autoptr(GPtrArray) all = loa_store_recordings(store, &error);
	const LoaRecording *back = g_ptr_array_index(all, 0);

	assert_int_equal(all->len, 1);
	assert_string_equal(back->id, "r1");
	assert_string_equal(back->title, "Bản tin");
	assert_string_equal(back->category, "ban-tin");
	assert_string_equal(back->sha256, SHA);
	assert_int_equal(back->size_bytes, 1000);
	assert_int_equal(back->n_samples, 90 * 48000);
	assert_int_equal(back->pre_skip, 312);
	assert_true(back->loudness_lufs == -16.0 && back->true_peak_dbtp == -1.5);
	assert_string_equal(back->original_name, "ban tin.mp3");
	assert_true(back->is_confidential);
	assert_int_equal(back->imported_us, NOON_US);
	assert_true(back->is_template);
	assert_int_equal(back->expires_us, NOON_US + 7);
	assert_string_equal(back->imported_by, "lan");
	assert_string_equal(back->kind, "tin");
	assert_string_equal(back->lead_unit, "Phòng Văn hóa");
	assert_string_equal(back->author, "Chị Lan");
	assert_string_equal(back->language, "hmn");
	assert_string_equal(back->text, "Kính thưa\nbà con");
	assert_string_equal(back->approval.submitted_by, "minh");
	assert_string_equal(back->approval.by, "ha");
	assert_string_equal(back->approval.name, "Ông Hà");
	assert_int_equal(back->approval.at_us, NOON_US);
	assert_string_equal(back->approval.reason, "vì thế");
	assert_true(loa_approval_holds(&back->approval, SHA));

	g_autoptr(LoaRecording) alone = loa_store_recording(store, "r1", &error);

	assert_string_equal(alone->title, "Bản tin");
	assert_string_equal(alone->approval.name, "Ông Hà");
	assert_null(loa_store_recording(store, "r2", &error));
	assert_null(error);
	loa_store_close(store);
}

static void
a_declaration_is_replaced_by_its_id_and_removed(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDeclaration) first = loa_declaration_new("b", "{\"a\":1}", 1);
	g_autoptr(LoaDeclaration) second = loa_declaration_new("b", "{\"a\":2}", 2);
	g_autoptr(GError) error = NULL;

	must(loa_store_put_declaration(store, first, &error), error);
	must(loa_store_put_declaration(store, second, &error), error);

	g_autoptr(GPtrArray) all = loa_store_declarations(store, &error);
	const LoaDeclaration *back = g_ptr_array_index(all, 0);

	assert_int_equal(all->len, 1);
	assert_string_equal(back->json, "{\"a\":2}");
	assert_int_equal(back->since_us, 2);
	must(loa_store_remove_declaration(store, "b", &error), error);

	g_autoptr(GPtrArray) none = loa_store_declarations(store, &error);

	assert_int_equal(none->len, 0);
}

static void
a_one_off_keeps_its_groups_or_that_it_is_for_all(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaRecording) r = sample_recording("r1", 9);
	g_autoptr(LoaOneOff) all = sample_one_off("now.1", "r1", NOON_US);
	g_autoptr(LoaOneOff) two = sample_one_off("now.2", "r1", NOON_US + 1);
	g_autoptr(GError) error = NULL;

	two->groups = g_strsplit("to-1 to-3", " ", -1);
	two->class = LOA_CLASS_EMERGENCY;
	must(loa_store_put_recording(store, r, &error), error);
	must(loa_store_add_one_off(store, all, &error), error);
	must(loa_store_add_one_off(store, two, &error), error);

	g_autoptr(GPtrArray) back = loa_store_one_offs(store, NOON_US, &error);
	const LoaOneOff *first = g_ptr_array_index(back, 0);
	const LoaOneOff *second = g_ptr_array_index(back, 1);

	assert_int_equal(back->len, 2);
	assert_true(loa_one_off_is_for(first, "to-9"));
	assert_true(loa_one_off_is_for(second, "to-3") && !loa_one_off_is_for(second, "to-2"));
	assert_int_equal(second->class, LOA_CLASS_EMERGENCY);

	g_autoptr(GPtrArray) later = loa_store_one_offs(store, NOON_US + 1, &error);

	assert_int_equal(later->len, 1);
}

static void
the_first_stop_of_an_airing_stands(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(GError) error = NULL;

	must(loa_store_add_stop(store, "a", NOON_US + DAY_US, 5, &error), error);
	must(loa_store_add_stop(store, "a", NOON_US + DAY_US, 9, &error), error);
	must(loa_store_add_stop(store, "old", 7, 8, &error), error);

	/* a stop counts as long as its airing may be planned, however long ago it was said */
	g_autoptr(GHashTable) stops = loa_store_stops(store, NOON_US, &error);

	assert_int_equal(g_hash_table_size(stops), 1);
	assert_int_equal(*(gint64 *)g_hash_table_lookup(stops, "a"), 5);
}

static void
save(LoaStore *store, gint64 serial, gint64 now_us, const char *const *ids, const gint64 *starts_us)
{
	g_autoptr(LoaPlan) plan = sample_plan("to-1", serial);
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; ids[i] != NULL; i++)
		g_ptr_array_add(plan->airings, sample_airing(ids[i], starts_us[i], 60));
	must(loa_store_save_plan(store, plan, now_us, &error), error);
}

static void
what_leaves_a_plan_before_its_start_is_forgotten_and_later_withdrawn(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	const gint64 starts_us[] = { NOON_US - HOUR_US, NOON_US - 30 * SECOND_US,
				     NOON_US + HOUR_US };
	g_autoptr(GError) error = NULL;

	save(store, 1, NOON_US - 2 * HOUR_US, (const char *[]){ "over", "on", "ahead", NULL },
	     starts_us);
	save(store, 2, NOON_US, (const char *[]){ NULL }, NULL);

	g_autoptr(GPtrArray) rows = loa_store_planned_rows(store, 0, NOON_US + DAY_US, &error);

	assert_int_equal(rows->len, 2);

	const LoaPlannedRow *over = g_ptr_array_index(rows, 0), *on = g_ptr_array_index(rows, 1);

	assert_string_equal(over->airing->id, "over");
	assert_int_equal(over->withdrawn_us, 0);
	assert_string_equal(on->airing->id, "on");
	assert_int_equal(on->withdrawn_us, NOON_US);
	assert_string_equal(on->group, "to-1");

	g_autoptr(GHashTable) planned = loa_store_planned(store, NULL, 0, G_MAXINT64, &error);

	assert_true(g_hash_table_contains(planned, "over"));
	assert_false(g_hash_table_contains(planned, "on"));
}

static GPtrArray *
suspend(const char *airing, gint64 start_us, const char *overlay)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)loa_suspension_free);
	LoaSuspension *suspension = g_new0(LoaSuspension, 1);

	if (airing == NULL) {
		g_free(suspension);
		return list;
	}
	suspension->group = g_strdup("to-1");
	suspension->airing = sample_airing(airing, start_us, 60);
	suspension->overlay = g_strdup(overlay);
	suspension->overlay_name = g_strdup("Quốc tang");
	g_ptr_array_add(list, suspension);
	return list;
}

/* All of it, and what the store says then: "AIRING:OVERLAY ..." */
static void
assert_suspended(LoaStore *store, GPtrArray *list, gint64 now_us, const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) is = g_string_new(NULL);

	must(loa_store_save_suspended(store, list, now_us, &error), error);
	g_ptr_array_unref(list);

	g_autoptr(GPtrArray) rows = loa_store_planned_rows(store, 0, G_MAXINT64, &error);

	for (guint i = 0; i < rows->len; i++) {
		const LoaPlannedRow *row = g_ptr_array_index(rows, i);

		g_string_append_printf(is, "%s%s:%s", i > 0 ? " " : "", row->airing->id,
				       row->suspended_by);
		/* for those who do not ask why */
		assert_int_equal(row->withdrawn_us, row->airing->start_us);
		assert_string_equal(row->suspended_name, "Quốc tang");
	}
	assert_string_equal(is->str, want);
}

static void
what_an_overlay_kept_silent_stays_with_its_reason_once_its_time_has_come(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(GError) error = NULL;
	const gint64 starts_us[] = { NOON_US + 2 * HOUR_US };

	assert_suspended(store, suspend("a", NOON_US + HOUR_US, "tang"), NOON_US, "a:tang");
	assert_suspended(store, suspend("a", NOON_US + HOUR_US, "thi"), NOON_US, "a:thi");
	assert_suspended(store, suspend(NULL, 0, NULL), NOON_US, "");
	assert_suspended(store, suspend("a", NOON_US + HOUR_US, "tang"), NOON_US, "a:tang");
	/* over: nothing that comes later takes it back, or gives another reason */
	assert_suspended(store, suspend("a", NOON_US + HOUR_US, "thi"), NOON_US + HOUR_US,
			 "a:tang");
	assert_suspended(store, suspend("b", NOON_US + 2 * HOUR_US, "thi"), NOON_US + HOUR_US,
			 "a:tang b:thi");

	/* it was no plan that anybody had */
	g_autoptr(GHashTable) planned = loa_store_planned(store, "to-1", 0, G_MAXINT64, &error);

	assert_int_equal(g_hash_table_size(planned), 0);

	/* and when the overlay is gone in time, it is planned as if nothing had been */
	save(store, 1, NOON_US + HOUR_US, (const char *[]){ "b", NULL }, starts_us);

	g_autoptr(GPtrArray) rows =
		loa_store_planned_rows(store, NOON_US + 2 * HOUR_US, G_MAXINT64, &error);
	const LoaPlannedRow *b = g_ptr_array_index(rows, 0);

	assert_null(b->suspended_by);
	assert_null(b->suspended_name);
	assert_int_equal(b->withdrawn_us, 0);
}

static void
rules_and_overlays_are_kept_as_they_were_written(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDeclaration) overlay = loa_declaration_new("tang", "{}", 7);
	g_autoptr(GError) error = NULL;
	g_autofree char *none = NULL, *json = NULL;

	must(loa_store_policy(store, &none, &error), error);
	assert_null(none);
	must(loa_store_put_policy(store, "{\"a\":1}", &error), error);
	must(loa_store_put_policy(store, "{\"a\":2}", &error), error);
	must(loa_store_policy(store, &json, &error), error);
	assert_string_equal(json, "{\"a\":2}");
	must(loa_store_put_policy(store, NULL, &error), error);
	must(loa_store_policy(store, &none, &error), error);
	assert_null(none);

	must(loa_store_put_overlay(store, overlay, &error), error);
	g_free(overlay->json);
	overlay->json = g_strdup("{\"b\":1}");
	must(loa_store_put_overlay(store, overlay, &error), error);

	g_autoptr(GPtrArray) overlays = loa_store_overlays(store, &error);
	const LoaDeclaration *back = g_ptr_array_index(overlays, 0);

	assert_int_equal(overlays->len, 1);
	assert_string_equal(back->json, "{\"b\":1}");
	assert_int_equal(back->since_us, 7);
	must(loa_store_remove_overlay(store, "tang", &error), error);

	g_autoptr(GPtrArray) after = loa_store_overlays(store, &error);

	assert_int_equal(after->len, 0);
}

static void
a_planned_airing_comes_back_with_every_member(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 7);
	LoaAiring *a = sample_airing("a", NOON_US, 60);
	g_autoptr(GError) error = NULL;

	a->class = LOA_CLASS_PRIORITY;
	a->order = 3;
	a->stop_us = NOON_US + 1;
	a->resume = LOA_RESUME_REJOIN;
	a->exception = g_strdup("Chủ tịch: lễ");
	g_ptr_array_add(plan->airings, a);
	must(loa_store_save_plan(store, plan, NOON_US, &error), error);

	g_autoptr(GHashTable) planned = loa_store_planned(store, "to-1", 0, G_MAXINT64, &error);
	g_autoptr(GHashTable) others = loa_store_planned(store, "to-2", 0, G_MAXINT64, &error);
	const LoaAiring *back = g_hash_table_lookup(planned, "a");

	assert_int_equal(g_hash_table_size(others), 0);
	assert_string_equal(back->broadcast, "ban-tin");
	assert_string_equal(back->title, "Bản tin");
	assert_int_equal(back->class, LOA_CLASS_PRIORITY);
	assert_int_equal(back->order, 3);
	assert_int_equal(back->start_us, NOON_US);
	assert_int_equal(back->stop_us, NOON_US + 1);
	assert_int_equal(back->resume, LOA_RESUME_REJOIN);
	assert_int_equal(back->grace_us, HOUR_US);
	assert_int_equal(back->n_samples, 60 * 48000);
	assert_int_equal(back->pre_skip, 312);
	assert_string_equal(back->sha256, SHA);
	assert_int_equal(back->size_bytes, 1000);
	assert_string_equal(back->exception, "Chủ tịch: lễ");
}

static void
the_serial_of_a_plan_never_falls(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(GError) error = NULL;
	gint64 serial = -1;

	must(loa_store_plan_serial(store, "to-1", &serial, &error), error);
	assert_int_equal(serial, 0);
	save(store, 90, NOON_US, (const char *[]){ NULL }, NULL);
	save(store, 80, NOON_US, (const char *[]){ NULL }, NULL);
	must(loa_store_plan_serial(store, "to-1", &serial, &error), error);
	assert_int_equal(serial, 90);
}

static void
the_same_entry_twice_is_one_row(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);

	add_node(store, "n1", "to-1");
	assert_int_equal(add_entry(store, "n1", 1, "a", LOA_RESULT_COMPLETED), LOA_LEDGER_NEW);
	assert_int_equal(add_entry(store, "n1", 1, "a", LOA_RESULT_COMPLETED),
			 LOA_LEDGER_DUPLICATE);

	g_autoptr(GPtrArray) rows = query(store, (LoaLedgerQuery){ 0 });

	assert_int_equal(rows->len, 1);
}

static void
the_first_outcome_of_an_airing_counts_for_each_node(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);

	add_node(store, "n1", "to-1");
	add_node(store, "n2", "to-1");
	assert_int_equal(add_entry(store, "n1", 1, "a", LOA_RESULT_COMPLETED), LOA_LEDGER_NEW);
	assert_int_equal(add_entry(store, "n1", 2, "a", LOA_RESULT_MISSED), LOA_LEDGER_SUPERSEDED);
	assert_int_equal(add_entry(store, "n2", 1, "a", LOA_RESULT_MISSED), LOA_LEDGER_NEW);

	g_autoptr(GPtrArray) rows = query(store, (LoaLedgerQuery){ .node = "n1" });

	assert_int_equal(rows->len, 2);
	assert_false(((LoaLedgerRow *)g_ptr_array_index(rows, 0))->is_superseded);
	assert_true(((LoaLedgerRow *)g_ptr_array_index(rows, 1))->is_superseded);
}

static void
an_entry_of_an_unknown_node_is_refused(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaEntry) entry = sample_entry(1, "a", LOA_RESULT_COMPLETED);
	g_autoptr(GError) error = NULL;
	LoaLedgerResult result;

	assert_false(
		loa_store_ledger_add(store, "n9", "to-1", EPOCH, entry, NOON_US, &result, &error));
	assert_non_null(strstr(error->message, "FOREIGN KEY"));
}

static void
the_log_is_found_by_group_airing_time_and_page(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaSecurityEvent) event = loa_security_event_new();
	g_autoptr(GError) error = NULL;

	event->code = g_strdup("key");
	event->topic = g_strdup("loa/phuong-mau/node/x/report");
	event->detail = g_strdup("nobody knows a node \"x\"");
	event->first_us = event->last_us = NOON_US;
	event->count = 2;
	add_node(store, "n1", "to-1");
	add_entry(store, "n1", 1, "a", LOA_RESULT_COMPLETED);
	add_entry(store, "n1", 2, "b", LOA_RESULT_COMPLETED);
	must(loa_store_ledger_add_own(store, event, "x", NOON_US, &error), error);

	static const char *const own[] = { "to-11", "to-1", NULL }, *const like[] = { "to-11",
										      NULL };
	static const char *const none[] = { NULL };
	static const struct {
		LoaLedgerQuery q;
		guint n;
	} cases[] = {
		{ { .groups = own, .with_events = TRUE }, 2 },
		{ { .groups = like, .with_events = TRUE }, 0 },
		{ { .groups = none, .with_events = TRUE }, 0 },
		{ { .groups = own, .group = "to-2" }, 0 },
		{ { .group = "to-1" }, 2 },
		{ { .group = "to-2" }, 0 },
		{ { .airing = "b" }, 1 },
		{ { .from_us = NOON_US }, 2 },
		{ { .from_us = NOON_US + 1 }, 0 },
		{ { .to_us = NOON_US }, 0 },
		{ { .to_us = NOON_US + 1 }, 2 },
		{ { .after_id = 1 }, 1 },
		{ { .limit = 1 }, 1 },
		{ { .with_events = TRUE }, 3 },
		{ { .with_events = TRUE, .node = "n1" }, 2 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) rows = query(store, cases[i].q);

		if (rows->len != cases[i].n)
			fail_msg("case %zu: %u rows, not %u", i, rows->len, cases[i].n);
	}
}

static void
what_was_rolled_back_was_never_there(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaRecording) r = sample_recording("r1", 9);
	g_autoptr(GError) error = NULL;

	must(loa_store_begin(store, &error), error);
	must(loa_store_begin(store, &error), error);
	must(loa_store_put_recording(store, r, &error), error);
	must(loa_store_commit(store, &error), error);
	loa_store_rollback(store);

	g_autoptr(GPtrArray) all = loa_store_recordings(store, &error);

	assert_int_equal(all->len, 0);
	must(loa_store_begin(store, &error), error);
	must(loa_store_commit(store, &error), error);
}

static void
set_version(const char *path, int version)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA user_version=%d", version);
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* A database as @vector has it, and @more. */
static void
make_old_file(const char *path, const char *vector, const char *more)
{
	g_autofree char *sql = NULL;
	sqlite3 *db = NULL;

	assert_true(g_file_get_contents(vector, &sql, NULL, NULL));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
an_old_file_is_brought_up_to_date_and_keeps_everything(void **state)
{
	const Folder *f = *state;
	g_autoptr(GError) error = NULL;

	make_old_file(f->path, "tests/vectors/controller-v2.sql", "");

	g_autoptr(LoaStore) store = open_store(f);
	const LoaLedgerQuery all = { .limit = 10, .with_events = TRUE };
	g_autoptr(GPtrArray) rows = loa_store_ledger_query(store, &all, &error);
	g_autoptr(GPtrArray) recordings = loa_store_recordings(store, &error);
	g_autoptr(GPtrArray) declarations = loa_store_declarations(store, &error);
	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(store, 0, &error);
	g_autoptr(GPtrArray) planned = loa_store_planned_rows(store, 0, G_MAXINT64, &error);
	g_autoptr(GPtrArray) nodes = loa_store_nodes(store, &error);
	g_autoptr(Past) past = read_past(store, NOON_US, NOON_US + 1);

	assert_int_equal(rows->len, 2);
	assert_int_equal(recordings->len, 1);
	assert_int_equal(declarations->len, 1);
	assert_int_equal(one_offs->len, 1);
	assert_int_equal(planned->len, 1);
	assert_int_equal(nodes->len, 1);
	/* as loud as ever */
	assert_true(((const LoaNodeRecord *)g_ptr_array_index(nodes, 0))->volume_db == 0);
	/* what the outcome's JSON says has become columns */
	assert_int_equal(past->heard->len, 1);

	const LoaHeard *h = g_ptr_array_index(past->heard, 0);

	assert_int_equal(h->result, LOA_RESULT_PARTIAL);
	assert_int_equal(h->level, LOA_LEVEL_CONSUMED);
	assert_int_equal(h->heard_ms, 6000);
	assert_string_equal(h->reason, "power");
	assert_string_equal(h->node, "cum-1");
}

static void
assert_heard(LoaStore *store, gint64 from_us, gint64 to_us, const char *want)
{
	g_autoptr(Past) past = read_past(store, from_us, to_us);
	g_autoptr(GString) is = g_string_new(NULL);

	for (guint i = 0; i < past->heard->len; i++) {
		const LoaHeard *h = g_ptr_array_index(past->heard, i);

		g_string_append_printf(is, "%s %s %s; ", h->airing, h->group, h->node);
	}
	assert_string_equal(is->str, want);
}

static void
what_counts_was_heard_in_the_order_of_what_was_planned(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaNodeRecord) n1 = loa_node_record_new("n1", "to-1", "", NOON_US);
	g_autoptr(LoaNodeRecord) n2 = loa_node_record_new("n2", "to-1", "", NOON_US);
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);
	static const struct {
		const char *node, *airing;
		gint64 seq;
	} entries[] = { { "n2", "b", 1 },
			{ "n2", "a", 2 },
			{ "n1", "b", 1 },
			{ "n1", "b", 2 }, /* superseded */
			{ "n1", "c", 3 } /* not planned */ };

	must(loa_store_add_node(store, n1, NULL), NULL);
	must(loa_store_add_node(store, n2, NULL), NULL);
	g_ptr_array_add(plan->airings, sample_airing("a", NOON_US + SECOND_US, 9));
	g_ptr_array_add(plan->airings, sample_airing("b", NOON_US + 2 * SECOND_US, 9));
	must(loa_store_save_plan(store, plan, NOON_US, NULL), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
		g_autoptr(LoaEntry) entry =
			sample_entry(entries[i].seq, entries[i].airing, LOA_RESULT_COMPLETED);
		LoaLedgerResult result;

		must(loa_store_ledger_add(store, entries[i].node, "to-1", EPOCH, entry, NOON_US,
					  &result, NULL),
		     NULL);
	}
	assert_heard(store, NOON_US, NOON_US + HOUR_US, "a to-1 n2; b to-1 n1; b to-1 n2; ");
	assert_heard(store, NOON_US, NOON_US + 2 * SECOND_US, "a to-1 n2; ");
	assert_heard(store, NOON_US + SECOND_US + 1, NOON_US + HOUR_US, "b to-1 n1; b to-1 n2; ");
}

static void
an_airing_is_where_the_first_of_its_groups_began(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaNodeRecord) n1 = loa_node_record_new("n1", "to-1", "", NOON_US);
	g_autoptr(LoaEntry) entry = sample_entry(1, "a", LOA_RESULT_COMPLETED);
	g_autoptr(LoaPlan) late = sample_plan("to-1", 1), first = sample_plan("to-2", 1);
	LoaLedgerResult result;

	must(loa_store_add_node(store, n1, NULL), NULL);
	g_ptr_array_add(late->airings, sample_airing("a", NOON_US + HOUR_US, 9));
	g_ptr_array_add(late->airings, sample_airing("b", NOON_US + 2, 9));
	g_ptr_array_add(first->airings, sample_airing("a", NOON_US + 1, 9));
	must(loa_store_save_plan(store, late, NOON_US, NULL), NULL);
	must(loa_store_save_plan(store, first, NOON_US, NULL), NULL);
	must(loa_store_ledger_add(store, "n1", "to-1", EPOCH, entry, NOON_US, &result, NULL), NULL);

	g_autoptr(Past) in = read_past(store, NOON_US, NOON_US + 2);
	g_autoptr(Past) after = read_past(store, NOON_US + 2, NOON_US + DAY_US);
	const LoaPlannedRow *row = g_ptr_array_index(in->planned, 0);

	assert_int_equal(in->planned->len, 2);
	assert_string_equal(row->group, "to-1");
	assert_int_equal(row->airing->start_us, NOON_US + HOUR_US);
	assert_int_equal(after->planned->len, 1);
	row = g_ptr_array_index(after->planned, 0);
	assert_string_equal(row->airing->id, "b");
	assert_heard(store, NOON_US, NOON_US + 2, "a to-1 n1; ");
	assert_heard(store, NOON_US + 2, G_MAXINT64, "");
}

static void
an_item_is_new_when_it_is_heard_and_not_when_it_was_suspended(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaPlan) plan = sample_plan("to-1", 1);
	g_autoptr(GPtrArray) mourning = suspend("b", NOON_US + HOUR_US, "tang");

	g_ptr_array_add(plan->airings, sample_airing("a", NOON_US + 2 * HOUR_US, 9));
	must(loa_store_save_plan(store, plan, NOON_US, NULL), NULL);
	must(loa_store_save_suspended(store, mourning, NOON_US, NULL), NULL);

	g_autoptr(Past) past = read_past(store, NOON_US, NOON_US + DAY_US);
	const gint64 *first_us = g_hash_table_lookup(past->firsts, SHA);

	assert_int_equal(g_hash_table_size(past->firsts), 1);
	assert_int_equal(*first_us, NOON_US + 2 * HOUR_US);
}

static void
a_volume_is_kept_and_never_beyond_its_limits(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	static const struct {
		double put, want;
	} cases[] = { { -6.5, -6.5 }, { -60, -60 }, { 0, 0 }, { 7, 0 }, { -61, -60 } };
	g_autoptr(LoaNodeRecord) one = loa_node_record_new("cum-1", "to-1", "aa", 1);
	g_autoptr(LoaNodeRecord) other = loa_node_record_new("cum-2", "to-1", "bb", 1);

	must(loa_store_add_node(store, one, NULL), NULL);
	must(loa_store_add_node(store, other, NULL), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		must(loa_store_set_node_volume(store, "cum-1", cases[i].put, NULL), NULL);

		g_autoptr(GPtrArray) nodes = loa_store_nodes(store, NULL);
		const LoaNodeRecord *first = g_ptr_array_index(nodes, 0);
		const LoaNodeRecord *second = g_ptr_array_index(nodes, 1);

		assert_true(first->volume_db == cases[i].want);
		assert_true(second->volume_db == 0);
	}
}

static void
a_tick_is_replaced_and_not_added(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaTick) week = loa_tick_new("to-1", "2026-W47", NULL, LOA_ANSWER_HEARD);
	g_autoptr(LoaTick) airing = loa_tick_new("to-1", "2026-W47", "a", LOA_ANSWER_UNCLEAR);

	must(loa_store_put_tick(store, week, NULL, NULL), NULL);
	must(loa_store_put_tick(store, airing, NULL, NULL), NULL);
	week->answer = LOA_ANSWER_NOT_HEARD;
	week->at_us = NOON_US;
	must(loa_store_put_tick(store, week, NULL, NULL), NULL);

	g_autoptr(GPtrArray) ticks = loa_store_ticks(store, NULL);
	const LoaTick *first = g_ptr_array_index(ticks, 0), *second = g_ptr_array_index(ticks, 1);

	assert_int_equal(ticks->len, 2);
	assert_null(first->airing);
	assert_int_equal(first->answer, LOA_ANSWER_NOT_HEARD);
	assert_int_equal(first->at_us, NOON_US);
	assert_string_equal(second->airing, "a");
	assert_int_equal(second->answer, LOA_ANSWER_UNCLEAR);
}

static void
a_file_of_a_newer_program_is_refused_and_left_alone(void **state)
{
	const Folder *f = *state;
	g_autoptr(GError) error = NULL;

	loa_store_close(open_store(f));
	set_version(f->path, LOA_STORE_VERSION + 1);
	assert_null(loa_store_open(f->path, &error));
	assert_true(g_error_matches(error, LOA_STORE_ERROR, LOA_STORE_ERROR_NEWER));
	assert_non_null(strstr(error->message, f->path));
	set_version(f->path, LOA_STORE_VERSION);
	loa_store_close(open_store(f));
}

static void
what_was_there_before_approval_counts_as_approved_and_says_so(void **state)
{
	const Folder *f = *state;
	static const char rows[] =
		"INSERT INTO recording VALUES ('r1', 'Cũ', NULL, '" SHA "', 9, 48000, 312, -16.0,"
		" -1.5, NULL, NULL, 0, 77);"
		"INSERT INTO broadcast VALUES ('b', '{}', 5);"
		"INSERT INTO one_off VALUES ('now.1', 'r1', 'Cũ', NULL, 'normal', 9, 8);"
		"PRAGMA user_version=1";
	g_autoptr(GError) error = NULL;

	make_old_file(f->path, "tests/vectors/controller-v1.sql", rows);

	g_autoptr(LoaStore) store = open_store(f);
	g_autoptr(LoaRecording) r = loa_store_recording(store, "r1", &error);
	g_autoptr(GPtrArray) declarations = loa_store_declarations(store, &error);
	g_autoptr(GPtrArray) one_offs = loa_store_one_offs(store, 0, &error);

	assert_true(loa_approval_holds(&r->approval, SHA));
	assert_string_equal(r->approval.by, "migration");
	assert_int_equal(r->approval.at_us, 77);
	assert_int_equal(r->expires_us, 0);
	assert_string_equal(((LoaDeclaration *)g_ptr_array_index(declarations, 0))->by, "token");
	assert_null(((LoaOneOff *)g_ptr_array_index(one_offs, 0))->exception);
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
	const Folder *f = *state;
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(f->path,
					"this is a text, and rather a long one at that, "
					"so that nobody takes it for an empty database",
					-1, NULL));
	assert_null(loa_store_open(f->path, &error));
	assert_true(g_error_matches(error, LOA_STORE_ERROR, LOA_STORE_ERROR_DAMAGED));
}

static void
the_file_is_for_its_owner_only(void **state)
{
	const Folder *f = *state;
	struct stat st;

	loa_store_close(open_store(f));
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
}

/* Writes outcome after outcome and says through the pipe which one is committed. */
static void
write_until_killed(const Folder *f, int out)
{
	LoaStore *store = loa_store_open(f->path, NULL);

	for (gint64 seq = 1;; seq++) {
		g_autofree char *airing = g_strdup_printf("a%" G_GINT64_FORMAT, seq);
		g_autoptr(LoaEntry) entry = sample_entry(seq, airing, LOA_RESULT_COMPLETED);
		LoaLedgerResult result;

		if (!loa_store_begin(store, NULL) ||
		    !loa_store_ledger_add(store, "n1", "to-1", EPOCH, entry, NOON_US, &result,
					  NULL) ||
		    !loa_store_ledger_set_acked(store, "n1", EPOCH, seq, NULL) ||
		    !loa_store_commit(store, NULL) || write(out, &seq, sizeof seq) != sizeof seq)
			_exit(1);
	}
}

static gint64
kill_one(const Folder *f, guint delay_us)
{
	gint64 seq, last = 0;
	int pipe_fds[2];

	assert_int_equal(pipe(pipe_fds), 0);

	pid_t pid = fork();

	if (pid == 0)
		write_until_killed(f, pipe_fds[1]);
	close(pipe_fds[1]);
	/* not before it has written something */
	assert_int_equal(read(pipe_fds[0], &last, sizeof last), sizeof last);
	g_usleep(delay_us); /* a random moment, not a wait */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(pipe_fds[0], &seq, sizeof seq) == sizeof seq)
		last = seq;
	close(pipe_fds[0]);
	return last;
}

static void
what_was_committed_survives_kill_9(void **state)
{
	const Folder *f = *state;

	for (guint round = 0; round < 10; round++) {
		LoaStore *store = open_store(f);

		if (round == 0)
			add_node(store, "n1", "to-1");
		loa_store_close(store);

		gint64 told = kill_one(f, 1000 + round * 1700);
		g_autoptr(LoaStore) after = open_store(f);
		g_autoptr(GPtrArray) rows = query(after, (LoaLedgerQuery){ .limit = 10000 });
		g_autoptr(GError) error = NULL;
		gint64 acked = 0;

		must(loa_store_ledger_acked(after, "n1", EPOCH, &acked, &error), error);
		assert_true(acked >= told);
		assert_int_equal(rows->len, acked);
	}
}

/* In a child: the limit would hold for the rest of the tests. */
static int
fill_disk(const Folder *f)
{
	const struct rlimit limit = { 300 * 1024, 300 * 1024 };
	LoaStore *store = loa_store_open(f->path, NULL);
	g_autoptr(GError) error = NULL;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (guint i = 0; i < 5000 && error == NULL; i++) {
		g_autofree char *id = g_strdup_printf("r%u", i);
		g_autoptr(LoaRecording) r = sample_recording(id, 9);

		if (!loa_store_begin(store, &error))
			break;
		if (!loa_store_put_recording(store, r, &error) || !loa_store_commit(store, &error))
			loa_store_rollback(store);
	}
	if (error == NULL || !g_error_matches(error, LOA_STORE_ERROR, LOA_STORE_ERROR_FULL))
		return 1;
	/* still of use: what is there can be read */
	g_autoptr(GPtrArray) all = loa_store_recordings(store, NULL);

	return all != NULL && all->len > 0 ? 0 : 2;
}

static void
a_full_disk_is_an_error_and_the_store_stays_usable(void **state)
{
	const Folder *f = *state;
	int status;
	pid_t pid;

	loa_store_close(open_store(f));
	pid = fork();
	if (pid == 0)
		_exit(fill_disk(f));
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);

	g_autoptr(LoaStore) store = open_store(f);
	g_autoptr(LoaRecording) r = sample_recording("after", 9);
	g_autoptr(GError) error = NULL;

	must(loa_store_put_recording(store, r, &error), error);
}

#define test(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_recording_comes_back_as_it_was_put_after_reopening),
		test(a_declaration_is_replaced_by_its_id_and_removed),
		test(a_one_off_keeps_its_groups_or_that_it_is_for_all),
		test(the_first_stop_of_an_airing_stands),
		test(what_leaves_a_plan_before_its_start_is_forgotten_and_later_withdrawn),
		test(what_an_overlay_kept_silent_stays_with_its_reason_once_its_time_has_come),
		test(rules_and_overlays_are_kept_as_they_were_written),
		test(a_planned_airing_comes_back_with_every_member),
		test(the_serial_of_a_plan_never_falls),
		test(the_same_entry_twice_is_one_row),
		test(the_first_outcome_of_an_airing_counts_for_each_node),
		test(an_entry_of_an_unknown_node_is_refused),
		test(the_log_is_found_by_group_airing_time_and_page),
		test(what_was_rolled_back_was_never_there),
		test(a_volume_is_kept_and_never_beyond_its_limits),
		test(an_old_file_is_brought_up_to_date_and_keeps_everything),
		test(what_counts_was_heard_in_the_order_of_what_was_planned),
		test(an_airing_is_where_the_first_of_its_groups_began),
		test(an_item_is_new_when_it_is_heard_and_not_when_it_was_suspended),
		test(a_tick_is_replaced_and_not_added),
		test(a_file_of_a_newer_program_is_refused_and_left_alone),
		test(a_file_that_is_no_database_is_refused),
		test(what_was_there_before_approval_counts_as_approved_and_says_so),
		test(the_file_is_for_its_owner_only),
		test(what_was_committed_survives_kill_9),
		test(a_full_disk_is_an_error_and_the_store_stays_usable),
	};

	return cmocka_run_group_tests_name("controller/store", tests, NULL, NULL);
}
