/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/lunar.h - the Vietnamese lunar calendar (âm lịch), 1968 to 2100.
 *
 * A month begins on the day, in UTC+7, of the new moon; the month with the winter solstice is the
 * eleventh; where thirteen months lie between two eleventh ones, the first without a principal
 * solar term is a leap month and repeats the number of the one before it. Positions of sun and
 * moon come from libnova. Three new moons are too close to midnight for any computation (the
 * rotation of the Earth cannot be foretold so well): data/lunar-overrides.cfg settles them, and
 * takes what the official calendar decides otherwise.
 *
 * Thread: any, but one object belongs to one thread at a time.
 */
#pragma once

#include "schedules/day.h"
#include "schedules/value.h"

#define LOA_LUNAR_YEAR_MIN 1968
#define LOA_LUNAR_YEAR_MAX 2100

typedef struct {
	gint16 year; /* begins at Tết: January may still belong to the year before */
	guint8 month;
	guint8 day;
	gboolean is_leap;     /* the second of two months with this number */
	guint8 days_in_month; /* 29 or 30 */
} LoaLunarDay;

typedef struct LoaLunar LoaLunar;

/* With the overrides that are shipped. Years are computed when they are first asked for. */
LoaLunar *loa_lunar_new(void);

/**
 * loa_lunar_override:
 * @text: a libconfig text with new_moons = ( { computed = "2054-05-08"; official = "2054-05-07";
 * source = "..."; }, ... ); a later entry for the same day holds
 * @faults: see faults.h; with any fault, nothing changes
 */
gboolean loa_lunar_override(LoaLunar *self, const char *where, const char *text, gsize size,
			    GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a text that was read already: a record with a list "new_moons". */
gboolean loa_lunar_override_value(LoaLunar *self, const char *where, const LoaValue *root,
				  GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

/* %FALSE outside 1968-01-01 to 2100-12-31. */
gboolean loa_lunar_from_day(LoaLunar *self, LoaDay day,
			    LoaLunarDay *lunar) G_GNUC_WARN_UNUSED_RESULT;
/* %FALSE if there is no such day: no such leap month, no 30th, or a year out of range. */
gboolean loa_lunar_to_day(LoaLunar *self, gint year, guint month, guint day, gboolean is_leap,
			  LoaDay *solar) G_GNUC_WARN_UNUSED_RESULT;
/* Tết Nguyên Đán: the first day of the year, which must be in range. */
LoaDay loa_lunar_new_year(LoaLunar *self, gint year);
/* 0: the year has none */
guint loa_lunar_leap_month(LoaLunar *self, gint year);
/* 29 or 30; 0: there is no such month */
guint loa_lunar_days_in_month(LoaLunar *self, gint year, guint month, gboolean is_leap);

/* (transfer full): "1/1", "15/6 nhuận", without the year */
char *loa_lunar_format(const LoaLunarDay *lunar);
/* (transfer full): "Bính Ngọ" for 2026 */
char *loa_lunar_year_name(gint year);

void loa_lunar_free(LoaLunar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLunar, loa_lunar_free)
