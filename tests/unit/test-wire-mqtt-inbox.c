/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/mqtt-inbox.h"

/* Two audio messages of 10 bytes, 15 bytes at a time; three others of 20, 50 at a time. */
static LoaMqttInbox *
two_lanes(void)
{
	const LoaMqttLane lanes[] = {
		{ .prefix = "air/", .max_size = 10, .max_messages = 2, .max_bytes = 15 },
		{ .max_size = 20, .max_messages = 3, .max_bytes = 50, .asks_again = TRUE },
	};

	return loa_mqtt_inbox_new(lanes, G_N_ELEMENTS(lanes));
}

static LoaMqttVerdict
offer(LoaMqttInbox *inbox, const char *topic, gsize size, LoaMqttPlace *place)
{
	return loa_mqtt_inbox_offer(inbox, topic, strlen(topic), size, place);
}

static void
a_lane_holds_so_many_messages_and_no_more(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	LoaMqttPlace place, last;

	assert_int_equal(offer(inbox, "air/a", 1, &place), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "air/b", 1, &last), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "air/a", 1, &place), LOA_MQTT_INBOX_DROPPED);
	assert_int_equal(loa_mqtt_inbox_n_dropped(inbox), 1);

	loa_mqtt_inbox_give_back(inbox, last);
	assert_int_equal(offer(inbox, "air/a", 1, &place), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "air/a", 1, &place), LOA_MQTT_INBOX_DROPPED);
}

static void
a_lane_holds_so_many_bytes_and_no_more(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	LoaMqttPlace first, place;

	assert_int_equal(offer(inbox, "air/a", 10, &first), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "air/a", 6, &place), LOA_MQTT_INBOX_DROPPED);
	assert_int_equal(offer(inbox, "air/a", 5, &place), LOA_MQTT_INBOX_TAKEN);

	loa_mqtt_inbox_give_back(inbox, first);
	assert_int_equal(offer(inbox, "air/a", 10, &first), LOA_MQTT_INBOX_TAKEN);
}

static void
a_full_lane_keeps_nothing_out_of_the_other(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	LoaMqttPlace place;

	for (int i = 0; i < 100; i++)
		(void)offer(inbox, "air/a", 10, &place);
	for (int i = 0; i < 3; i++)
		assert_int_equal(offer(inbox, "plan/g", 10, &place), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(loa_mqtt_inbox_n_dropped(inbox), 99);
}

static void
an_overflow_of_what_is_retained_asks_again(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	LoaMqttPlace place;

	for (int i = 0; i < 3; i++)
		assert_int_equal(offer(inbox, "plan/g", 1, &place), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "plan/g", 1, &place), LOA_MQTT_INBOX_ASK_AGAIN);
	assert_int_equal(loa_mqtt_inbox_n_dropped(inbox), 1);
}

static void
what_is_too_long_takes_a_place_but_no_bytes(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	LoaMqttPlace place;

	assert_int_equal(offer(inbox, "plan/g", 21, &place), LOA_MQTT_INBOX_TOO_LONG);
	assert_int_equal(offer(inbox, "plan/g", 1 << 30, &place), LOA_MQTT_INBOX_TOO_LONG);
	assert_int_equal(offer(inbox, "plan/g", 20, &place), LOA_MQTT_INBOX_TAKEN);
	assert_int_equal(offer(inbox, "plan/g", 21, &place), LOA_MQTT_INBOX_ASK_AGAIN);
	assert_int_equal(loa_mqtt_inbox_n_dropped(inbox), 1);
}

static void
a_lane_begins_where_its_prefix_ends(void **state)
{
	static const struct {
		const char *topic;
		gboolean is_first;
	} rows[] = {
		{ "air/a", TRUE }, { "air/", FALSE },  { "air", FALSE },
		{ "", FALSE },     { "aix/a", FALSE }, { "xair/a", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LoaMqttInbox) inbox = two_lanes();
		LoaMqttPlace place;
		/* longer than the first lane takes, not longer than the second */
		LoaMqttVerdict verdict = offer(inbox, rows[i].topic, 15, &place);

		assert_int_equal(verdict,
				 rows[i].is_first ? LOA_MQTT_INBOX_TOO_LONG : LOA_MQTT_INBOX_TAKEN);
	}
}

static void
a_topic_that_cannot_be_ours_is_dropped(void **state)
{
	(void)state;
	g_autoptr(LoaMqttInbox) inbox = two_lanes();
	g_autofree char *topic = g_strnfill(LOA_MQTT_INBOX_MAX_TOPIC_BYTES + 1, 'x');
	LoaMqttPlace place;

	assert_int_equal(
		loa_mqtt_inbox_offer(inbox, topic, LOA_MQTT_INBOX_MAX_TOPIC_BYTES + 1, 1, &place),
		LOA_MQTT_INBOX_DROPPED);
	assert_int_equal(loa_mqtt_inbox_offer(inbox, "plan/g\0x", 8, 1, &place),
			 LOA_MQTT_INBOX_DROPPED);
	assert_int_equal(loa_mqtt_inbox_n_dropped(inbox), 2);
	assert_int_equal(
		loa_mqtt_inbox_offer(inbox, topic, LOA_MQTT_INBOX_MAX_TOPIC_BYTES, 1, &place),
		LOA_MQTT_INBOX_TAKEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lane_holds_so_many_messages_and_no_more),
		cmocka_unit_test(a_lane_holds_so_many_bytes_and_no_more),
		cmocka_unit_test(a_full_lane_keeps_nothing_out_of_the_other),
		cmocka_unit_test(an_overflow_of_what_is_retained_asks_again),
		cmocka_unit_test(what_is_too_long_takes_a_place_but_no_bytes),
		cmocka_unit_test(a_lane_begins_where_its_prefix_ends),
		cmocka_unit_test(a_topic_that_cannot_be_ours_is_dropped),
	};

	return cmocka_run_group_tests_name("wire/mqtt-inbox", tests, NULL, NULL);
}
