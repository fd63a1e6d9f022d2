/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/proof/presence-log.h"
#include "controller/store/store-record.h"
#include "controller/store/uptime.h"
#include "tests/unit/controller-sample.h"

#define ON LOA_PRESENCE_ONLINE
#define OFF LOA_PRESENCE_OFFLINE
#define UNKNOWN LOA_PRESENCE_UNKNOWN

typedef struct {
	GPtrArray *presence, *nodes;
} Lists;

static int
setup(void **state)
{
	Lists *l = g_new0(Lists, 1);

	l->presence = g_ptr_array_new_with_free_func((GDestroyNotify)loa_presence_free);
	l->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)loa_node_record_free);
	*state = l;
	return 0;
}

static int
teardown(void **state)
{
	Lists *l = *state;

	g_ptr_array_unref(l->presence);
	g_ptr_array_unref(l->nodes);
	g_free(l);
	return 0;
}

static LoaNodeRecord *
install(Lists *l, const char *node, const char *group, gint64 added_s)
{
	LoaNodeRecord *record = loa_node_record_new(node, group, "", added_s * SECOND_US);

	g_ptr_array_add(l->nodes, record);
	return record;
}

static void
note(Lists *l, const char *node, gint64 at_s, LoaPresenceState state)
{
	g_ptr_array_add(l->presence, loa_presence_new(node, at_s * SECOND_US, state));
}

static void
assert_uptime(Lists *l, gint64 from_s, gint64 to_s, const char *group, gint64 enrolled_s,
	      gint64 known_s, gint64 online_s)
{
	g_autoptr(GHashTable) groups =
		loa_uptime_of_groups(l->presence, l->nodes, from_s * SECOND_US, to_s * SECOND_US);
	const LoaUptime *uptime = g_hash_table_lookup(groups, group);

	if (enrolled_s == 0) {
		assert_null(uptime);
		return;
	}
	assert_non_null(uptime);
	assert_int_equal(uptime->enrolled_us, enrolled_s * SECOND_US);
	assert_int_equal(uptime->known_us, known_s * SECOND_US);
	assert_int_equal(uptime->online_us, online_s * SECOND_US);
}

static void
a_group_adds_up_its_receivers(void **state)
{
	Lists *l = *state;

	install(l, "n1", "to-1", 0);
	install(l, "n2", "to-1", 0);
	install(l, "n3", "to-2", 0);
	note(l, "n1", 0, ON);
	note(l, "n1", 60, OFF);
	note(l, "n1", 80, ON);
	note(l, "n2", 50, OFF);
	note(l, "n3", 10, UNKNOWN);
	assert_uptime(l, 0, 100, "to-1", 200, 150, 80);
	assert_uptime(l, 0, 100, "to-2", 100, 0, 0);
	assert_uptime(l, 0, 100, "to-3", 0, 0, 0);
}

static void
a_receiver_counts_from_enrolment_to_revocation(void **state)
{
	Lists *l = *state;
	LoaNodeRecord *node = install(l, "n1", "to-1", 20);

	note(l, "n1", 10, ON);
	assert_uptime(l, 0, 100, "to-1", 80, 80, 80);
	node->revoked_us = 50 * SECOND_US;
	assert_uptime(l, 0, 100, "to-1", 30, 30, 30);
	assert_uptime(l, 50, 100, "to-1", 0, 0, 0);
}

static void
adjacent_times_add_up_to_the_whole(void **state)
{
	static const LoaPresenceState states[] = { ON, OFF, UNKNOWN };
	g_autoptr(GRand) rand = g_rand_new_with_seed(5);

	for (guint round = 0; round < 300; round++) {
		Lists *l = *state;
		const gint64 middle_s = g_rand_int_range(rand, 1, 100);
		gint64 at_s = 0;

		g_ptr_array_set_size(l->presence, 0);
		g_ptr_array_set_size(l->nodes, 0);
		install(l, "n1", "to-1", g_rand_int_range(rand, 0, 20))->revoked_us =
			g_rand_boolean(rand) ? 90 * SECOND_US : 0;
		for (guint i = 0; i < 8; i++, at_s += g_rand_int_range(rand, 0, 25))
			note(l, "n1", at_s, states[g_rand_int_range(rand, 0, 3)]);

		LoaUptime sum = { 0 };
		const gint64 borders_us[] = { 0, middle_s * SECOND_US, 100 * SECOND_US };

		for (guint i = 0; i < 2; i++) {
			g_autoptr(GHashTable) part = loa_uptime_of_groups(
				l->presence, l->nodes, borders_us[i], borders_us[i + 1]);
			const LoaUptime *u = g_hash_table_lookup(part, "to-1");

			if (u == NULL)
				continue;
			sum.enrolled_us += u->enrolled_us;
			sum.known_us += u->known_us;
			sum.online_us += u->online_us;
			assert_true(u->online_us <= u->known_us && u->known_us <= u->enrolled_us);
		}
		assert_uptime(l, 0, 100, "to-1", sum.enrolled_us / SECOND_US,
			      sum.known_us / SECOND_US, sum.online_us / SECOND_US);
	}
}

