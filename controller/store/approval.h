/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/approval.h - draft, submitted, approved: a named person's word for exact audio.
 *
 *	draft ──submit──▶ submitted ──approve──▶ approved
 *	  │                 │    ▲                  │
 *	  │               reject └──submit──┐       │
 *	  │                 ▼               │       │
 *	  │              rejected ──────────┤       │
 *	  └──────withdraw (from each)──▶ withdrawn ◀┘
 *
 * An approval belongs to the SHA-256 of what the loudspeakers play, and to the person and the
 * moment. Audio that is not that audio any more is a draft again, whoever changed it and how
 * (loa_approval_audio_changed(), and loa_approval_holds() for everybody who asks later). One who
 * may approve need not submit first: the Chairman records, hears and approves alone.
 *
 * Pure. Thread: any.
 */
#pragma once

#include "controller/caller.h"

typedef enum {
	LOA_APPROVAL_DRAFT,
	LOA_APPROVAL_SUBMITTED,
	LOA_APPROVAL_APPROVED,
	LOA_APPROVAL_REJECTED,
	LOA_APPROVAL_WITHDRAWN,
	LOA_APPROVAL_LAST_STATE = LOA_APPROVAL_WITHDRAWN,
} LoaApprovalState;

typedef enum {
	LOA_APPROVAL_SUBMIT,   /* right "record" */
	LOA_APPROVAL_APPROVE,  /* right "approve" */
	LOA_APPROVAL_REJECT,   /* right "approve", with a reason */
	LOA_APPROVAL_WITHDRAW, /* right "record" or "approve", with a reason */
	LOA_APPROVAL_LAST_ACT = LOA_APPROVAL_WITHDRAW,
} LoaApprovalAct;

typedef enum {
	LOA_APPROVAL_DONE,
	LOA_APPROVAL_ALREADY,     /* it is so already: nothing changed */
	LOA_APPROVAL_NO_RIGHT,    /* not this caller */
	LOA_APPROVAL_NOT_NOW,     /* not from this state */
	LOA_APPROVAL_OTHER_AUDIO, /* what was heard is not what is here */
	LOA_APPROVAL_NO_REASON,   /* one is needed */
} LoaApprovalResult;

/* Strings owned, (nullable) each. */
typedef struct {
	LoaApprovalState state;
	char *submitted_by; /* login name */
	char *by;           /* who approved: login name, and name for people */
	char *name;
	gint64 at_us; /* of the approval */
	char *sha256; /* of the audio that was approved */
	char *reason; /* of the rejection or withdrawal */
} LoaApproval;

/* What is asked, by whom, when, about which audio. Borrowed. */
typedef struct {
	LoaApprovalAct act;
	const LoaCaller *caller;
	gint64 now_us;
	const char *sha256; /* of the audio as it is */
	const char *heard;  /* (nullable): approve: of the audio that the caller means */
	const char *reason; /* (nullable): reject, withdraw */
} LoaApprovalRequest;

/* Changes @self only with LOA_APPROVAL_DONE. */
LoaApprovalResult loa_approval_take(LoaApproval *self,
				    const LoaApprovalRequest *request) G_GNUC_WARN_UNUSED_RESULT;

/* May @sha256 go on air? Only what was approved, and only that. */
gboolean loa_approval_holds(const LoaApproval *self, const char *sha256);

/* Another audio than before: everything starts anew, as a draft. */
void loa_approval_audio_changed(LoaApproval *self);

/* "draft", "submitted", "approved", "rejected", "withdrawn" */
const char *loa_approval_state_name(LoaApprovalState state);
gboolean loa_approval_state_from_name(const char *name,
				      LoaApprovalState *state) G_GNUC_WARN_UNUSED_RESULT;
/* "submit", "approve", "reject", "withdraw" */
const char *loa_approval_act_name(LoaApprovalAct act);

/* @to: empty before */
void loa_approval_copy(const LoaApproval *from, LoaApproval *to);
void loa_approval_clear(LoaApproval *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaApproval, loa_approval_clear)
