/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/plan-desk.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"
#include "wire/topic.h"

typedef struct {
	Folder *folder;
	LoaStore *store;
	LoaSigningKey *key;
	LoaControllerConfig *config;
	LoaPlanDesk *desk;
	GPtrArray *sent; /* LoaPlan, as a receiver that believes the key reads them */
} Ward;

static void
on_publish(const char *topic, GBytes *message, gpointer user_data)
{
	Ward *w = user_data;
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(w->key);
	g_autofree char *want = NULL;
	g_autoptr(GError) error = NULL;

	assert_true(loa_key_ring_add(ring, public_hex));

	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_PLAN, topic, message, ring, &error);
	LoaPlan *plan = body == NULL ? NULL : loa_plan_decode(body, &error);

	if (plan == NULL)
		fail_msg("%s", error->message);
	want = loa_topic(LOA_TOPIC_PLAN, "phuong-mau", plan->group);
	assert_string_equal(topic, want);
	g_ptr_array_add(w->sent, plan);
}

static void
open_desk(Ward *w)
{
	w->store = open_store(w->folder);
	w->desk = loa_plan_desk_new(w->config, w->store, w->key);
	loa_plan_desk_on_publish(w->desk, on_publish, w);
}

static void
close_desk(Ward *w)
{
	g_clear_pointer(&w->desk, loa_plan_desk_free);
	g_clear_pointer(&w->store, loa_store_close);
}

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	LoaHours all_day = { LOA_BROADCAST_ALL_DAYS, 0, 86400 };

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	w->key = loa_signing_key_new();
	w->config = g_new0(LoaControllerConfig, 1);
	w->config->site_id = g_strdup("phuong-mau");
	w->config->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	w->config->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(w->config->groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(w->config->groups, loa_group_new("to-2", "Tổ 2"));
	w->config->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	g_array_append_val(w->config->hours, all_day);
	w->config->playout_delay_us = SECOND_US;
	w->config->horizon_days = 14;
	w->sent = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	open_desk(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	close_desk(w);
	loa_controller_config_free(w->config);
	loa_signing_key_free(w->key);
	g_ptr_array_unref(w->sent);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

static void
replan(Ward *w, gint64 now_us)
{
	g_autoptr(GError) error = NULL;

	if (!loa_plan_desk_replan(w->desk, now_us, &error))
		fail_msg("%s", error->message);
}

static void
have_one_off(Ward *w, const char *id, const char *group, gint64 start_us)
{
	g_autoptr(LoaRecording) r = sample_recording("r1", 60);
	g_autoptr(LoaOneOff) o = sample_one_off(id, "r1", start_us);

	o->groups = group == NULL ? NULL : g_strsplit(group, " ", -1);
	assert_true(loa_store_put_recording(w->store, r, NULL));
	assert_true(loa_store_add_one_off(w->store, o, NULL));
}

static const LoaPlan *
last_sent(const Ward *w)
{
	return g_ptr_array_index(w->sent, w->sent->len - 1);
}

static void
the_first_planning_publishes_a_plan_for_every_group(void **state)
{
	Ward *w = *state;

	assert_int_equal(loa_plan_desk_plans(w->desk)->len, 0);
	assert_int_equal(loa_plan_desk_serial(w->desk, "to-1"), 0);
	replan(w, NOON_US);
	assert_int_equal(w->sent->len, 2);
	assert_int_equal(last_sent(w)->serial, NOON_US / 1000);
	assert_int_equal(last_sent(w)->issued_us, NOON_US);
	assert_int_equal(last_sent(w)->valid_until_us, NOON_US + 14 * DAY_US);
	assert_int_equal(loa_plan_desk_serial(w->desk, "to-1"), NOON_US / 1000);
}

static void
a_plan_that_says_the_same_is_not_published_again(void **state)
{
	Ward *w = *state;

	replan(w, NOON_US);
	replan(w, NOON_US + HOUR_US);
	replan(w, NOON_US + 6 * DAY_US);
	assert_int_equal(w->sent->len, 2);
}

static void
only_the_group_that_is_concerned_gets_a_new_plan(void **state)
{
	Ward *w = *state;

	replan(w, NOON_US);
	have_one_off(w, "now.1", "to-2", NOON_US + HOUR_US);
	replan(w, NOON_US + SECOND_US);
	assert_int_equal(w->sent->len, 3);
	assert_string_equal(last_sent(w)->group, "to-2");
	assert_int_equal(last_sent(w)->serial, (NOON_US + SECOND_US) / 1000);
	assert_non_null(loa_plan_find(last_sent(w), "now.1"));
}

static void
an_emergency_is_sent_before_plans_that_are_new_in_two_weeks(void **state)
{
	Ward *w = *state;
	const LoaPlan *first;

	replan(w, NOON_US);
	g_ptr_array_set_size(w->sent, 0);
	have_one_off(w, "now.1", "to-2", NOON_US + 8 * DAY_US + SECOND_US);
	replan(w, NOON_US + 8 * DAY_US);
	assert_int_equal(w->sent->len, 2);
	first = g_ptr_array_index(w->sent, 0);
	assert_string_equal(first->group, "to-2");
	assert_string_equal(last_sent(w)->group, "to-1");
}

static void
half_of_the_validity_makes_new_plans(void **state)
{
	Ward *w = *state;

	replan(w, NOON_US);
	replan(w, NOON_US + 7 * DAY_US);
	assert_int_equal(w->sent->len, 2);
	replan(w, NOON_US + 7 * DAY_US + SECOND_US);
	assert_int_equal(w->sent->len, 4);
	assert_int_equal(last_sent(w)->valid_until_us, NOON_US + 21 * DAY_US + SECOND_US);
}

static void
serials_rise_over_a_restart_and_a_clock_that_was_set_back(void **state)
{
	Ward *w = *state;
	gint64 serial;

	replan(w, NOON_US);
	serial = last_sent(w)->serial;
	close_desk(w);
	open_desk(w);
	replan(w, NOON_US - DAY_US);
	assert_int_equal(w->sent->len, 4);
	assert_int_equal(last_sent(w)->serial, serial + 1);
}

static void
what_was_prepared_is_told_to_nobody_before_its_release(void **state)
{
	Ward *w = *state;

	replan(w, NOON_US);
	assert_true(loa_store_begin(w->store, NULL));
	have_one_off(w, "now.1", NULL, NOON_US + HOUR_US);
	assert_true(loa_plan_desk_prepare(w->desk, NOON_US + SECOND_US, NULL));
	assert_int_equal(w->sent->len, 2);
	loa_store_rollback(w->store);
	loa_plan_desk_discard(w->desk);
	replan(w, NOON_US + 2 * SECOND_US);
	assert_int_equal(w->sent->len, 2);

	assert_true(loa_store_begin(w->store, NULL));
	have_one_off(w, "now.2", NULL, NOON_US + HOUR_US);
	assert_true(loa_plan_desk_prepare(w->desk, NOON_US + SECOND_US, NULL));
	assert_true(loa_store_commit(w->store, NULL));
	assert_int_equal(loa_plan_desk_release(w->desk), 2);
	assert_int_equal(w->sent->len, 4);
}

static void
after_a_reconnect_every_plan_is_sent_as_it_was(void **state)
{
	Ward *w = *state;

	replan(w, NOON_US);
	loa_plan_desk_publish_all(w->desk);
	assert_int_equal(w->sent->len, 4);
	assert_int_equal(last_sent(w)->serial, NOON_US / 1000);
}

static void
what_was_planned_is_kept_for_the_log(void **state)
{
	Ward *w = *state;

	have_one_off(w, "now.1", "to-1", NOON_US + HOUR_US);
	replan(w, NOON_US);

	g_autoptr(GPtrArray) rows =
		loa_store_planned_rows(w->store, NOON_US, NOON_US + DAY_US, NULL);

	assert_int_equal(rows->len, 1);
	assert_string_equal(((LoaPlannedRow *)g_ptr_array_index(rows, 0))->group, "to-1");
}

static LoaAiring *
sample_test(const char *node, gint64 start_us)
{
	LoaAiring *test = sample_airing("test.1", start_us, 3);

	test->node = g_strdup(node);
	return test;
}

static void
a_test_is_in_the_plan_of_its_group_until_it_is_over(void **state)
{
	Ward *w = *state;
	const LoaPlan *first, *second;

	replan(w, NOON_US);
	assert_true(loa_plan_desk_add_test(w->desk, "to-1", sample_test("n1", NOON_US + SECOND_US),
					   NOON_US));
	replan(w, NOON_US + 1);
	first = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);
	second = g_ptr_array_index(loa_plan_desk_plans(w->desk), 1);
	assert_int_equal(first->tests->len, 1);
	assert_int_equal(first->airings->len, 0);
	assert_int_equal(second->tests->len, 0);
	assert_int_equal(last_sent(w)->tests->len, 1);

	g_autoptr(GPtrArray) rows =
		loa_store_planned_rows(w->store, NOON_US, NOON_US + DAY_US, NULL);

	/* nobody's programme */
	assert_int_equal(rows->len, 0);
	replan(w, NOON_US + 4 * SECOND_US - 1);
	first = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);
	assert_int_equal(first->tests->len, 1);
	replan(w, NOON_US + 4 * SECOND_US);
	first = g_ptr_array_index(loa_plan_desk_plans(w->desk), 0);
	assert_int_equal(first->tests->len, 0);
}

