/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/plan-reminder.h - when a group's plan is published once more, because a receiver
 * says that it holds an older one.
 *
 * The broker keeps the last plan for who comes later; but whoever can publish there can lay an old
 * one over it, and a receiver that restarts then knows nothing newer. A receiver that cannot take
 * the plan for a reason of its own must not cost its line, so patience doubles until there is
 * another plan. Pure. Thread: main.
 */
#pragma once

#include <glib.h>

#define LOA_PLAN_REMINDER_FIRST_US (G_GINT64_CONSTANT(4) * G_USEC_PER_SEC)
#define LOA_PLAN_REMINDER_MAX_US (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)

typedef struct LoaPlanReminder LoaPlanReminder;

LoaPlanReminder *loa_plan_reminder_new(void);

/**
 * loa_plan_reminder_is_due:
 * @held: the serial that a receiver of @group said; 0: none
 * @issued: the serial of its plan; 0: there is none
 *
 * %TRUE: publish it now; the next time is counted from here.
 */
gboolean loa_plan_reminder_is_due(LoaPlanReminder *self, const char *group, gint64 held,
				  gint64 issued, gint64 mono_us);

void loa_plan_reminder_free(LoaPlanReminder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlanReminder, loa_plan_reminder_free)
