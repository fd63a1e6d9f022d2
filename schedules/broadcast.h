/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/broadcast.h - one broadcast as the office declares it: what, to whom, when.
 *
 * The same value comes from a schedule file (schedule-file.h), from the API (broadcast-json.h)
 * and from the controller's store. Plain data: no clock, no I/O. Thread: any.
 */
#pragma once

#include "common/class.h"
#include "common/id.h"
#include "schedules/day.h"
#include "schedules/event.h"

#define LOA_BROADCAST_ID_MAX 40      /* bytes, and so are the next ones */
#define LOA_BROADCAST_TITLE_MAX 256  /* */
#define LOA_BROADCAST_TEXT_MAX 32768 /* about half an hour of speech */
#define LOA_BROADCAST_BY_MAX 80      /* */
#define LOA_BROADCAST_WHY_MAX 160    /* */
#define LOA_BROADCAST_NAME_MAX 120   /* of units and authors */
#define LOA_BROADCAST_MAX_UNITS 10
#define LOA_BROADCAST_MAX_FEE_VND 100000000
#define LOA_BROADCAST_MAX_GROUPS 512
#define LOA_BROADCAST_MAX_TIMES 48
#define LOA_BROADCAST_MAX_DATES 400 /* in except, in also */
#define LOA_BROADCAST_ALL_DAYS 0x7fu
#define LOA_BROADCAST_MAX_A_DAY 480 /* airings on one day, repeats included */
#define LOA_CAMPAIGN_MAX_DAYS 31
#define LOA_CAMPAIGN_DAYS 3  /* Law 10/2022/QH15, Article 13.3 */
#define LOA_CAMPAIGN_LEVEL 2 /* the sound device consumed it */

/* Of two lunar months with one number, the second is the leap month. */
typedef enum {
	LOA_LEAP_EXCLUDE, /* not in leap months */
	LOA_LEAP_INCLUDE, /* in them too */
	LOA_LEAP_ONLY,
} LoaLeap;

/* All strings and arrays owned. */
typedef struct {
	char *id;    /* common/id.h, at most 40 bytes: the airing's id is made from it */
	char *title; /* for people, UTF-8 NFC, at most 256 bytes */
	LoaClass class;
	char *category; /* (nullable): id, e.g. "ban-tin", "chao-mung" */

	/* exactly one of the three */
	char *audio;     /* (nullable): a file, absolute once read */
	char *recording; /* (nullable): id of a recording in the controller's store */
	char *text;      /* (nullable): for the speech command */

	gboolean is_confidential; /* "trừ nội dung Mật": is never aired */
	gboolean to_all;
	GPtrArray *groups; /* char *, when not to_all; sorted, unique */

	GArray *at_s; /* gint32: seconds after local midnight, sorted, unique; none with eve_s */

	/* On which days: one of these; weekdays where no other is given (rule.h) */
	guint days;         /* bit 0 Monday ... bit 6 Sunday */
	LoaDay date;        /* on this one day; then from and until do not apply */
	char *rrule;        /* (nullable): by days, see rrule.h; its DTSTART is `from` */
	guint32 lunar_days; /* bit N: on day N, 1..30, of the lunar month; 0: no lunar rule */
	guint lunar_month;  /* 1..12; 0: every month */
	LoaLeap lunar_leap; /* exclude by default */
	GArray *eve_s;      /* gint32: seconds after midnight at Tết (giao thừa), or before */
	char *occasion;     /* (nullable): id, see occasions.h */
	GArray *occasion_days; /* gint32: so many days after the occasion; negative: before */
	LoaDay event_day;      /* reminders of what begins then; none: no event */
	gint32 event_s;        /* seconds after midnight */
	GArray *reminders;     /* LoaReminder, the earliest first */

	GArray *except;     /* gint32 day numbers: not on these; sorted, unique */
	GArray *also;       /* gint32 day numbers: on these too, whatever from and until say */
	LoaDay from;        /* first day, inclusive */
	LoaDay until;       /* last day, inclusive */
	guint n_repeats;    /* played this often in a row at each time: 1..100, 1 by default */
	guint repeat_gap_s; /* silence between two repeats: 0..3600, 5 by default */
	gboolean in_turn;   /* groups hear it one turn after the other, see stagger.h */

	/* A disclosure must be heard on so many days in a row, see campaign.h; 0: is none. */
	guint campaign_days;
	guint campaign_level; /* 1..5: what an outcome must prove */
	LoaDay expires;       /* the last day on which it may be aired, whatever else is said */
	LoaDay review_by;     /* from this day on the office is asked to look at it */

	LoaResume resume;
	guint grace_s;       /* a receiver this late still joins: 0..43200, 3600 by default */
	guint order;         /* within the class, the lower goes first; 100 by default */
	char *exception_by;  /* (nullable): who allowed it outside the permitted hours */
	char *exception_why; /* (nullable): and why; both or none */

	/* Whose work it is: what reports ask for. It changes nothing of what is heard. */
	char *kind;       /* (nullable): one of loa_broadcast_kinds */
	char *lead_unit;  /* (nullable): who is responsible for it */
	GPtrArray *units; /* char *: who works on it too */
	char *author;     /* (nullable): who is paid for it */
	gint32 fee_vnd;   /* for the item, once; -1: what the configuration pays for its kind */

	char *origin; /* (nullable): "FILE:LINE", for messages */
} LoaBroadcast;

/* "tin", "bai", "chuyen-muc", "loi-chao", "thong-bao", "khan-cap"; %NULL at the end */
extern const char *const loa_broadcast_kinds[];

LoaBroadcast *loa_broadcast_new(void); /* with the defaults above */
LoaBroadcast *loa_broadcast_copy(const LoaBroadcast *self);
/* Everything but the origin. */
gboolean loa_broadcast_equal(const LoaBroadcast *a, const LoaBroadcast *b);
gboolean loa_broadcast_is_for(const LoaBroadcast *self, const char *group);
/* Is it past the day on which it may be aired? */
gboolean loa_broadcast_is_expired(const LoaBroadcast *self, LoaDay today);
gboolean loa_broadcast_needs_review(const LoaBroadcast *self, LoaDay today);
void loa_broadcast_free(LoaBroadcast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaBroadcast, loa_broadcast_free)

#define LOA_GROUP_MAX_OFFSET_MS 60000
#define LOA_GROUP_MAX_TURN 15

/* A residential group. Strings owned. */
typedef struct {
	char *id;
	char *name;            /* "Tổ dân phố 1" */
	char *language;        /* (nullable): what is spoken there, BCP 47; NULL: vi */
	guint start_offset_ms; /* every airing begins so much later here, 0 by default */
	guint turn;            /* 0..LOA_GROUP_MAX_TURN, 0 by default; see stagger.h */
} LoaGroup;

LoaGroup *loa_group_new(const char *id, const char *name);
LoaGroup *loa_group_copy(const LoaGroup *self);
void loa_group_free(LoaGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaGroup, loa_group_free)
