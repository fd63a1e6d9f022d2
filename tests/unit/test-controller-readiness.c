/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/plan/readiness.h"
#include "tests/unit/controller-sample.h"
#include "wire/topic.h"

#define SITE "phuong-mau"
#define N_NODES 3

/* Two receivers in to-1, one in to-2. */
static const char *const nodes[N_NODES] = { "n1", "n2", "n3" };
static const char *const groups[N_NODES] = { "to-1", "to-1", "to-2" };

typedef struct {
	Folder *folder;
	LoaStore *store;
	LoaRegistry *registry;
	LoaFleet *fleet;
	LoaReadiness *readiness;
	LoaSigningKey *keys[N_NODES];
	GPtrArray *plans;
	gint64 uptime_s;
} Ward;

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	w->store = open_store(w->folder);
	w->registry = loa_registry_new(w->store, NULL);
	w->fleet = loa_fleet_new(w->registry, SITE);
	w->readiness = loa_readiness_new(w->registry, w->fleet);
	w->plans = g_ptr_array_new_with_free_func((GDestroyNotify)loa_plan_free);
	for (int i = 0; i < N_NODES; i++) {
		w->keys[i] = loa_signing_key_new();
		g_autofree char *public_hex = loa_signing_key_public_hex(w->keys[i]);
		g_autoptr(LoaNodeRecord) record =
			loa_node_record_new(nodes[i], groups[i], public_hex, NOON_US);

		if (!loa_registry_add(w->registry, record, NULL))
			return 1;
	}
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	g_ptr_array_unref(w->plans);
	loa_readiness_free(w->readiness);
	loa_fleet_free(w->fleet);
	loa_registry_free(w->registry);
	loa_store_close(w->store);
	for (int i = 0; i < N_NODES; i++)
		loa_signing_key_free(w->keys[i]);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

/* A plan for @group with airing "a" of @sha256 (NULL: live); the groups' plans before it go on. */
static void
plan(Ward *w, const char *group, gint64 serial, const char *sha256)
{
	LoaPlan *plan = sample_plan(group, serial);
	LoaAiring *airing = sample_airing("a", NOON_US + HOUR_US, 60);

	for (guint i = 0; i < w->plans->len; i++)
		if (strcmp(((LoaPlan *)g_ptr_array_index(w->plans, i))->group, group) == 0)
			g_ptr_array_remove_index(w->plans, i--);
	g_free(airing->sha256);
	airing->sha256 = g_strdup(sha256);
	airing->is_live = sha256 == NULL;
	g_ptr_array_add(plan->airings, airing);
	g_ptr_array_add(w->plans, plan);
	loa_readiness_set_plans(w->readiness, w->plans);
}

/* @ready: (nullable): one airing */
static void
say(Ward *w, int node, gint64 serial, const char *ready, gboolean is_online)
{
	g_autoptr(LoaNodeState) state = loa_node_state_new();
	g_autofree char *topic = loa_topic(LOA_TOPIC_STATE, SITE, nodes[node]);
	g_autoptr(GError) error = NULL;
	LoaFleetResult result;

	state->site = g_strdup(SITE);
	state->node = g_strdup(nodes[node]);
	state->group = g_strdup(groups[node]);
	state->version = g_strdup("1");
	state->session = g_strdup("0000000000000001");
	state->online = is_online;
	state->at_us = NOON_US;
	state->uptime_s = ++w->uptime_s;
	state->clock_source = g_strdup("controller");
	state->output = g_strdup("closed");
	state->plan_serial = serial;
	g_ptr_array_add(state->ready, g_strdup("another"));
	if (ready != NULL)
		g_ptr_array_add(state->ready, g_strdup(ready));

	g_autoptr(GBytes) body = loa_node_state_encode(state);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_STATE, topic, body, w->keys[node]);

	if (!loa_fleet_take(w->fleet, topic, nodes[node], message, 0, &result, &error))
		fail_msg("%s", error->message);
	assert_int_not_equal(result, LOA_FLEET_STALE);
}

static void
assert_ready(const Ward *w, guint n_ready, guint n_all, const char *missing)
{
	g_auto(LoaReadinessCount) count = loa_readiness_count(w->readiness, "a");
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < count.missing->len; i++)
		g_string_append_printf(names, "%s%s", i > 0 ? " " : "",
				       (char *)g_ptr_array_index(count.missing, i));
	assert_int_equal(count.n_ready, n_ready);
	assert_int_equal(count.n_all, n_all);
	assert_string_equal(names->str, missing);
	assert_int_equal(loa_readiness_needs_channel(w->readiness, "a", G_MININT64, G_MAXINT64),
			 n_ready < n_all);
}

