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
	const char *source; /* static string: "system", "controller", "holdover", "battery",
			     * "none", "test" */
	gint64 bound_us;    /* the error is believed to be at most this */
} LoaClockStatus;

typedef struct LoaClock LoaClock;
typedef struct LoaClockFilter LoaClockFilter; /* common/clock-filter.h */

/* The operating system's CLOCK_REALTIME. It counts as synchronised where the kernel says so
 * (adjtimex(2)), or where @vouched_for: the operator then answers for it. Thread: main. */
LoaClock *loa_clock_new_system(gboolean vouched_for);

/* What a receiver knows about the exchange with its controller. */
typedef struct {
	const LoaClockFilter *filter;   /* borrowed for the clock's life */
	gint64 last_mono_us;            /* when the last answer was taken; 0: never. Those of a
					 * controller that is untrusted are not taken */
	LoaClockState controller_state; /* the controller's word on its own clock */
} LoaClockExchange;

/**
 * loa_clock_new_site:
 * @vouched_for: as for loa_clock_new_system()
 * @holdover_max_us: beyond this bound a clock in hold-over is not trusted any more
 *
 * A receiver's clock. It takes, in this order: the controller while it answers; the system clock
 * while the kernel calls it synchronised; hold-over, the line learned from the controller, while
 * its bound is within @holdover_max_us; a system clock that the operator vouches for. Else it is
 * untrusted. Thread: main.
 */
LoaClock *loa_clock_new_site(const LoaClockFilter *filter, gboolean vouched_for,
			     gint64 holdover_max_us);
/* Tell it after each exchange. */
void loa_clock_site_update(LoaClock *self, const LoaClockExchange *exchange);

/* A line worth keeping over a restart of the program, or of the machine. */
typedef struct {
	LoaClockMap map;
	gint64 bound_us;     /* of the error at map.mono_us */
	gboolean is_battery; /* it rests on a clock with a battery, not on exchanges of this boot */
} LoaClockMemory;

/* The controller's line as it is now, %FALSE if there is none. */
gboolean loa_clock_site_memory(LoaClock *self, LoaClockMemory *memory) G_GNUC_WARN_UNUSED_RESULT;
/* Hold-over from an earlier run on the same CLOCK_MONOTONIC, until there are new exchanges. */
void loa_clock_site_remember(LoaClock *self, const LoaClockMemory *memory);

/* All that a receiver's clock is judged by. */
typedef struct {
	gboolean has_controller; /* enough exchanges, with a controller that trusts its own clock */
	gint64 answer_age_us;    /* since the last answer taken */
	gint64 controller_bound_us; /* of the line now */
	gint64 holdover_max_us;
	gboolean is_kernel_synced;
	gint64 kernel_bound_us;
	gboolean is_vouched_for;
	gboolean is_battery; /* the line is one of LoaClockMemory.is_battery */
} LoaClockEvidence;

/* Pure: which source counts, and how much. The sources "controller", "holdover" and "battery"
 * mean the controller's line, "system" and "none" the system clock. */
LoaClockStatus loa_clock_weigh(const LoaClockEvidence *evidence);

/* A clock that tests turn by hand: monotonic and site time are what loa_clock_test_set() said. */
LoaClock *loa_clock_new_test(gint64 mono_us, gint64 site_us);
void loa_clock_test_set(LoaClock *self, gint64 mono_us, gint64 site_us);
void loa_clock_test_set_status(LoaClock *self, LoaClockStatus status);

/* Site time now. Thread: main. */
gint64 loa_clock_now_us(LoaClock *self);
/* CLOCK_MONOTONIC now (the hand-turned one in a test). Thread: main. */
gint64 loa_clock_mono_us(LoaClock *self);
/* The line that holds now; refresh it a few times a second. Thread: main. */
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
