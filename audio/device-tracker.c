/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/device-tracker.h"

#include <math.h>

#define US_PER_SAMPLE (1e6 / 48000)

/* Variances. A reading is good to about a quarter of a sample and a scheduler's hiccup ... */
#define SCATTER_FLOOR_US 8.0
#define SCATTER_CEILING_US 5000.0 /* a card whose pointer moves in whole periods */
#define SCATTER_STEP 1.02         /* how fast the estimate follows */
/* ... the first ones of a device that just starts are not ... */
#define FIRST_READING (300.0 * 300.0) /* us^2 */
/* ... and a crystal wanders slowly. */
#define OFFSET_WANDER (2.0 * 2.0)    /* us^2 a second */
#define RATE_WANDER (0.4 * 0.4)      /* ppm^2 a second: CLOCK_MONOTONIC is slewed, too */
#define RATE_UNKNOWN (100.0 * 100.0) /* ppm^2 */
#define RATE_REMEMBERED (2.0 * 2.0)  /* ppm^2: it may have warmed up or cooled down */

#define BIAS_GAIN 0.1   /* ten readings */
#define BIAS_SIGMA 1.0  /* over three times what ten readings' mean scatters by chance */
#define RATE_DOUBT 30.0 /* ppm^2 */

#define GATE_US 500.0 /* never doubt a reading closer than this */
#define GATE_SIGMA 6.0
#define N_STEP 6            /* so many outliers ... */
#define STEP_AGREE_US 1500. /* ... so close together are a jump */

struct LoaDeviceTracker {
	gboolean is_known;
	double mono_us;   /* of the last reading */
	double offset_us; /* device time minus CLOCK_MONOTONIC then */
	double rate_ppm;
	/* Covariance of offset (us) and rate (ppm = us a second). */
	double p_oo, p_or, p_rr;
	double scatter_us; /* of readings, as seen lately: a standard deviation */

	double last_innovation_us;
	double bias_us; /* of readings against the line, as seen lately */

	guint n_outliers; /* in a row */
	double outlier_us;
};

LoaDeviceTracker *
loa_device_tracker_new(void)
{
	LoaDeviceTracker *self = g_new0(LoaDeviceTracker, 1);

	self->p_rr = RATE_UNKNOWN;
	self->scatter_us = SCATTER_FLOOR_US;
	return self;
}

void
loa_device_tracker_reopen(LoaDeviceTracker *self)
{
	self->is_known = FALSE;
	self->n_outliers = 0;
	self->p_or = 0;
	self->p_rr = MIN(self->p_rr + RATE_REMEMBERED, RATE_UNKNOWN);
}

static void
move_to(LoaDeviceTracker *self, double mono_us, double offset_us)
{
	self->mono_us = mono_us;
	self->offset_us = offset_us;
	self->p_oo = FIRST_READING;
	self->p_or = 0;
	self->n_outliers = 0;
	self->last_innovation_us = self->bias_us = 0;
	self->is_known = TRUE;
}

static void
predict(LoaDeviceTracker *self, double mono_us)
{
	double dt_s = MAX(0, mono_us - self->mono_us) * 1e-6;

	self->mono_us = MAX(self->mono_us, mono_us);
	self->offset_us += self->rate_ppm * dt_s;
	self->p_oo += dt_s * (2 * self->p_or + dt_s * self->p_rr) + OFFSET_WANDER * dt_s;
	self->p_or += dt_s * self->p_rr;
	self->p_rr += RATE_WANDER * dt_s;
}

/* Tracks the median of what one reading differs from the one before, both seen from the line:
 * however far off, a few of them do not move it, and neither does a line that lags behind. */
static void
learn_scatter(LoaDeviceTracker *self, double innovation_us)
{
	double difference_us = fabs(innovation_us - self->last_innovation_us);

	/* The median of a normal difference is 0.67 x sqrt(2) standard deviations of one. */
	self->scatter_us *=
		difference_us > 0.95 * self->scatter_us ? SCATTER_STEP : 1 / SCATTER_STEP;
	self->scatter_us = CLAMP(self->scatter_us, SCATTER_FLOOR_US, SCATTER_CEILING_US);
	self->last_innovation_us = innovation_us;
}

/* Readings that keep falling on one side of the line say that the rate has changed (chrony slews
 * CLOCK_MONOTONIC, too): believe less in the old one. */
static void
learn_bias(LoaDeviceTracker *self, double innovation_us)
{
	self->bias_us += BIAS_GAIN * (innovation_us - self->bias_us);
	if (fabs(self->bias_us) > BIAS_SIGMA * self->scatter_us)
		self->p_rr = MIN(self->p_rr + RATE_DOUBT, RATE_UNKNOWN);
}

static LoaTrack
take_outlier(LoaDeviceTracker *self, double mono_us, double offset_us)
{
	/* Outliers that agree follow the device's new line. */
	if (self->n_outliers > 0 && fabs(offset_us - self->outlier_us) > STEP_AGREE_US)
		self->n_outliers = 0;
	self->outlier_us = offset_us;
	if (++self->n_outliers < N_STEP)
		return LOA_TRACK_OUTLIER;
	move_to(self, mono_us, offset_us);
	return LOA_TRACK_STEPPED;
}

LoaTrack
loa_device_tracker_add(LoaDeviceTracker *self, double mono_us, double sample)
{
	double offset_us = sample * US_PER_SAMPLE - mono_us;

	if (!self->is_known) {
		move_to(self, mono_us, offset_us);
		return LOA_TRACK_TAKEN;
	}
	predict(self, mono_us);

	double innovation_us = offset_us - self->offset_us;
	double total = self->p_oo + self->scatter_us * self->scatter_us;

	learn_scatter(self, innovation_us);
	if (fabs(innovation_us) > MAX(GATE_US, GATE_SIGMA * sqrt(total)))
		return take_outlier(self, mono_us, offset_us);
	learn_bias(self, innovation_us);

	double gain_o = self->p_oo / total, gain_r = self->p_or / total;

	self->offset_us += gain_o * innovation_us;
	self->rate_ppm += gain_r * innovation_us;
	self->p_rr -= gain_r * self->p_or;
	self->p_or -= gain_o * self->p_or;
	self->p_oo -= gain_o * self->p_oo;
	self->n_outliers = 0;
	return LOA_TRACK_TAKEN;
}

gboolean
loa_device_tracker_is_known(const LoaDeviceTracker *self)
{
	return self->is_known;
}

double
loa_device_tracker_mono_us(const LoaDeviceTracker *self, double sample)
{
	/* Device time at mono_us + d is mono_us + offset_us + d (1 + rate). */
	double ahead_us = sample * US_PER_SAMPLE - (self->mono_us + self->offset_us);

	return self->mono_us + ahead_us / (1 + self->rate_ppm * 1e-6);
}

double
loa_device_tracker_rate_ppm(const LoaDeviceTracker *self)
{
	return self->rate_ppm;
}

void
loa_device_tracker_free(LoaDeviceTracker *self)
{
	g_free(self);
}
