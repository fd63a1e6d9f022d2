/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/caller.h"

#define BIT(role) (1u << LOA_ROLE_##role)

/* The rule as a person would say it, apart from the table: who may not. */
static void
each_role_may_do_what_its_people_do_and_no_more(void **state)
{
	static const struct {
		LoaRight right;
		LoaRoles may;
	} cases[] = {
		{ LOA_RIGHT_LOOK, LOA_ROLES_ALL },
		{ LOA_RIGHT_READ_LOG, LOA_ROLES_ALL },
		{ LOA_RIGHT_TICK, BIT(LEADER) },
		{ LOA_RIGHT_APPROVE, BIT(APPROVER) },
		{ LOA_RIGHT_CONFIRM_EMERGENCY, BIT(APPROVER) },
		{ LOA_RIGHT_PLAN, BIT(OPERATOR) },
		{ LOA_RIGHT_PLAY, BIT(OPERATOR) | BIT(APPROVER) },
		{ LOA_RIGHT_STOP, BIT(OPERATOR) | BIT(APPROVER) },
		{ LOA_RIGHT_RECEIVERS, BIT(TECHNICIAN) | BIT(ADMINISTRATOR) },
		{ LOA_RIGHT_REPORTS, BIT(OPERATOR) | BIT(APPROVER) | BIT(AUDITOR) },
		{ LOA_RIGHT_AUDIT, BIT(AUDITOR) | BIT(ADMINISTRATOR) },
		{ LOA_RIGHT_USERS, BIT(ADMINISTRATOR) },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		for (guint role = 0; role <= LOA_ROLE_LAST; role++)
			assert_int_equal(loa_rights_allow(1u << role, cases[i].right),
					 (cases[i].may >> role & 1u) != 0);
	}
}

static void
the_auditor_can_change_nothing(void **state)
{
	static const LoaRight reading[] = {
		LOA_RIGHT_ANYONE,   LOA_RIGHT_OWN,     LOA_RIGHT_LOOK,
		LOA_RIGHT_READ_LOG, LOA_RIGHT_REPORTS, LOA_RIGHT_AUDIT
	};

	(void)state;
	for (guint right = 0; right <= LOA_RIGHT_LAST; right++) {
		gboolean is_reading = FALSE;

		for (gsize i = 0; i < G_N_ELEMENTS(reading); i++)
			is_reading = is_reading || reading[i] == right;
		assert_int_equal(loa_rights_allow(BIT(AUDITOR), (LoaRight)right), is_reading);
	}
}

static void
who_is_not_signed_in_may_only_sign_in(void **state)
{
	(void)state;
	for (guint right = 0; right <= LOA_RIGHT_LAST; right++) {
		assert_int_equal(loa_caller_may(&loa_caller_nobody, (LoaRight)right),
				 right == LOA_RIGHT_ANYONE);
		assert_true(loa_caller_may(&loa_caller_token, (LoaRight)right));
	}
}

static void
a_name_leads_back_to_its_role(void **state)
{
	LoaRole role;

	(void)state;
	for (guint i = 0; i <= LOA_ROLE_LAST; i++) {
		assert_true(loa_role_from_name(loa_role_name((LoaRole)i), &role));
		assert_int_equal(role, i);
	}
	assert_false(loa_role_from_name("chairman", &role));
	assert_false(loa_role_from_name("", &role));
}

static void
a_leader_sees_the_own_groups_only(void **state)
{
	static const char *const groups[] = { "to-1", "to-3", NULL };
	LoaCaller leader = { .user = "anh", .roles = BIT(LEADER), .groups = groups };

	(void)state;
	assert_true(loa_caller_may_see_group(&leader, "to-1"));
	assert_true(loa_caller_may_see_group(&leader, "to-3"));
	assert_false(loa_caller_may_see_group(&leader, "to-2"));
	assert_false(loa_caller_may_see_group(&leader, NULL));
	leader.groups = NULL;
	assert_false(loa_caller_may_see_group(&leader, "to-1"));
	/* who leads a group and plans the programme sees everything */
	leader.roles |= BIT(OPERATOR);
	assert_true(loa_caller_may_see_group(&leader, "to-2"));
	assert_true(loa_caller_may_see_group(&loa_caller_token, NULL));
	leader.roles = BIT(LEADER);
	leader.groups = groups;
	assert_true(loa_caller_leads_group(&leader, "to-1"));
	assert_false(loa_caller_leads_group(&leader, "to-2"));
	leader.roles = BIT(OPERATOR);
	assert_false(loa_caller_leads_group(&leader, "to-1"));
	leader.roles = LOA_ROLES_ALL;
	assert_false(loa_caller_leads_group(&leader, "to-2"));
	leader.groups = NULL;
	assert_false(loa_caller_leads_group(&leader, "to-1"));
	assert_true(loa_caller_leads_group(&loa_caller_token, "to-2"));
	assert_false(loa_caller_may_see_group(&loa_caller_nobody, "to-1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_may_do_what_its_people_do_and_no_more),
		cmocka_unit_test(the_auditor_can_change_nothing),
		cmocka_unit_test(who_is_not_signed_in_may_only_sign_in),
		cmocka_unit_test(a_name_leads_back_to_its_role),
		cmocka_unit_test(a_leader_sees_the_own_groups_only),
	};

	return cmocka_run_group_tests_name("controller/rights", tests, NULL, NULL);
}
