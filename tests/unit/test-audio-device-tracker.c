/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "audio/device-tracker.h"

#define EVERY_US 10000.0
#define MONO_0 7e9

typedef struct {
	const char *name;
	double ppm;
	double noise_us;      /* peak, evenly spread */
	guint coarse_samples; /* the device's pointer moves in steps of so many */
	double limit_us;      /* of the estimate, after two seconds */
	double limit_ppm;     /* after ten */
} Device;

static guint32 seed;

static double
noise(double peak)
{
	seed = seed * 1664525 + 1013904223;
	return ((double)seed / G_MAXUINT32 * 2 - 1) * peak;
}

static double
sample_at(const Device *device, double mono_us)
{
	return (mono_us - MONO_0) * 0.048 * (1 + device->ppm * 1e-6);
}

static void
feed_one(LoaDeviceTracker *tracker, const Device *device, double mono_us)
{
	double sample = sample_at(device, mono_us);

	if (device->coarse_samples > 0)
		sample = floor(sample / device->coarse_samples) * device->coarse_samples;
	(void)loa_device_tracker_add(tracker, mono_us + noise(device->noise_us), sample);
}

/* How far off the estimate is for a sample that leaves 60 ms after @mono_us. */
static double
error_us(LoaDeviceTracker *tracker, const Device *device, double mono_us)
{
	double sample = sample_at(device, mono_us + 60000);

	return loa_device_tracker_mono_us(tracker, sample) - (mono_us + 60000);
}