static void
a_clock_that_was_set_back_counts_nothing_twice(void **state)
{
	Lists *l = *state;

	install(l, "n1", "to-1", 0);
	note(l, "n1", 50, ON);
	note(l, "n1", 20, OFF);
	note(l, "n1", 60, ON);
	assert_uptime(l, 0, 100, "to-1", 100, 80, 40);
}

static void
nothing_known_is_no_percentage(void **state)
{
	const LoaUptime none = { 0, 0, 0 }, most = { 1000, 1000, 997 }, dark = { 1000, 0, 0 };

	(void)state;
	assert_int_equal(loa_uptime_permille(&none), -1);
	assert_int_equal(loa_uptime_known_permille(&none), -1);
	assert_int_equal(loa_uptime_permille(&most), 997);
	assert_int_equal(loa_uptime_permille(&dark), -1);
	assert_int_equal(loa_uptime_known_permille(&dark), 0);
}

static void
assert_record(LoaStore *store, gint64 from_us, const char *want)
{
	g_autoptr(GPtrArray) all = loa_store_presence(store, from_us, G_MAXINT64, NULL);
	g_autoptr(GString) is = g_string_new(NULL);

	for (guint i = 0; i < all->len; i++) {
		const LoaPresence *p = g_ptr_array_index(all, i);

		g_string_append_printf(is, "%s %s at %d; ", p->node,
				       loa_presence_state_name(p->state),
				       (int)((p->at_us - NOON_US) / SECOND_US));
	}
	assert_string_equal(is->str, want);
}

static void
open_log(const Folder *f, LoaStore **store, LoaPresenceLog **log)
{
	*store = open_store(f);
	*log = loa_presence_log_new(*store, NULL);
	assert_non_null(*log);
}

static void
close_log(LoaStore *store, LoaPresenceLog *log)
{
	loa_presence_log_free(log);
	loa_store_close(store);
}

static void
only_changes_are_kept_and_gaps_are_told(void **state)
{
	const Folder *f = *state;
	g_autoptr(LoaNodeRecord) node = loa_node_record_new("n1", "to-1", "", NOON_US);
	LoaStore *store;
	LoaPresenceLog *log;

	open_log(f, &store, &log);
	assert_true(loa_store_add_node(store, node, NULL));
	loa_presence_log_note(log, "n1", TRUE, NOON_US);
	loa_presence_log_note(log, "n1", TRUE, NOON_US + SECOND_US);
	assert_true(loa_presence_log_has_news(log));
	assert_true(loa_presence_log_flush(log, NOON_US + 2 * SECOND_US, NULL));
	assert_false(loa_presence_log_has_news(log));
	loa_presence_log_note(log, "n1", FALSE, NOON_US + 3 * SECOND_US);
	loa_presence_log_blind(log, NOON_US + 4 * SECOND_US);
	loa_presence_log_blind(log, NOON_US + 5 * SECOND_US);
	loa_presence_log_note(log, "n1", TRUE, NOON_US + 6 * SECOND_US);
	assert_true(loa_presence_log_flush(log, NOON_US + 7 * SECOND_US, NULL));
	/* never written: killed */
	loa_presence_log_note(log, "n1", FALSE, NOON_US + 8 * SECOND_US);
	close_log(store, log);
	open_log(f, &store, &log);
	loa_presence_log_note(log, "n1", TRUE, NOON_US + 20 * SECOND_US);
	assert_true(loa_presence_log_flush(log, NOON_US + 21 * SECOND_US, NULL));
	assert_record(store, 0,
		      "n1 online at 0; n1 offline at 3; n1 unknown at 4; n1 online at 6; "
		      "n1 unknown at 7; n1 online at 20; ");
	assert_record(store, NOON_US + 5 * SECOND_US,
		      "n1 unknown at 4; n1 online at 6; n1 unknown at 7; n1 online at 20; ");
	close_log(store, log);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_group_adds_up_its_receivers),
		test(a_receiver_counts_from_enrolment_to_revocation),
		test(adjacent_times_add_up_to_the_whole),
		test(a_clock_that_was_set_back_counts_nothing_twice),
		cmocka_unit_test(nothing_known_is_no_percentage),
		cmocka_unit_test_setup_teardown(only_changes_are_kept_and_gaps_are_told,
						folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests_name("controller/uptime", tests, NULL, NULL);
}
