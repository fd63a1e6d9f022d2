/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "tests/unit/wire-sample.h"

static int
decode_code(const char *text, gsize size)
{
	g_autoptr(GBytes) body = g_bytes_new_static(text, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeState) node_state = loa_node_state_decode(body, &error);

	if (node_state != NULL)
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static char *
sample_state_text(void)
{
	g_autoptr(LoaNodeState) sample = sample_state();
	g_autoptr(GBytes) body = loa_node_state_encode(sample);

	return sample_text(body);
}

static void
every_member_comes_back(void **state)
{
	(void)state;
	g_autoptr(LoaNodeState) want = sample_state();

	want->output_error = g_strdup("no such card");
	g_autoptr(GBytes) body = loa_node_state_encode(want);
	g_autoptr(LoaNodeState) got = loa_node_state_decode(body, NULL);

	assert_non_null(got);
	assert_string_equal(got->site, want->site);
	assert_string_equal(got->node, want->node);
	assert_string_equal(got->group, want->group);
	assert_string_equal(got->version, want->version);
	assert_string_equal(got->session, want->session);
	assert_true(got->online);
	assert_true(got->at_us == want->at_us);
	assert_true(got->uptime_s == want->uptime_s);
	assert_int_equal(got->clock_state, want->clock_state);
	assert_string_equal(got->clock_source, want->clock_source);
	assert_true(got->clock_bound_us == want->clock_bound_us);
	assert_true(got->plan_serial == want->plan_serial);
	assert_string_equal(got->output, "open");
	assert_string_equal(got->output_error, "no such card");
	assert_string_equal(got->on_air, want->on_air);
	assert_true(got->position_ms == want->position_ms);
	assert_true(got->level_db == want->level_db);
	assert_true(got->has_volume && got->volume_db == -6.5);
	assert_int_equal(got->n_ready, 1);
	assert_int_equal(got->n_wanted, 2);
	assert_int_equal(got->n_unreported, 0);
	assert_int_equal(got->n_refused, 12);
	assert_int_equal(got->n_late, 3);
	assert_int_equal(got->ready->len, 1);
	assert_string_equal(g_ptr_array_index(got->ready, 0), "ban-tin.20261121t170000");
	assert_int_equal(got->not_ready->len, 1);
	assert_string_equal(g_ptr_array_index(got->not_ready, 0), "ban-tin.20261122t170000");
}

static void
a_receiver_that_does_not_tell_its_volume_is_understood(void **state)
{
	(void)state;
	g_autofree char *text = sample_state_text();
	g_autofree char *old = sample_replace(text, "\"volume_db\":-6.5,", "");
	g_autoptr(GBytes) body = g_bytes_new(old, strlen(old));
	g_autoptr(LoaNodeState) got = loa_node_state_decode(body, NULL);

	assert_non_null(got);
	assert_false(got->has_volume);

	g_autoptr(GBytes) again = loa_node_state_encode(got);
	g_autofree char *written = sample_text(again);

	assert_string_equal(written, old);
}

static void
a_last_will_has_little_to_say(void **state)
{
	(void)state;
	static const char *const outputs[] = { "closed", "open", "failed" };

	for (gsize i = 0; i < G_N_ELEMENTS(outputs); i++) {
		g_autoptr(LoaNodeState) will = loa_node_state_new();

		will->site = g_strdup("s");
		will->node = g_strdup("n");
		will->group = g_strdup("g");
		will->session = g_strdup("0000000000000000");
		will->output = g_strdup(outputs[i]);

		g_autoptr(GBytes) body = loa_node_state_encode(will);
		g_autoptr(LoaNodeState) got = loa_node_state_decode(body, NULL);

		assert_non_null(got);
		assert_false(got->online);
		assert_true(got->at_us == 0);
		assert_string_equal(got->clock_source, "none");
		assert_true(got->clock_bound_us == -1);
		assert_null(got->on_air);
		assert_null(got->output_error);
		assert_string_equal(got->output, outputs[i]);
		assert_true(got->level_db == -120);
	}
}

static void
whatever_a_node_measured_can_be_read_again(void **state)
{
	(void)state;
	static const gint64 wild[] = { G_MININT64, -1, 1, G_MAXINT64 };

	for (gsize i = 0; i < G_N_ELEMENTS(wild); i++) {
		g_autoptr(LoaNodeState) sample = sample_state();
		g_autoptr(GError) error = NULL;

		sample->at_us = sample->uptime_s = sample->clock_bound_us = wild[i];
		sample->plan_serial = sample->position_ms = sample->n_unreported = wild[i];
		sample->n_refused = sample->n_late = wild[i];
		sample->n_ready = sample->n_wanted = G_MAXUINT32;
		sample->level_db = i % 2 == 0 ? NAN : -INFINITY;
		sample->volume_db = i % 2 == 0 ? NAN : INFINITY;
		sample->output_error = g_strdup("gst: could not\nopen \"hw:0\"\xff");
		g_free(sample->version);
		sample->version = g_strnfill(500, 'v');
		for (int n = 0; n < 100; n++)
			g_ptr_array_add(sample->not_ready, g_strdup_printf("a.%d", n)),
				g_ptr_array_add(sample->ready, g_strdup_printf("b.%d", n));

		g_autoptr(GBytes) body = loa_node_state_encode(sample);
		g_autoptr(LoaNodeState) got = loa_node_state_decode(body, &error);

		if (got == NULL)
			fail_msg("%s", error->message);
		assert_string_equal(got->output_error, "gst: could not open \"hw:0\"?");
		assert_int_equal(got->not_ready->len, LOA_STATE_MAX_READY);
		assert_int_equal(got->ready->len, LOA_STATE_MAX_READY);
		assert_string_equal(g_ptr_array_index(got->ready, 1), "b.0");
		assert_string_equal(g_ptr_array_index(got->not_ready, 1), "a.0");
	}
}

static void
each_bad_value_has_its_code(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *from;
		const char *to;
		LoaWireError want;
	} cases[] = {
		{ "version 2", "\"v\":1", "\"v\":2", LOA_WIRE_ERROR_VERSION },
		{ "site no id", "phuong-demo", "#", LOA_WIRE_ERROR_RANGE },
		{ "no node", "\"node\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "group no id", "\"to-1\"", "\"\"", LOA_WIRE_ERROR_RANGE },
		{ "version a number", "\"0.1.0\"", "0.1", LOA_WIRE_ERROR_RANGE },
		{ "version too long", "0.1.0",
		  "01234567890123456789012345678901234567890123456789012345678901234",
		  LOA_WIRE_ERROR_RANGE },
		{ "session too short", "fedcba9876543210", "fedcba987654321",
		  LOA_WIRE_ERROR_RANGE },
		{ "online missing", "\"online\":", "\"on\":", LOA_WIRE_ERROR_RANGE },
		{ "online a number", "\"online\":true", "\"online\":1", LOA_WIRE_ERROR_RANGE },
		{ "at in 1970", "\"at_us\":1795255210000000", "\"at_us\":5", LOA_WIRE_ERROR_RANGE },
		{ "uptime negative", "\"uptime_s\":86400", "\"uptime_s\":-1",
		  LOA_WIRE_ERROR_RANGE },
		{ "no clock", "\"clock\":{", "\"clock\":null,\"x\":{", LOA_WIRE_ERROR_RANGE },
		{ "clock state", "\"synced\"", "\"Synced\"", LOA_WIRE_ERROR_RANGE },
		{ "clock bound missing", "\"bound_us\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "serial negative", "\"plan_serial\":", "\"plan_serial\":-",
		  LOA_WIRE_ERROR_RANGE },
		{ "output unknown", "\"output\":\"open\"", "\"output\":\"loud\"",
		  LOA_WIRE_ERROR_RANGE },
		{ "output error a number",
		  "\"on_air\":", "\"output_error\":5,\"on_air\":", LOA_WIRE_ERROR_RANGE },
		{ "on air no id", "\"on_air\":\"ban-tin", "\"on_air\":\"ban tin",
		  LOA_WIRE_ERROR_RANGE },
		{ "position missing", "\"position_ms\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "level above 20", "\"level_db\":-20.5", "\"level_db\":99", LOA_WIRE_ERROR_RANGE },
		{ "ready negative", "\"n_ready\":1", "\"n_ready\":-1", LOA_WIRE_ERROR_RANGE },
		{ "wanted beyond 32 bits", "\"n_wanted\":2", "\"n_wanted\":4294967296",
		  LOA_WIRE_ERROR_RANGE },
		{ "unreported missing", "\"n_unreported\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "refused missing", "\"n_refused\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "late missing", "\"n_late\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "ready no array", "\"ready\":[", "\"ready\":5,\"x\":[", LOA_WIRE_ERROR_RANGE },
		{ "volume above 0", "\"volume_db\":-6.5", "\"volume_db\":0.1",
		  LOA_WIRE_ERROR_RANGE },
		{ "volume below -60", "\"volume_db\":-6.5", "\"volume_db\":-60.1",
		  LOA_WIRE_ERROR_RANGE },
		{ "volume a text", "\"volume_db\":-6.5", "\"volume_db\":\"-6\"",
		  LOA_WIRE_ERROR_RANGE },
		{ "not ready missing", "\"not_ready\":", "\"x\":", LOA_WIRE_ERROR_RANGE },
		{ "not ready no ids", "\"not_ready\":[", "\"not_ready\":[{},",
		  LOA_WIRE_ERROR_RANGE },
		{ "17 not ready", "\"not_ready\":[",
		  "\"not_ready\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
		  "\"a\","
		  "\"a\",\"a\",\"a\",\"a\",\"a\",",
		  LOA_WIRE_ERROR_RANGE },
	};
	g_autofree char *text = sample_state_text();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *changed = sample_replace(text, cases[i].from, cases[i].to);
		int code = decode_code(changed, strlen(changed));

		if (code != (int)cases[i].want)
			fail_msg("%s: code %d", cases[i].name, code);
	}
}

static void
every_shorter_and_every_huge_state_is_refused(void **state)
{
	(void)state;
	g_autofree char *text = sample_state_text();
	g_autofree char *huge = g_strnfill(LOA_STATE_MAX_SIZE + 1, ' ');

	for (gsize size = 1; size < strlen(text); size++)
		assert_int_equal(decode_code(text, size), LOA_WIRE_ERROR_SYNTAX);
	memcpy(huge, text, strlen(text));
	assert_int_equal(decode_code(huge, LOA_STATE_MAX_SIZE), -1);
	assert_int_equal(decode_code(huge, LOA_STATE_MAX_SIZE + 1), LOA_WIRE_ERROR_LENGTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_comes_back),
		cmocka_unit_test(a_receiver_that_does_not_tell_its_volume_is_understood),
		cmocka_unit_test(a_last_will_has_little_to_say),
		cmocka_unit_test(whatever_a_node_measured_can_be_read_again),
		cmocka_unit_test(each_bad_value_has_its_code),
		cmocka_unit_test(every_shorter_and_every_huge_state_is_refused),
	};

	return cmocka_run_group_tests_name("wire/node-state", tests, NULL, NULL);
}
