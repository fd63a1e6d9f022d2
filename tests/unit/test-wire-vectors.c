/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The golden vectors: what this build writes, what tests/vectors/ holds and what wire/PROTOCOL.md
 * quotes are the same bytes. Where one is changed on purpose, the failing test prints the others'
 * new value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"
#include "wire/watch.h"

static void
assert_is_vector(const char *name, const char *got)
{
	g_autofree char *want = sample_vector(name);

	if (strcmp(got, want) != 0)
		fail_msg("tests/vectors/%s does not hold:\n%s", name, got);
}

static void
assert_is_hex_vector(const char *name, const guint8 *data, gsize size)
{
	g_autoptr(GString) hex = g_string_new(NULL);

	for (gsize i = 0; i < size; i++)
		g_string_append_printf(hex, "%02x%s", data[i],
				       i % 32 == 31 || i + 1 == size ? "\n" : "");
	assert_is_vector(name, hex->str);
}

/* (transfer full): a golden message's body, its signature checked. */
static GBytes *
open_vector(const char *name, const char *tag, LoaTopicKind kind, const char *id, const char *seed)
{
	g_autofree char *text = sample_vector(name);
	g_autofree char *topic = loa_topic(kind, SAMPLE_SITE, id);
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(seed);
	g_autoptr(LoaKeyRing) ring = sample_ring(key);
	g_autoptr(GBytes) message = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	GBytes *body = loa_envelope_open(tag, topic, message, ring, &error);

	if (body == NULL)
		fail_msg("tests/vectors/%s: %s", name, error->message);
	return body;
}

static void
assert_seals_to_vector(const char *name, const char *tag, LoaTopicKind kind, const char *id,
		       const char *seed, GBytes *body)
{
	g_autofree char *topic = loa_topic(kind, SAMPLE_SITE, id);
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(seed);
	g_autoptr(GBytes) message = loa_envelope_seal(tag, topic, body, key);
	g_autofree char *text = sample_text(message);

	assert_is_vector(name, text);
}

static void
append_key(GString *out, const char *who, const char *seed)
{
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(seed);
	g_autofree char *public = loa_signing_key_public_hex(key);

	g_string_append_printf(out, "%s_seed %s\n%s_public %s\n%s_key_id %s\n", who, seed, who,
			       public, who, loa_signing_key_id_hex(key));
}

static void
append_topic(GString *out, const char *name, LoaTopicKind kind, const char *id)
{
	g_autofree char *topic = loa_topic(kind, SAMPLE_SITE, id);

	g_string_append_printf(out, "%s_topic %s\n", name, topic);
}

static void
keys_and_topics_are_the_golden_ones(void **state)
{
	(void)state;
	g_autoptr(GString) out = g_string_new(NULL);

	append_key(out, "controller", SAMPLE_CONTROLLER_SEED);
	append_key(out, "node", SAMPLE_NODE_SEED);
	append_topic(out, "plan", LOA_TOPIC_PLAN, SAMPLE_GROUP);
	append_topic(out, "packet", LOA_TOPIC_AIR, SAMPLE_AIRING);
	append_topic(out, "state", LOA_TOPIC_STATE, SAMPLE_NODE);
	append_topic(out, "report", LOA_TOPIC_REPORT, SAMPLE_NODE);
	append_topic(out, "ack", LOA_TOPIC_ACK, SAMPLE_NODE);
	g_string_append(out, "watch_topic loa/" SAMPLE_SITE "/watch\n");
	g_string_append(out, "time_topic loa/" SAMPLE_SITE "/time\n");
	assert_is_vector("keys.txt", out->str);
}

static void
the_golden_plan_with_a_test_is_written_and_read(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan_with_test();
	g_autoptr(GBytes) written = loa_plan_encode(plan);

	assert_seals_to_vector("plan-test.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN, SAMPLE_GROUP,
			       SAMPLE_CONTROLLER_SEED, written);

	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) body = open_vector("plan-test.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN,
					     SAMPLE_GROUP, SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaPlan) read = loa_plan_decode(body, &error);

	assert_non_null(read);

	g_autoptr(GBytes) again = loa_plan_encode(read);

	assert_true(g_bytes_equal(written, again));
}

