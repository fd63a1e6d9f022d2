/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/config-reader.h"
#include "controller/receivers/node-file.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"

static LoaControllerConfig *
make_config(void)
{
	LoaControllerConfig *c = g_new0(LoaControllerConfig, 1);

	c->site_id = g_strdup("phuong-mau");
	c->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	c->groups = g_ptr_array_new();
	c->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	c->broker_host = g_strdup("a \"broker\"\\");
	c->broker_port = 1884;
	return c;
}

static void
permit(LoaControllerConfig *c, guint days, gint32 from_s, gint32 to_s)
{
	LoaHours hours = { days, from_s, to_s };

	g_array_append_val(c->hours, hours);
}

/* The file as libconfig reads it. */
static LoaConfigReader *
write_and_read(const Folder *f, const LoaControllerConfig *c)
{
	static const LoaNodeFileDoors doors = { "10.0.0.1:123", "http://10.0.0.1:80/audio/" };

	g_autofree char *path = g_build_filename(f->folder, "node.cfg", NULL);
	g_autofree char *text = loa_node_file_write(c, "cum-1", "to-1", SHA, SHA, &doors, NOON_US);
	g_autoptr(GError) error = NULL;
	LoaConfigReader *reader;

	assert_true(g_file_set_contents(path, text, -1, NULL));
	reader = loa_config_reader_open(path, &error);
	if (reader == NULL)
		fail_msg("%s\n%s", error->message, text);
	return reader;
}

static void
assert_text(LoaConfigReader *reader, LoaConfigNode *group, const char *name, const char *want)
{
	assert_string_equal(loa_config_reader_text(reader, group, name, NULL), want);
}

static void
the_file_names_everything_that_a_receiver_needs(void **state)
{
	g_autoptr(LoaControllerConfig) c = make_config();

	permit(c, LOA_BROADCAST_ALL_DAYS, 0, 86400);
	c->broker_username = g_strdup("controller");

	g_autoptr(LoaConfigReader) reader = write_and_read(*state, c);
	LoaConfigNode *root = loa_config_reader_root(reader);
	LoaConfigNode *broker = loa_config_reader_group(reader, root, "broker", TRUE);
	LoaConfigNode *output = loa_config_reader_group(reader, root, "output", TRUE);
	LoaConfigNode *clock = loa_config_reader_group(reader, root, "clock", TRUE);
	LoaConfigNode *audio = loa_config_reader_group(reader, root, "audio", TRUE);
	LoaConfigNode *mirrors = loa_config_reader_list(reader, audio, "mirrors", TRUE);
	LoaConfigNode *keys = loa_config_reader_list(reader, root, "controller_keys", TRUE);

	assert_text(reader, root, "site", "phuong-mau");
	assert_text(reader, root, "node", "cum-1");
	assert_text(reader, root, "group", "to-1");
	assert_text(reader, root, "seed", SHA);
	assert_string_equal(loa_config_reader_element_text(reader, keys, 0), SHA);
	assert_text(reader, root, "data_dir", "/var/lib/loa-node");
	assert_text(reader, broker, "host", "a \"broker\"\\");
	assert_int_equal(loa_config_reader_int_or(reader, broker, "port", 0, 65535, 0), 1884);
	/* never the controller's own name at the broker */
	assert_text(reader, broker, "username", "cum-1");
	assert_text(reader, output, "sink", "alsasink");
	assert_text(reader, clock, "controller", "10.0.0.1:123");
	assert_string_equal(loa_config_reader_element_text(reader, mirrors, 0),
			    "http://10.0.0.1:80/audio/");
	assert_int_equal(loa_config_reader_int_or(reader, root, "utc_offset_min", -840, 840, 0),
			 420);
	assert_int_equal(loa_config_reader_length(
				 loa_config_reader_list(reader, root, "quiet_hours", FALSE)),
			 0);
}

/* Who wants sound soon wants silence soon, too. */
static void
the_device_holds_as_much_as_the_playout_delay_affords(void **state)
{
	static const struct {
		int delay_ms, buffer_ms;
	} cases[] = { { 150, 60 }, { 250, 60 }, { 500, 120 }, { 1000, 240 }, { 5000, 240 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaControllerConfig) c = make_config();

		c->playout_delay_us = cases[i].delay_ms * 1000;

		g_autoptr(LoaConfigReader) reader = write_and_read(*state, c);
		LoaConfigNode *output = loa_config_reader_group(
			reader, loa_config_reader_root(reader), "output", TRUE);

		assert_int_equal(loa_config_reader_int_or(reader, output, "buffer_ms", 20, 500, 0),
				 cases[i].buffer_ms);
	}
}

static void
hours_in_which_no_day_permits_sound_are_quiet(void **state)
{
	g_autoptr(LoaControllerConfig) c = make_config();

	permit(c, 0x1f, 5 * 3600 + 1800, 11 * 3600);
	permit(c, 0x1f, 13 * 3600, 21 * 3600);
	permit(c, 0x60, 6 * 3600, 12 * 3600);

	g_autoptr(LoaConfigReader) reader = write_and_read(*state, c);
	LoaConfigNode *list =
		loa_config_reader_list(reader, loa_config_reader_root(reader), "quiet_hours", TRUE);

	assert_int_equal(loa_config_reader_length(list), 2);

	LoaConfigNode *noon = loa_config_reader_element(reader, list, 0);
	LoaConfigNode *night = loa_config_reader_element(reader, list, 1);

	assert_text(reader, noon, "from", "12:00");
	assert_text(reader, noon, "to", "13:00");
	assert_text(reader, night, "from", "21:00");
	assert_text(reader, night, "to", "05:30");
}

#define test(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_file_names_everything_that_a_receiver_needs),
		test(the_device_holds_as_much_as_the_playout_delay_affords),
		test(hours_in_which_no_day_permits_sound_are_quiet),
	};

	return cmocka_run_group_tests_name("controller/node-file", tests, NULL, NULL);
}
