/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/approval.h"

#include <string.h>

#include "common/text.h"

#define NEVER -1

static const char *const state_names[LOA_APPROVAL_LAST_STATE + 1] = {
	[LOA_APPROVAL_DRAFT] = "draft",         [LOA_APPROVAL_SUBMITTED] = "submitted",
	[LOA_APPROVAL_APPROVED] = "approved",   [LOA_APPROVAL_REJECTED] = "rejected",
	[LOA_APPROVAL_WITHDRAWN] = "withdrawn",
};

static const char *const act_names[LOA_APPROVAL_LAST_ACT + 1] = {
	[LOA_APPROVAL_SUBMIT] = "submit",
	[LOA_APPROVAL_APPROVE] = "approve",
	[LOA_APPROVAL_REJECT] = "reject",
	[LOA_APPROVAL_WITHDRAW] = "withdraw",
};

/* Where an act leads to, from each state. What was rejected or withdrawn comes back only by way
 * of those who answer for its content: it is submitted anew. */
static const int next[LOA_APPROVAL_LAST_STATE + 1][LOA_APPROVAL_LAST_ACT + 1] = {
	[LOA_APPROVAL_DRAFT] = { LOA_APPROVAL_SUBMITTED, LOA_APPROVAL_APPROVED, NEVER,
				 LOA_APPROVAL_WITHDRAWN },
	[LOA_APPROVAL_SUBMITTED] = { LOA_APPROVAL_SUBMITTED, LOA_APPROVAL_APPROVED,
				     LOA_APPROVAL_REJECTED, LOA_APPROVAL_WITHDRAWN },
	[LOA_APPROVAL_APPROVED] = { NEVER, LOA_APPROVAL_APPROVED, LOA_APPROVAL_REJECTED,
				    LOA_APPROVAL_WITHDRAWN },
	[LOA_APPROVAL_REJECTED] = { LOA_APPROVAL_SUBMITTED, NEVER, LOA_APPROVAL_REJECTED,
				    LOA_APPROVAL_WITHDRAWN },
	[LOA_APPROVAL_WITHDRAWN] = { LOA_APPROVAL_SUBMITTED, NEVER, NEVER, LOA_APPROVAL_WITHDRAWN },
};

static gboolean
may(const LoaApprovalRequest *request)
{
	switch (request->act) {
	case LOA_APPROVAL_SUBMIT:
		return loa_caller_may(request->caller, LOA_RIGHT_RECORD);
	case LOA_APPROVAL_APPROVE:
	case LOA_APPROVAL_REJECT:
		return loa_caller_may(request->caller, LOA_RIGHT_APPROVE);
	case LOA_APPROVAL_WITHDRAW:
		return loa_caller_may(request->caller, LOA_RIGHT_RECORD) ||
		       loa_caller_may(request->caller, LOA_RIGHT_APPROVE);
	}
	return FALSE;
}

static void
take_back(LoaApproval *self)
{
	g_clear_pointer(&self->by, g_free);
	g_clear_pointer(&self->name, g_free);
	g_clear_pointer(&self->sha256, g_free);
	self->at_us = 0;
}

static void
replace(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static void
enter(LoaApproval *self, LoaApprovalState state, const LoaApprovalRequest *request)
{
	self->state = state;
	take_back(self);
	replace(&self->reason, NULL);
	switch (state) {
	case LOA_APPROVAL_DRAFT:
		return;
	case LOA_APPROVAL_SUBMITTED:
		replace(&self->submitted_by, request->caller->user);
		return;
	case LOA_APPROVAL_APPROVED:
		replace(&self->by, request->caller->user);
		replace(&self->name, request->caller->name);
		replace(&self->sha256, request->sha256);
		self->at_us = request->now_us;
		return;
	case LOA_APPROVAL_REJECTED:
	case LOA_APPROVAL_WITHDRAWN:
		replace(&self->reason, request->reason);
		return;
	}
}

LoaApprovalResult
loa_approval_take(LoaApproval *self, const LoaApprovalRequest *request)
{
	const LoaApprovalAct act = request->act;
	const int to = next[self->state][act];
	const gboolean needs_reason = act == LOA_APPROVAL_REJECT || act == LOA_APPROVAL_WITHDRAW;

	if (!may(request))
		return LOA_APPROVAL_NO_RIGHT;
	if (to == NEVER)
		return LOA_APPROVAL_NOT_NOW;
	if (act == LOA_APPROVAL_APPROVE && g_strcmp0(request->heard, request->sha256) != 0)
		return LOA_APPROVAL_OTHER_AUDIO;
	/* an approval of what was here before is none: it is given again */
	if (to == (int)self->state &&
	    (act != LOA_APPROVAL_APPROVE || loa_approval_holds(self, request->sha256)))
		return LOA_APPROVAL_ALREADY;
	if (needs_reason && (request->reason == NULL || *request->reason == '\0'))
		return LOA_APPROVAL_NO_REASON;
	enter(self, (LoaApprovalState)to, request);
	return LOA_APPROVAL_DONE;
}

gboolean
loa_approval_holds(const LoaApproval *self, const char *sha256)
{
	return self->state == LOA_APPROVAL_APPROVED && self->sha256 != NULL &&
	       g_strcmp0(self->sha256, sha256) == 0;
}

void
loa_approval_audio_changed(LoaApproval *self)
{
	loa_approval_clear(self);
}

const char *
loa_approval_state_name(LoaApprovalState state)
{
	return state_names[state];
}

gboolean
loa_approval_state_from_name(const char *name, LoaApprovalState *state)
{
	guint i;

	if (!loa_text_find(state_names, LOA_APPROVAL_LAST_STATE + 1, name, &i))
		return FALSE;
	*state = (LoaApprovalState)i;
	return TRUE;
}

const char *
loa_approval_act_name(LoaApprovalAct act)
{
	return act_names[act];
}

void
loa_approval_copy(const LoaApproval *from, LoaApproval *to)
{
	*to = (LoaApproval){
		.state = from->state,
		.submitted_by = g_strdup(from->submitted_by),
		.by = g_strdup(from->by),
		.name = g_strdup(from->name),
		.at_us = from->at_us,
		.sha256 = g_strdup(from->sha256),
		.reason = g_strdup(from->reason),
	};
}

void
loa_approval_clear(LoaApproval *self)
{
	g_free(self->submitted_by);
	g_free(self->by);
	g_free(self->name);
	g_free(self->sha256);
	g_free(self->reason);
	*self = (LoaApproval){ 0 };
}