static void
have_node(Ward *w, const char *id, const char *group, double volume_db)
{
	g_autoptr(LoaNodeRecord) node = loa_node_record_new(id, group, id, NOON_US);

	assert_true(loa_store_add_node(w->store, node, NULL));
	assert_true(loa_store_set_node_volume(w->store, id, volume_db, NULL));
}

static void
a_volume_is_in_the_plan_of_its_group_and_a_new_one_is_a_new_plan(void **state)
{
	Ward *w = *state;

	have_node(w, "b", "to-1", -6);
	have_node(w, "a", "to-1", -3.5);
	have_node(w, "c", "to-1", 0);
	have_node(w, "d", "to-2", -1);
	have_node(w, "gone", "to-2", -9);
	assert_true(loa_store_revoke_node(w->store, "gone", NOON_US, NULL));
	replan(w, NOON_US);
	assert_int_equal(w->sent->len, 2);

	const LoaPlan *first = g_ptr_array_index(w->sent, 0);

	/* as loud as it can be needs no word */
	assert_int_equal(first->volumes->len, 2);
	assert_true(loa_plan_volume_db(first, "a") == -3.5);
	assert_true(loa_plan_volume_db(first, "b") == -6);
	assert_int_equal(last_sent(w)->volumes->len, 1);
	assert_true(loa_plan_volume_db(last_sent(w), "d") == -1);
	replan(w, NOON_US + 1);
	assert_int_equal(w->sent->len, 2);
	assert_true(loa_store_set_node_volume(w->store, "b", -7, NULL));
	replan(w, NOON_US + SECOND_US);
	assert_int_equal(w->sent->len, 3);
	assert_string_equal(last_sent(w)->group, "to-1");
	assert_true(loa_plan_volume_db(last_sent(w), "b") == -7);
	/* another receiver with the same volume is news, too; and over a restart it is still so */
	assert_true(loa_store_set_node_volume(w->store, "b", 0, NULL));
	assert_true(loa_store_set_node_volume(w->store, "c", -7, NULL));
	close_desk(w);
	open_desk(w);
	replan(w, NOON_US + 2 * SECOND_US);
	assert_int_equal(w->sent->len, 5);
	first = g_ptr_array_index(w->sent, 3);
	assert_true(loa_plan_volume_db(first, "b") == 0);
	assert_true(loa_plan_volume_db(first, "c") == -7);
}

