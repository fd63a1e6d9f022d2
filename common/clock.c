/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"

#include <math.h>
#include <sys/timex.h>
#include <time.h>

/* A step of the system clock beyond this is reported as a new epoch, not as drift. */
#define STEP_US 2000
/* What an operator's word is taken to be worth. */
#define VOUCHED_BOUND_US (500 * 1000)

struct LoaClock {
	LoaClockMap map;       /* the last line handed out */
	LoaClockStatus status; /* test clock only */
	gboolean is_test;
	gboolean vouched_for; /* system clock only */
};

static gint64
read_clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

gint64
loa_mono_now_us(void)
{
	return read_clock_us(CLOCK_MONOTONIC);
}

/* The two clocks at one moment: the tightest of three readings, so that being
 * scheduled away between two calls does not look like a step. */
static void
read_pair(gint64 *mono_us, gint64 *site_us)
{
	gint64 best_us = G_MAXINT64;

	for (int i = 0; i < 3; i++) {
		gint64 before_us = read_clock_us(CLOCK_MONOTONIC);
		gint64 real_us = read_clock_us(CLOCK_REALTIME);
		gint64 after_us = read_clock_us(CLOCK_MONOTONIC);

		if (after_us - before_us >= best_us)
			continue;
		best_us = after_us - before_us;
		*mono_us = before_us + best_us / 2;
		*site_us = real_us;
	}
}

LoaClock *
loa_clock_new_system(gboolean vouched_for)
{
	LoaClock *self = g_new0(LoaClock, 1);

	self->vouched_for = vouched_for;
	self->map.rate = 1.0;
	read_pair(&self->map.mono_us, &self->map.site_us);
	return self;
}

LoaClock *
loa_clock_new_test(gint64 mono_us, gint64 site_us)
{
	LoaClock *self = g_new0(LoaClock, 1);

	self->is_test = TRUE;
	self->map = (LoaClockMap){ .mono_us = mono_us, .site_us = site_us, .rate = 1.0 };
	self->status = (LoaClockStatus){ LOA_CLOCK_SYNCED, "test", 0 };
	return self;
}

void
loa_clock_test_set(LoaClock *self, gint64 mono_us, gint64 site_us)
{
	g_assert(self->is_test);
	gint64 expected_us = loa_clock_map_to_site_us(&self->map, mono_us);

	if (ABS(expected_us - site_us) > STEP_US)
		self->map.epoch++;
	self->map.mono_us = mono_us;
	self->map.site_us = site_us;
}

void
loa_clock_test_set_status(LoaClock *self, LoaClockStatus status)
{
	g_assert(self->is_test);
	self->status = status;
}

LoaClockMap
loa_clock_map(LoaClock *self)
{
	if (self->is_test)
		return self->map;

	gint64 mono_us = 0, site_us = 0;

	read_pair(&mono_us, &site_us);
	if (ABS(loa_clock_map_to_site_us(&self->map, mono_us) - site_us) > STEP_US)
		self->map.epoch++;
	self->map.mono_us = mono_us;
	self->map.site_us = site_us;
	return self->map;
}

gint64
loa_clock_now_us(LoaClock *self)
{
	return self->is_test ? self->map.site_us : read_clock_us(CLOCK_REALTIME);
}

gint64
loa_clock_mono_us(LoaClock *self)
{
	return self->is_test ? self->map.mono_us : loa_mono_now_us();
}

LoaClockStatus
loa_clock_status(LoaClock *self)
{
	if (self->is_test)
		return self->status;

	/* The kernel's own word: adjtimex(2) reports whether a daemon keeps the clock
	 * in step, and the error that daemon last estimated. */
	struct timex t = { .modes = 0 };

	if (adjtimex(&t) != TIME_ERROR && !(t.status & STA_UNSYNC))
		return (LoaClockStatus){ LOA_CLOCK_SYNCED, "system", t.maxerror };
	if (self->vouched_for)
		return (LoaClockStatus){ LOA_CLOCK_SYNCED, "system", VOUCHED_BOUND_US };
	return (LoaClockStatus){ LOA_CLOCK_UNTRUSTED, "system", G_MAXINT64 };
}

const char *
loa_clock_state_name(LoaClockState state)
{
	switch (state) {
	case LOA_CLOCK_UNTRUSTED:
		return "untrusted";
	case LOA_CLOCK_HOLDOVER:
		return "holdover";
	case LOA_CLOCK_SYNCED:
		return "synced";
	}
	return "untrusted";
}

gint64
loa_clock_map_to_site_us(const LoaClockMap *map, gint64 mono_us)
{
	return map->site_us + llround((double)(mono_us - map->mono_us) * map->rate);
}

gint64
loa_clock_map_to_mono_us(const LoaClockMap *map, gint64 site_us)
{
	return map->mono_us + llround((double)(site_us - map->site_us) / map->rate);
}

void
loa_clock_free(LoaClock *self)
{
	g_free(self);
}