static void
the_golden_plan_with_volumes_is_written_and_read(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan_with_volumes();
	g_autoptr(GBytes) written = loa_plan_encode(plan);

	assert_seals_to_vector("plan-volumes.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN, SAMPLE_GROUP,
			       SAMPLE_CONTROLLER_SEED, written);

	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) body = open_vector("plan-volumes.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN,
					     SAMPLE_GROUP, SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaPlan) read = loa_plan_decode(body, &error);

	assert_non_null(read);

	g_autoptr(GBytes) again = loa_plan_encode(read);

	assert_true(g_bytes_equal(written, again));
}

static void
the_golden_plan_is_written_and_read(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan();
	g_autoptr(GBytes) written = loa_plan_encode(plan);

	assert_seals_to_vector("plan.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN, SAMPLE_GROUP,
			       SAMPLE_CONTROLLER_SEED, written);

	g_autoptr(GBytes) body = open_vector("plan.msg", LOA_TAG_PLAN, LOA_TOPIC_PLAN, SAMPLE_GROUP,
					     SAMPLE_CONTROLLER_SEED);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPlan) read = loa_plan_decode(body, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_plan_encode(read);
	assert_true(g_bytes_equal(body, again));
}

static void
the_golden_report_is_written_and_read(void **state)
{
	(void)state;
	g_autoptr(LoaReport) report = sample_report();
	g_autoptr(GBytes) written = loa_report_encode(report);

	assert_seals_to_vector("report.msg", LOA_TAG_REPORT, LOA_TOPIC_REPORT, SAMPLE_NODE,
			       SAMPLE_NODE_SEED, written);

	g_autoptr(GBytes) body = open_vector("report.msg", LOA_TAG_REPORT, LOA_TOPIC_REPORT,
					     SAMPLE_NODE, SAMPLE_NODE_SEED);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaReport) read = loa_report_decode(body, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_report_encode(read);
	assert_true(g_bytes_equal(body, again));
}

static void
the_golden_ack_is_written_and_read(void **state)
{
	(void)state;
	LoaAck ack = sample_ack(), read;
	g_autoptr(GBytes) written = loa_ack_encode(&ack);

	assert_seals_to_vector("ack.msg", LOA_TAG_ACK, LOA_TOPIC_ACK, SAMPLE_NODE,
			       SAMPLE_CONTROLLER_SEED, written);

	g_autoptr(GBytes) body = open_vector("ack.msg", LOA_TAG_ACK, LOA_TOPIC_ACK, SAMPLE_NODE,
					     SAMPLE_CONTROLLER_SEED);

	assert_true(loa_ack_decode(body, &read, NULL));
	assert_string_equal(read.site, ack.site);
	assert_string_equal(read.node, ack.node);
	assert_string_equal(read.epoch, ack.epoch);
	assert_int_equal(read.seq, ack.seq);
}

static void
the_golden_watch_is_written(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autofree char *topic = loa_watch_topic(SAMPLE_SITE);
	g_autoptr(GBytes) body = loa_watch_encode(SAMPLE_SITE, SAMPLE_START_US + 15 * SECOND_US);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_WATCH, topic, body, key);
	g_autofree char *text = sample_text(message);

	assert_is_vector("watch.msg", text);
}

static void
the_golden_state_is_written_and_read(void **state)
{
	(void)state;
	g_autoptr(LoaNodeState) sample = sample_state();
	g_autoptr(GBytes) written = loa_node_state_encode(sample);

	assert_seals_to_vector("state.msg", LOA_TAG_STATE, LOA_TOPIC_STATE, SAMPLE_NODE,
			       SAMPLE_NODE_SEED, written);

	g_autoptr(GBytes) body = open_vector("state.msg", LOA_TAG_STATE, LOA_TOPIC_STATE,
					     SAMPLE_NODE, SAMPLE_NODE_SEED);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeState) read = loa_node_state_decode(body, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_node_state_encode(read);
	assert_true(g_bytes_equal(body, again));
}