static void
so_many_tests_fit_and_no_more(void **state)
{
	Ward *w = *state;

	for (guint i = 0; i < LOA_PLAN_MAX_TESTS; i++)
		assert_true(loa_plan_desk_add_test(w->desk, "to-1", sample_test("n1", NOON_US),
						   NOON_US));
	assert_false(loa_plan_desk_add_test(w->desk, "to-1", sample_test("n1", NOON_US), NOON_US));
	assert_true(loa_plan_desk_add_test(w->desk, "to-1", sample_test("n1", NOON_US + DAY_US),
					   NOON_US + HOUR_US));
}

static void
a_declaration_of_another_version_does_not_silence_the_rest(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaDeclaration) odd = loa_declaration_new("la", "{\"from the future\":1}", 0);
	const LoaPlannerWarning *warning;

	have_one_off(w, "now.1", NULL, NOON_US + HOUR_US);
	assert_true(loa_store_put_declaration(w->store, odd, NULL));
	replan(w, NOON_US);
	assert_non_null(loa_plan_find(last_sent(w), "now.1"));
	assert_int_equal(loa_plan_desk_warnings(w->desk)->len, 1);
	warning = g_ptr_array_index(loa_plan_desk_warnings(w->desk), 0);
	assert_int_equal(warning->finding, LOA_PLANNER_UNREADABLE);
	assert_string_equal(warning->subject, "la");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_first_planning_publishes_a_plan_for_every_group),
		test(a_plan_that_says_the_same_is_not_published_again),
		test(only_the_group_that_is_concerned_gets_a_new_plan),
		test(an_emergency_is_sent_before_plans_that_are_new_in_two_weeks),
		test(half_of_the_validity_makes_new_plans),
		test(serials_rise_over_a_restart_and_a_clock_that_was_set_back),
		test(what_was_prepared_is_told_to_nobody_before_its_release),
		test(after_a_reconnect_every_plan_is_sent_as_it_was),
		test(what_was_planned_is_kept_for_the_log),
		test(a_test_is_in_the_plan_of_its_group_until_it_is_over),
		test(a_volume_is_in_the_plan_of_its_group_and_a_new_one_is_a_new_plan),
		test(so_many_tests_fit_and_no_more),
		test(a_declaration_of_another_version_does_not_silence_the_rest),
	};

	return cmocka_run_group_tests_name("controller/plan-desk", tests, NULL, NULL);
}
