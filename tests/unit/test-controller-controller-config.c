/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "controller/controller-config.h"
#include "schedules/hours.h"
#include "tests/unit/controller-sample.h"

/* Line 1 to 4; a case adds line 5 and on. */
#define SITE "site = { id = \"phuong-mau\"; name = \"Phường Mẫu\"; };\n"
#define GROUPS "groups = ( { id = \"to-1\"; name = \"Tổ 1\"; } );\n"
#define DATA "data_dir = \"/tmp/x\";\n"
#define HOURS "hours = ( { from = \"05:00\"; to = \"21:30\"; } );\n"
#define GOOD SITE GROUPS DATA HOURS
#define PERIOD(keys) "reports = { periods = (\n{ id = \"p\"; " keys " } ); };\n"
#define FEE(keys) "reports = { fees = (\n{ " keys " } ); };\n"

static LoaControllerConfig *
load(const Folder *f, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(f->folder, "c.cfg", NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	return loa_controller_config_load(path, error);
}

static LoaControllerConfig *
load_good(const Folder *f, const char *text)
{
	g_autoptr(GError) error = NULL;
	LoaControllerConfig *config = load(f, text, &error);

	if (config == NULL)
		fail_msg("%s", error->message);
	return config;
}

static void
the_least_configuration_has_the_documented_defaults(void **state)
{
	g_autoptr(LoaControllerConfig) c = load_good(*state, GOOD);
	const LoaHours *hours = &g_array_index(c->hours, LoaHours, 0);
	const char *const speech[] = { "espeak-ng", "-v", "vi", "-w", "%o", "-f", "%i", NULL };

	assert_string_equal(c->site_id, "phuong-mau");
	assert_string_equal(c->time_zone, "Asia/Ho_Chi_Minh");
	assert_non_null(c->zone);
	assert_string_equal(loa_controller_config_group(c, "to-1")->name, "Tổ 1");
	assert_null(loa_controller_config_group(c, "to-2"));
	assert_int_equal(loa_controller_config_group(c, "to-1")->start_offset_ms, 0);
	assert_int_equal(loa_controller_config_group(c, "to-1")->turn, 0);
	assert_null(c->policy);
	assert_false(c->stagger.emergency_too);
	assert_int_equal(c->stagger.turn_gap_us, 2000000);
	assert_string_equal(c->broker_host, "127.0.0.1");
	assert_int_equal(c->broker_port, 1883);
	assert_null(c->broker_username);
	assert_int_equal(c->http_port, 0);
	assert_string_equal(c->http_listen, "127.0.0.1");
	assert_false(c->http_has_tls);
	assert_null(c->http_names[0]);
	assert_string_equal(c->token_file, "/tmp/x/token");
	assert_string_equal(c->bootstrap_dir, "/usr/share/javascript/bootstrap5");
	assert_false(c->clock_trust_system);
	assert_string_equal(c->receivers_listen, "127.0.0.1");
	assert_string_equal(c->receivers_address, "127.0.0.1");
	assert_int_equal(c->receivers_time_port, 4460);
	assert_int_equal(c->receivers_audio_port, 4461);
	assert_int_equal(c->ready_warning_min, 60);
	assert_int_equal(c->playout_delay_us, 1000000);
	assert_int_equal(c->horizon_days, 14);
	assert_int_equal(hours->days, LOA_BROADCAST_ALL_DAYS);
	assert_int_equal(hours->from_s, 5 * 3600);
	assert_int_equal(hours->to_s, 21 * 3600 + 1800);
	assert_true(c->ingest_lufs == -16.0 && c->ingest_true_peak_dbtp == -1.5);
	assert_int_equal(c->ingest_bitrate, 24000);
	assert_int_equal(c->ingest_max_minutes, 120);
	assert_null(c->ingest_program);
	assert_true(g_strv_equal((const char *const *)c->speech_command, speech));
}

static void
every_key_is_read(void **state)
{
	g_autoptr(LoaControllerConfig) c = load_good(
		*state, SITE DATA
		"groups = ( { id = \"to-1\"; name = \"Tổ 1\"; start_offset_ms = 60000; turn = 15;"
		" language = \"hmn\"; }"
		" );\n"
		"policy = { sessions_a_day = 2; session_minutes = 15; session_gap_min = 5;\n"
		"  groups = ( { to = \"to-1\"; sessions_a_day = 3; } ); };\n"
		"stagger = { emergency_too = true; turn_gap_ms = 60000; };\n"
		"hours = ( { days = [ \"mon\", \"sun\" ]; from = \"00:00\"; to = \"24:00\"; } );\n"
		"broker = { host = \"b\"; port = 8883; username = \"u\"; password = \"p\"; };\n"
		"http = { port = 8080; token_file = \"/run/t\"; bootstrap_dir = \"/b\";"
		"  login = { idle_hours = 2; }; listen = \"::\";\n"
		"  names = [ \"loa.example\", \"192.0.2.7\" ];\n"
		"  tls = { certificate = \"/c\"; key = \"/k\"; }; };\n"
		"clock = { trust_system = true; };\n"
		"receivers = { listen = \"::\"; address = \"loa.example\"; time_port = 0;\n"
		"  audio_port = 8081; };\n"
		"ready_warning_min = 0; playout_delay_ms = 150; horizon_days = 2;\n"
		"reports = { periods = ( { id = \"p\"; from = \"02-28\"; months = 24;"
		"  due_days = -3; } );"
		"  fees = ( { kind = \"bai\"; item = 50000; airing = 1000; } ); };\n"
		"ingest = { lufs = -20; true_peak_dbtp = -2.5; bitrate = 32000;\n"
		"  max_minutes = 5; program = \"/x/loa-ingest\"; };\n"
		"speech = { command = ( \"piper\", \"--in=%i\", \"--out=%o\" ); };\n");
	const LoaHours *hours = &g_array_index(c->hours, LoaHours, 0);

	assert_int_equal(loa_controller_config_group(c, "to-1")->start_offset_ms, 60000);
	assert_int_equal(loa_controller_config_group(c, "to-1")->turn, 15);
	assert_int_equal(c->policy->sessions.minutes, 15);
	assert_int_equal(loa_policy_rule(c->policy, "to-1")->sessions.a_day, 3);
	assert_int_equal(g_array_index(c->policy->hours, LoaHours, 0).to_s, 86400);
	assert_string_equal(loa_controller_config_group(c, "to-1")->language, "hmn");
	assert_true(c->stagger.emergency_too);
	assert_int_equal(c->stagger.turn_gap_us, 60000000);
	assert_int_equal(hours->days, 1u | 1u << 6);
	assert_int_equal(hours->to_s, 86400);
	assert_string_equal(c->broker_host, "b");
	assert_int_equal(c->broker_port, 8883);
	assert_string_equal(c->broker_username, "u");
	assert_string_equal(c->broker_password, "p");
	assert_int_equal(c->http_port, 8080);
	assert_int_equal(c->login_idle_hours, 2);
	assert_string_equal(c->http_listen, "::");
	assert_string_equal(c->http_names[1], "192.0.2.7");
	assert_null(c->http_names[2]);
	assert_true(c->http_has_tls);
	assert_string_equal(c->http_certificate, "/c");
	assert_string_equal(c->http_key, "/k");
	assert_int_equal(c->login_absolute_days, 30);
	assert_int_equal(c->login_memory_mib, 64);
	assert_string_equal(c->token_file, "/run/t");
	assert_string_equal(c->bootstrap_dir, "/b");
	assert_true(c->clock_trust_system);
	assert_string_equal(c->receivers_listen, "::");
	assert_string_equal(c->receivers_address, "loa.example");
	assert_int_equal(c->receivers_time_port, 0);
	assert_int_equal(c->receivers_audio_port, 8081);
	assert_int_equal(c->ready_warning_min, 0);
	assert_int_equal(c->playout_delay_us, 150000);
	assert_int_equal(c->horizon_days, 2);
	assert_int_equal(c->reports.periods->len, 1);

	const LoaPeriodRule *rule = g_ptr_array_index(c->reports.periods, 0);

	assert_string_equal(rule->name_vi, "p");
	assert_int_equal(rule->start_month * 100 + rule->start_day, 228);
	assert_int_equal(rule->n_months * 100 + rule->every_months, 2412);
	assert_int_equal(rule->due_days, -3);
	assert_int_equal(loa_report_config_fee(&c->reports, "bai")->item_vnd, 50000);
	assert_int_equal(loa_report_config_fee(&c->reports, "bai")->airing_vnd, 1000);
	assert_null(loa_report_config_fee(&c->reports, "tin"));
	assert_null(loa_report_config_fee(&c->reports, NULL));
	assert_true(c->ingest_lufs == -20.0 && c->ingest_true_peak_dbtp == -2.5);
	assert_int_equal(c->ingest_bitrate, 32000);
	assert_int_equal(c->ingest_max_minutes, 5);
	assert_string_equal(c->ingest_program, "/x/loa-ingest");
	assert_string_equal(c->speech_command[0], "piper");
	assert_int_equal(g_strv_length(c->speech_command), 3);
}

static void
receivers_are_told_an_address_they_can_reach(void **state)
{
	g_autoptr(LoaControllerConfig) all =
		load_good(*state, GOOD "receivers = { listen = \"0.0.0.0\"; };\n");
	g_autoptr(LoaControllerConfig) one =
		load_good(*state, GOOD "receivers = { listen = \"10.0.0.7\"; };\n");

	assert_string_equal(all->receivers_address, g_get_host_name());
	assert_string_equal(one->receivers_address, "10.0.0.7");
}

typedef struct {
	const char *text;
	int line;
	const char *word; /* of the message */
} Fault;

static void
every_fault_names_its_line_and_what_is_wrong(void **state)
{
	const Folder *f = *state;
	static const Fault faults[] = {
		{ GOOD "hour = 1;\n", 5, "unknown key \"hour\"" },
		{ GOOD "broker = {\n hostname = \"x\"; };\n", 6, "unknown key \"hostname\"" },
		{ GOOD "broker = 5;\n", 5, "group" },
		{ GOOD "broker = { port = \"1883\"; };\n", 5, "whole number" },
		{ GOOD "broker = { port = 0; };\n", 5, "1 to 65535" },
		{ GOOD "broker = { password = \"p\"; };\n", 5, "username" },
		{ GOOD "playout_delay_ms = 149;\n", 5, "150" },
		{ GOOD "playout_delay_ms = 200.0;\n", 5, "whole number" },
		{ GOOD "horizon_days = 1;\n", 5, "2 to 60" },
		{ GOOD "ingest = { lufs = \"loud\"; };\n", 5, "number" },
		{ GOOD "ingest = { lufs = 3; };\n", 5, "-40 to -8" },
		{ GOOD "speech = { command = ( \"espeak\" ); };\n", 5, "%i" },
		{ GOOD "speech = { command = ( \"%i\", \"%o\", 5 ); };\n", 5, "text in quotes" },
		{ GOOD "http = { port = 65536; };\n", 5, "65535" },
		{ GOOD "http = { listen = \"0.0.0.0\"; };\n", 5, "tls = { }" },
		{ GOOD "http = { tls = { }; };\n", 5, "names" },
		{ GOOD "http = { names = ( \"x\" ); tls = { key = \"/k\"; }; };\n", 5,
		  "go together" },
		{ GOOD "http = { names = ( \"a:b\" ); };\n", 5, "host name" },
		{ GOOD "http = { login = { memory_mib = 4; }; };\n", 5, "1024" },
		{ GOOD "clock = { trust_system = 1; };\n", 5, "true or false" },
		{ GOOD "receivers = { listen = \"loa.example\"; };\n", 5, "0.0.0.0" },
		{ GOOD "receivers = { address = \"http://x/\"; };\n", 5, "host name" },
		{ GOOD "receivers = { time_port = -1; };\n", 5, "0 to 65535" },
		{ GOOD "receivers = { audio_port = 65536; };\n", 5, "0 to 65535" },
		{ GOOD "ready_warning_min = -1;\n", 5, "0 to 10080" },
		{ GOOD PERIOD("from = \"14-11\";"), 6, "11-14" },
		{ GOOD PERIOD("from = \"11-29\";"), 6, "11-14" },
		{ GOOD PERIOD("from = \"1-1\";"), 6, "11-14" },
		{ GOOD PERIOD("months = 7;"), 6, "1, 2, 3, 4, 6 or 12" },
		{ GOOD PERIOD("months = 25;"), 6, "1 to 24" },
		{ GOOD PERIOD("due_days = 367;"), 6, "-366 to 366" },
		{ GOOD PERIOD("} , { id = \"p\";"), 6, "twice" },
		{ GOOD "reports = { periods = ( { id = \"a.b\"; } ); };\n", 5, "without dots" },
		{ GOOD FEE("kind = \"phim\";"), 6, "phim" },
		{ GOOD FEE("kind = \"tin\"; item = -1;"), 6, "0 to 100000000" },
		{ GOOD FEE("kind = \"tin\"; }, { kind = \"tin\";"), 6, "twice" },
		{ GOOD "policy = {\n sessions_a_day = 99; };\n", 6, "0 to 48" },
		{ GOOD "policy = {\n groups = ( { to = \"to-7\"; } ); };\n", 6, "no group" },
		{ GOOD "policy = {\n hours = ( ); };\n", 6, "outside \"policy\"" },
		{ GOOD "policy = ( );\n", 5, "policy: want a group" },
		{ GOOD "stagger = { turn_gap_ms = 60001; };\n", 5, "0 to 60000" },
		{ SITE "groups = ( { id = \"a\";\n turn = 16; } );\n" DATA HOURS, 3, "0 to 15" },
		{ GROUPS DATA HOURS, 0, "\"site\" is missing" },
		{ "site = { name = \"x\"; };\n" GROUPS DATA HOURS, 1, "\"id\" is missing" },
		{ "site = { id = \"Phường\"; name = \"x\"; };\n" GROUPS DATA HOURS, 1, "is no id" },
		{ "site = { id = \"p\"; name = \"x\";\n time_zone = \"Mars/Base\"; };\n" GROUPS DATA
			  HOURS,
		  2, "Mars/Base" },
		{ SITE "groups = ();\n" DATA HOURS, 2, "1 to 512" },
		{ SITE "groups = ( \"to-1\" );\n" DATA HOURS, 2, "group" },
		{ SITE "groups = ( { id = \"a\"; },\n { id = \"a\"; } );\n" DATA HOURS, 3,
		  "twice" },
		{ SITE GROUPS HOURS, 0, "\"data_dir\" is missing" },
		{ SITE GROUPS DATA, 0, "\"hours\" is missing" },
		{ SITE GROUPS DATA "hours = ();\n", 4, "windows" },
		{ SITE GROUPS DATA "hours = ( { from = \"25:00\"; to = \"26:00\"; } );\n", 4, "" },
		{ SITE GROUPS DATA "hours = ( { from = \"05:00\"; to = \"24:01\"; } );\n", 4, "" },
		{ SITE GROUPS DATA "hours = ( { from = \"21:00\"; to = \"05:00\"; } );\n", 4,
		  "two windows" },
		{ SITE GROUPS DATA
		  "hours = ( { days = [ \"funday\" ]; from = \"05:00\"; to = \"06:00\"; } );\n",
		  4, "funday" },
		{ SITE GROUPS DATA HOURS "x = = 1;\n", 5, "syntax error" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *where =
			g_strdup_printf("%s/c.cfg:%d: ", f->folder, faults[i].line);
		g_autoptr(LoaControllerConfig) config = load(f, faults[i].text, &error);

		if (config != NULL)
			fail_msg("case %zu was taken", i);
		if (!g_str_has_prefix(error->message, where) ||
		    strstr(error->message, faults[i].word) == NULL)
			fail_msg("case %zu: \"%s\" lacks \"%s\" or \"%s\"", i, error->message,
				 where, faults[i].word);
		if (strchr(error->message, '\n') != NULL)
			fail_msg("case %zu: more than one fault: %s", i, error->message);
	}
}

static void
all_faults_come_out_in_one_go_by_line(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaControllerConfig) config =
		load(*state, GOOD "zz = 1;\nhorizon_days = 0;\nbroker = { port = -1; };\n", &error);

	assert_null(config);

	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

	assert_int_equal(g_strv_length(lines), 3);
	assert_non_null(strstr(lines[0], "c.cfg:5: unknown key \"zz\""));
	assert_non_null(strstr(lines[1], "c.cfg:6: "));
	assert_non_null(strstr(lines[2], "c.cfg:7: "));
}

static void
a_file_that_is_not_there_is_an_error_with_its_name(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;

	assert_null(loa_controller_config_load("/nonexistent/c.cfg", &error));
	assert_true(g_error_matches(error, LOA_CONFIG_READER_ERROR, LOA_CONFIG_READER_ERROR_READ));
	assert_non_null(strstr(error->message, "/nonexistent/c.cfg"));
}

/* libconfig itself would exit, hang or swallow the memory. */
static void
what_is_no_modest_text_file_is_refused_at_once(void **state)
{
	const Folder *f = *state;
	g_autofree char *fifo = g_build_filename(f->folder, "fifo", NULL);
	g_autofree char *nul = g_build_filename(f->folder, "nul", NULL);
	g_autofree char *large = g_build_filename(f->folder, "large", NULL);
	g_autofree char *blanks = g_strnfill(1024 * 1024 + 1, ' ');
	const char *const paths[] = { f->folder, fifo, nul, large, "/dev/zero" };

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(g_file_set_contents(nul, GOOD "\0", sizeof(GOOD), NULL));
	assert_true(g_file_set_contents(large, blanks, -1, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LoaControllerConfig) c = loa_controller_config_load(paths[i], &error);

		assert_null(c);
		assert_non_null(error);
		assert_non_null(strstr(error->message, paths[i]));
	}
}

static void
an_include_is_a_fault(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaControllerConfig) c = load(*state, GOOD "@include \".\"\n", &error);

	assert_null(c);
	assert_true(g_str_has_suffix(
		error->message, "/c.cfg:5: no @include here: write everything into this file"));
}

