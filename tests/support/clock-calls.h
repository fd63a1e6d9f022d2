/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/clock-calls.h - the older ways to ask for the time, made of the clock_gettime() of
 * the library that includes this: the C library's own would not come by there.
 */
#pragma once

#include <sys/time.h>
#include <time.h>

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*tv = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
	return 0;
}

time_t
time(time_t *seconds)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (seconds != NULL)
		*seconds = t.tv_sec;
	return t.tv_sec;
}
