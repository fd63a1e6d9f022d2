/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"

#include <math.h>
#include <sys/timex.h>
#include <time.h>

#include "common/clock-filter.h"

/* A change of the line beyond this is reported as a new epoch, not as drift. */
#define STEP_US 2000
/* What an operator's word is taken to be worth. */
#define VOUCHED_BOUND_US (500 * 1000)
/* Exchanges before the controller's line is used, and how long it lasts without a new one. */
#define MIN_EXCHANGES 8
#define EXCHANGE_LIFETIME_US (20 * G_USEC_PER_SEC)
/* How far a remembered line may wander: a good crystal's temperature over days. */
#define MEMORY_WANDER_PPM 5
/* ... and of one from before a reboot: the kernel may have slewed then and not now. */
#define BATTERY_WANDER_PPM 20

typedef enum {
	KIND_SYSTEM,
	KIND_SITE,
	KIND_TEST,
} Kind;

struct LoaClock {
	Kind kind;
	LoaClockMap map;       /* the last line handed out */
	LoaClockStatus status; /* test clock: as set */
	gboolean vouched_for;  /* system and site clock */
	gint64 holdover_max_us;
	LoaClockExchange exchange; /* site clock */
	LoaClockMemory memory;     /* site clock, from an earlier run; map.rate 0: none */
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

/* The system's two clocks at one moment: the tightest of three readings, so that being
 * scheduled away between two calls does not look like a step. */
static LoaClockMap
read_system_line(void)
{
	LoaClockMap map = { .rate = 1.0 };
	gint64 best_us = G_MAXINT64;

	for (int i = 0; i < 3; i++) {
		gint64 before_us = read_clock_us(CLOCK_MONOTONIC);
		gint64 real_us = read_clock_us(CLOCK_REALTIME);
		gint64 after_us = read_clock_us(CLOCK_MONOTONIC);

		if (after_us - before_us >= best_us)
			continue;
		best_us = after_us - before_us;
		map.mono_us = before_us + best_us / 2;
		map.site_us = real_us;
	}
	return map;
}

/* The kernel's own word: adjtimex(2) reports whether a daemon keeps the clock in step, and the
 * error that daemon last estimated. */
static gboolean
is_kernel_synchronised(gint64 *bound_us)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	/* -1: a sandbox forbids to ask, and `t` says nothing. */
	if (state == -1 || state == TIME_ERROR || (t.status & STA_UNSYNC))
		return FALSE;
	*bound_us = t.maxerror;
	return TRUE;
}

LoaClock *
loa_clock_new_system(gboolean vouched_for)
{
	LoaClock *self = g_new0(LoaClock, 1);

	self->kind = KIND_SYSTEM;
	self->vouched_for = vouched_for;
	self->map = read_system_line();
	return self;
}

LoaClock *
loa_clock_new_site(const LoaClockFilter *filter, gboolean vouched_for, gint64 holdover_max_us)
{
	LoaClock *self = loa_clock_new_system(vouched_for);

	self->kind = KIND_SITE;
	self->exchange.filter = filter;
	self->holdover_max_us = holdover_max_us;
	return self;
}

void
loa_clock_site_update(LoaClock *self, const LoaClockExchange *exchange)
{
	g_assert(self->kind == KIND_SITE);
	self->exchange = *exchange;
	/* what was remembered has served; after a step it would be wrong */
	if (loa_clock_filter_n_taken(exchange->filter) >= MIN_EXCHANGES)
		self->memory = (LoaClockMemory){ .bound_us = 0 };
}

LoaClock *
loa_clock_new_test(gint64 mono_us, gint64 site_us)
{
	LoaClock *self = g_new0(LoaClock, 1);

	self->kind = KIND_TEST;
	self->map = (LoaClockMap){ .mono_us = mono_us, .site_us = site_us, .rate = 1.0 };
	self->status = (LoaClockStatus){ LOA_CLOCK_SYNCED, "test", 0 };
	return self;
}

/* Makes @line the one in force; what is too far from the old one to be drift is a step. */
static void
take_line(LoaClock *self, LoaClockMap line)
{
	gint64 expected_us = loa_clock_map_to_site_us(&self->map, line.mono_us);

	line.epoch = self->map.epoch + (ABS(expected_us - line.site_us) > STEP_US);
	self->map = line;
}

void
loa_clock_test_set(LoaClock *self, gint64 mono_us, gint64 site_us)
{
	g_assert(self->kind == KIND_TEST);
	take_line(self, (LoaClockMap){ .mono_us = mono_us, .site_us = site_us, .rate = 1.0 });
}

void
loa_clock_test_set_status(LoaClock *self, LoaClockStatus status)
{
	g_assert(self->kind == KIND_TEST);
	self->status = status;
}

