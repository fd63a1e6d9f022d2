/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/store/emergency.h - two people for what goes over everything.
 *
 * One asks; another one, who may, confirms within LOA_EMERGENCY_PATIENCE_US by typing a phrase. For
 * an exercise the phrase is another one, and the confirming person says again which of the two it
 * is: what somebody thinks is an exercise must not become an alarm, nor the other way round.
 *
 * Pure. Thread: any.
 */
#pragma once

#include "controller/caller.h"
#include "controller/store/records.h"

#define LOA_EMERGENCY_PATIENCE_US (G_GINT64_CONSTANT(600) * G_USEC_PER_SEC)

/* What an exercise sounds like, before and after, and looks like. */
#define LOA_EMERGENCY_EXERCISE_TEXT                                                                \
	"Đây là cuộc diễn tập. Đây là cuộc diễn tập. Không có tình huống khẩn cấp."
#define LOA_EMERGENCY_EXERCISE_TITLE "DIỄN TẬP: "

typedef enum {
	LOA_EMERGENCY_GO,
	LOA_EMERGENCY_OVER,         /* aired, refused or expired already */
	LOA_EMERGENCY_NO_RIGHT,     /* not this caller */
	LOA_EMERGENCY_SAME_PERSON,  /* the one who asked */
	LOA_EMERGENCY_OTHER_KIND,   /* an exercise was meant, or the real thing */
	LOA_EMERGENCY_WRONG_PHRASE, /* of the right kind */
} LoaEmergencyVerdict;

LoaEmergencyState loa_emergency_state_at(const LoaEmergency *self, gint64 now_us);

/* May @caller air it now? @phrase: as typed; capitals do not matter. */
LoaEmergencyVerdict loa_emergency_judge(const LoaEmergency *self, const LoaCaller *caller,
					gboolean is_exercise, const char *phrase, gint64 now_us);

/* What is typed to confirm: "KHẨN CẤP", "DIỄN TẬP" */
const char *loa_emergency_phrase(gboolean is_exercise);

/* "waiting", "aired", "refused", "expired" */
const char *loa_emergency_state_name(LoaEmergencyState state);
gboolean loa_emergency_state_from_name(const char *name,
				       LoaEmergencyState *state) G_GNUC_WARN_UNUSED_RESULT;
