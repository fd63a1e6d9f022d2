/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/access/login-throttle.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define HOUR_US (3600 * SECOND_US)

static void
a_name_waits_longer_after_each_failure_and_a_minute_at_most(void **state)
{
	static const gint64 waits_s[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();
	gint64 now_us = 5 * HOUR_US;

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", now_us), 0);
	for (gsize i = 0; i < G_N_ELEMENTS(waits_s); i++) {
		const gint64 wait_us = waits_s[i] * SECOND_US;

		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.9", now_us),
				 wait_us);
		now_us += wait_us - 1;
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.9", now_us), 1);
		now_us += 1;
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.9", now_us), 0);
	}
}

static void
who_waits_is_not_counted_again(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		(void)!loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0);
	for (guint i = 0; i < 100; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0),
				 SECOND_US);
}

static void
an_address_is_counted_over_all_names(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();
	gint64 now_us = 0;

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE_ADDRESS; i++) {
		g_autofree char *name = g_strdup_printf("u%u", i);

		assert_int_equal(loa_login_throttle_begin(throttle, name, "192.0.2.1", 0), 0);
	}
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0), SECOND_US);
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.2", 0), 0);
	for (guint i = 0; i < 30; i++) {
		g_autofree char *name = g_strdup_printf("v%u", i);

		now_us += loa_login_throttle_begin(throttle, name, "192.0.2.1", now_us);
		assert_int_equal(loa_login_throttle_begin(throttle, name, "192.0.2.1", now_us), 0);
	}
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", now_us),
			 900 * SECOND_US);
}

static void
the_addresses_of_one_ipv6_network_are_one(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE_ADDRESS; i++) {
		g_autofree char *name = g_strdup_printf("u%u", i);
		g_autofree char *address = g_strdup_printf("2001:db8:1:2::%x", i + 1);

		assert_int_equal(loa_login_throttle_begin(throttle, name, address, 0), 0);
	}
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "2001:db8:1:2:ffff::1", 0),
			 SECOND_US);
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "2001:db8:1:3::1", 0), 0);
}

static void
success_frees_the_name_but_does_not_whiten_the_address(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0), 0);
	loa_login_throttle_succeeded(throttle, "an", "192.0.2.1");
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0), 0);
	loa_login_throttle_succeeded(throttle, "an", "192.0.2.1");
	/* whoever has one account cannot wash the guesses at others off with it */
	for (guint i = LOA_LOGIN_THROTTLE_FREE - 1; i < LOA_LOGIN_THROTTLE_FREE_ADDRESS; i++) {
		g_autofree char *name = g_strdup_printf("u%u", i);

		assert_int_equal(loa_login_throttle_begin(throttle, name, "192.0.2.1", 0), 0);
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0),
				 i == LOA_LOGIN_THROTTLE_FREE_ADDRESS - 1 ? SECOND_US : 0);
		if (i < LOA_LOGIN_THROTTLE_FREE_ADDRESS - 1)
			loa_login_throttle_succeeded(throttle, "an", "192.0.2.1");
	}
}

static void
failures_are_forgotten_an_hour_after_the_last(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0), 0);
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", HOUR_US), 0);
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", HOUR_US), SECOND_US);
}

static void
memory_is_bounded_and_the_oldest_are_forgotten(void **state)
{
	g_autoptr(LoaLoginThrottle) throttle = loa_login_throttle_new();

	(void)state;
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++)
		assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 0), 0);
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_MAX; i++) {
		g_autofree char *name = g_strdup_printf("u%u", i);
		g_autofree char *address = g_strdup_printf("10.%u.%u.1", i / 256, i % 256);

		assert_int_equal(loa_login_throttle_begin(throttle, name, address, 1), 0);
		assert_true(loa_login_throttle_size(throttle) <= LOA_LOGIN_THROTTLE_MAX);
	}
	assert_int_equal(loa_login_throttle_size(throttle), LOA_LOGIN_THROTTLE_MAX);
	assert_int_equal(loa_login_throttle_begin(throttle, "an", "192.0.2.1", 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_waits_longer_after_each_failure_and_a_minute_at_most),
		cmocka_unit_test(who_waits_is_not_counted_again),
		cmocka_unit_test(an_address_is_counted_over_all_names),
		cmocka_unit_test(the_addresses_of_one_ipv6_network_are_one),
		cmocka_unit_test(success_frees_the_name_but_does_not_whiten_the_address),
		cmocka_unit_test(failures_are_forgotten_an_hour_after_the_last),
		cmocka_unit_test(memory_is_bounded_and_the_oldest_are_forgotten),
	};

	return cmocka_run_group_tests_name("controller/login-throttle", tests, NULL, NULL);
}