static void
the_channel_is_needed_until_the_last_one_has_the_recording(void **state)
{
	Ward *w = *state;

	plan(w, "to-1", 7, SHA);
	assert_ready(w, 0, 2, "n1 n2");
	say(w, 0, 7, "a", TRUE);
	assert_ready(w, 1, 2, "n2");
	say(w, 1, 7, NULL, TRUE);
	assert_ready(w, 1, 2, "n2");
	say(w, 1, 7, "a", TRUE);
	assert_ready(w, 2, 2, "");
	/* a group that has it too, though nobody of it spoke */
	plan(w, "to-2", 8, SHA);
	assert_ready(w, 2, 3, "n3");
	say(w, 2, 8, "a", TRUE);
	assert_ready(w, 3, 3, "");
	/* its card broke */
	say(w, 0, 7, NULL, TRUE);
	assert_ready(w, 2, 3, "n1");
}

static void
what_was_said_of_an_older_sound_does_not_count(void **state)
{
	Ward *w = *state;

	plan(w, "to-2", 7, SHA);
	say(w, 2, 6, "a", TRUE); /* by a plan that had another "a", or none */
	assert_ready(w, 0, 1, "n3");
	say(w, 2, 7, "a", TRUE);
	assert_ready(w, 1, 1, "");
	/* the same sound in a newer plan: need not be said again */
	plan(w, "to-2", 8, SHA);
	assert_ready(w, 1, 1, "");
	/* another recording */
	g_autofree char *other = g_strnfill(64, '7');

	plan(w, "to-2", 9, other);
	assert_ready(w, 0, 1, "n3");
	say(w, 2, 9, "a", TRUE);
	assert_ready(w, 1, 1, "");
}

static void
what_lies_on_a_disk_does_not_go_with_the_line(void **state)
{
	Ward *w = *state;

	plan(w, "to-2", 7, SHA);
	say(w, 2, 7, "a", TRUE);
	say(w, 2, 7, "a", FALSE);
	assert_ready(w, 1, 1, "");
}

static void
the_revoked_need_nothing(void **state)
{
	Ward *w = *state;

	plan(w, "to-1", 7, SHA);
	say(w, 0, 7, "a", TRUE);
	assert_true(loa_registry_revoke(w->registry, "n2", NOON_US, NULL));
	assert_ready(w, 1, 1, "");
}

static void
live_sound_always_needs_its_channel(void **state)
{
	Ward *w = *state;

	plan(w, "to-2", 7, NULL);
	say(w, 2, 7, "a", TRUE);
	assert_true(loa_readiness_needs_channel(w->readiness, "a", G_MININT64, G_MAXINT64));
	assert_true(
		loa_readiness_needs_channel(w->readiness, "in-no-plan", G_MININT64, G_MAXINT64));
}

static void
those_who_begin_at_another_time_need_a_channel_of_their_own(void **state)
{
	Ward *w = *state;
	LoaPlan *later;

	plan(w, "to-1", 7, SHA);
	plan(w, "to-2", 7, SHA);
	later = g_ptr_array_index(w->plans, 1);
	((LoaAiring *)g_ptr_array_index(later->airings, 0))->start_us += 5 * SECOND_US;
	loa_readiness_set_plans(w->readiness, w->plans);
	say(w, 0, 7, "a", TRUE);
	say(w, 1, 7, "a", TRUE);
	/* all of to-1 have it, the one of to-2 has not */
	const gint64 start_us = NOON_US + HOUR_US;

	assert_false(loa_readiness_needs_channel(w->readiness, "a", start_us, start_us));
	assert_false(loa_readiness_needs_channel(w->readiness, "a", start_us,
						 start_us + 5 * SECOND_US - 1));
	assert_true(loa_readiness_needs_channel(w->readiness, "a", start_us + 5 * SECOND_US,
						start_us + 5 * SECOND_US));
	assert_false(loa_readiness_needs_channel(w->readiness, "a", start_us + 5 * SECOND_US + 1,
						 G_MAXINT64));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_channel_is_needed_until_the_last_one_has_the_recording, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_was_said_of_an_older_sound_does_not_count,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_lies_on_a_disk_does_not_go_with_the_line,
						setup, teardown),
		cmocka_unit_test_setup_teardown(the_revoked_need_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			those_who_begin_at_another_time_need_a_channel_of_their_own, setup,
			teardown),
		cmocka_unit_test_setup_teardown(live_sound_always_needs_its_channel, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("controller/readiness", tests, NULL, NULL);
}
