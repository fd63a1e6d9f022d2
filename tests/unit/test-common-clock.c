/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"

#define MONO_US G_GINT64_CONSTANT(5000000)
#define SITE_US G_GINT64_CONSTANT(1795255200000000)

static void
a_line_leads_there_and_back(void **state)
{
	(void)state;
	static const double rates[] = { 1.0, 1.0001, 0.9999 };
	static const gint64 offsets_us[] = {
		0, 1, -1, 1000, 3600 * (gint64)G_USEC_PER_SEC, -7 * 86400 * (gint64)G_USEC_PER_SEC
	};

	for (gsize r = 0; r < G_N_ELEMENTS(rates); r++) {
		LoaClockMap map = { .mono_us = MONO_US, .site_us = SITE_US, .rate = rates[r] };

		for (gsize i = 0; i < G_N_ELEMENTS(offsets_us); i++) {
			gint64 mono_us = MONO_US + offsets_us[i];
			gint64 site_us = loa_clock_map_to_site_us(&map, mono_us);

			assert_true(ABS(loa_clock_map_to_mono_us(&map, site_us) - mono_us) <= 1);
		}
	}
}

static void
a_fast_line_gains_what_its_rate_says(void **state)
{
	(void)state;
	LoaClockMap map = { .mono_us = MONO_US, .site_us = SITE_US, .rate = 1.00005 };

	/* 50 ppm of 1000 s are 50 ms */
	assert_true(loa_clock_map_to_site_us(&map, MONO_US + 1000 * (gint64)G_USEC_PER_SEC) ==
		    SITE_US + 1000 * (gint64)G_USEC_PER_SEC + 50000);
}

static void
a_test_clock_stands_until_it_is_turned(void **state)
{
	(void)state;
	g_autoptr(LoaClock) clock = loa_clock_new_test(MONO_US, SITE_US);

	assert_true(loa_clock_now_us(clock) == SITE_US);
	assert_true(loa_clock_mono_us(clock) == MONO_US);
	assert_true(loa_clock_now_us(clock) == SITE_US);
	loa_clock_test_set(clock, MONO_US + 10, SITE_US + 10);
	assert_true(loa_clock_now_us(clock) == SITE_US + 10);
	assert_true(loa_clock_mono_us(clock) == MONO_US + 10);

	LoaClockMap map = loa_clock_map(clock);

	assert_true(map.mono_us == MONO_US + 10 && map.site_us == SITE_US + 10);
}

static void
a_step_is_a_new_epoch_and_drift_is_not(void **state)
{
	(void)state;
	static const struct {
		gint64 off_us;
		guint32 epoch;
	} cases[] = { { 0, 0 },    { 2000, 0 },  { -2000, 0 },
		      { 2001, 1 }, { -2001, 1 }, { 3600 * (gint64)G_USEC_PER_SEC, 1 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaClock) clock = loa_clock_new_test(MONO_US, SITE_US);

		loa_clock_test_set(clock, MONO_US + 1000000, SITE_US + 1000000 + cases[i].off_us);
		assert_int_equal(loa_clock_map(clock).epoch, cases[i].epoch);
	}
}

static void
a_test_clock_is_as_trusted_as_the_test_says(void **state)
{
	(void)state;
	g_autoptr(LoaClock) clock = loa_clock_new_test(MONO_US, SITE_US);

	assert_int_equal(loa_clock_status(clock).state, LOA_CLOCK_SYNCED);
	loa_clock_test_set_status(clock, (LoaClockStatus){ LOA_CLOCK_HOLDOVER, "holdover", 777 });

	LoaClockStatus status = loa_clock_status(clock);

	assert_int_equal(status.state, LOA_CLOCK_HOLDOVER);
	assert_string_equal(status.source, "holdover");
	assert_true(status.bound_us == 777);
}

static void
the_system_clock_is_the_systems(void **state)
{
	(void)state;
	g_autoptr(LoaClock) clock = loa_clock_new_system(TRUE);
	gint64 before_us = g_get_real_time();
	gint64 now_us = loa_clock_now_us(clock);
	gint64 after_us = g_get_real_time();
	gint64 mono_before_us = loa_mono_now_us();
	gint64 mono_us = loa_clock_mono_us(clock);

	assert_true(before_us <= now_us && now_us <= after_us);
	assert_true(mono_before_us <= mono_us && mono_us <= loa_mono_now_us());

	/* the line and the clock say the same, but for being scheduled away in between */
	LoaClockMap map = loa_clock_map(clock);
	gint64 by_line_us = loa_clock_map_to_site_us(&map, loa_mono_now_us());

	assert_true(ABS(by_line_us - g_get_real_time()) < G_USEC_PER_SEC);
}

static void
a_system_clock_is_trusted_where_somebody_answers_for_it(void **state)
{
	(void)state;
	g_autoptr(LoaClock) vouched = loa_clock_new_system(TRUE);
	g_autoptr(LoaClock) plain = loa_clock_new_system(FALSE);
	LoaClockStatus status = loa_clock_status(plain);

	assert_int_equal(loa_clock_status(vouched).state, LOA_CLOCK_SYNCED);
	assert_true(loa_clock_status(vouched).bound_us < 20 * (gint64)G_USEC_PER_SEC);
	/* without, it depends on the kernel of this machine; never a trusted clock without bound */
	assert_true(status.state == LOA_CLOCK_UNTRUSTED || status.bound_us < G_MAXINT64);
}

/* As a service does that may not touch the clock: asking fails with EPERM, too. */
static gboolean
forbid_adjtimex(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_adjtimex, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_adjtime, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = G_N_ELEMENTS(steps), .filter = steps };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void
a_clock_that_may_not_be_asked_about_is_not_trusted(void **state)
{
	(void)state;
	enum { UNTRUSTED, TRUSTED, NOT_FORBIDDEN };
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (!forbid_adjtimex())
			_exit(NOT_FORBIDDEN);

		LoaClock *clock = loa_clock_new_system(FALSE);

		_exit(loa_clock_status(clock).state == LOA_CLOCK_UNTRUSTED ? UNTRUSTED : TRUSTED);
	}

	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), UNTRUSTED);
}

static void
every_state_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(loa_clock_state_name(LOA_CLOCK_UNTRUSTED), "untrusted");
	assert_string_equal(loa_clock_state_name(LOA_CLOCK_HOLDOVER), "holdover");
	assert_string_equal(loa_clock_state_name(LOA_CLOCK_SYNCED), "synced");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_leads_there_and_back),
		cmocka_unit_test(a_fast_line_gains_what_its_rate_says),
		cmocka_unit_test(a_test_clock_stands_until_it_is_turned),
		cmocka_unit_test(a_step_is_a_new_epoch_and_drift_is_not),
		cmocka_unit_test(a_test_clock_is_as_trusted_as_the_test_says),
		cmocka_unit_test(the_system_clock_is_the_systems),
		cmocka_unit_test(a_system_clock_is_trusted_where_somebody_answers_for_it),
		cmocka_unit_test(a_clock_that_may_not_be_asked_about_is_not_trusted),
		cmocka_unit_test(every_state_has_its_name),
	};

	return cmocka_run_group_tests_name("common/clock", tests, NULL, NULL);
}
