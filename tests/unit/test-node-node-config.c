/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "node/node-config.h"

#define SEED "8a1f0c6e2b7d4935a0c8e1f27b6d5493c2e8f1a07d6b5c4938271605f4e3d2c1"
#define KEY "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
#define REQUIRED                                                                                   \
	"site = \"s\"; node = \"n\"; group = \"g\"; seed = \"" SEED                                \
	"\"; controller_keys = [\"" KEY "\"]; data_dir = \"data\";\n"                              \
	"broker = { host = \"h\"; }; output = { sink = \"fakesink\"; };\n"

static LoaNodeConfig *
read_text(const char *text, char **folder_out, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("loa-config-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "node.cfg", NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	LoaNodeConfig *config = loa_node_config_read(path, error);

	g_unlink(path);
	g_rmdir(folder);
	if (folder_out != NULL)
		*folder_out = g_steal_pointer(&folder);
	return config;
}

/* Every fault, with FILE replaced by "F". */
static char *
faults_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = NULL;
	g_autoptr(LoaNodeConfig) config = read_text(text, &folder, &error);

	if (config != NULL)
		return g_strdup("none");
	assert_true(g_error_matches(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_FAULTS));
	g_autofree char *path = g_build_filename(folder, "node.cfg", NULL);
	g_auto(GStrv) parts = g_strsplit(error->message, path, -1);

	return g_strjoinv("F", parts);
}

static void
the_sample_lists_every_key_and_is_in_order(void **state)
{
	(void)state;
	static const char *const keys[] = { "site",
					    "node",
					    "group",
					    "seed",
					    "controller_keys",
					    "data_dir",
					    "host",
					    "port",
					    "username",
					    "password",
					    "sink",
					    "buffer_ms",
					    "trim_us",
					    "volume_db",
					    "trust_system",
					    "controller",
					    "holdover_max_ms",
					    "mirrors",
					    "budget_mb",
					    "max_kbit_s",
					    "quiet_hours",
					    "from",
					    "to",
					    "utc_offset_min" };
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeConfig) config = loa_node_config_read("node/node.cfg.sample", &error);
	g_autofree char *text = NULL;

	if (config == NULL)
		fail_msg("%s", error->message);
	assert_string_equal(config->site, "phuong-mau");
	assert_string_equal(config->data_dir, "/var/lib/loa-node");
	assert_string_equal(config->output_sink, "alsasink");
	assert_int_equal(config->quiet_hours->len, 1);
	assert_true(g_file_get_contents("node/node.cfg.sample", &text, NULL, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *assignment = g_strdup_printf("%s = ", keys[i]);

		if (strstr(text, assignment) == NULL)
			fail_msg("the sample lacks %s", keys[i]);
	}
}

/* The values behind the comment signs of the sample are the defaults. */
static void
the_sample_tells_the_defaults(void **state)
{
	(void)state;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeConfig) shown = NULL;
	g_autoptr(LoaNodeConfig) bare = read_text(REQUIRED, NULL, &error);

	assert_non_null(bare);
	assert_true(g_file_get_contents("node/node.cfg.sample", &text, NULL, NULL));
	g_autoptr(GRegex) regex = g_regex_new("# ([a-z_]+ = [^;]+;)", 0, 0, NULL);
	g_autofree char *all = g_regex_replace(regex, text, -1, 0, "\\1 #", 0, NULL);

	shown = read_text(all, NULL, &error);
	if (shown == NULL)
		fail_msg("%s", error->message);
	assert_int_equal(shown->broker_port, bare->broker_port);
	assert_int_equal(shown->output_buffer_ms, bare->output_buffer_ms);
	assert_int_equal(shown->output_trim_us, bare->output_trim_us);
	assert_true(shown->output_volume_db == bare->output_volume_db);
	assert_int_equal(shown->clock_trust_system, bare->clock_trust_system);
	assert_int_equal(shown->utc_offset_min, bare->utc_offset_min);
	assert_int_equal(shown->clock_holdover_max_us, bare->clock_holdover_max_us);
	assert_null(shown->clock_battery);
	assert_null(bare->clock_battery);
	assert_true(shown->clock_battery_ppm == bare->clock_battery_ppm);
	assert_int_equal(shown->clock_battery_error_us, bare->clock_battery_error_us);
	assert_int_equal(shown->audio_budget_bytes, bare->audio_budget_bytes);
	assert_int_equal(shown->audio_max_kbit_s, bare->audio_max_kbit_s);
	assert_null(shown->audio_mirrors[0]);
	assert_null(bare->audio_mirrors[0]);
	assert_null(bare->clock_controller);
	assert_int_equal(bare->clock_holdover_max_us, 5000000);
	assert_true(bare->clock_battery_ppm == 20);
	assert_int_equal(bare->clock_battery_error_us, 1000000);
	assert_int_equal(bare->audio_budget_bytes, 1024000000);
	assert_int_equal(bare->quiet_hours->len, 0);
	assert_null(bare->broker_username);
	assert_int_equal(bare->broker_port, 1883);
	assert_int_equal(bare->output_buffer_ms, 240);
	assert_int_equal(bare->utc_offset_min, 420);
	assert_false(bare->clock_trust_system);
}

