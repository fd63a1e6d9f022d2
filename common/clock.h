/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/clock.h - the site clock, as a seam.
 *
 * Site time is microseconds since 1970-01-01T00:00:00Z, the same on every machine of a site.
 * Everything that is scheduled lies on it. Everything that is *measured* (device positions,
 * timeouts) lies on CLOCK_MONOTONIC. A LoaClock joins the two and says how far it may be trusted.
 *
 * Pure code takes `now_us` as a parameter and never includes this header.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOA_CLOCK_UNTRUSTED, /* nobody vouches for it: nothing scheduled may open the output */
	LOA_CLOCK_HOLDOVER,  /* was synchronised; the bound grows until it is again */
	LOA_CLOCK_SYNCED,
} LoaClockState;

/* A straight line from CLOCK_MONOTONIC to site time: small enough to copy to the audio thread. */
typedef struct {
	gint64 mono_us; /* a moment on CLOCK_MONOTONIC ... */
	gint64 site_us; /* ... and the site time at that moment */
	double rate;    /* site microseconds per monotonic microsecond, close to 1 */
	guint32 epoch;  /* changes whenever the clock stepped rather than drifted */
} LoaClockMap;

typedef struct {
	LoaClockState state;
	const char *source; /* static string: "system", "controller", "holdover", "none", "test" */
	gint64 bound_us;    /* the error is believed to be at most this */
} LoaClockStatus;

typedef struct LoaClock LoaClock;

/* The operating system's CLOCK_REALTIME. It counts as synchronised where the kernel says so
 * (adjtimex(2)), or where @vouched_for: the operator then answers for it. Thread: main. */
LoaClock *loa_clock_new_system(gboolean vouched_for);

/* A clock that tests turn by hand: monotonic and site time are what loa_clock_test_set() said. */
LoaClock *loa_clock_new_test(gint64 mono_us, gint64 site_us);
void loa_clock_test_set(LoaClock *self, gint64 mono_us, gint64 site_us);
void loa_clock_test_set_status(LoaClock *self, LoaClockStatus status);

/* Site time now. Thread: main. */
gint64 loa_clock_now_us(LoaClock *self);
/* CLOCK_MONOTONIC now (the hand-turned one in a test). Thread: main. */
gint64 loa_clock_mono_us(LoaClock *self);
/* The line that holds now; refresh it at least every 100 ms. Thread: main. */
LoaClockMap loa_clock_map(LoaClock *self);
LoaClockStatus loa_clock_status(LoaClock *self);

/* "untrusted", "holdover", "synced" */
const char *loa_clock_state_name(LoaClockState state);

/* Pure conversions on one line. Thread: any. */
gint64 loa_clock_map_to_site_us(const LoaClockMap *map, gint64 mono_us);
gint64 loa_clock_map_to_mono_us(const LoaClockMap *map, gint64 site_us);

/* CLOCK_MONOTONIC in microseconds, for code that holds no LoaClock. Thread: any. */
gint64 loa_mono_now_us(void);

void loa_clock_free(LoaClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaClock, loa_clock_free)
