/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/receivers/fleet.h"
#include "tests/unit/controller-sample.h"
#include "wire/topic.h"

#define SITE "phuong-mau"
#define SESSION_1 "0000000000000001"
#define SESSION_2 "0000000000000002"
#define SERIAL 7

typedef struct {
	Folder *folder;
	LoaStore *store;
	LoaRegistry *registry;
	LoaFleet *fleet;
	LoaSigningKey *node; /* of n1 */
	LoaNodeState *state; /* what say() says; the test changes it */
	gint64 now_us;       /* of the controller */
} Ward;

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	g_autofree char *public_hex = NULL;

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	w->store = open_store(w->folder);
	w->registry = loa_registry_new(w->store, NULL);
	w->now_us = NOON_US;
	w->node = loa_signing_key_new();
	public_hex = loa_signing_key_public_hex(w->node);

	g_autoptr(LoaNodeRecord) record = loa_node_record_new("n1", "to-1", public_hex, NOON_US);

	w->fleet = loa_fleet_new(w->registry, SITE);
	w->state = loa_node_state_new();
	w->state->site = g_strdup(SITE);
	w->state->node = g_strdup("n1");
	w->state->group = g_strdup("to-1");
	w->state->version = g_strdup("1");
	w->state->session = g_strdup(SESSION_1);
	w->state->online = TRUE;
	w->state->at_us = NOON_US;
	w->state->uptime_s = 100;
	w->state->clock_state = LOA_CLOCK_SYNCED;
	w->state->clock_source = g_strdup("system");
	w->state->plan_serial = SERIAL;
	w->state->output = g_strdup("closed");
	*state = w;
	return loa_registry_add(w->registry, record, NULL) ? 0 : 1;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_node_state_free(w->state);
	loa_fleet_free(w->fleet);
	loa_registry_free(w->registry);
	loa_store_close(w->store);
	loa_signing_key_free(w->node);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

static gboolean
take(Ward *w, const LoaSigningKey *key, LoaFleetResult *result, GError **error)
{
	g_autofree char *topic = loa_topic(LOA_TOPIC_STATE, SITE, "n1");
	g_autoptr(GBytes) body = loa_node_state_encode(w->state);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_STATE, topic, body, key);

	return loa_fleet_take(w->fleet, topic, "n1", message, w->now_us, result, error);
}

static LoaFleetResult
say(Ward *w)
{
	LoaFleetResult result = LOA_FLEET_STALE;
	g_autoptr(GError) error = NULL;

	if (!take(w, w->node, &result, &error))
		fail_msg("%s", error->message);
	return result;
}

static void
set_session(Ward *w, const char *session)
{
	g_free(w->state->session);
	w->state->session = g_strdup(session);
}

