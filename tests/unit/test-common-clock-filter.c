/* SPDX-License-Identifier: Apache-2.0 */
/* Networks and crystals are simulated: time here is a parameter. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/clock-filter.h"

#define SITE_EPOCH_NS G_GINT64_CONSTANT(1790000000000000000)
#define SECOND_NS G_GINT64_CONSTANT(1000000000)

/* A path with one-sided jitter and a node's crystal; times in seconds. */
typedef struct {
	double there_s, back_s; /* the empty path */
	double jitter_s;        /* half-normal */
	double wake_s;          /* mean of each of three late wake-ups on a way */
	double ppm;             /* site clock against the node's */
	guint64 random;
} Network;

static double
uniform(Network *net)
{
	net->random = net->random * G_GUINT64_CONSTANT(6364136223846793005) + 1442695040888963407u;
	return ((double)(net->random >> 11) + 0.5) / 9007199254740992.0;
}

static double
half_normal(Network *net)
{
	return fabs(sqrt(-2 * log(uniform(net))) * cos(2 * G_PI * uniform(net))) * net->jitter_s;
}

static double
queues(Network *net)
{
	double sum = half_normal(net);

	for (int i = 0; i < 3; i++)
		sum -= net->wake_s * log(uniform(net));
	return sum;
}

/* Site time (ns) at a node's monotonic time (s). */
static gint64
true_site_ns(const Network *net, double mono_s)
{
	return SITE_EPOCH_NS + llround(mono_s * (1 + net->ppm * 1e-6) * 1e9);
}

static LoaExchange
exchange(LoaClockFilter *filter, Network *net, double mono_s, gint64 step_ns)
{
	double arrives = mono_s + net->there_s + queues(net);
	double leaves = arrives + 20e-6;
	double returns = leaves + net->back_s + queues(net);

	return loa_clock_filter_add(filter, llround(mono_s * 1e9),
				    true_site_ns(net, arrives) + step_ns,
				    true_site_ns(net, leaves) + step_ns, llround(returns * 1e9));
}

