/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/store/emergency.h"

#define ASKED_US 1000000
#define LAST_US (ASKED_US + LOA_EMERGENCY_PATIENCE_US - 1)
#define ROLE(name) (1u << LOA_ROLE_##name)

static const LoaEmergency real = { .asked_by = (char *)"lan", .asked_us = ASKED_US };
static const LoaEmergency exercise = { .asked_by = (char *)"lan",
				       .asked_us = ASKED_US,
				       .is_exercise = TRUE };
static const LoaCaller lan = { .user = "lan", .roles = ROLE(OPERATOR) | ROLE(APPROVER) };
static const LoaCaller minh = { .user = "minh", .roles = ROLE(OPERATOR) };
static const LoaCaller ha = { .user = "ha", .roles = ROLE(APPROVER) };
static const LoaCaller quan_tri = { .user = "quan.tri", .roles = ROLE(ADMINISTRATOR) };

static void
another_person_with_the_right_confirms_by_the_phrase_in_time(void **state)
{
	static const struct {
		const LoaEmergency *emergency;
		const LoaCaller *caller;
		gboolean is_exercise;
		const char *phrase;
		gint64 now_us;
		LoaEmergencyVerdict verdict;
	} cases[] = {
		{ &real, &ha, FALSE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_GO },
		{ &real, &ha, FALSE, "KHẨN CẤP", LAST_US, LOA_EMERGENCY_GO },
		{ &real, &ha, FALSE, "  khẩn cấp ", ASKED_US, LOA_EMERGENCY_GO },
		/* decomposed, as some keyboards write it */
		{ &real, &ha, FALSE, "KH\x41\xcc\x82\xcc\x89N C\x41\xcc\x82\xcc\x81P", ASKED_US,
		  LOA_EMERGENCY_GO },
		{ &real, &ha, FALSE, "KHẨN CẤP", LAST_US + 1, LOA_EMERGENCY_OVER },
		{ &real, &ha, FALSE, "KHẨN CẤP", ASKED_US - 1, LOA_EMERGENCY_OVER },
		{ &real, &lan, FALSE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_SAME_PERSON },
		{ &real, &minh, FALSE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_NO_RIGHT },
		{ &real, &quan_tri, FALSE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_NO_RIGHT },
		{ &real, &ha, TRUE, "DIỄN TẬP", ASKED_US, LOA_EMERGENCY_OTHER_KIND },
		{ &real, &ha, FALSE, "DIỄN TẬP", ASKED_US, LOA_EMERGENCY_WRONG_PHRASE },
		{ &real, &ha, FALSE, "KHAN CAP", ASKED_US, LOA_EMERGENCY_WRONG_PHRASE },
		{ &real, &ha, FALSE, "", ASKED_US, LOA_EMERGENCY_WRONG_PHRASE },
		{ &exercise, &ha, TRUE, "DIỄN TẬP", ASKED_US, LOA_EMERGENCY_GO },
		{ &exercise, &ha, FALSE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_OTHER_KIND },
		{ &exercise, &ha, TRUE, "KHẨN CẤP", ASKED_US, LOA_EMERGENCY_WRONG_PHRASE },
		{ &exercise, &lan, TRUE, "DIỄN TẬP", ASKED_US, LOA_EMERGENCY_SAME_PERSON },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LoaEmergencyVerdict verdict =
			loa_emergency_judge(cases[i].emergency, cases[i].caller,
					    cases[i].is_exercise, cases[i].phrase, cases[i].now_us);

		if (verdict != cases[i].verdict)
			fail_msg("case %zu: %d, not %d", i, (int)verdict, (int)cases[i].verdict);
	}
}

static void
what_was_answered_stays_answered(void **state)
{
	const LoaEmergencyState states[] = { LOA_EMERGENCY_AIRED, LOA_EMERGENCY_REFUSED };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
		LoaEmergency over = real;

		over.state = states[i];
		assert_int_equal(loa_emergency_state_at(&over, LAST_US + 1), states[i]);
		assert_int_equal(loa_emergency_judge(&over, &ha, FALSE, "KHẨN CẤP", ASKED_US),
				 LOA_EMERGENCY_OVER);
	}
}

static void
every_state_has_a_name_that_leads_back(void **state)
{
	LoaEmergencyState found;

	(void)state;
	for (guint i = 0; i <= LOA_EMERGENCY_LAST_STATE; i++) {
		assert_true(loa_emergency_state_from_name(
			loa_emergency_state_name((LoaEmergencyState)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(loa_emergency_state_from_name("x", &found));
	assert_false(loa_emergency_state_from_name(NULL, &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_person_with_the_right_confirms_by_the_phrase_in_time),
		cmocka_unit_test(what_was_answered_stays_answered),
		cmocka_unit_test(every_state_has_a_name_that_leads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
