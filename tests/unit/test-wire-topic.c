/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/topic.h"

static void
a_topic_that_is_made_is_parsed_back(void **state)
{
	(void)state;
	static const struct {
		LoaTopicKind kind;
		const char *topic;
	} cases[] = {
		{ LOA_TOPIC_PLAN, "loa/xa-1/plan/x.1-y" },
		{ LOA_TOPIC_AIR, "loa/xa-1/air/x.1-y" },
		{ LOA_TOPIC_STATE, "loa/xa-1/node/x.1-y/state" },
		{ LOA_TOPIC_REPORT, "loa/xa-1/node/x.1-y/report" },
		{ LOA_TOPIC_ACK, "loa/xa-1/node/x.1-y/ack" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *topic = loa_topic(cases[i].kind, "xa-1", "x.1-y");
		g_autofree char *id = NULL;
		LoaTopicKind kind = LOA_TOPIC_PLAN;

		assert_string_equal(topic, cases[i].topic);
		assert_true(loa_topic_parse(topic, "xa-1", &kind, &id));
		assert_int_equal(kind, cases[i].kind);
		assert_string_equal(id, "x.1-y");
	}
}

static void
a_plus_makes_a_filter_that_no_message_can_bear(void **state)
{
	(void)state;
	g_autofree char *filter = loa_topic(LOA_TOPIC_STATE, "xa-1", "+");
	g_autofree char *id = NULL;
	LoaTopicKind kind;

	assert_string_equal(filter, "loa/xa-1/node/+/state");
	assert_false(loa_topic_parse(filter, "xa-1", &kind, &id));
}

static void
nothing_but_the_five_shapes_of_the_site_is_parsed(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"loa",
		"loa/xa-1",
		"loa/xa-1/",
		"loa/xa-1/plan",
		"loa/xa-1/plan/",
		"loa/xa-1/plan/g/",
		"loa/xa-1/plan/g/h",
		"loa/xa-1/plan/G",
		"loa/xa-1/plan/#",
		"loa/xa-2/plan/g",
		"loa/xa-11/plan/g",
		"loa/xa-/plan/g",
		"Loa/xa-1/plan/g",
		"/loa/xa-1/plan/g",
		"loa/xa-1/node/state",
		"loa/xa-1/node//state",
		"loa/xa-1/node/n",
		"loa/xa-1/node/n/stat",
		"loa/xa-1/node/n/state/",
		"loa/xa-1/node/n/x/state",
		"loa/xa-1/air/a\xff",
		"loa/xa-1/air/"
		"0123456789012345678901234567890123456789012345678901234567890123x",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *id = NULL;
		LoaTopicKind kind = LOA_TOPIC_ACK;

		if (loa_topic_parse(bad[i], "xa-1", &kind, &id))
			fail_msg("taken: %s", bad[i]);
		assert_null(id);
		assert_int_equal(kind, LOA_TOPIC_ACK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_topic_that_is_made_is_parsed_back),
		cmocka_unit_test(a_plus_makes_a_filter_that_no_message_can_bear),
		cmocka_unit_test(nothing_but_the_five_shapes_of_the_site_is_parsed),
	};

	return cmocka_run_group_tests_name("wire/topic", tests, NULL, NULL);
}
