/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/clock-skew.c - a machine whose oscillator is off, for one program.
 *
 *     LD_PRELOAD=build/support/clock-skew.so LOA_SKEW_PPM=50 LOA_SKEW_LOG=FILE program...
 *
 * Every clock that ticks runs PPM faster, from the moment of the start on, and a sleep until a
 * moment ends when the program's own clock says so. Receive stamps of the kernel (SO_TIMESTAMPNS)
 * are refused, as they would be of another clock. FILE gets "BASE_NS PPM": what the program called
 * x was, on the true CLOCK_MONOTONIC, BASE + (x - BASE) / (1 + PPM / 1e6).
 *
 * Not covered: waits with a timeout (poll, futexes) last their true length. They are off by the
 * same few parts in a million, which no program can tell from a busy machine.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "tests/support/clock-calls.h"

#define N_CLOCKS 12

static int (*true_gettime)(clockid_t, struct timespec *);
static int (*true_nanosleep)(clockid_t, int, const struct timespec *, struct timespec *);
static int (*true_setsockopt)(int, int, int, const void *, socklen_t);
static int64_t base_ns[N_CLOCKS];
static double rate_error;

static int64_t
to_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static struct timespec
from_ns(int64_t ns)
{
	return (struct timespec){ ns / 1000000000, ns % 1000000000 };
}

static int
is_skewed(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_MONOTONIC ||
	       (id >= CLOCK_MONOTONIC_RAW && id <= CLOCK_BOOTTIME);
}

static void
write_log(void)
{
	const char *path = getenv("LOA_SKEW_LOG");
	FILE *log = path == NULL ? NULL : fopen(path, "w");

	if (log == NULL)
		return;
	fprintf(log, "%lld %g\n", (long long)base_ns[CLOCK_MONOTONIC], rate_error * 1e6);
	fclose(log);
}

__attribute__((constructor)) static void
set_up(void)
{
	const char *ppm = getenv("LOA_SKEW_PPM");

	if (true_gettime != NULL)
		return;
	*(void **)&true_nanosleep = dlsym(RTLD_NEXT, "clock_nanosleep");
	*(void **)&true_setsockopt = dlsym(RTLD_NEXT, "setsockopt");
	*(void **)&true_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	for (clockid_t id = 0; id < N_CLOCKS; id++) {
		struct timespec t;

		if (true_gettime(id, &t) == 0)
			base_ns[id] = to_ns(&t);
	}
	rate_error = ppm == NULL ? 0 : atof(ppm) * 1e-6;
	write_log();
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	set_up(); /* a library's constructor may be earlier than ours */
	int status = true_gettime(id, t);

	if (status == 0 && is_skewed(id)) {
		int64_t ns = to_ns(t);

		*t = from_ns(ns + (int64_t)((double)(ns - base_ns[id]) * rate_error));
	}
	return status;
}

int
clock_nanosleep(clockid_t id, int flags, const struct timespec *t, struct timespec *left)
{
	set_up();
	if (!(flags & TIMER_ABSTIME) || !is_skewed(id))
		return true_nanosleep(id, flags, t, left);

	int64_t since_ns = to_ns(t) - base_ns[id];
	struct timespec until =
		from_ns(base_ns[id] + (int64_t)((double)since_ns / (1 + rate_error)));

	return true_nanosleep(id, flags, &until, left);
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
	set_up();
	if (level == SOL_SOCKET && (option == SO_TIMESTAMPNS || option == SO_TIMESTAMP)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return true_setsockopt(fd, level, option, value, size);
}