static void
every_value_is_taken(void **state)
{
	(void)state;
	static const char text[] =
		"site = \"phuong\"; node = \"n-1\"; group = \"to-1\"; seed = \"" SEED "\";\n"
		"controller_keys = [\"" KEY "\", \"" KEY "\"]; data_dir = \"data\";\n"
		"broker = { host = \"::1\"; port = 18830; username = \"u\"; password = \"p\"; };\n"
		"output = { sink = \"file:out/a.wav\"; buffer_ms = 100; trim_us = -2000;\n"
		"  volume_db = -6; };\n"
		"clock = { trust_system = true; controller = \"[::1]:4460\";\n"
		"  holdover_max_ms = 250; };\n"
		"audio = { mirrors = [ \"http://a:81/audio/\", \"https://b/\" ];\n"
		"  budget_mb = 7; max_kbit_s = 64; };\n"
		"quiet_hours = ( { from = \"22:00\"; to = \"04:30\"; },\n"
		"  { from = \"00:00\"; to = \"24:00\"; } );\n"
		"utc_offset_min = -210;\n";
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = NULL;
	g_autoptr(LoaNodeConfig) config = read_text(text, &folder, &error);

	assert_non_null(config);
	g_autofree char *data_dir = g_build_filename(folder, "data", NULL);
	g_autofree char *sink = g_strdup_printf("file:%s/out/a.wav", folder);
	g_autofree char *seed = loa_signing_key_seed_hex(config->key);

	assert_string_equal(config->site, "phuong");
	assert_string_equal(config->node, "n-1");
	assert_string_equal(config->group, "to-1");
	assert_string_equal(seed, SEED);
	assert_int_equal(loa_key_ring_size(config->controller_keys), 1);
	assert_string_equal(config->data_dir, data_dir);
	assert_string_equal(config->broker_host, "::1");
	assert_int_equal(config->broker_port, 18830);
	assert_string_equal(config->broker_username, "u");
	assert_string_equal(config->broker_password, "p");
	assert_string_equal(config->output_sink, sink);
	assert_int_equal(config->output_buffer_ms, 100);
	assert_int_equal(config->output_trim_us, -2000);
	assert_true(config->output_volume_db == -6);
	assert_true(config->clock_trust_system);
	assert_string_equal(config->clock_controller, "[::1]:4460");
	assert_int_equal(config->clock_holdover_max_us, 250000);
	assert_string_equal(config->audio_mirrors[0], "http://a:81/audio/");
	assert_string_equal(config->audio_mirrors[1], "https://b/");
	assert_null(config->audio_mirrors[2]);
	assert_int_equal(config->audio_budget_bytes, 7000000);
	assert_int_equal(config->audio_max_kbit_s, 64);
	assert_int_equal(config->quiet_hours->len, 2);
	const LoaQuietHours *night = &g_array_index(config->quiet_hours, LoaQuietHours, 0);

	assert_int_equal(night->from_min, 22 * 60);
	assert_int_equal(night->to_min, 4 * 60 + 30);
	assert_int_equal(config->utc_offset_min, -210);
}

