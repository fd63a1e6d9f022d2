/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-silences.h - which starts of the timetable the rules will keep silent,
 * where, and why: the rules of the town, overlays and sessions a day, as the preview has them.
 * Airings that somebody put beside the timetable are not counted among the sessions. Thread: main.
 */
#pragma once

#include "controller/office/office-internal.h"
#include "schedules/preview.h"

typedef struct LoaOfficeSilences LoaOfficeSilences;

/* Is the group shown to who asks? */
typedef gboolean (*LoaOfficeShownFunc)(const char *group, gpointer user_data);

/* @broadcasts: those that the slots' numbers count. @starts: (element-type LoaPreviewStart): with
 * slot, duration_ms and category; both borrowed. [from_us, to_us): whole days that hold them */
LoaOfficeSilences *loa_office_silences_new(LoaOffice *office, const GPtrArray *broadcasts,
					   const GArray *starts, gint64 from_us, gint64 to_us);

/**
 * loa_office_silences_describe:
 * @start: its index
 * @everywhere: (out): is it silent wherever it was to be heard, as far as that is shown?
 *
 * Returns: (transfer full): [{kind, groups, words: {vi, en}}], kind as in the preview's warnings;
 * groups "all" where it is silent for that reason wherever it was to be heard
 */
JsonArray *loa_office_silences_describe(const LoaOfficeSilences *self, guint start,
					LoaOfficeShownFunc is_shown, gpointer user_data,
					gboolean *everywhere);

void loa_office_silences_free(LoaOfficeSilences *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaOfficeSilences, loa_office_silences_free)
