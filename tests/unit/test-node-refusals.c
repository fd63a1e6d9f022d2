/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/refusals.h"

#define NOW_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)
#define AT(s) (NOW_US + (gint64)(s)*G_USEC_PER_SEC)

static void
assert_event(GPtrArray *events, guint i, const char *code, const char *topic, gint64 count)
{
	assert_true(i < events->len);
	const LoaSecurityEvent *event = g_ptr_array_index(events, i);

	assert_string_equal(event->code, code);
	assert_string_equal(event->topic, topic);
	assert_int_equal(event->count, count);
}

static void
equal_refusals_become_one_event_with_a_count(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();

	loa_refusals_add(refusals, "signature", "loa/s/plan/g", "first", AT(0));
	loa_refusals_add(refusals, "signature", "loa/s/plan/g", "second", AT(1));
	loa_refusals_add(refusals, "key", "loa/s/plan/g", "third", AT(1));
	assert_int_equal(loa_refusals_due_us(refusals), AT(3));
	g_autoptr(GPtrArray) early = loa_refusals_take_due(refusals, AT(3) - 1);

	assert_int_equal(early->len, 0);
	g_autoptr(GPtrArray) events = loa_refusals_take_due(refusals, AT(3));

	assert_int_equal(events->len, 2);
	assert_event(events, 0, "signature", "loa/s/plan/g", 2);
	assert_event(events, 1, "key", "loa/s/plan/g", 1);
	const LoaSecurityEvent *event = g_ptr_array_index(events, 0);

	assert_string_equal(event->detail, "first");
	assert_int_equal(event->first_us, AT(0));
	assert_int_equal(event->last_us, AT(1));
	assert_int_equal(loa_refusals_total(refusals), 3);
	assert_int_equal(loa_refusals_due_us(refusals), G_MAXINT64);
}

static void
a_flood_is_told_once_a_minute(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();
	guint n_events = 0;
	gint64 n_counted = 0;

	/* ten minutes, ten a second */
	for (int i = 0; i < 6000; i++) {
		loa_refusals_add(refusals, "signature", "t", "d", AT(0) + i * 100000);
		g_autoptr(GPtrArray) events = loa_refusals_take_due(refusals, AT(0) + i * 100000);

		n_events += events->len;
		for (guint j = 0; j < events->len; j++)
			n_counted += ((LoaSecurityEvent *)g_ptr_array_index(events, j))->count;
	}
	g_autoptr(GPtrArray) rest = loa_refusals_take_all(refusals);

	assert_in_range(n_events, 9, 10);
	assert_int_equal(rest->len, 1);
	n_counted += ((LoaSecurityEvent *)g_ptr_array_index(rest, 0))->count;
	assert_int_equal(n_counted, 6000);
}

static void
what_comes_back_within_the_minute_waits_for_its_end(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();

	loa_refusals_add(refusals, "key", "t", "d", AT(0));
	g_autoptr(GPtrArray) first = loa_refusals_take_due(refusals, AT(2));

	assert_int_equal(first->len, 1);
	loa_refusals_add(refusals, "key", "t", "again", AT(10));
	assert_int_equal(loa_refusals_due_us(refusals), AT(62));
	g_autoptr(GPtrArray) early = loa_refusals_take_due(refusals, AT(61));

	assert_int_equal(early->len, 0);
	g_autoptr(GPtrArray) second = loa_refusals_take_due(refusals, AT(62));

	assert_event(second, 0, "key", "t", 1);
	assert_string_equal(((LoaSecurityEvent *)g_ptr_array_index(second, 0))->detail, "again");
}

static void
too_many_kinds_are_counted_as_other(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();

	for (int i = 0; i < 10000; i++) {
		g_autofree char *topic = g_strdup_printf("t%d", i);

		loa_refusals_add(refusals, "key", topic, "d", AT(0));
	}
	g_autoptr(GPtrArray) events = loa_refusals_take_due(refusals, AT(2));

	assert_int_equal(events->len, LOA_REFUSALS_MAX + 1);
	assert_event(events, 0, "key", "t0", 1);
	assert_event(events, LOA_REFUSALS_MAX, "other", "", 10000 - LOA_REFUSALS_MAX);

	/* and the room is free again after a minute */
	g_autoptr(GPtrArray) none = loa_refusals_take_due(refusals, AT(100));

	assert_int_equal(none->len, 0);
	loa_refusals_add(refusals, "key", "new", "d", AT(101));
	g_autoptr(GPtrArray) later = loa_refusals_take_due(refusals, AT(103));

	assert_event(later, 0, "key", "new", 1);
}

static void
hostile_topics_become_printable(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();
	g_autofree char *long_topic = g_strnfill(5000, 'x');

	loa_refusals_add(refusals, "key", "a\x01\xff\n", "d", AT(0));
	loa_refusals_add(refusals, "key", long_topic, "d", AT(0));
	g_autoptr(GPtrArray) events = loa_refusals_take_due(refusals, AT(2));

	assert_event(events, 0, "key", "a ? ", 1);
	const LoaSecurityEvent *event = g_ptr_array_index(events, 1);

	assert_int_equal(strlen(event->topic), LOA_EVENT_TOPIC_MAX);
}

static void
a_clock_turned_back_holds_nothing_up(void **state)
{
	(void)state;
	g_autoptr(LoaRefusals) refusals = loa_refusals_new();

	loa_refusals_add(refusals, "key", "t", "d", AT(100000));
	g_autoptr(GPtrArray) events = loa_refusals_take_due(refusals, AT(0));

	assert_event(events, 0, "key", "t", 1);
	loa_refusals_add(refusals, "key", "t", "d", AT(-5000));
	g_autoptr(GPtrArray) more = loa_refusals_take_due(refusals, AT(-6000));

	assert_event(more, 0, "key", "t", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_refusals_become_one_event_with_a_count),
		cmocka_unit_test(a_flood_is_told_once_a_minute),
		cmocka_unit_test(what_comes_back_within_the_minute_waits_for_its_end),
		cmocka_unit_test(too_many_kinds_are_counted_as_other),
		cmocka_unit_test(hostile_topics_become_printable),
		cmocka_unit_test(a_clock_turned_back_holds_nothing_up),
	};

	return cmocka_run_group_tests_name("node/refusals", tests, NULL, NULL);
}
