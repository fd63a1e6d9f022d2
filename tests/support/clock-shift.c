/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/clock-shift.c - a wrong system clock for one program.
 *
 *     LD_PRELOAD=clock-shift.so LOA_CLOCK_SHIFT=FILE program
 *
 * FILE holds one 64-bit integer in the machine's byte order: nanoseconds that are added to
 * CLOCK_REALTIME. It is mapped, so that who writes into it steps the clock of the running program.
 * CLOCK_MONOTONIC stays as it is, and the kernel is made to say that nobody keeps the clock in
 * step. Deadlines on the real-time clock (Paho's condition variables) are shifted back; one that
 * waits already does not notice a step, and a condition variable on another clock is not known.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/clock-calls.h"

#define NS_PER_S 1000000000

static const volatile int64_t no_shift;
static const volatile int64_t *shift_ns = &no_shift;

__attribute__((constructor)) static void
map_shift(void)
{
	const char *path = getenv("LOA_CLOCK_SHIFT");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *page =
		fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shift_ns, PROT_READ, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED) {
		perror("clock-shift: LOA_CLOCK_SHIFT");
		_exit(64);
	}
	shift_ns = page;
	close(fd);
}

static struct timespec
shifted(struct timespec t, int64_t by_ns)
{
	int64_t ns = (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec + by_ns;

	return (struct timespec){ ns / NS_PER_S, ns % NS_PER_S };
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	long status = syscall(SYS_clock_gettime, id, t);

	if (status == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		*t = shifted(*t, *shift_ns);
	return (int)status;
}

int
adjtimex(struct timex *t)
{
	*t = (struct timex){ .status = STA_UNSYNC };
	return TIME_ERROR;
}

int
pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
		       const struct timespec *restrict until)
{
	struct timespec t = shifted(*until, -*shift_ns);

	return pthread_cond_clockwait(condition, mutex, CLOCK_REALTIME, &t);
}
