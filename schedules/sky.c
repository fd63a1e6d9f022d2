/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/sky.h"

#include <glib.h>
#include <libnova/libnova.h>
#include <math.h>

#define J2000 2451545.0
#define DAYS_PER_YEAR 365.25
#define SECONDS_PER_DAY 86400.0
/* Mean synodic month and a mean new moon: J. Meeus, Astronomical Algorithms, chapter 49. */
#define SYNODIC_DAYS 29.530588861
#define FIRST_NEW_MOON 2451550.09766
#define MOON_AHEAD_OF_SUN_DEG_PER_DAY 12.19
#define SUN_DEG_PER_DAY 0.98565
/* The sun is seen where it was when its light left: 20.5 arc seconds at one astronomical unit. */
#define ABERRATION_DEG (20.4898 / 3600)
/* General precession in longitude a Julian century: IAU 2006. */
#define PRECESSION_DEG (5028.796195 / 3600)
#define PRECESSION_SQUARED_DEG (1.1054348 / 3600)
/* libnova leaves out terms below this (degrees); at the finest a position costs 2 ms. */
#define FINE 1e-7
#define FINEST 0
/* A new moon this close to midnight (UTC+7) is worth the finest. */
#define CLOSE_TO_MIDNIGHT_DAYS (10.0 / 1440)

static GMutex libnova_lock;

/* Dynamical time minus universal time, in seconds. libnova's own is a minute too large today.
 * Polynomials of F. Espenak and J. Meeus, "Five Millennium Canon of Solar Eclipses" (NASA). */
static double
delta_t_s(double jd)
{
	double year = 2000 + (jd - J2000) / DAYS_PER_YEAR;
	double t;

	if (year < 1986) {
		t = year - 1975;
		return 45.45 + t * (1.067 - t * (1 / 260.0 + t / 718));
	}
	t = year - 2000;
	if (year < 2005)
		return 63.86 +
		       t * (0.3345 + t * (-0.060374 +
					  t * (0.0017275 + t * (0.000651814 + t * 0.00002373599))));
	if (year < 2050)
		return 62.92 + t * (0.32217 + t * 0.005589);
	t = (year - 1820) / 100;
	return -20 + 32 * t * t - 0.5628 * (2150 - year);
}

/* Within -180 to 180 degrees. */
static double
wrap(double angle)
{
	angle = fmod(angle, 360);
	return angle > 180 ? angle - 360 : angle < -180 ? angle + 360 : angle;
}

/* How far the moon is ahead of the sun; @jde: dynamical time. */
static double
elongation(double jde, double precision)
{
	struct ln_lnlat_posn moon;
	struct ln_helio_posn sun;

	ln_get_lunar_ecl_coords(jde, &moon, precision);
	ln_get_solar_geom_coords(jde, &sun);
	return wrap(moon.lng - sun.L + ABERRATION_DEG / sun.R);
}

/* The secant method: the moon's speed differs by a tenth from the mean. */
static double
refine_new_moon(double jde, double precision)
{
	double ahead = elongation(jde, precision);
	double step = ahead / MOON_AHEAD_OF_SUN_DEG_PER_DAY;

	for (guint i = 0; i < 8 && fabs(step) > 5e-6; i++) {
		double next = elongation(jde - step, precision);

		jde -= step;
		step = next * step / (ahead - next);
		ahead = next;
	}
	return jde - step;
}

static gboolean
is_close_to_midnight(double jd)
{
	double days = jd + 0.5 + 7.0 / 24;
	double of_day = days - floor(days);

	return of_day < CLOSE_TO_MIDNIGHT_DAYS || of_day > 1 - CLOSE_TO_MIDNIGHT_DAYS;
}

double
loa_sky_new_moon(int k)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&libnova_lock);
	double jde = refine_new_moon(FIRST_NEW_MOON + SYNODIC_DAYS * k, FINE);

	(void)locker;
	if (is_close_to_midnight(jde - delta_t_s(jde) / SECONDS_PER_DAY))
		jde = refine_new_moon(jde, FINEST);
	return jde - delta_t_s(jde) / SECONDS_PER_DAY;
}

/* libnova gives it against the equinox of 2000, so that the moon's can be compared; the seasons
 * go by the equinox of date. */
static double
sun_longitude(double jd)
{
	double jde = jd + delta_t_s(jd) / SECONDS_PER_DAY;
	double centuries = (jde - J2000) / (100 * DAYS_PER_YEAR);
	double precession = centuries * (PRECESSION_DEG + centuries * PRECESSION_SQUARED_DEG);
	struct ln_helio_posn sun;
	struct ln_nutation nutation;

	ln_get_solar_geom_coords(jde, &sun);
	ln_get_nutation(jde, &nutation);
	return ln_range_degrees(sun.L + precession + nutation.longitude - ABERRATION_DEG / sun.R);
}

double
loa_sky_sun_longitude(double jd)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&libnova_lock);

	(void)locker;
	return sun_longitude(jd);
}

double
loa_sky_winter_solstice(int year)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&libnova_lock);
	/* 21 December 2000, 13:37 UT, and a mean year of the seasons */
	double jd = 2451900.067 + (year - 2000) * 365.24219;

	(void)locker;
	for (guint i = 0; i < 8; i++) {
		double step = wrap(sun_longitude(jd) - 270) / SUN_DEG_PER_DAY;

		jd -= step;
		if (fabs(step) < 5e-6)
			break;
	}
	return jd;
}
