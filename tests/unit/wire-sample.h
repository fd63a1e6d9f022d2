/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/wire-sample.h - the messages of the golden vectors (tests/vectors/), as values, and
 * the vectors themselves, for the tests of wire/.
 */
#pragma once

#include <string.h>

#include "wire/node-state.h"
#include "wire/packet.h"
#include "wire/plan.h"
#include "wire/report.h"
#include "wire/time-packet.h"
#include "wire/topic.h"

#define SAMPLE_SITE "phuong-demo"
#define SAMPLE_GROUP "to-1"
#define SAMPLE_NODE "loa-1"
#define SAMPLE_AIRING "ban-tin.20261121t170000"
#define SAMPLE_CONTROLLER_SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SAMPLE_NODE_SEED "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define SAMPLE_START_US G_GINT64_CONSTANT(1795255200000000) /* 2026-11-21 17:00 +07:00 */

/* A ring that holds one key. */
static inline LoaKeyRing *
sample_ring(const LoaSigningKey *key)
{
	LoaKeyRing *ring = loa_key_ring_new();
	g_autofree char *hex = loa_signing_key_public_hex(key);

	if (!loa_key_ring_add(ring, hex))
		g_error("the sample key is no key");
	return ring;
}

static inline LoaPlan *
sample_plan(void)
{
	LoaPlan *plan = loa_plan_new(SAMPLE_SITE, SAMPLE_GROUP);
	LoaInterval hours[] = {
		{ SAMPLE_START_US - 3600 * SECOND_US, SAMPLE_START_US + 3600 * SECOND_US },
		{ SAMPLE_START_US + 12 * 3600 * SECOND_US,
		  SAMPLE_START_US + 14 * 3600 * SECOND_US },
	};
	LoaAiring *bulletin = loa_airing_new();
	LoaAiring *alarm = loa_airing_new();

	plan->serial = G_GINT64_CONSTANT(1795254000000);
	plan->issued_us = SAMPLE_START_US - 1200 * SECOND_US;
	plan->valid_until_us = SAMPLE_START_US + (gint64)14 * 24 * 3600 * SECOND_US;
	plan->playout_delay_us = SECOND_US;
	g_array_append_vals(plan->permitted, hours, G_N_ELEMENTS(hours));

	bulletin->id = g_strdup(SAMPLE_AIRING);
	bulletin->broadcast = g_strdup("ban-tin");
	bulletin->title = g_strdup("Bản tin \"chiều\" của phường");
	bulletin->order = 100;
	bulletin->start_us = SAMPLE_START_US;
	bulletin->grace_us = 300 * SECOND_US;
	bulletin->n_samples = 48000 * 90;
	bulletin->pre_skip = 312;
	bulletin->sha256 =
		g_strdup("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	bulletin->size_bytes = 271828;
	g_ptr_array_add(plan->airings, bulletin);

	alarm->id = g_strdup("now.20261121t170030.9c41");
	alarm->broadcast = g_strdup("bao-lu");
	alarm->title = g_strdup("Báo lũ khẩn cấp");
	alarm->class = LOA_CLASS_EMERGENCY;
	alarm->start_us = SAMPLE_START_US + 30 * SECOND_US;
	alarm->stop_us = SAMPLE_START_US + 50 * SECOND_US;
	alarm->resume = LOA_RESUME_REJOIN;
	alarm->is_live = TRUE;
	alarm->n_samples = (gint64)48000 * 3600;
	alarm->exception = g_strdup("Chủ tịch UBND: lũ lên nhanh");
	g_ptr_array_add(plan->airings, alarm);
	return plan;
}

/* The sample plan, and a test tone for one receiver. */
static inline LoaPlan *
sample_plan_with_test(void)
{
	LoaPlan *plan = sample_plan();
	LoaAiring *test = loa_airing_new();

	test->id = g_strdup("test.20261121t163000.1d07");
	test->broadcast = g_strdup("test");
	test->title = g_strdup("Thử loa loa-1");
	test->node = g_strdup("loa-1");
	test->start_us = SAMPLE_START_US - 1800 * SECOND_US;
	test->resume = LOA_RESUME_REJOIN;
	test->n_samples = 144000;
	test->pre_skip = 312;
	test->sha256 = g_strdup("5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9");
	test->size_bytes = 9001;
	g_ptr_array_add(plan->tests, test);
	return plan;
}

/* The sample plan, and how loud two receivers shall be. */
static inline LoaPlan *
sample_plan_with_volumes(void)
{
	LoaPlan *plan = sample_plan();

	loa_plan_add_volume(plan, "loa-1", -6.5);
	loa_plan_add_volume(plan, "loa-2", -60);
	return plan;
}

/* Three frames of silence as libopus writes it, and one of two bytes more. */
static inline LoaPacket
sample_packet(void)
{
	static const guint8 silence[] = { 0xf8, 0xff, 0xfe };
	static const guint8 longer[] = { 0x78, 0x01, 0x02, 0x03, 0x04 };
	LoaPacket packet = {
		.is_end = TRUE,
		.sequence = 7,
		.first_frame = 21,
		.n_frames = 3,
		.frames = { { silence, sizeof silence },
			    { longer, sizeof longer },
			    { silence, sizeof silence } },
	};

	return packet;
}

static inline LoaOutcome *
sample_outcome(void)
{
	LoaOutcome *outcome = loa_outcome_new();

	outcome->airing = g_strdup(SAMPLE_AIRING);
	outcome->broadcast = g_strdup("ban-tin");
	outcome->title = g_strdup("Bản tin \"chiều\" của phường");
	outcome->class = LOA_CLASS_NORMAL;
	outcome->result = LOA_RESULT_PARTIAL;
	outcome->reason = g_strdup(LOA_REASON_NO_AUDIO);
	outcome->level = LOA_LEVEL_CONSUMED;
	outcome->planned_us = SAMPLE_START_US;
	outcome->started_us = SAMPLE_START_US + 1234;
	outcome->ended_us = SAMPLE_START_US + 110 * SECOND_US;
	outcome->duration_ms = 90000;
	outcome->heard_ms = 89400;
	outcome->concealed_ms = 220;
	outcome->n_gaps = 2;
	outcome->lost_ms = 600;
	outcome->n_pauses = 1;
	outcome->paused_ms = 20000;
	outcome->gave_way_to = g_strdup("now.20261121t170030.9c41");
	outcome->start_error_us = 1234;
	outcome->level_db = -23.4;
	outcome->clock_state = LOA_CLOCK_SYNCED;
	outcome->clock_source = g_strdup("system");
	outcome->clock_bound_us = 500000;
	return outcome;
}

static inline LoaSecurityEvent *
sample_event(void)
{
	LoaSecurityEvent *event = loa_security_event_new();

	event->code = g_strdup("signature");
	event->topic = g_strdup("loa/phuong-demo/plan/to-1");
	event->detail = g_strdup("envelope: the signature does not fit");
	event->first_us = SAMPLE_START_US;
	event->last_us = SAMPLE_START_US + 59 * SECOND_US;
	event->count = 12;
	return event;
}

static inline LoaReport *
sample_report(void)
{
	LoaReport *report = loa_report_new(SAMPLE_SITE, SAMPLE_NODE, "0123456789abcdef");
	g_autoptr(LoaOutcome) outcome = sample_outcome();
	g_autoptr(LoaSecurityEvent) event = sample_event();
	g_autofree char *first = loa_outcome_to_json(outcome);
	g_autofree char *second = loa_security_event_to_json(event);

	g_ptr_array_add(report->entries, loa_entry_new(41, LOA_ENTRY_OUTCOME, first));
	g_ptr_array_add(report->entries, loa_entry_new(42, LOA_ENTRY_SECURITY, second));
	return report;
}

static inline LoaAck
sample_ack(void)
{
	LoaAck ack = { SAMPLE_SITE, SAMPLE_NODE, "0123456789abcdef", 42 };

	return ack;
}

static inline LoaNodeState *
sample_state(void)
{
	LoaNodeState *state = loa_node_state_new();

	state->site = g_strdup(SAMPLE_SITE);
	state->node = g_strdup(SAMPLE_NODE);
	state->group = g_strdup(SAMPLE_GROUP);
	state->version = g_strdup("0.1.0");
	state->session = g_strdup("fedcba9876543210");
	state->online = TRUE;
	state->at_us = SAMPLE_START_US + 10 * SECOND_US;
	state->uptime_s = 86400;
	state->clock_state = LOA_CLOCK_SYNCED;
	state->clock_source = g_strdup("system");
	state->clock_bound_us = 500000;
	state->plan_serial = G_GINT64_CONSTANT(1795254000000);
	state->output = g_strdup("open");
	state->on_air = g_strdup(SAMPLE_AIRING);
	state->position_ms = 10000;
	state->level_db = -20.5;
	state->has_volume = TRUE;
	state->volume_db = -6.5;
	state->n_ready = 1;
	state->n_wanted = 2;
	state->n_unreported = 0;
	state->n_refused = 12;
	state->n_late = 3;
	g_ptr_array_add(state->ready, g_strdup("ban-tin.20261121t170000"));
	g_ptr_array_add(state->not_ready, g_strdup("ban-tin.20261122t170000"));
	return state;
}

static inline LoaTimeAnswer
sample_time_answer(void)
{
	LoaTimeAnswer answer = {
		.nonce = G_GUINT64_CONSTANT(0x0123456789abcdef),
		.received_ns = SAMPLE_START_US * 1000 + 123456789,
		.sent_ns = SAMPLE_START_US * 1000 + 123476789,
		.state = LOA_CLOCK_SYNCED,
		.bound_us = 1500,
	};

	return answer;
}

/* @text with its first @from replaced; a mutation that hits nothing would prove nothing. */
static inline char *
sample_replace(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL)
		g_error("the sample has no %s", from);
	return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* The bytes as a text. */
static inline char *
sample_text(GBytes *bytes)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	return g_strndup(data, size);
}

/* A file of tests/vectors; tests run in the top folder. */
static inline char *
sample_vector(const char *name)
{
	g_autofree char *path = g_build_filename("tests", "vectors", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error))
		g_error("%s", error->message);
	return text;
}