static void
it_finds_the_line_of_any_device(void **state)
{
	(void)state;
	static const Device devices[] = {
		{ "exact", 0, 0, 0, 0.5, 0.1 },
		{ "fast", 100, 10, 0, 6, 1 },
		{ "slow and noisy", -100, 50, 0, 25, 3 },
		{ "far off", 300, 10, 0, 8, 1 },
		/* Steps of 1 ms, not in tune with our readings: half a step of bias. */
		{ "coarse", 40, 0, 47, 700, 25 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(devices); i++) {
		g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
		const Device *device = &devices[i];

		seed = 1;
		for (int k = 0; k < 2000; k++) {
			double now_us = MONO_0 + k * EVERY_US;

			feed_one(tracker, device, now_us);
			if (k > 200 && fabs(error_us(tracker, device, now_us)) > device->limit_us)
				fail_msg("%s: %.1f us off after %d readings", device->name,
					 error_us(tracker, device, now_us), k);
		}
		if (fabs(loa_device_tracker_rate_ppm(tracker) - device->ppm) > device->limit_ppm)
			fail_msg("%s: %.2f ppm", device->name,
				 loa_device_tracker_rate_ppm(tracker));
	}
}

static void
nothing_is_known_before_the_first_reading(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();

	assert_false(loa_device_tracker_is_known(tracker));
	assert_int_equal(loa_device_tracker_add(tracker, MONO_0, 480), LOA_TRACK_TAKEN);
	assert_true(loa_device_tracker_is_known(tracker));
	assert_true(fabs(loa_device_tracker_mono_us(tracker, 480) - MONO_0) < 0.01);
	assert_true(fabs(loa_device_tracker_mono_us(tracker, 960) - MONO_0 - 10000) < 0.01);
}

static void
a_reading_far_off_is_left_out(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
	const Device device = { .ppm = 50, .noise_us = 5 };
	guint n_outliers = 0;

	for (int k = 0; k < 1500; k++) {
		double now_us = MONO_0 + k * EVERY_US;

		feed_one(tracker, &device, now_us);
		/* Every third one is a block behind. */
		if (k > 10 && k % 3 == 0)
			n_outliers += loa_device_tracker_add(tracker, now_us + 1,
							     sample_at(&device, now_us) - 480) ==
				      LOA_TRACK_OUTLIER;
		if (k > 300)
			assert_true(fabs(error_us(tracker, &device, now_us)) < 5);
	}
	assert_int_equal(n_outliers, 496);
}

static void
a_jump_of_the_device_is_followed_and_its_rate_kept(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
	const Device device = { .ppm = 80, .noise_us = 5 };
	int n_steps = 0, stepped_after = 0;

	for (int k = 0; k < 500; k++)
		feed_one(tracker, &device, MONO_0 + k * EVERY_US);
	/* It stood still for 5 ms. */
	for (int k = 500; k < 600; k++) {
		double now_us = MONO_0 + k * EVERY_US;

		if (loa_device_tracker_add(tracker, now_us, sample_at(&device, now_us) - 240) !=
		    LOA_TRACK_STEPPED)
			continue;
		n_steps++;
		stepped_after = k - 500;
	}
	assert_int_equal(n_steps, 1);
	assert_in_range(stepped_after, 1, 10);
	assert_true(fabs(loa_device_tracker_rate_ppm(tracker) - 80) < 4);

	double last_us = MONO_0 + 599 * EVERY_US;

	assert_true(fabs(error_us(tracker, &device, last_us) - 240 / 0.048) < 10);
}

static void
the_rate_survives_a_reopening(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
	const Device device = { .ppm = -120, .noise_us = 10 };

	for (int k = 0; k < 1000; k++)
		feed_one(tracker, &device, MONO_0 + k * EVERY_US);
	loa_device_tracker_reopen(tracker);
	assert_false(loa_device_tracker_is_known(tracker));

	double again_us = MONO_0 + 1e9;

	assert_int_equal(loa_device_tracker_add(tracker, again_us, 1), LOA_TRACK_TAKEN);
	assert_true(fabs(loa_device_tracker_rate_ppm(tracker) + 120) < 1);
	/* Right from the first reading on: a second ahead. */
	assert_true(fabs(loa_device_tracker_mono_us(tracker, 1 + 48000 * (1 - 120e-6)) - again_us -
			 1e6) < 2);
}

static void
a_crystal_that_warms_up_is_followed(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
	double sample = 0;

	seed = 1;
	/* 10 ppm in a minute. */
	for (int k = 0; k < 12000; k++) {
		double now_us = MONO_0 + k * EVERY_US;
		double ppm = 20 + MIN(k, 6000) / 600.0;

		(void)loa_device_tracker_add(tracker, now_us + noise(10), sample);
		if (k > 300)
			assert_true(fabs(loa_device_tracker_mono_us(tracker, sample) - now_us) <
				    12);
		sample += EVERY_US * 0.048 * (1 + ppm * 1e-6);
	}
	if (fabs(loa_device_tracker_rate_ppm(tracker) - 30) >= 0.7)
		fail_msg("%g", loa_device_tracker_rate_ppm(tracker));
}

static void
a_clock_that_is_slewed_under_it_is_followed_at_once(void **state)
{
	(void)state;
	g_autoptr(LoaDeviceTracker) tracker = loa_device_tracker_new();
	double sample = 0;

	seed = 1;
	/* After ten seconds all rates change by 50 ppm. */
	for (int k = 0; k < 2000; k++) {
		double now_us = MONO_0 + k * EVERY_US;
		double limit_us = k > 1000 && k < 1200 ? 25 : 5;

		(void)loa_device_tracker_add(tracker, now_us + noise(10), sample);
		if (k > 300)
			assert_true(fabs(loa_device_tracker_mono_us(tracker, sample) - now_us) <
				    limit_us);
		sample += EVERY_US * 0.048 * (1 + (k < 1000 ? 20e-6 : 70e-6));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_before_the_first_reading),
		cmocka_unit_test(it_finds_the_line_of_any_device),
		cmocka_unit_test(a_reading_far_off_is_left_out),
		cmocka_unit_test(a_jump_of_the_device_is_followed_and_its_rate_kept),
		cmocka_unit_test(the_rate_survives_a_reopening),
		cmocka_unit_test(a_crystal_that_warms_up_is_followed),
		cmocka_unit_test(a_clock_that_is_slewed_under_it_is_followed_at_once),
	};

	return cmocka_run_group_tests_name("audio/device-tracker", tests, NULL, NULL);
}
