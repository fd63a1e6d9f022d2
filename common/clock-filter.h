/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/clock-filter.h - from time exchanges to a line: what is site time, and how well is it
 * known?
 *
 * One exchange is four times: the asker sends at t1 and receives at t4 (its own CLOCK_MONOTONIC),
 * the controller receives at t2 and answers at t3 (site time). Then
 *
 *     forward  = t2 - t1 =  offset + delay there
 *     backward = t4 - t3 = -offset + delay back
 *
 * Delays are never shorter than the path's own; queues only add to them. So the true line lies
 * under all forward points, and the lower edges of both clouds are what the path is when it is
 * empty. The filter takes the common slope that lifts both edges highest, and the half difference
 * of the two intercepts as the offset. (After Moon, Skelly, Towsley, "Estimation and removal of
 * clock skew from network delay measurements", INFOCOM 1999, who take the convex hull. Here an edge
 * is the mean of the quickest few in a hundred: the very quickest one scatters more where several
 * late wake-ups add to each delay. And a rate that is unlikely for a crystal has to be well
 * founded, so that a rate is there after one second.)
 *
 * What no exchange can see is a path that is longer one way than back. The bound covers it: half of
 * the shortest round trip, plus what the rate may have done since.
 *
 * Pure: no clock, no socket. Thread: any, one object on one thread at a time.
 */
#pragma once

#include "common/clock.h"

#define LOA_CLOCK_FILTER_WINDOW 480
#define LOA_CLOCK_FILTER_MAX_AGE_US (150 * G_GINT64_CONSTANT(1000000))
#define LOA_CLOCK_FILTER_MAX_PPM 300.0

/* What became of one exchange. */
typedef enum {
	LOA_EXCHANGE_TAKEN,
	LOA_EXCHANGE_ABSURD,  /* negative delays, out of order, or a round trip over 10 s */
	LOA_EXCHANGE_DOUBTED, /* contradicts the line; several of them in a row are a step */
	LOA_EXCHANGE_STEPPED, /* the site clock did step: everything older was forgotten */
} LoaExchange;

LoaClockFilter *loa_clock_filter_new(void);

/* t1 and t4 on CLOCK_MONOTONIC, t2 and t3 site time, all in nanoseconds. In the order of t4. */
LoaExchange loa_clock_filter_add(LoaClockFilter *self, gint64 t1_ns, gint64 t2_ns, gint64 t3_ns,
				 gint64 t4_ns);

/* How many exchanges the line rests on. */
guint loa_clock_filter_n_taken(const LoaClockFilter *self);

/**
 * loa_clock_filter_line:
 * @mono_us: now
 * @map: (out): the line; its epoch rises with each step
 * @bound_us: (out): the error at @mono_us is at most this: path asymmetry, rate, and since when
 *
 * Returns: %FALSE while nothing was taken
 */
gboolean loa_clock_filter_line(const LoaClockFilter *self, gint64 mono_us, LoaClockMap *map,
			       gint64 *bound_us) G_GNUC_WARN_UNUSED_RESULT;

void loa_clock_filter_free(LoaClockFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaClockFilter, loa_clock_filter_free)
