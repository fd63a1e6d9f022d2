/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/store/approval.h"

#define AUDIO "aaaa"
#define OTHER "bbbb"
#define NOW_US 1000000

#define ROLE(name) (1u << LOA_ROLE_##name)

static LoaCaller
caller_of(LoaRoles roles)
{
	return (LoaCaller){ .user = "lan", .name = "Chị Lan", .roles = roles, .address = "" };
}

static LoaApprovalRequest
request_of(LoaApprovalAct act, const LoaCaller *caller)
{
	return (LoaApprovalRequest){ .act = act,
				     .caller = caller,
				     .now_us = NOW_US,
				     .sha256 = AUDIO,
				     .heard = AUDIO,
				     .reason = "vì thế" };
}

static void
put(LoaApproval *self, LoaApprovalState state)
{
	loa_approval_clear(self);
	self->state = state;
	if (state != LOA_APPROVAL_APPROVED)
		return;
	self->by = g_strdup("ha");
	self->name = g_strdup("Ông Hà");
	self->sha256 = g_strdup(AUDIO);
	self->at_us = 1;
}

#define D LOA_APPROVAL_DRAFT
#define S LOA_APPROVAL_SUBMITTED
#define A LOA_APPROVAL_APPROVED
#define R LOA_APPROVAL_REJECTED
#define W LOA_APPROVAL_WITHDRAWN
#define NO -1
#define SAME -2

/* Where each act leads, by somebody who may. */
static const int leads[LOA_APPROVAL_LAST_STATE + 1][LOA_APPROVAL_LAST_ACT + 1] = {
	/*       submit approve reject withdraw */
	[D] = { S, A, NO, W },    [S] = { SAME, A, R, W },   [A] = { NO, SAME, R, W },
	[R] = { S, NO, SAME, W }, [W] = { S, NO, NO, SAME },
};

static gboolean
role_may(LoaRole role, LoaApprovalAct act)
{
	if (role == LOA_ROLE_APPROVER)
		return TRUE;
	return role == LOA_ROLE_OPERATOR &&
	       (act == LOA_APPROVAL_SUBMIT || act == LOA_APPROVAL_WITHDRAW);
}

static void
every_act_from_every_state_by_every_role_is_settled(void **state)
{
	(void)state;
	for (guint from = 0; from <= LOA_APPROVAL_LAST_STATE; from++) {
		for (guint act = 0; act <= LOA_APPROVAL_LAST_ACT; act++) {
			for (guint role = 0; role <= LOA_ROLE_LAST; role++) {
				g_auto(LoaApproval) approval = { 0 };
				LoaCaller caller = caller_of(1u << role);
				LoaApprovalRequest request =
					request_of((LoaApprovalAct)act, &caller);
				int to = leads[from][act];
				LoaApprovalResult got;

				put(&approval, (LoaApprovalState)from);
				got = loa_approval_take(&approval, &request);
				if (!role_may((LoaRole)role, (LoaApprovalAct)act))
					assert_int_equal(got, LOA_APPROVAL_NO_RIGHT);
				else if (to == NO)
					assert_int_equal(got, LOA_APPROVAL_NOT_NOW);
				else if (to == SAME)
					assert_int_equal(got, LOA_APPROVAL_ALREADY);
				else
					assert_int_equal(got, LOA_APPROVAL_DONE);
				assert_int_equal(approval.state,
						 got == LOA_APPROVAL_DONE ? to : (int)from);
			}
		}
	}
}

static void
an_approval_says_who_when_and_of_what(void **state)
{
	g_auto(LoaApproval) approval = { 0 };
	LoaCaller caller = caller_of(ROLE(APPROVER));
	LoaApprovalRequest request = request_of(LOA_APPROVAL_APPROVE, &caller);

	(void)state;
	assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_DONE);
	assert_string_equal(approval.by, "lan");
	assert_string_equal(approval.name, "Chị Lan");
	assert_string_equal(approval.sha256, AUDIO);
	assert_int_equal(approval.at_us, NOW_US);
	assert_true(loa_approval_holds(&approval, AUDIO));
	assert_false(loa_approval_holds(&approval, OTHER));
	assert_false(loa_approval_holds(&approval, NULL));
}

static void
what_was_heard_must_be_what_is_here(void **state)
{
	LoaCaller caller = caller_of(ROLE(APPROVER));
	LoaApprovalRequest request = request_of(LOA_APPROVAL_APPROVE, &caller);
	const char *const heard[] = { OTHER, "", NULL };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(heard); i++) {
		g_auto(LoaApproval) approval = { 0 };

		request.heard = heard[i];
		assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_OTHER_AUDIO);
		assert_int_equal(approval.state, LOA_APPROVAL_DRAFT);
		assert_null(approval.by);
	}
}

static void
only_approved_audio_holds(void **state)
{
	(void)state;
	for (guint from = 0; from <= LOA_APPROVAL_LAST_STATE; from++) {
		g_auto(LoaApproval) approval = { 0 };

		put(&approval, (LoaApprovalState)from);
		g_free(approval.sha256);
		approval.sha256 = g_strdup(AUDIO);
		assert_int_equal(loa_approval_holds(&approval, AUDIO), from == A);
	}
}