/* The controller's line, if enough exchanges stand behind it. Answers of a controller that did not
 * trust its own clock are not among them. */
static gboolean
exchanged_line(const LoaClock *self, LoaClockMap *line, gint64 *bound_us)
{
	return self->kind == KIND_SITE && self->exchange.last_mono_us != 0 &&
	       loa_clock_filter_n_taken(self->exchange.filter) >= MIN_EXCHANGES &&
	       loa_clock_filter_line(self->exchange.filter, loa_mono_now_us(), line, bound_us);
}

static gboolean
remembered_line(const LoaClock *self, LoaClockMap *line, gint64 *bound_us)
{
	const LoaClockMemory *memory = &self->memory;
	gint64 since_us = loa_mono_now_us() - memory->map.mono_us;

	if (memory->map.rate == 0 || since_us < 0)
		return FALSE;
	*line = memory->map;
	line->mono_us += since_us;
	line->site_us = loa_clock_map_to_site_us(&memory->map, line->mono_us);
	*bound_us =
		memory->bound_us +
		since_us / 1000000 * (memory->is_battery ? BATTERY_WANDER_PPM : MEMORY_WANDER_PPM);
	return TRUE;
}

static gboolean
controller_line(const LoaClock *self, LoaClockMap *line, gint64 *bound_us)
{
	return exchanged_line(self, line, bound_us) || remembered_line(self, line, bound_us);
}

gboolean
loa_clock_site_memory(LoaClock *self, LoaClockMemory *memory)
{
	memory->is_battery = self->memory.is_battery;
	return controller_line(self, &memory->map, &memory->bound_us);
}

void
loa_clock_site_remember(LoaClock *self, const LoaClockMemory *memory)
{
	g_assert(self->kind == KIND_SITE);
	self->memory = *memory;
}

LoaClockStatus
loa_clock_weigh(const LoaClockEvidence *e)
{
	if (e->has_controller && e->answer_age_us <= EXCHANGE_LIFETIME_US)
		return (LoaClockStatus){ LOA_CLOCK_SYNCED, "controller", e->controller_bound_us };
	if (e->is_kernel_synced)
		return (LoaClockStatus){ LOA_CLOCK_SYNCED, "system", e->kernel_bound_us };
	if (e->has_controller && e->controller_bound_us <= e->holdover_max_us)
		return (LoaClockStatus){ LOA_CLOCK_HOLDOVER, e->is_battery ? "battery" : "holdover",
					 e->controller_bound_us };
	if (e->is_vouched_for)
		return (LoaClockStatus){ LOA_CLOCK_SYNCED, "system", VOUCHED_BOUND_US };
	return (LoaClockStatus){ LOA_CLOCK_UNTRUSTED, "none", G_MAXINT64 };
}

/* The best line there is now, and what it is worth. */
static LoaClockStatus
choose(const LoaClock *self, LoaClockMap *line)
{
	LoaClockMap controller;
	LoaClockEvidence evidence = {
		.answer_age_us = G_MAXINT64,
		.holdover_max_us = self->holdover_max_us,
		.is_vouched_for = self->vouched_for,
	};

	gboolean is_exchanged = exchanged_line(self, &controller, &evidence.controller_bound_us);

	/* neither a line from an earlier run nor a controller in doubt of itself is an answer */
	if (is_exchanged && self->exchange.controller_state != LOA_CLOCK_UNTRUSTED)
		evidence.answer_age_us = loa_mono_now_us() - self->exchange.last_mono_us;
	evidence.has_controller =
		is_exchanged || remembered_line(self, &controller, &evidence.controller_bound_us);
	evidence.is_battery = !is_exchanged && self->memory.is_battery;
	evidence.is_kernel_synced = is_kernel_synchronised(&evidence.kernel_bound_us);

	LoaClockStatus status = loa_clock_weigh(&evidence);
	gboolean is_system =
		g_str_equal(status.source, "system") || g_str_equal(status.source, "none");

	*line = is_system ? read_system_line() : controller;
	return status;
}

LoaClockMap
loa_clock_map(LoaClock *self)
{
	LoaClockMap line;

	if (self->kind != KIND_TEST) {
		choose(self, &line);
		take_line(self, line);
	}
	return self->map;
}

gint64
loa_clock_now_us(LoaClock *self)
{
	LoaClockMap map = loa_clock_map(self);

	return map.site_us;
}

gint64
loa_clock_mono_us(LoaClock *self)
{
	return self->kind == KIND_TEST ? self->map.mono_us : loa_mono_now_us();
}

LoaClockStatus
loa_clock_status(LoaClock *self)
{
	LoaClockMap line;

	return self->kind == KIND_TEST ? self->status : choose(self, &line);
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