static void
a_node_that_never_spoke_is_offline_and_not_ready(void **state)
{
	Ward *w = *state;

	assert_null(loa_fleet_state(w->fleet, "n1"));
	assert_false(loa_fleet_is_online(w->fleet, "n1"));
	assert_false(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
}

static void
only_differences_are_news(void **state)
{
	Ward *w = *state;

	assert_int_equal(say(w), LOA_FLEET_NEWS);
	w->state->uptime_s++;
	w->state->at_us += SECOND_US;
	assert_int_equal(say(w), LOA_FLEET_SAME);
	/* one recording came, another went: as many as before */
	g_ptr_array_add(w->state->ready, g_strdup("a"));
	w->state->uptime_s++;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	w->state->has_volume = TRUE;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	w->state->volume_db = -6;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	assert_int_equal(say(w), LOA_FLEET_SAME);
	w->state->on_air = g_strdup("now.1");
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	assert_string_equal(loa_fleet_state(w->fleet, "n1")->on_air, "now.1");
}

static void
a_node_is_ready_with_plan_clock_and_output(void **state)
{
	Ward *w = *state;

	say(w);
	assert_true(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
	assert_false(loa_fleet_is_ready(w->fleet, "n1", SERIAL + 1));
	w->state->clock_state = LOA_CLOCK_HOLDOVER;
	say(w);
	assert_true(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
	w->state->clock_state = LOA_CLOCK_UNTRUSTED;
	say(w);
	assert_false(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
	w->state->clock_state = LOA_CLOCK_SYNCED;
	g_free(w->state->output);
	w->state->output = g_strdup("failed");
	say(w);
	assert_false(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
	w->state->plan_serial = 0;
	say(w);
	assert_false(loa_fleet_is_ready(w->fleet, "n1", 0));
}

static void
the_will_of_a_session_ends_it_and_it_may_come_back(void **state)
{
	Ward *w = *state;

	say(w);
	/* signed when the session connected: older than all that it said since */
	w->state->online = FALSE;
	w->state->uptime_s = 1;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	assert_false(loa_fleet_is_online(w->fleet, "n1"));
	assert_false(loa_fleet_is_ready(w->fleet, "n1", SERIAL));
	w->state->online = TRUE;
	w->state->uptime_s = 101;
	say(w);
	assert_true(loa_fleet_is_online(w->fleet, "n1"));
}

static void
the_will_of_an_older_session_changes_nothing(void **state)
{
	Ward *w = *state;

	say(w);
	set_session(w, SESSION_2);
	w->state->uptime_s = 1;
	say(w);
	set_session(w, SESSION_1);
	w->state->online = FALSE;
	assert_int_equal(say(w), LOA_FLEET_STALE);
	assert_true(loa_fleet_is_online(w->fleet, "n1"));
}

static void
an_older_message_of_the_same_session_changes_nothing(void **state)
{
	Ward *w = *state;

	say(w);
	w->state->uptime_s = 99;
	w->state->on_air = g_strdup("now.1");
	assert_int_equal(say(w), LOA_FLEET_STALE);
	assert_null(loa_fleet_state(w->fleet, "n1")->on_air);
}

/* Somebody at the broker keeps what a receiver says, and repeats it when that is cut off. */
static void
a_dead_node_is_not_brought_back_by_its_own_words(void **state)
{
	Ward *w = *state;

	say(w);
	w->state->online = FALSE; /* the will */
	w->state->uptime_s = 1;
	w->state->at_us -= 99 * SECOND_US;
	say(w);
	w->state->online = TRUE;
	w->state->uptime_s = 100;
	w->state->at_us += 99 * SECOND_US;
	assert_int_equal(say(w), LOA_FLEET_REPLAYED);
	assert_false(loa_fleet_is_online(w->fleet, "n1"));
	/* it comes back within the second */
	w->state->at_us += 1;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	assert_true(loa_fleet_is_online(w->fleet, "n1"));
}

static void
a_session_that_is_over_does_not_speak_again(void **state)
{
	Ward *w = *state;

	say(w);
	set_session(w, SESSION_2);
	w->state->uptime_s = 1;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	set_session(w, SESSION_1);
	w->state->uptime_s = 1000;
	assert_int_equal(say(w), LOA_FLEET_REPLAYED);
	assert_string_equal(loa_fleet_state(w->fleet, "n1")->session, SESSION_2);
	w->state->online = FALSE; /* its late will is nobody's attack */
	assert_int_equal(say(w), LOA_FLEET_STALE);
	/* many restarts later the first ones are forgotten, not kept for ever */
	w->state->online = TRUE;
	for (guint i = 0; i < 3 * LOA_FLEET_MAX_SESSIONS; i++) {
		g_autofree char *session = g_strdup_printf("%016x", 16 + i);

		set_session(w, session);
		assert_int_equal(say(w), LOA_FLEET_NEWS);
	}
	set_session(w, SESSION_2);
	assert_int_equal(say(w), LOA_FLEET_NEWS);
}

static void
what_was_said_long_ago_is_not_said_now(void **state)
{
	Ward *w = *state;

	w->now_us = w->state->at_us + LOA_FLEET_MAX_AGE_US + 1;
	assert_int_equal(say(w), LOA_FLEET_REPLAYED);
	assert_null(loa_fleet_state(w->fleet, "n1"));
	/* who has no time cannot tell, and of whom nobody can tell is believed */
	w->state->clock_state = LOA_CLOCK_UNTRUSTED;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	w->state->clock_state = LOA_CLOCK_SYNCED;
	w->now_us--;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
	set_session(w, SESSION_2);
	w->now_us = 0;
	w->state->at_us = 0;
	assert_int_equal(say(w), LOA_FLEET_NEWS);
}

static void
nothing_but_the_nodes_own_word_is_believed(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new();
	g_autoptr(GError) error = NULL;
	LoaFleetResult result;

	assert_false(take(w, stranger, &result, &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_KEY));
	g_clear_error(&error);
	g_free(w->state->node);
	w->state->node = g_strdup("n2");
	assert_false(take(w, w->node, &result, &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_ADDRESS));
	assert_null(loa_fleet_state(w->fleet, "n1"));
}

static void
a_forgotten_node_has_said_nothing(void **state)
{
	Ward *w = *state;

	say(w);
	loa_fleet_forget(w->fleet, "n1");
	assert_null(loa_fleet_state(w->fleet, "n1"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_node_that_never_spoke_is_offline_and_not_ready),
		test(only_differences_are_news),
		test(a_node_is_ready_with_plan_clock_and_output),
		test(the_will_of_a_session_ends_it_and_it_may_come_back),
		test(the_will_of_an_older_session_changes_nothing),
		test(an_older_message_of_the_same_session_changes_nothing),
		test(a_dead_node_is_not_brought_back_by_its_own_words),
		test(a_session_that_is_over_does_not_speak_again),
		test(what_was_said_long_ago_is_not_said_now),
		test(nothing_but_the_nodes_own_word_is_believed),
		test(a_forgotten_node_has_said_nothing),
	};

	return cmocka_run_group_tests_name("controller/fleet", tests, NULL, NULL);
}
