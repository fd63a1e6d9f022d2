/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/plan.h - PLAN: everything one group shall hear until further notice.
 *
 * Topic loa/SITE/plan/GROUP, retained, tag "loa-plan-1". The plan is the desired state: "play
 * now" adds an airing that starts at once, "stop" gives an airing a stop time, "emergency" adds
 * one that outranks. Times are site time in microseconds, already with the group's start offset.
 * JSON: wire/PROTOCOL.md, section "Plan". Pure. Thread: any.
 */
#pragma once

#include "common/class.h"
#include "common/interval.h"
#include "wire/envelope.h"

#define LOA_PLAN_MAX_AIRINGS 4096
#define LOA_PLAN_MAX_INTERVALS 1024
#define LOA_PLAN_MAX_TESTS 16
#define LOA_PLAN_MAX_VOLUMES 1024
/* A volume: dB of what the airing's audio has; 0 leaves it as it is. */
#define LOA_VOLUME_MIN_DB (-60.0)
#define LOA_VOLUME_MAX_DB 0.0
/* An emergency is not heard softer than this, unless the receiver's own ceiling is lower. */
#define LOA_VOLUME_EMERGENCY_DB (-12.0)
#define LOA_TITLE_MAX 256     /* bytes of UTF-8 */
#define LOA_EXCEPTION_MAX 256 /* bytes of UTF-8 */
#define LOA_SAMPLE_RATE 48000
#define LOA_FRAME_SAMPLES 960 /* 20 ms */
/* The longest airing: 12 h. Recordings are at most 2 h; live sound may last longer. */
#define LOA_AIRING_MAX_SAMPLES ((gint64)12 * 3600 * LOA_SAMPLE_RATE)
#define LOA_PRE_SKIP_MAX 65535 /* RFC 7845: 16 bits */
#define LOA_AUDIO_MAX_BYTES ((gint64)1 << 30)
#define LOA_GRACE_MAX_US ((gint64)24 * 3600 * G_USEC_PER_SEC)
#define LOA_PLAYOUT_DELAY_MIN_US (150 * 1000)
#define LOA_PLAYOUT_DELAY_MAX_US (10 * G_USEC_PER_SEC)
/* Site times on the wire: 2000-01-01 to 2200-01-01. */
#define LOA_TIME_MIN_US G_GINT64_CONSTANT(946684800000000)
#define LOA_TIME_MAX_US G_GINT64_CONSTANT(7258118400000000)

/* One broadcast at one start. All strings owned. */
typedef struct {
	char *id;        /* id, unique in the site for ever; names the channel's topic */
	char *broadcast; /* id of what it is an airing of */
	char *title;     /* for people */
	LoaClass class;
	guint32 order;   /* within one class, the lower goes first */
	gint64 start_us; /* first sample */
	gint64 stop_us;  /* stopped by somebody at this time; 0: runs to its end */
	LoaResume resume;
	gint64 grace_us;   /* a node that comes this late still joins; later it is missed */
	gboolean is_live;  /* no recording behind it: n_samples is the longest it may last */
	gint64 n_samples;  /* at 48 kHz, what is heard, without the pre-skip */
	guint32 pre_skip;  /* decoded samples to throw away before the first (RFC 7845) */
	char *sha256;      /* (nullable): of the stored Ogg Opus file; NULL when live */
	gint64 size_bytes; /* of that file; 0 when live */
	char *exception;   /* (nullable): who allowed it outside the permitted hours, and why */
	char *node;        /* of LoaPlan.tests: the one receiver that plays it; else NULL */
} LoaAiring;

/* How loud one receiver shall be. */
typedef struct {
	char *node; /* owned */
	double volume_db;
} LoaNodeVolume;

/* All members owned; the arrays are never NULL. */
typedef struct {
	char *site;
	char *group;
	gint64 serial; /* only ever rises */
	gint64 issued_us;
	gint64 valid_until_us;   /* after this a node opens nothing by it */
	gint64 playout_delay_us; /* how far ahead of its time the channel is sent */
	GArray *permitted;       /* LoaInterval, sorted, apart from each other: the allowed hours */
	GPtrArray *airings;      /* LoaAiring, sorted by start_us, then id; ids unique */
	GPtrArray *tests;   /* LoaAiring, each for one receiver; sorted, ids unique in the plan */
	GPtrArray *volumes; /* LoaNodeVolume, sorted by node; who is not named has 0 dB */
} LoaPlan;

LoaPlan *loa_plan_new(const char *site, const char *group);
LoaAiring *loa_airing_new(void);
LoaAiring *loa_airing_copy(const LoaAiring *airing);
void loa_airing_free(LoaAiring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaAiring, loa_airing_free)

/* Nominal end: start + length, or stop_us if that is earlier; never before the start. */
gint64 loa_airing_end_us(const LoaAiring *airing);
/* The airing with that id, or %NULL. (transfer none) */
const LoaAiring *loa_plan_find(const LoaPlan *plan, const char *airing_id);

/* For the receiver @node to keep to, in tenths; it lies within its limits. */
void loa_plan_add_volume(LoaPlan *plan, const char *node, double volume_db);
/* How loud @node shall be: 0 dB if it is not named. */
double loa_plan_volume_db(const LoaPlan *plan, const char *node);

/* On the receiver @node: its tests are airings like all others from now on; those of others go. */
void loa_plan_take_tests(LoaPlan *plan, const char *node);
/* Puts airings, volumes and intervals into the order the wire wants; intervals that touch or
 * overlap become one, empty ones go. */
void loa_plan_sort(LoaPlan *plan);
/* (transfer full): the JSON body. The plan must be sorted and within the limits. It may still be
 * larger than an envelope carries (LOA_ENVELOPE_MAX_SIZE): the caller looks before it seals, and
 * plans a shorter horizon. */
GBytes *loa_plan_encode(const LoaPlan *plan);

/**
 * loa_plan_decode:
 * @body: as loa_envelope_open() gave it
 *
 * Checks every value and every cross-relation (sorted, unique, lengths, site and group ids);
 * it knows neither time nor the serial already held: that is the node's gate.
 */
LoaPlan *loa_plan_decode(GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_plan_free(LoaPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlan, loa_plan_free)