static double
error_us(LoaClockFilter *filter, const Network *net, double mono_s, gint64 *bound_us)
{
	LoaClockMap map;

	assert_true(loa_clock_filter_line(filter, llround(mono_s * 1e6), &map, bound_us));
	return (double)map.site_us - (double)true_site_ns(net, mono_s) / 1e3;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#define N_RUNS 24 /* receivers */
#define N_LOOKS 4 /* at each */

/* One receiver from its start on, asking as node/time-client.c does. */
static void
collect_errors(Network *net, double from_s, double to_s, double *errors)
{
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	guint n_errors = 0;

	for (double t = 0; n_errors < N_LOOKS; t += t < 5    ? 0.05
						    : t < 20 ? 0.1
						    : t < 30 ? 0.125
						    : t < 60 ? 0.25
							     : 0.5) {
		gint64 bound_us = 0;

		assert_int_equal(exchange(filter, net, t, 0), LOA_EXCHANGE_TAKEN);
		if (t < from_s + (to_s - from_s) * n_errors / N_LOOKS)
			continue;
		/* look after the answer is in: later than any round trip here */
		errors[n_errors] = fabs(error_us(filter, net, t + 0.25, &bound_us));
		assert_true(errors[n_errors] <= (double)bound_us);
		n_errors++;
	}
}

static double
p95_error_us(Network net, double from_s, double to_s)
{
	double errors[N_RUNS * N_LOOKS];
	guint n_errors = G_N_ELEMENTS(errors);

	for (int run = 0; run < N_RUNS; run++)
		collect_errors(&net, from_s, to_s, errors + run * N_LOOKS);
	qsort(errors, n_errors, sizeof *errors, compare_doubles);
	return errors[n_errors * 95 / 100];
}

static void
the_error_stays_small_in_each_network(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		Network net;
		double from_s, to_s;
		double at_most_us;
	} cases[] = {
		{ "a wire, 100 ppm", { 30e-6, 30e-6, 20e-6, 0, 100, 4 }, 20, 80, 3 },
		{ "LAN", { 500e-6, 500e-6, 500e-6, 0, 0, 1 }, 20, 80, 22 },
		{ "LAN, late wake-ups", { 500e-6, 500e-6, 500e-6, 60e-6, 50, 7 }, 20, 80, 60 },
		{ "Wi-Fi, 50 ppm", { 0.002, 0.002, 0.005, 30e-6, 50, 2 }, 20, 80, 200 },
		{ "4G, -20 ppm", { 0.06, 0.06, 0.03, 30e-6, -20, 3 }, 20, 80, 700 },
		/* cold: the rate is hardly known */
		{ "a wire after 1.5 s", { 30e-6, 30e-6, 20e-6, 0, 50, 4 }, 1.5, 3, 8 },
		{ "LAN after 3 s", { 500e-6, 500e-6, 500e-6, 30e-6, 30, 5 }, 3, 6, 100 },
		{ "Wi-Fi after 3 s", { 0.002, 0.002, 0.005, 30e-6, 30, 5 }, 3, 6, 230 },
		{ "4G after 3 s", { 0.06, 0.06, 0.03, 30e-6, -20, 3 }, 3, 6, 850 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		double got_us = p95_error_us(cases[i].net, cases[i].from_s, cases[i].to_s);

		if (got_us > cases[i].at_most_us)
			fail_msg("%s: p95 %.1f us, want at most %.1f", cases[i].name, got_us,
				 cases[i].at_most_us);
	}
}

static void
the_bound_covers_a_path_that_is_longer_one_way(void **state)
{
	(void)state;
	Network net = { 0.030, 0.010, 0.001, 0, 10, 6 };
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	gint64 bound_us = 0;

	for (double t = 1; t < 30; t += 0.1)
		assert_int_equal(exchange(filter, &net, t, 0), LOA_EXCHANGE_TAKEN);
	double error = error_us(filter, &net, 30.2, &bound_us);

	assert_true(fabs(error - 10000) < 500); /* half the difference: nobody can know */
	assert_true(bound_us >= 20000 && bound_us < 25000);
}

static void
the_bound_grows_while_nobody_answers(void **state)
{
	(void)state;
	Network net = { 0.001, 0.001, 0.0002, 0, 30, 7 };
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	gint64 soon_us = 0, later_us = 0;

	for (double t = 1; t < 100; t += 0.25)
		assert_int_equal(exchange(filter, &net, t, 0), LOA_EXCHANGE_TAKEN);
	error_us(filter, &net, 101, &soon_us);
	double error = error_us(filter, &net, 101 + 86400, &later_us);

	assert_true(soon_us < 1500);
	assert_true(later_us > soon_us + 150000); /* 2 ppm of a day and more */
	assert_true(later_us < 2000000);
	assert_true(fabs(error) < (double)later_us);
}

static void
a_step_is_believed_after_four_exchanges_and_changes_the_epoch(void **state)
{
	(void)state;
	Network net = { 0.001, 0.001, 0.0002, 0, 0, 8 };
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	gint64 bound_us = 0, hour_ns = 3600 * SECOND_NS;
	LoaClockMap map;

	for (double t = 1; t < 20; t += 0.25)
		assert_int_equal(exchange(filter, &net, t, 0), LOA_EXCHANGE_TAKEN);
	for (int i = 0; i < 3; i++)
		assert_int_equal(exchange(filter, &net, 20 + i, hour_ns), LOA_EXCHANGE_DOUBTED);
	assert_true(loa_clock_filter_line(filter, 23000000, &map, &bound_us));
	assert_int_equal(map.epoch, 0);
	assert_true(fabs(error_us(filter, &net, 23, &bound_us)) < 1000);

	assert_int_equal(exchange(filter, &net, 24, hour_ns), LOA_EXCHANGE_STEPPED);
	assert_true(loa_clock_filter_line(filter, 24500000, &map, &bound_us));
	assert_int_equal(map.epoch, 1);
	assert_int_equal(loa_clock_filter_n_taken(filter), 1);
	assert_true(fabs(error_us(filter, &net, 24.5, &bound_us) - 3600e6) < 1000);
}

static void
a_lone_contradiction_changes_nothing(void **state)
{
	(void)state;
	Network net = { 0.001, 0.001, 0.0002, 0, 0, 9 };
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	gint64 bound_us = 0;

	for (double t = 1; t < 20; t += 0.25) {
		assert_int_equal(exchange(filter, &net, t, 0), LOA_EXCHANGE_TAKEN);
		assert_int_equal(exchange(filter, &net, t + 0.1, -SECOND_NS),
				 t < 1 ? LOA_EXCHANGE_TAKEN : LOA_EXCHANGE_DOUBTED);
	}
	assert_true(fabs(error_us(filter, &net, 20, &bound_us)) < 200);
}

static void
absurd_exchanges_are_refused(void **state)
{
	(void)state;
	g_autoptr(LoaClockFilter) filter = loa_clock_filter_new();
	const gint64 site = SITE_EPOCH_NS;
	LoaClockMap map;
	gint64 bound_us;

	/* answered before it was asked; sent before it arrived; older than the last; 11 s long;
	 * a stay at the controller longer than the round trip */
	assert_int_equal(loa_clock_filter_add(filter, 1000, site, site, 999), LOA_EXCHANGE_ABSURD);
	assert_int_equal(loa_clock_filter_add(filter, 1000, site, site - 1, 2000),
			 LOA_EXCHANGE_ABSURD);
	assert_int_equal(loa_clock_filter_add(filter, 0, site, site, 11 * SECOND_NS),
			 LOA_EXCHANGE_ABSURD);
	assert_int_equal(loa_clock_filter_add(filter, 0, site, site + 5000000, 1000000),
			 LOA_EXCHANGE_ABSURD);
	assert_false(loa_clock_filter_line(filter, 0, &map, &bound_us));

	assert_int_equal(loa_clock_filter_add(filter, SECOND_NS, site, site, SECOND_NS + 1000),
			 LOA_EXCHANGE_TAKEN);
	assert_int_equal(loa_clock_filter_add(filter, SECOND_NS / 2, site, site, SECOND_NS),
			 LOA_EXCHANGE_ABSURD);
	assert_int_equal(loa_clock_filter_n_taken(filter), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_error_stays_small_in_each_network),
		cmocka_unit_test(the_bound_covers_a_path_that_is_longer_one_way),
		cmocka_unit_test(the_bound_grows_while_nobody_answers),
		cmocka_unit_test(a_step_is_believed_after_four_exchanges_and_changes_the_epoch),
		cmocka_unit_test(a_lone_contradiction_changes_nothing),
		cmocka_unit_test(absurd_exchanges_are_refused),
	};

	return cmocka_run_group_tests_name("common/clock-filter", tests, NULL, NULL);
}