static void
all_faults_are_told_in_one_go(void **state)
{
	(void)state;
	static const char text[] = "site = \"Phường\";\n"
				   "node = 7;\n"
				   "group = \"g\";\n"
				   "seed = \"abc\";\n"
				   "controller_keys = [\"xyz\"];\n"
				   "data_dir = \"\";\n"
				   "broker = { host = \"h\"; port = 70000; hots = 1; };\n"
				   "output = { buffer_ms = \"60\"; volume_db = 3.0; };\n"
				   "clock = { trust_system = 1; controller = \"h\"; };\n"
				   "quiet_hours = ( { from = \"25:00\"; to = \"04:30\"; },\n"
				   "  { from = \"05:00\"; to = \"05:00\"; until = 1; }, 5 );\n"
				   "audio = { mirrors = [ \"http://a/audio\" ]; budget_mb = 0;\n"
				   "  mirror = 1; };\n"
				   "volume = 3;\n";
	g_autofree char *faults = faults_of(text);

	assert_string_equal(
		faults,
		"F:14: unknown key 'volume'\n"
		"F:1: site 'Phường' is no id: lower-case letters, digits, '-' and '.', at most 64\n"
		"F:2: node must be a text in quotes\n"
		"F:4: seed must be 64 hexadecimal digits\n"
		"F:5: controller_keys[0] must be a public key of 64 hexadecimal digits\n"
		"F:6: data_dir must not be empty\n"
		"F:7: unknown key 'hots'\n"
		"F:7: port is 70000: want 1 to 65535\n"
		"F:8: sink is missing: want a text in quotes\n"
		"F:8: buffer_ms must be a whole number\n"
		"F:8: volume_db is 3: want -60 to 0\n"
		"F:9: trust_system must be true or false\n"
		"F:9: controller 'h' must be \"HOST:PORT\"\n"
		"F:13: unknown key 'mirror'\n"
		"F:12: budget_mb is 0: want 1 to 1048576\n"
		"F:12: mirrors[0] must be like \"http://HOST:PORT/audio/\", with the '/' at its "
		"end\n"
		"F:10: from '25:00' is no time of day: want \"HH:MM\", 00:00 to 24:00\n"
		"F:11: unknown key 'until'\n"
		"F:11: quiet hours must end at another time than they begin; the whole day is "
		"00:00 to 24:00\n"
		"F:11: quiet_hours must hold groups { from = ...; to = ...; }");
}

static void
everything_that_is_missing_is_told(void **state)
{
	(void)state;
	g_autofree char *faults = faults_of("# nothing\n");

	static const char *const names[] = {
		"site", "node", "group", "seed", "controller_keys", "data_dir", "broker", "output"
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *line = g_strdup_printf(": %s is missing: want", names[i]);

		if (strstr(faults, line) == NULL)
			fail_msg("%s is not told in: %s", names[i], faults);
	}
}

static void
a_syntax_error_has_its_line(void **state)
{
	(void)state;
	g_autofree char *faults = faults_of("site = \"s\";\nnode = = 3;\n");

	assert_true(g_str_has_prefix(faults, "F:2: "));
}

static void
a_missing_file_names_the_next_step(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeConfig) config = loa_node_config_read("/nonexistent/node.cfg", &error);

	assert_null(config);
	assert_true(g_error_matches(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_READ));
	assert_non_null(strstr(error->message, "loactl node add"));
}

/* libconfig itself would exit, hang or swallow the memory. */
static void
what_is_no_modest_text_file_is_refused_at_once(void **state)
{
	(void)state;
	g_autofree char *folder = g_dir_make_tmp("loa-config-XXXXXX", NULL);
	g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
	g_autofree char *nul = g_build_filename(folder, "nul", NULL);
	g_autofree char *large = g_build_filename(folder, "large", NULL);
	g_autofree char *blanks = g_strnfill(256 * 1024 + 1, ' ');
	const char *const paths[] = { folder, fifo, nul, large, "/dev/zero" };

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(g_file_set_contents(nul, REQUIRED "\0", sizeof(REQUIRED), NULL));
	assert_true(g_file_set_contents(large, blanks, -1, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LoaNodeConfig) config = loa_node_config_read(paths[i], &error);

		assert_null(config);
		assert_true(
			g_error_matches(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_READ));
		assert_non_null(strstr(error->message, paths[i]));
	}
	g_unlink(fifo);
	g_unlink(nul);
	g_unlink(large);
	g_rmdir(folder);
}

static void
an_include_is_a_fault(void **state)
{
	(void)state;
	g_autofree char *faults = faults_of("site = \"s\";\n@include \".\"\n");

	assert_string_equal(faults, "F:2: no @include here: write everything into this file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_lists_every_key_and_is_in_order),
		cmocka_unit_test(the_sample_tells_the_defaults),
		cmocka_unit_test(every_value_is_taken),
		cmocka_unit_test(all_faults_are_told_in_one_go),
		cmocka_unit_test(everything_that_is_missing_is_told),
		cmocka_unit_test(a_syntax_error_has_its_line),
		cmocka_unit_test(a_missing_file_names_the_next_step),
		cmocka_unit_test(what_is_no_modest_text_file_is_refused_at_once),
		cmocka_unit_test(an_include_is_a_fault),
	};

	return cmocka_run_group_tests_name("node/node-config", tests, NULL, NULL);
}
