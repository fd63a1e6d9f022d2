/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/net-bridge.c - a bad network between two namespaces, in user space.
 *
 *     net-bridge NETNS-A IF-A NETNS-B IF-B [SEED]
 *
 * makes a TAP device in each namespace and carries frames between them, worse than it got them.
 * The kernels of test machines often lack sch_netem; this needs only /dev/net/tun. It prints
 * "ready" when both devices exist (addresses are the caller's to set), then reads commands, one
 * a line, from standard input, and ends when that is closed:
 *
 *     ab|ba|both KEY=VALUE ...    ab: from A to B
 *         delay=MS    added to every frame
 *         jitter=MS   half-normal on top: queues only ever add
 *         loss=PCT    dropped at random
 *         reorder=PCT of the frames overtake: they skip jitter and order
 *         rate=KBIT   serialised at this rate (0: unlimited) behind a queue of
 *         queue=MS    this length; what does not fit is dropped
 *         cut=0|1     1: nothing passes, in either sense of time
 *
 * Each accepted line is answered with "ok", each other one with "bad". Without reordering the
 * order of frames is kept, as real links do.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 1600
#define QUEUE_SLOTS 8192
#define BATCH 64

typedef struct {
	int64_t due_ns;
	uint64_t order; /* breaks ties: first in, first out */
	size_t size;
	unsigned char bytes[FRAME_MAX];
} Frame;

typedef struct {
	double delay_ms, jitter_ms, loss_pct, reorder_pct, rate_kbit, queue_ms;
	bool is_cut;
	int from_fd, to_fd;
	int64_t last_due_ns;   /* nothing may overtake this one */
	int64_t line_free_ns;  /* when the serialising link is free again */
	Frame *frames;         /* QUEUE_SLOTS of them */
	int heap[QUEUE_SLOTS]; /* indices, a binary heap by due time */
	int n_heap;
	int unused[QUEUE_SLOTS];
	int n_unused;
	uint64_t n_taken;
} Direction;

static uint64_t random_state;

static double
uniform(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return ((double)(random_state >> 11) + 0.5) / 9007199254740992.0;
}

static double
half_normal(void)
{
	return fabs(sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform()));
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int
make_tap(const char *netns, const char *name)
{
	char path[256];
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	snprintf(path, sizeof path, "/run/netns/%s", netns);
	int there = open(path, O_RDONLY | O_CLOEXEC);

	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET) != 0)
		die(path);
	int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0)
		die("/dev/net/tun");
	if (setns(home, CLONE_NEWNET) != 0)
		die("setns");
	close(there);
	close(home);
	return tap;
}

static bool
is_before(const Direction *d, int a, int b)
{
	if (d->frames[a].due_ns != d->frames[b].due_ns)
		return d->frames[a].due_ns < d->frames[b].due_ns;
	return d->frames[a].order < d->frames[b].order;
}

static void
heap_swap(Direction *d, int i, int k)
{
	int held = d->heap[i];

	d->heap[i] = d->heap[k];
	d->heap[k] = held;
}

