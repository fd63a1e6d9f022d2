/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "node/reporter.h"

#define AT(s) ((gint64)(s)*G_USEC_PER_SEC)

static void
assert_sends(LoaReporter *reporter, gint64 now_us, gint64 want_from, guint want_n)
{
	gint64 from = 0;
	guint n = 0;

	assert_true(loa_reporter_next(reporter, now_us, &from, &n));
	assert_int_equal(from, want_from);
	assert_int_equal(n, want_n);
	loa_reporter_sent(reporter, from + n - 1, now_us);
}

static void
assert_silent(LoaReporter *reporter, gint64 now_us)
{
	gint64 from = 0;
	guint n = 0;

	assert_false(loa_reporter_next(reporter, now_us, &from, &n));
}

static void
new_entries_go_out_at_once_and_once(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(0, 0);

	loa_reporter_connected(reporter);
	assert_silent(reporter, AT(0));
	assert_int_equal(loa_reporter_due_us(reporter), G_MAXINT64);
	loa_reporter_set_last(reporter, 1);
	assert_sends(reporter, AT(0), 1, 1);
	assert_silent(reporter, AT(0));
	loa_reporter_set_last(reporter, 3);
	assert_sends(reporter, AT(1), 2, 2);
	assert_silent(reporter, AT(1));
	assert_int_equal(loa_reporter_n_unacked(reporter), 3);
}

static void
nothing_is_sent_without_a_line(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(0, 5);

	assert_silent(reporter, AT(0));
	loa_reporter_connected(reporter);
	assert_sends(reporter, AT(0), 1, 5);
	loa_reporter_disconnected(reporter);
	assert_silent(reporter, AT(100));
	assert_int_equal(loa_reporter_due_us(reporter), G_MAXINT64);
	loa_reporter_connected(reporter);
	assert_sends(reporter, AT(100), 1, 5);
}

static void
what_is_not_acknowledged_is_sent_again_ever_more_rarely(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(0, 2);
	gint64 at_us = AT(0);
	gint64 wait_us = LOA_REPORTER_RESEND_US;

	loa_reporter_connected(reporter);
	assert_sends(reporter, at_us, 1, 2);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(loa_reporter_due_us(reporter), at_us + wait_us);
		assert_silent(reporter, at_us + wait_us - 1);
		at_us += wait_us;
		assert_sends(reporter, at_us, 1, 2);
		wait_us = MIN(wait_us * 2, LOA_REPORTER_RESEND_MAX_US);
	}
	assert_int_equal(wait_us, LOA_REPORTER_RESEND_MAX_US);
	assert_true(loa_reporter_ack(reporter, 1, at_us));
	assert_int_equal(loa_reporter_due_us(reporter), at_us + LOA_REPORTER_RESEND_US);
	assert_sends(reporter, at_us + LOA_REPORTER_RESEND_US, 2, 1);
	assert_true(loa_reporter_ack(reporter, 2, at_us));
	assert_silent(reporter, at_us + AT(1000));
	assert_int_equal(loa_reporter_due_us(reporter), G_MAXINT64);
}

static void
a_long_backlog_goes_out_in_portions(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(10, 1000);

	loa_reporter_connected(reporter);
	for (int i = 0; i < LOA_REPORTER_MAX_IN_FLIGHT / LOA_REPORT_MAX_ENTRIES; i++)
		assert_sends(reporter, AT(0), 11 + i * LOA_REPORT_MAX_ENTRIES,
			     LOA_REPORT_MAX_ENTRIES);
	assert_silent(reporter, AT(0));
	assert_true(loa_reporter_ack(reporter, 10 + LOA_REPORT_MAX_ENTRIES, AT(1)));
	assert_sends(reporter, AT(1), 11 + LOA_REPORTER_MAX_IN_FLIGHT, LOA_REPORT_MAX_ENTRIES);
	assert_silent(reporter, AT(1));
}

static void
an_ack_of_what_was_never_sent_changes_nothing(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(3, 5);

	loa_reporter_connected(reporter);
	assert_false(loa_reporter_ack(reporter, 6, AT(0)));
	assert_false(loa_reporter_ack(reporter, -1, AT(0)));
	/* an old one is no fault */
	assert_true(loa_reporter_ack(reporter, 2, AT(0)));
	assert_sends(reporter, AT(0), 4, 2);
}

static void
an_ack_may_overtake_the_sending(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(0, 5);

	/* of what an earlier run had sent */
	loa_reporter_connected(reporter);
	assert_true(loa_reporter_ack(reporter, 4, AT(0)));
	assert_sends(reporter, AT(0), 5, 1);
}

static void
a_failed_sending_waits_its_turn(void **state)
{
	(void)state;
	g_autoptr(LoaReporter) reporter = loa_reporter_new(0, 1);
	gint64 from = 0;
	guint n = 0;

	loa_reporter_connected(reporter);
	assert_true(loa_reporter_next(reporter, AT(0), &from, &n));
	loa_reporter_failed(reporter, AT(0));
	assert_silent(reporter, AT(0));
	assert_int_equal(loa_reporter_due_us(reporter), LOA_REPORTER_RESEND_US);
	assert_sends(reporter, LOA_REPORTER_RESEND_US, 1, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_entries_go_out_at_once_and_once),
		cmocka_unit_test(nothing_is_sent_without_a_line),
		cmocka_unit_test(what_is_not_acknowledged_is_sent_again_ever_more_rarely),
		cmocka_unit_test(a_long_backlog_goes_out_in_portions),
		cmocka_unit_test(an_ack_of_what_was_never_sent_changes_nothing),
		cmocka_unit_test(an_ack_may_overtake_the_sending),
		cmocka_unit_test(a_failed_sending_waits_its_turn),
	};

	return cmocka_run_group_tests_name("node/reporter", tests, NULL, NULL);
}
