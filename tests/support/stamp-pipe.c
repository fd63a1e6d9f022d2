/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/stamp-pipe.c - keep what comes out of a pipe, and when each block came.
 *
 *     stamp-pipe FIFO BLOCK_BYTES OUT
 *
 * OUT gets the bytes, OUT.stamps one line a read: "BYTES_BEFORE MONO_NS".
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_MAX 65536

int
main(int argc, char **argv)
{
	static char block[BLOCK_MAX], path[4096];
	struct sched_param real_time = { .sched_priority = 50 };
	uint64_t n_before = 0;
	ssize_t n;

	if (argc != 4 || atoi(argv[2]) < 1 || atoi(argv[2]) > BLOCK_MAX) {
		fputs("usage: stamp-pipe FIFO BLOCK_BYTES OUT\n", stderr);
		return 64;
	}
	snprintf(path, sizeof path, "%s.stamps", argv[3]);
	FILE *out = fopen(argv[3], "w"), *stamps = fopen(path, "w");
	int pipe = open(argv[1], O_RDONLY | O_CLOEXEC);

	if (out == NULL || stamps == NULL || pipe < 0) {
		perror("stamp-pipe");
		return 1;
	}
	setvbuf(stamps, NULL, _IOLBF, 0);
	sched_setscheduler(0, SCHED_FIFO, &real_time); /* without the right to it: less exact */
	while ((n = read(pipe, block, (size_t)atoi(argv[2]))) > 0) {
		struct timespec t;

		clock_gettime(CLOCK_MONOTONIC, &t);
		fprintf(stamps, "%llu %lld\n", (unsigned long long)n_before,
			(long long)t.tv_sec * 1000000000 + t.tv_nsec);
		fwrite(block, 1, (size_t)n, out);
		n_before += (uint64_t)n;
	}
	return fclose(out) != 0 || fclose(stamps) != 0;
}