static void
the_golden_packet_is_written(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autofree char *topic = loa_topic(LOA_TOPIC_AIR, SAMPLE_SITE, SAMPLE_AIRING);
	LoaPacket packet = sample_packet();
	g_autoptr(GBytes) bytes = loa_packet_encode(&packet, topic, key);
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	assert_is_hex_vector("packet.hex", data, size);
}

static void
the_golden_question_and_answer_of_time_are_written(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autofree char *topic = loa_time_topic(SAMPLE_SITE);
	LoaTimeAnswer answer = sample_time_answer();
	guint8 packet[LOA_TIME_PACKET_SIZE];

	loa_time_ask_encode(answer.nonce, packet);
	assert_is_hex_vector("time-ask.hex", packet, sizeof packet);
	loa_time_answer_encode(&answer, topic, key, packet);
	assert_is_hex_vector("time-answer.hex", packet, sizeof packet);
}

static void
the_document_quotes_every_vector(void **state)
{
	(void)state;
	static const char *const names[] = { "keys.txt",         "plan.msg",   "plan-test.msg",
					     "plan-volumes.msg", "ack.msg",    "report.msg",
					     "state.msg",        "packet.hex", "time-ask.hex",
					     "time-answer.hex",  "watch.msg" };
	g_autofree char *document = NULL;

	assert_true(g_file_get_contents("wire/PROTOCOL.md", &document, NULL, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = sample_vector(names[i]);
		g_autofree char *block = g_strdup_printf("```\n%s\n```\n", g_strchomp(text));

		if (strstr(document, block) == NULL)
			fail_msg("wire/PROTOCOL.md does not quote tests/vectors/%s", names[i]);
	}
}

static void
the_document_names_every_reason_and_every_code(void **state)
{
	(void)state;
	static const char *const reasons[] = {
		LOA_REASON_LATE,   LOA_REASON_NO_AUDIO,     LOA_REASON_POWER,
		LOA_REASON_HOURS,  LOA_REASON_QUIET,        LOA_REASON_CLOCK,
		LOA_REASON_DEVICE, LOA_REASON_PLAN_EXPIRED, LOA_REASON_PREEMPTED,
		LOA_REASON_DECODE, LOA_REASON_WITHDRAWN,    LOA_REASON_STOPPED,
		LOA_REASON_SILENT,
	};
	g_autofree char *document = NULL;

	assert_true(g_file_get_contents("wire/PROTOCOL.md", &document, NULL, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
		g_autofree char *row = g_strdup_printf("\n| `%s` |", reasons[i]);

		if (strstr(document, row) == NULL)
			fail_msg("wire/PROTOCOL.md has no row for the reason %s", reasons[i]);
	}
	for (int i = LOA_WIRE_ERROR_LENGTH; i <= LOA_WIRE_ERROR_STALE; i++) {
		g_autofree char *code = g_strdup_printf("`%s`", loa_wire_error_name(i));

		if (strstr(document, code) == NULL)
			fail_msg("wire/PROTOCOL.md does not name the code %s", code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_topics_are_the_golden_ones),
		cmocka_unit_test(the_golden_plan_is_written_and_read),
		cmocka_unit_test(the_golden_plan_with_a_test_is_written_and_read),
		cmocka_unit_test(the_golden_plan_with_volumes_is_written_and_read),
		cmocka_unit_test(the_golden_report_is_written_and_read),
		cmocka_unit_test(the_golden_ack_is_written_and_read),
		cmocka_unit_test(the_golden_watch_is_written),
		cmocka_unit_test(the_golden_state_is_written_and_read),
		cmocka_unit_test(the_golden_packet_is_written),
		cmocka_unit_test(the_golden_question_and_answer_of_time_are_written),
		cmocka_unit_test(the_document_quotes_every_vector),
		cmocka_unit_test(the_document_names_every_reason_and_every_code),
	};

	return cmocka_run_group_tests_name("wire/vectors", tests, NULL, NULL);
}