static void
other_audio_makes_a_draft_of_everything(void **state)
{
	(void)state;
	for (guint from = 0; from <= LOA_APPROVAL_LAST_STATE; from++) {
		g_auto(LoaApproval) approval = { 0 };

		put(&approval, (LoaApprovalState)from);
		approval.reason = g_strdup("cũ");
		loa_approval_audio_changed(&approval);
		assert_int_equal(approval.state, LOA_APPROVAL_DRAFT);
		assert_null(approval.by);
		assert_null(approval.sha256);
		assert_null(approval.reason);
		assert_int_equal(approval.at_us, 0);
	}
}

static void
an_approval_of_earlier_audio_is_given_again(void **state)
{
	g_auto(LoaApproval) approval = { 0 };
	LoaCaller caller = caller_of(ROLE(APPROVER));
	LoaApprovalRequest request = request_of(LOA_APPROVAL_APPROVE, &caller);

	(void)state;
	put(&approval, LOA_APPROVAL_APPROVED);
	request.sha256 = request.heard = OTHER;
	assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_DONE);
	assert_true(loa_approval_holds(&approval, OTHER));
	assert_string_equal(approval.by, "lan");
}

static void
no_and_away_need_a_reason_and_end_the_approval(void **state)
{
	const LoaApprovalAct acts[] = { LOA_APPROVAL_REJECT, LOA_APPROVAL_WITHDRAW };
	LoaCaller caller = caller_of(ROLE(APPROVER));

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
		g_auto(LoaApproval) approval = { 0 };
		LoaApprovalRequest request = request_of(acts[i], &caller);

		put(&approval, LOA_APPROVAL_APPROVED);
		request.reason = NULL;
		assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_NO_REASON);
		request.reason = "";
		assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_NO_REASON);
		assert_true(loa_approval_holds(&approval, AUDIO));
		request.reason = "sai tên";
		assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_DONE);
		assert_string_equal(approval.reason, "sai tên");
		assert_null(approval.by);
		assert_null(approval.sha256);
	}
}

static void
submitting_again_forgets_why_it_was_refused(void **state)
{
	g_auto(LoaApproval) approval = { 0 };
	LoaCaller caller = caller_of(ROLE(OPERATOR));
	LoaApprovalRequest request = request_of(LOA_APPROVAL_SUBMIT, &caller);

	(void)state;
	put(&approval, LOA_APPROVAL_REJECTED);
	approval.reason = g_strdup("sai tên");
	assert_int_equal(loa_approval_take(&approval, &request), LOA_APPROVAL_DONE);
	assert_null(approval.reason);
	assert_string_equal(approval.submitted_by, "lan");
}

static void
the_author_of_the_submission_stays_with_the_approval(void **state)
{
	g_auto(LoaApproval) approval = { 0 };
	g_auto(LoaApproval) copy = { 0 };
	LoaCaller clerk = caller_of(ROLE(OPERATOR));
	LoaCaller approver = { .user = "ha", .name = "Ông Hà", .roles = ROLE(APPROVER) };
	LoaApprovalRequest submit = request_of(LOA_APPROVAL_SUBMIT, &clerk);
	LoaApprovalRequest approve = request_of(LOA_APPROVAL_APPROVE, &approver);

	(void)state;
	assert_int_equal(loa_approval_take(&approval, &submit), LOA_APPROVAL_DONE);
	assert_int_equal(loa_approval_take(&approval, &approve), LOA_APPROVAL_DONE);
	loa_approval_copy(&approval, &copy);
	assert_string_equal(copy.submitted_by, "lan");
	assert_string_equal(copy.by, "ha");
	assert_true(loa_approval_holds(&copy, AUDIO));
}

static void
every_state_has_a_name_that_leads_back(void **state)
{
	LoaApprovalState found;

	(void)state;
	for (guint i = 0; i <= LOA_APPROVAL_LAST_STATE; i++) {
		assert_true(loa_approval_state_from_name(
			loa_approval_state_name((LoaApprovalState)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(loa_approval_state_from_name("aired", &found));
	assert_false(loa_approval_state_from_name(NULL, &found));
	assert_string_equal(loa_approval_act_name(LOA_APPROVAL_WITHDRAW), "withdraw");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_act_from_every_state_by_every_role_is_settled),
		cmocka_unit_test(an_approval_says_who_when_and_of_what),
		cmocka_unit_test(what_was_heard_must_be_what_is_here),
		cmocka_unit_test(only_approved_audio_holds),
		cmocka_unit_test(other_audio_makes_a_draft_of_everything),
		cmocka_unit_test(an_approval_of_earlier_audio_is_given_again),
		cmocka_unit_test(no_and_away_need_a_reason_and_end_the_approval),
		cmocka_unit_test(submitting_again_forgets_why_it_was_refused),
		cmocka_unit_test(the_author_of_the_submission_stays_with_the_approval),
		cmocka_unit_test(every_state_has_a_name_that_leads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
