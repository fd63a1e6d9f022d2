/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/rule.h - on which days does a broadcast play?
 *
 * Weekdays and one date are simple enough for the timetable itself. Here are the others: RFC 5545
 * rules, lunar days, giao thừa (midnight at Tết) and occasions; and the exceptions to all of them.
 * They share one lunar calendar and one set of occasions, made at first use, under a lock;
 * calendar-file.h replaces them.
 * Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"
#include "schedules/occasions.h"

typedef enum {
	LOA_RULE_WEEKLY,
	LOA_RULE_DATE,
	LOA_RULE_RRULE,
	LOA_RULE_LUNAR,
	LOA_RULE_EVE,
	LOA_RULE_OCCASION,
	LOA_RULE_EVENT,
} LoaRuleKind;

LoaRuleKind loa_rule_kind(const LoaBroadcast *broadcast);

/* Neither exceptions nor additions, and by weekday or date: nothing here is needed for it. */
gboolean loa_rule_is_plain(const LoaBroadcast *broadcast);

/**
 * loa_rule_expand:
 *
 * Returns: (transfer full) (element-type gint32): the day numbers within @first..@last
 * (inclusive), rising, unique. For LOA_RULE_EVE these are the days of Tết, for LOA_RULE_EVENT
 * the day of the event.
 */
GArray *loa_rule_expand(const LoaBroadcast *broadcast, gint32 first, gint32 last);

/* %FALSE if there is no day at all, in any year of a timetable. */
gboolean loa_rule_ever_plays(const LoaBroadcast *broadcast);

/* (transfer full) (nullable): for a lunar rule of one month, a sentence that names the first
 * lunar year from @first on in which its day does not exist, up to the year of @last, and says
 * what to write instead */
char *loa_rule_describe_gap(const LoaBroadcast *broadcast, gint32 first, gint32 last);

/* The lunar date of a day, overrides heeded; %FALSE outside the calendar (lunar.h). */
gboolean loa_rule_lunar_day(LoaDay day, LoaLunarDay *lunar_day) G_GNUC_WARN_UNUSED_RESULT;

/* And back, as loa_lunar_to_day(). */
gboolean loa_rule_solar_day(gint year, guint month, guint day, gboolean is_leap,
			    LoaDay *solar) G_GNUC_WARN_UNUSED_RESULT;

gboolean loa_rule_has_occasion(const char *id);
/* See loa_occasions_origin(), loa_occasions_to_value(). */
LoaOccasionOrigin loa_rule_occasion_origin(const char *id);
LoaValue *loa_rule_occasion_value(const char *id);
/* (transfer full) (nullable): the occasion that was meant */
char *loa_rule_nearest_occasion(const char *id);

/* (transfer full) (nullable): the names of the occasions on this day, ", " between */
char *loa_rule_occasions_on(LoaDay day);
/* (transfer full): every occasion, %NULL-terminated, sorted; (nullable): its name */
char **loa_rule_occasion_ids(void);
char *loa_rule_occasion_name(const char *id);
/* The first day of it among @n_days from @from on. */
gboolean loa_rule_next_occasion(const char *id, LoaDay from, guint n_days,
				LoaDay *day) G_GNUC_WARN_UNUSED_RESULT;

/* From now on all rules go by these; both (transfer full). */
void loa_rule_set_calendars(LoaLunar *lunar_calendar, LoaOccasions *occasion_table);
/* The calendars that rules go by and those of the caller change places, each that is not %NULL:
 * to try others, and to come back. */
void loa_rule_swap_calendars(LoaLunar **lunar_calendar, LoaOccasions **occasion_table);
/* Adds an office's own occasions or overrides of the lunar calendar: see occasions.h, lunar.h. */
gboolean loa_rule_add_occasions(const char *where, const char *text, gsize size,
				GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_rule_override_lunar(const char *where, const char *text, gsize size,
				 GPtrArray *faults) G_GNUC_WARN_UNUSED_RESULT;

/* "exclude", "include", "only" */
const char *loa_leap_name(LoaLeap leap);
gboolean loa_leap_from_name(const char *name, LoaLeap *leap) G_GNUC_WARN_UNUSED_RESULT;
