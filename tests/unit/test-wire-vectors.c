/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"

/* A message as it goes to the broker, back through open(). */
static GBytes *
through_envelope(const char *tag, const char *topic, GBytes *body, const char *seed)
{
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(seed);
	g_autoptr(LoaKeyRing) ring = sample_ring(key);
	g_autoptr(GBytes) message = loa_envelope_seal(tag, topic, body, key);
	g_autoptr(GError) error = NULL;
	GBytes *opened = loa_envelope_open(tag, topic, message, ring, &error);

	assert_null(error);
	return opened;
}

static void
a_plan_survives_the_journey(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan();
	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autofree char *topic = loa_topic(LOA_TOPIC_PLAN, SAMPLE_SITE, SAMPLE_GROUP);
	g_autoptr(GBytes) opened =
		through_envelope(LOA_TAG_PLAN, topic, body, SAMPLE_CONTROLLER_SEED);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPlan) back = loa_plan_decode(opened, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_plan_encode(back);
	assert_true(g_bytes_equal(body, again));
}

static void
a_report_survives_the_journey(void **state)
{
	(void)state;
	g_autoptr(LoaReport) report = sample_report();
	g_autoptr(GBytes) body = loa_report_encode(report);
	g_autofree char *topic = loa_topic(LOA_TOPIC_REPORT, SAMPLE_SITE, SAMPLE_NODE);
	g_autoptr(GBytes) opened = through_envelope(LOA_TAG_REPORT, topic, body, SAMPLE_NODE_SEED);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaReport) back = loa_report_decode(opened, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_report_encode(back);
	assert_true(g_bytes_equal(body, again));
}

static void
a_state_and_an_ack_survive_the_journey(void **state)
{
	(void)state;
	g_autoptr(LoaNodeState) sample = sample_state();
	g_autoptr(GBytes) body = loa_node_state_encode(sample);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeState) back = loa_node_state_decode(body, &error);

	assert_null(error);
	g_autoptr(GBytes) again = loa_node_state_encode(back);
	assert_true(g_bytes_equal(body, again));

	LoaAck ack = sample_ack(), ack_back;
	g_autoptr(GBytes) ack_body = loa_ack_encode(&ack);

	assert_true(loa_ack_decode(ack_body, &ack_back, &error));
	assert_string_equal(ack_back.site, ack.site);
	assert_string_equal(ack_back.node, ack.node);
	assert_string_equal(ack_back.epoch, ack.epoch);
	assert_int_equal(ack_back.seq, 42);
}

static void
a_packet_survives_the_journey(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaKeyRing) ring = sample_ring(key);
	g_autofree char *topic = loa_topic(LOA_TOPIC_AIR, SAMPLE_SITE, SAMPLE_AIRING);
	LoaPacket packet = sample_packet(), back;
	g_autoptr(GBytes) bytes = loa_packet_encode(&packet, topic, key);
	g_autoptr(GError) error = NULL;
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	if (!loa_packet_decode(data, size, topic, ring, &back, &error))
		fail_msg("%s", error->message);
	assert_true(back.is_end);
	assert_false(back.is_live);
	assert_int_equal(back.sequence, 7);
	assert_int_equal(back.first_frame, 21);
	assert_int_equal(back.n_frames, 3);
	for (guint i = 0; i < 3; i++) {
		assert_int_equal(back.frames[i].size, packet.frames[i].size);
		assert_memory_equal(back.frames[i].data, packet.frames[i].data,
				    packet.frames[i].size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_survives_the_journey),
		cmocka_unit_test(a_report_survives_the_journey),
		cmocka_unit_test(a_state_and_an_ack_survive_the_journey),
		cmocka_unit_test(a_packet_survives_the_journey),
	};

	return cmocka_run_group_tests_name("wire/vectors", tests, NULL, NULL);
}
