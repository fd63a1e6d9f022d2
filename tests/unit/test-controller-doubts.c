/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/receivers/doubts.h"
#include "tests/unit/controller-sample.h"

static GPtrArray *
events(LoaStore *store)
{
	LoaLedgerQuery q = { .limit = 1000, .with_events = TRUE };
	g_autoptr(GPtrArray) rows = loa_store_ledger_query(store, &q, NULL);
	GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)loa_security_event_free);

	for (guint i = 0; i < rows->len; i++) {
		const LoaLedgerRow *row = g_ptr_array_index(rows, i);

		assert_int_equal(row->kind, LOA_ENTRY_SECURITY);
		g_ptr_array_add(found, loa_security_event_from_json(row->json, NULL));
	}
	return found;
}

static void
equal_refusals_within_a_minute_are_one_event(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDoubts) doubts = loa_doubts_new(store);
	guint n = 0;

	for (int i = 0; i < 100; i++)
		loa_doubts_add(doubts, "key", "loa/x", NULL, "unknown", NOON_US + i);
	assert_true(loa_doubts_flush(doubts, NOON_US + 30 * SECOND_US, FALSE, &n, NULL));
	assert_int_equal(n, 0);
	assert_true(loa_doubts_flush(doubts, NOON_US + 60 * SECOND_US, FALSE, &n, NULL));
	assert_int_equal(n, 1);
	assert_int_equal(loa_doubts_total(doubts), 100);

	g_autoptr(GPtrArray) found = events(store);
	const LoaSecurityEvent *event = g_ptr_array_index(found, 0);

	assert_int_equal(event->count, 100);
	assert_int_equal(event->first_us, NOON_US);
	assert_int_equal(event->last_us, NOON_US + 99);
	assert_string_equal(event->code, "key");
	assert_string_equal(event->topic, "loa/x");
}

static void
after_a_minute_a_new_event_begins(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDoubts) doubts = loa_doubts_new(store);

	loa_doubts_add(doubts, "key", "loa/x", NULL, "unknown", NOON_US);
	loa_doubts_add(doubts, "key", "loa/x", NULL, "unknown", NOON_US + 61 * SECOND_US);
	assert_true(loa_doubts_flush(doubts, NOON_US + 62 * SECOND_US, TRUE, NULL, NULL));

	g_autoptr(GPtrArray) found = events(store);

	assert_int_equal(found->len, 2);
}

static void
a_flood_of_topics_fills_no_disk(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDoubts) doubts = loa_doubts_new(store);
	gint64 count = 0;

	for (int i = 0; i < 1000; i++) {
		g_autofree char *topic = g_strdup_printf("loa/%d", i);

		loa_doubts_add(doubts, "key", topic, NULL, "unknown", NOON_US);
	}
	assert_true(loa_doubts_flush(doubts, NOON_US, TRUE, NULL, NULL));

	g_autoptr(GPtrArray) found = events(store);

	assert_int_equal(found->len, LOA_DOUBTS_MAX_KINDS + 1);
	for (guint i = 0; i < found->len; i++)
		count += ((LoaSecurityEvent *)g_ptr_array_index(found, i))->count;
	assert_int_equal(count, 1000);
}

static void
bytes_of_strangers_are_made_printable(void **state)
{
	g_autoptr(LoaStore) store = open_store(*state);
	g_autoptr(LoaDoubts) doubts = loa_doubts_new(store);

	loa_doubts_add(doubts, "syntax", "loa/\033[2J\xff", NULL, "a\nb", NOON_US);
	assert_true(loa_doubts_flush(doubts, NOON_US, TRUE, NULL, NULL));

	g_autoptr(GPtrArray) found = events(store);
	const LoaSecurityEvent *event = g_ptr_array_index(found, 0);

	assert_string_equal(event->topic, "loa/ [2J?");
	assert_string_equal(event->detail, "a b");
}

#define test(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(equal_refusals_within_a_minute_are_one_event),
		test(after_a_minute_a_new_event_begins),
		test(a_flood_of_topics_fills_no_disk),
		test(bytes_of_strangers_are_made_printable),
	};

	return cmocka_run_group_tests_name("controller/doubts", tests, NULL, NULL);
}
