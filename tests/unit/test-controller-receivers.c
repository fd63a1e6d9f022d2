/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/receivers.h"
#include "tests/unit/controller-sample.h"

typedef struct {
	Folder *folder;
	LoaClock *clock;
	LoaSigningKey *key;
	char *ports_file;
	LoaReceiversConfig config;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);
	void *folder = NULL;

	if (folder_setup(&folder) != 0)
		return -1;
	f->folder = folder;
	f->clock = loa_clock_new_test(1, NOON_US);
	f->key = loa_signing_key_new();
	f->ports_file = g_build_filename(f->folder->folder, "receivers.ports", NULL);
	f->config = (LoaReceiversConfig){ .site = "phuong-mau",
					  .listen = "127.0.0.1",
					  .address = "loa.example",
					  .audio_dir = f->folder->folder,
					  .ports_file = f->ports_file,
					  .clock = f->clock,
					  .key = f->key };
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;
	void *folder = f->folder;

	loa_clock_free(f->clock);
	loa_signing_key_free(f->key);
	g_free(f->ports_file);
	g_free(f);
	return folder_teardown(&folder);
}

static LoaReceivers *
open_receivers(const Fixture *f)
{
	g_autoptr(GError) error = NULL;
	LoaReceivers *receivers = loa_receivers_new(&f->config, &error);

	if (receivers == NULL)
		fail_msg("%s", error->message);
	return receivers;
}

static guint
port_of(const char *address)
{
	return (guint)g_ascii_strtoull(strrchr(address, ':') + 1, NULL, 10);
}

static void
free_ports_are_kept_for_the_next_start(void **state)
{
	const Fixture *f = *state;
	g_autoptr(LoaReceivers) first = open_receivers(f);
	g_autofree char *time = g_strdup(loa_receivers_time_address(first));
	g_autofree char *url = g_strdup(loa_receivers_mirror_url(first));

	assert_true(g_str_has_prefix(time, "loa.example:"));
	assert_true(g_str_has_prefix(url, "http://loa.example:"));
	assert_true(g_str_has_suffix(url, "/audio/"));
	g_clear_pointer(&first, loa_receivers_free);

	g_autoptr(LoaReceivers) second = open_receivers(f);

	assert_string_equal(loa_receivers_time_address(second), time);
	assert_string_equal(loa_receivers_mirror_url(second), url);

	/* while they are somebody else's, others do; damage to the file is no reason to stay away
	 */
	g_autoptr(LoaReceivers) third = open_receivers(f);

	assert_string_not_equal(loa_receivers_time_address(third), time);
	assert_true(g_file_set_contents(f->ports_file, "time 99999999 audio 1\n", -1, NULL));
	g_autoptr(LoaReceivers) fourth = open_receivers(f);

	assert_in_range(port_of(loa_receivers_time_address(fourth)), 1, 65535);
}

static void
a_configured_port_that_is_taken_is_named(void **state)
{
	Fixture *f = *state;
	g_autoptr(LoaReceivers) other = open_receivers(f);
	g_autoptr(GError) error = NULL;

	f->config.time_port = (guint16)port_of(loa_receivers_time_address(other));
	assert_null(loa_receivers_new(&f->config, &error));
	assert_non_null(strstr(error->message, "receivers.time_port"));
	g_clear_error(&error);

	f->config.time_port = 0;
	f->config.audio_port = (guint16)g_ascii_strtoull(
		loa_receivers_mirror_url(other) + strlen("http://loa.example:"), NULL, 10);
	assert_null(loa_receivers_new(&f->config, &error));
	assert_non_null(strstr(error->message, "receivers.audio_port"));
}

static void
an_address_of_ipv6_stands_in_brackets(void **state)
{
	Fixture *f = *state;

	f->config.address = "2001:db8::7";
	g_autoptr(LoaReceivers) receivers = open_receivers(f);

	assert_true(g_str_has_prefix(loa_receivers_time_address(receivers), "[2001:db8::7]:"));
	assert_true(g_str_has_prefix(loa_receivers_mirror_url(receivers), "http://[2001:db8::7]:"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(free_ports_are_kept_for_the_next_start, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_configured_port_that_is_taken_is_named, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_address_of_ipv6_stands_in_brackets, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("controller/receivers", tests, NULL, NULL);
}
