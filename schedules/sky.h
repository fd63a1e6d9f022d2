/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/sky.h - when the moon is new and where the sun stands, from libnova.
 *
 * Moments are Julian dates in UT. libnova keeps its last result in static memory, so that all
 * calls here share one lock. Thread: any.
 */
#pragma once

/* New moon number @k: 0 is that of 2000-01-06. Within seconds for 1960 to 2110. */
double loa_sky_new_moon(int k);
/* The sun's apparent longitude, 0 to 360 degrees. */
double loa_sky_sun_longitude(double jd);
/* The winter solstice of a Gregorian year. */
double loa_sky_winter_solstice(int year);