/* The sample with every "# key = value;" made real. */
static char *
uncomment(const char *text)
{
	g_autoptr(GRegex) regex =
		g_regex_new("^(\\s*)# (\\w+ = [^\\n]*;)", G_REGEX_MULTILINE, 0, NULL);

	return g_regex_replace(regex, text, -1, 0, "\\1\\2", 0, NULL);
}

static void
assert_same_periods(const GPtrArray *a, const GPtrArray *b)
{
	assert_int_equal(a->len, b->len);
	for (guint i = 0; i < a->len; i++) {
		const LoaPeriodRule *x = g_ptr_array_index(a, i), *y = g_ptr_array_index(b, i);

		assert_string_equal(x->id, y->id);
		assert_string_equal(x->name_vi, y->name_vi);
		assert_string_equal(x->name_en, y->name_en);
		assert_int_equal(x->start_month, y->start_month);
		assert_int_equal(x->start_day, y->start_day);
		assert_int_equal(x->every_months, y->every_months);
		assert_int_equal(x->n_months, y->n_months);
		assert_int_equal(x->due_days, y->due_days);
	}
}

static void
the_sample_is_in_order_and_shows_the_defaults(void **state)
{
	g_autofree char *text = NULL;
	g_autoptr(LoaControllerConfig) as_is = NULL;
	g_autoptr(LoaControllerConfig) all = NULL;
	g_autoptr(LoaControllerConfig) least = NULL;

	assert_true(g_file_get_contents("controller/controller.cfg.sample", &text, NULL, NULL));

	g_autofree char *full = uncomment(text);

	as_is = load_good(*state, text);
	all = load_good(*state, full);
	least = load_good(*state, GOOD);
	assert_string_not_equal(text, full);
	assert_int_equal(as_is->groups->len, 6);
	assert_string_equal(all->time_zone, as_is->time_zone);
	assert_string_equal(all->broker_host, as_is->broker_host);
	assert_int_equal(all->broker_port, as_is->broker_port);
	assert_int_equal(all->http_port, as_is->http_port);
	assert_string_equal(all->http_listen, as_is->http_listen);
	assert_false(as_is->http_has_tls);
	assert_int_equal(all->login_idle_hours, as_is->login_idle_hours);
	assert_int_equal(all->login_absolute_days, as_is->login_absolute_days);
	assert_int_equal(all->login_memory_mib, as_is->login_memory_mib);
	assert_int_equal(all->clock_trust_system, as_is->clock_trust_system);
	assert_string_equal(all->receivers_listen, as_is->receivers_listen);
	assert_string_equal(all->receivers_address, as_is->receivers_address);
	assert_int_equal(all->receivers_time_port, as_is->receivers_time_port);
	assert_int_equal(all->receivers_audio_port, as_is->receivers_audio_port);
	assert_int_equal(all->ready_warning_min, as_is->ready_warning_min);
	assert_int_equal(all->playout_delay_us, as_is->playout_delay_us);
	assert_int_equal(all->horizon_days, as_is->horizon_days);
	assert_same_periods(all->reports.periods, as_is->reports.periods);
	assert_same_periods(as_is->reports.periods, least->reports.periods);
	assert_int_equal(loa_report_config_fee(&all->reports, "tin")->item_vnd, 0);
	assert_true(all->ingest_lufs == as_is->ingest_lufs);
	assert_true(all->ingest_true_peak_dbtp == as_is->ingest_true_peak_dbtp);
	assert_int_equal(all->ingest_bitrate, as_is->ingest_bitrate);
	assert_int_equal(all->ingest_max_minutes, as_is->ingest_max_minutes);
	assert_string_equal(all->ingest_program, "loa-ingest");
	assert_string_equal(all->token_file, "token");
	assert_true(g_strv_equal((const char *const *)all->speech_command,
				 (const char *const *)as_is->speech_command));
}

#define test(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_least_configuration_has_the_documented_defaults),
		test(every_key_is_read),
		test(receivers_are_told_an_address_they_can_reach),
		test(every_fault_names_its_line_and_what_is_wrong),
		test(all_faults_come_out_in_one_go_by_line),
		test(a_file_that_is_not_there_is_an_error_with_its_name),
		test(what_is_no_modest_text_file_is_refused_at_once),
		test(an_include_is_a_fault),
		test(the_sample_is_in_order_and_shows_the_defaults),
	};

	return cmocka_run_group_tests_name("controller/controller-config", tests, NULL, NULL);
}