static void
heap_push(Direction *d, int slot)
{
	int i = d->n_heap++;

	d->heap[i] = slot;
	for (; i > 0 && is_before(d, d->heap[i], d->heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap_swap(d, i, (i - 1) / 2);
}

static int
heap_pop(Direction *d)
{
	int top = d->heap[0];

	d->heap[0] = d->heap[--d->n_heap];
	for (int i = 0;;) {
		int least = i;

		for (int k = 2 * i + 1; k <= 2 * i + 2 && k < d->n_heap; k++)
			if (is_before(d, d->heap[k], d->heap[least]))
				least = k;
		if (least == i)
			return top;
		heap_swap(d, i, least);
		i = least;
	}
}

/* When a frame of @size bytes leaves the serialising link; -1 if its queue is full. */
static int64_t
serialise(Direction *d, int64_t now, size_t size)
{
	if (d->rate_kbit <= 0)
		return now;
	int64_t begin = d->line_free_ns > now ? d->line_free_ns : now;

	if ((double)(begin - now) > d->queue_ms * 1e6)
		return -1;
	d->line_free_ns = begin + (int64_t)((double)size * 8e6 / d->rate_kbit);
	return d->line_free_ns;
}

static void
accept_frame(Direction *d, int slot, int64_t now)
{
	Frame *frame = &d->frames[slot];
	bool overtakes = uniform() * 100 < d->reorder_pct;
	int64_t leaves = serialise(d, now, frame->size);

	if (d->is_cut || leaves < 0 || uniform() * 100 < d->loss_pct) {
		d->unused[d->n_unused++] = slot;
		return;
	}
	double wait_ms = d->delay_ms + (overtakes ? 0 : half_normal() * d->jitter_ms);

	frame->due_ns = leaves + (int64_t)(wait_ms * 1e6);
	if (!overtakes) {
		if (frame->due_ns < d->last_due_ns)
			frame->due_ns = d->last_due_ns;
		d->last_due_ns = frame->due_ns;
	}
	frame->order = d->n_taken++;
	heap_push(d, slot);
}

static void
take_frames(Direction *d)
{
	for (int i = 0; i < BATCH && d->n_unused > 0; i++) {
		int slot = d->unused[d->n_unused - 1];
		ssize_t n = read(d->from_fd, d->frames[slot].bytes, FRAME_MAX);

		if (n <= 0)
			return;
		d->n_unused--;
		d->frames[slot].size = (size_t)n;
		accept_frame(d, slot, now_ns());
	}
}

static void
give_frames(Direction *d)
{
	while (d->n_heap > 0 && d->frames[d->heap[0]].due_ns <= now_ns()) {
		int slot = heap_pop(d);
		ssize_t n = d->is_cut
				    ? 0
				    : write(d->to_fd, d->frames[slot].bytes, d->frames[slot].size);

		(void)n; /* a full or closed device loses the frame, as a network does */
		d->unused[d->n_unused++] = slot;
	}
}

static bool
set_value(Direction *d, const char *key, double value)
{
	struct {
		const char *key;
		double *to;
	} const known[] = {
		{ "delay", &d->delay_ms }, { "jitter", &d->jitter_ms },
		{ "loss", &d->loss_pct },  { "reorder", &d->reorder_pct },
		{ "rate", &d->rate_kbit }, { "queue", &d->queue_ms },
	};

	if (strcmp(key, "cut") == 0) {
		d->is_cut = value != 0;
		return true;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(key, known[i].key) != 0)
			continue;
		*known[i].to = value;
		return true;
	}
	return false;
}

static bool
obey(Direction *ab, Direction *ba, char *line)
{
	char *rest = NULL;
	const char *which = strtok_r(line, " \t\n", &rest);

	if (which == NULL)
		return false;
	bool for_ab = strcmp(which, "ab") == 0 || strcmp(which, "both") == 0;
	bool for_ba = strcmp(which, "ba") == 0 || strcmp(which, "both") == 0;

	if (!for_ab && !for_ba)
		return false;
	for (char *word; (word = strtok_r(NULL, " \t\n", &rest)) != NULL;) {
		char *equals = strchr(word, '='), *end = NULL;

		if (equals == NULL)
			return false;
		*equals = '\0';
		double value = strtod(equals + 1, &end);

		if (end == equals + 1 || *end != '\0' || !isfinite(value) || value < 0)
			return false;
		if ((for_ab && !set_value(ab, word, value)) ||
		    (for_ba && !set_value(ba, word, value)))
			return false;
	}
	return true;
}

/* false at the end of the input */
static bool
read_commands(Direction *ab, Direction *ba)
{
	static char buffer[4096];
	static size_t n_held;
	ssize_t n = read(STDIN_FILENO, buffer + n_held, sizeof buffer - 1 - n_held);
	char *newline;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	n_held += (size_t)n;
	buffer[n_held] = '\0';
	while ((newline = memchr(buffer, '\n', n_held)) != NULL) {
		size_t used = (size_t)(newline - buffer) + 1;

		*newline = '\0';
		puts(obey(ab, ba, buffer) ? "ok" : "bad");
		n_held -= used;
		memmove(buffer, buffer + used, n_held + 1);
	}
	fflush(stdout);
	return n_held < sizeof buffer - 1;
}

static void
set_up(Direction *d, int from_fd, int to_fd)
{
	d->from_fd = from_fd;
	d->to_fd = to_fd;
	d->queue_ms = 300;
	d->frames = calloc(QUEUE_SLOTS, sizeof *d->frames);
	if (d->frames == NULL)
		die("memory");
	for (int i = 0; i < QUEUE_SLOTS; i++)
		d->unused[d->n_unused++] = i;
}

static void
arm(int timer, const Direction *ab, const Direction *ba)
{
	struct itimerspec when = { { 0, 0 }, { 0, 0 } };
	int64_t next = INT64_MAX;

	if (ab->n_heap > 0)
		next = ab->frames[ab->heap[0]].due_ns;
	if (ba->n_heap > 0 && ba->frames[ba->heap[0]].due_ns < next)
		next = ba->frames[ba->heap[0]].due_ns;
	if (next != INT64_MAX) {
		when.it_value.tv_sec = next / 1000000000;
		when.it_value.tv_nsec = next % 1000000000;
	}
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int
main(int argc, char **argv)
{
	static Direction ab, ba;
	struct sched_param real_time = { .sched_priority = 60 };

	if (argc < 5) {
		fputs("usage: net-bridge NETNS-A IF-A NETNS-B IF-B [SEED]\n", stderr);
		return 64;
	}
	random_state = 0x9e3779b97f4a7c15u ^ (argc > 5 ? strtoull(argv[5], NULL, 10) : 1);
	int a = make_tap(argv[1], argv[2]), b = make_tap(argv[3], argv[4]);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	set_up(&ab, a, b);
	set_up(&ba, b, a);
	sched_setscheduler(0, SCHED_FIFO, &real_time); /* without the right to it: less exact */
	puts("ready");
	fflush(stdout);

	for (;;) {
		struct pollfd wait[] = { { a, POLLIN, 0 },
					 { b, POLLIN, 0 },
					 { timer, POLLIN, 0 },
					 { STDIN_FILENO, POLLIN, 0 } };
		uint64_t n_expired;

		arm(timer, &ab, &ba);
		if (poll(wait, 4, -1) < 0 && errno != EINTR)
			die("poll");
		if (wait[2].revents && read(timer, &n_expired, sizeof n_expired) < 0 &&
		    errno != EAGAIN)
			die("timer");
		if (wait[0].revents & POLLIN)
			take_frames(&ab);
		if (wait[1].revents & POLLIN)
			take_frames(&ba);
		give_frames(&ab);
		give_frames(&ba);
		if (wait[3].revents && !read_commands(&ab, &ba))
			return 0;
	}
}
