/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "schedules/broadcast-json.h"
#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/schedule-file.h"
#include "schedules/schedule-writer.h"
#include "tests/unit/tree.h"

#define GROUPS                                                                                        \
	"groups = ( { id = \"to-1\"; name = \"Tổ dân phố 1\"; start_offset_ms = 700; turn = 3; " \
	"},\n"                                                                                        \
	"           { id = \"to-2\"; name = \"Tổ dân phố 2\"; } );\n"
#define NEEDED                                                                                     \
	"id = \"b\"; title = \"Bản tin\"; text = \"Kính thưa\"; to = \"all\"; at = \"05:30\"; "
#define ONE(keys) "broadcasts = ( {\n" NEEDED "\n" keys "\n} );\n"

static LoaSchedule *
parse(const char *text, GPtrArray *faults)
{
	return loa_schedule_parse("x.cfg", text, strlen(text), NULL, faults);
}

static LoaSchedule *
parse_good(const char *text)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	LoaSchedule *schedule = parse(text, faults);

	if (faults->len > 0)
		print_error("%s\n", (char *)faults->pdata[0]);
	assert_non_null(schedule);
	assert_int_equal(faults->len, 0);
	return schedule;
}

static void
every_key_is_read(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse_good(
		GROUPS
		"broadcasts = ( {\n"
		"  id = \"ban-tin\"; title = \"Bản tin sáng\"; class = \"priority\";\n"
		"  category = \"ban-tin\"; recording = \"r-1\"; confidential = true;\n"
		"  to = [ \"to-2\", \"to-1\" ]; at = [ \"17:00\", \"05:30:15\" ];\n"
		"  days = [ \"mon-wed\", \"cn\" ]; from = \"2026-01-01\"; until = \"2026-12-31\";\n"
		"  repeats = 2; repeat_gap_s = 10; resume = \"rejoin\"; grace_s = 60;\n"
		"  in_turn = true; order = 7; exception = { by = \"Chủ tịch\"; why = \"Giao "
		"thừa\"; };\n"
		"} );");
	const LoaBroadcast *b = schedule->broadcasts->pdata[0];

	assert_int_equal(schedule->groups->len, 2);
	assert_int_equal(((LoaGroup *)schedule->groups->pdata[0])->start_offset_ms, 700);
	assert_int_equal(((LoaGroup *)schedule->groups->pdata[0])->turn, 3);
	assert_int_equal(((LoaGroup *)schedule->groups->pdata[1])->start_offset_ms, 0);
	assert_int_equal(((LoaGroup *)schedule->groups->pdata[1])->turn, 0);
	assert_true(schedule->groups_checked);
	assert_string_equal(b->id, "ban-tin");
	assert_string_equal(b->title, "Bản tin sáng");
	assert_int_equal(b->class, LOA_CLASS_PRIORITY);
	assert_string_equal(b->category, "ban-tin");
	assert_string_equal(b->recording, "r-1");
	assert_null(b->audio);
	assert_null(b->text);
	assert_true(b->is_confidential);
	assert_false(b->to_all);
	assert_string_equal(b->groups->pdata[0], "to-1");
	assert_string_equal(b->groups->pdata[1], "to-2");
	assert_int_equal(b->at_s->len, 2);
	assert_int_equal(g_array_index(b->at_s, gint32, 0), 5 * 3600 + 30 * 60 + 15);
	assert_int_equal(g_array_index(b->at_s, gint32, 1), 17 * 3600);
	assert_int_equal(b->days, 0x47);
	assert_int_equal(b->from.year, 2026);
	assert_int_equal(b->until.month, 12);
	assert_int_equal(b->n_repeats, 2);
	assert_int_equal(b->repeat_gap_s, 10);
	assert_int_equal(b->resume, LOA_RESUME_REJOIN);
	assert_int_equal(b->grace_s, 60);
	assert_true(b->in_turn);
	assert_int_equal(b->order, 7);
	assert_string_equal(b->exception_by, "Chủ tịch");
	assert_string_equal(b->exception_why, "Giao thừa");
	assert_string_equal(b->origin, "x.cfg:3");
}

static void
what_is_left_out_has_its_default(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse_good(ONE(""));
	const LoaBroadcast *b = schedule->broadcasts->pdata[0];

	assert_false(schedule->groups_checked);
	assert_int_equal(b->class, LOA_CLASS_NORMAL);
	assert_true(b->to_all);
	assert_false(b->is_confidential);
	assert_int_equal(b->days, LOA_BROADCAST_ALL_DAYS);
	assert_true(loa_day_is_none(b->date));
	assert_true(loa_day_is_none(b->from));
	assert_true(loa_day_is_none(b->until));
	assert_int_equal(b->n_repeats, 1);
	assert_int_equal(b->repeat_gap_s, 5);
	assert_int_equal(b->resume, LOA_RESUME_PAUSE);
	assert_int_equal(b->grace_s, 3600);
	assert_false(b->in_turn);
	assert_int_equal(b->order, 100);
	assert_null(b->exception_by);
}

/* One mistake, one fault: on line 3 unless it says otherwise. */
static void
each_mistake_is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ ONE("titel = \"x\";"), "x.cfg:3: unknown key \"titel\" in a broadcast: did you "
					 "mean \"title\"?" },
		{ ONE("colour = \"x\";"), "x.cfg:3: unknown key \"colour\" in a broadcast: the "
					  "keys are id, title," },
		{ ONE("class = \"urgent\";"), "x.cfg:3: class: \"urgent\" is not" },
		{ ONE("class = 1;"), "x.cfg:3: class: want a text" },
		{ ONE("category = \"Bản Tin\";"), "x.cfg:3: category: \"Bản Tin\" is not an id" },
		{ ONE("confidential = \"yes\";"), "x.cfg:3: confidential: want true or false" },
		{ ONE("days = [];"), "x.cfg:3: days: 0 entries" },
		{ ONE("days = [ \"t8\" ];"), "x.cfg:3: days: \"t8\" is not a day" },
		{ ONE("days = [ \"mon-\" ];"), "x.cfg:3: days: \"mon-\" is not a day" },
		{ ONE("days = 2;"), "x.cfg:3: days: want a text" },
		{ ONE("date = \"2026-04-31\";"), "x.cfg:3: date: \"2026-04-31\" does not exist" },
		{ ONE("date = \"31/4\";"), "x.cfg:3: date: \"31/4\" is not a date" },
		{ ONE("date = \"2026-04-30\"; days = [ \"mon\" ];"),
		  "x.cfg:3: \"date\" beside \"days\"" },
		{ ONE("date = \"2026-04-30\"; until = \"2026-05-30\";"),
		  "x.cfg:3: \"until\" beside \"date\"" },
		{ ONE("from = \"2026-05-02\"; until = \"2026-05-01\";"),
		  "x.cfg:3: until: lies before" },
		{ ONE("repeats = 0;"), "x.cfg:3: repeats: 0 is not within 1 to 100" },
		{ ONE("repeats = 101;"), "x.cfg:3: repeats: 101 is not within 1 to 100" },
		{ ONE("repeats = 4294967297L;"), "x.cfg:3: repeats: 4294967297 is not within" },
		{ ONE("repeats = 1.5;"), "x.cfg:3: repeats: want a whole number" },
		{ ONE("repeat_gap_s = -1;"), "x.cfg:3: repeat_gap_s: -1 is not within 0 to 3600" },
		{ ONE("repeat_gap_s = 3601;"), "x.cfg:3: repeat_gap_s: 3601 is not within" },
		{ ONE("resume = \"later\";"), "x.cfg:3: resume: \"later\" is not" },
		{ ONE("grace_s = 43201;"), "x.cfg:3: grace_s: 43201 is not within 0 to 43200" },
		{ ONE("in_turn = 1;"), "x.cfg:3: in_turn: want true or false" },
		{ "groups = ( { id = \"a\"; name = \"A\"; turn = 16; } );",
		  "x.cfg:1: turn: 16 is not within 0 to 15" },
		{ "groups = ( { id = \"a\"; name = \"A\"; start_offset_ms = 60001; } );",
		  "x.cfg:1: start_offset_ms: 60001 is not within 0 to 60000" },
		{ ONE("order = 10000;"), "x.cfg:3: order: 10000 is not within 0 to 9999" },
		{ ONE("kind = \"phim\";"),
		  "x.cfg:3: kind: \"phim\" is not one of \"tin\", \"bai\", " },
		{ ONE("fee = 100000001;"), "x.cfg:3: fee: 100000001 is not within 0 to 100000000" },
		{ ONE("lead_unit = \" \";"), "x.cfg:3: lead_unit" },
		{ ONE("units = [ \"a\", \"a\" ];"), "x.cfg:3: units: \"a\" stands here twice" },
		{ ONE("exception = { by = \"x\"; };"), "x.cfg:3: exception has no \"why\"" },
		{ ONE("exception = { by = \"x\"; why = \"\"; };"),
		  "x.cfg:3: exception.why is empty" },
		{ ONE("exception = { by = \"x\"; why = \"y\"; till = \"z\"; };"),
		  "x.cfg:3: unknown key \"till\" in exception" },
		{ ONE("exception = \"x\";"), "x.cfg:3: exception: want a group { }" },
		{ ONE("recording = \"r\";"), "x.cfg:2: both \"recording\" and \"text\"" },
		{ ONE("audio = \"/x.mp3\";"), "x.cfg:2: both \"audio\" and \"text\"" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; to = \"all\"; at = \"05:30\"; } );",
		  "x.cfg:1: nothing to play" },
		{ "broadcasts = ( { title = \"x\"; text = \"x\"; to = \"all\"; at = \"05:30\"; } "
		  ");",
		  "x.cfg:1: the broadcast has no \"id\"" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; at = \"05:30\"; } );",
		  "x.cfg:1: the broadcast has no \"to\"" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = \"all\"; } );",
		  "x.cfg:1: the broadcast has no \"at\"" },
		{ "broadcasts = ( { id = \"b\"; title = \" \"; text = \"x\"; to = \"all\"; at = "
		  "\"05:30\"; } );",
		  "x.cfg:1: title is empty" },
		{ "broadcasts = ( { id = \"b\"; title = \"a\\nb\"; text = \"x\"; to = \"all\"; at "
		  "= "
		  "\"05:30\"; } );",
		  "x.cfg:1: title has a line break" },
		{ "broadcasts = ( { id = \"b\"; title = \"\\xff\"; text = \"x\"; to = \"all\"; at "
		  "= "
		  "\"05:30\"; } );",
		  "x.cfg:1: title is not UTF-8" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = \"all\"; at = "
		  "\"25:00\"; } );",
		  "x.cfg:1: at: \"25:00\" does not exist" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = \"all\"; at = [ "
		  "\"05:00\", \"05:00:00\" ]; } );",
		  "x.cfg:1: at: \"05:00:00\" stands here twice" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = [ \"to-1\", "
		  "\"all\" "
		  "]; at = \"05:30\"; } );",
		  "x.cfg:1: to: \"all\" stands alone" },
		{ "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = [ \"to-1\", "
		  "\"to-1\" ]; at = \"05:30\"; } );",
		  "x.cfg:1: to: group \"to-1\" stands here twice" },
		{ GROUPS
		  "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = \"to-3\"; at "
		  "= \"05:30\"; } );",
		  "x.cfg:3: to: there is no group \"to-3\": did you mean \"to-" },
		{ GROUPS "groups = ();", "x.cfg:3: cannot be read: duplicate setting name" },
		{ "groups = ( { id = \"a\"; name = \"A\"; },\n{ id = \"a\"; name = \"B\"; } );",
		  "x.cfg:2: group \"a\" is named twice" },
		{ "groups = ( { id = \"all\"; name = \"A\"; } );", "x.cfg:1: id: \"all\" means" },
		{ "groups = ( { id = \"a\"; } );", "x.cfg:1: the group has no \"name\"" },
		{ "groups = ( { id = \"a\"; name = \"A\"; nmae = \"B\"; } );",
		  "x.cfg:1: unknown key \"nmae\" in a group: did you mean \"name\"?" },
		{ "groups = ( 3 );", "x.cfg:1: group: want a group { }" },
		{ "groups = 3;", "x.cfg:1: groups: want a list" },
		{ "broadcasts = { };", "x.cfg:1: broadcasts: want a list" },
		{ "broadcasts = ( \"x\" );", "x.cfg:1: broadcast: want a group { }" },
		{ "broadcast = ();", "x.cfg:1: unknown key \"broadcast\": did you mean "
				     "\"broadcasts\"?" },
		{ "zone = 1;", "x.cfg:1: unknown key \"zone\": a schedule file has" },
		{ "broadcasts = (\n{ id = \"b\" title }\n);",
		  "x.cfg:2: cannot be read: in this line" },
		{ "broadcasts = ();\n/* never\nends", "x.cfg:2: the comment that begins here" },
		{ "broadcasts = ();\nx = \"never\nends", "x.cfg:2: the text that begins here" },
		{ "x = \"a\\x00b\";", "x.cfg:1: \\x00 cannot" },
		{ "x = 1;\n@include \"y.cfg\"\n", "x.cfg:2: @include is not possible here" },
		{ "x = 1;\ny = \"\xff\";", "x.cfg:2: not UTF-8" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_null(parse(cases[i].text, faults));
		assert_true(faults->len >= 1);
		if (strncmp(faults->pdata[0], cases[i].says, strlen(cases[i].says)) != 0 ||
		    faults->len > 1)
			print_error("case %zu: %u faults, got: %s\n", i, faults->len,
				    (char *)faults->pdata[0]);
		assert_int_equal(faults->len, 1);
		assert_memory_equal(faults->pdata[0], cases[i].says, strlen(cases[i].says));
	}
}

static void
all_faults_come_in_one_go(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();

	assert_null(
		parse("broadcasts = (\n"
		      "{ id = \"a\"; title = \"\"; text = \"x\"; to = \"all\"; at = \"99:99\"; },\n"
		      "{ id = \"a\"; title = \"x\"; text = \"x\"; to = \"all\"; at = \"05:00\";\n"
		      "  dayz = 1; }\n);",
		      faults));
	assert_int_equal(faults->len, 4);
	assert_string_equal(faults->pdata[0], "x.cfg:2: title is empty");
	assert_string_equal(faults->pdata[1], "x.cfg:2: at: \"99:99\" does not exist: times are "
					      "00:00 to 23:59:59");
	assert_string_equal(faults->pdata[2], "x.cfg:4: unknown key \"dayz\" in a broadcast: did "
					      "you mean \"days\"?");
	assert_string_equal(faults->pdata[3],
			    "x.cfg:3: id \"a\" is taken by the broadcast at x.cfg:2");
}

static void
a_thousand_faults_are_cut_at_a_hundred(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GString) text = g_string_new("broadcasts = ( 0");

	for (guint i = 0; i < 999; i++)
		g_string_append(text, ",\n0");
	g_string_append(text, ");");
	assert_null(parse(text->str, faults));
	assert_int_equal(faults->len, LOA_FAULTS_MAX + 1);
	assert_non_null(strstr(faults->pdata[LOA_FAULTS_MAX], "more faults"));
}

static void
a_text_may_have_just_as_many_bytes_as_allowed(void **state)
{
	(void)state;
	for (guint over = 0; over <= 1; over++) {
		g_autofree char *title = g_strnfill(LOA_BROADCAST_TITLE_MAX + over, 'x');
		g_autofree char *text = g_strdup_printf(
			"broadcasts = ( { id = \"b\"; title = \"%s\"; text = \"x\"; to = \"all\"; "
			"at = \"05:30\"; } );",
			title);
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(LoaSchedule) schedule = parse(text, faults);

		assert_true((schedule != NULL) == (over == 0));
		if (over == 1)
			assert_string_equal(faults->pdata[0], "x.cfg:1: title has 257 bytes, at "
							      "most 256 are allowed");
	}
}

static void
texts_are_normalised(void **state)
{
	(void)state;
	/* "ế" as e, circumflex, acute */
	g_autoptr(LoaSchedule) schedule =
		parse_good("broadcasts = ( { id = \"b\"; title = \"Te\xcc\x82\xcc\x81t\"; text = "
			   "\"x\"; to = \"all\"; at = \"05:30\"; } );");
	const LoaBroadcast *b = schedule->broadcasts->pdata[0];

	assert_string_equal(b->title, "T\xe1\xba\xbft");
}

static void
a_file_from_a_windows_editor_is_read(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = parse_good(
		"\xef\xbb\xbf# ghi chú\r\nbroadcasts = (\r\n {\r\n" NEEDED "\r\n },\r\n);\r\n");
	const LoaBroadcast *b = schedule->broadcasts->pdata[0];

	assert_string_equal(b->origin, "x.cfg:3");
}

static void
a_comma_may_stand_before_a_closing_bracket(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule =
		parse_good("broadcasts = ( {" NEEDED " days = [ \"mon\", ] }, // the last\n );");

	assert_int_equal(schedule->broadcasts->len, 1);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	assert_null(parse("broadcasts = ( , );;", faults));
	g_autoptr(GPtrArray) more = loa_faults_new();
	assert_null(parse("broadcasts = ( {" NEEDED "},, );", more));
}

static void
brackets_in_texts_and_comments_do_not_count(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule =
		parse_good("# \"((((((((((((\n// {{{{{{{{{{{{{\n/* [[[[[[[[[[[[[ \" */\n"
			   "broadcasts = ( { id = \"b\"; title = \"(((((((((((( \\\" /* # //\"; "
			   "text = \"x, ]\";"
			   "to = \"all\"; at = \"05:30\"; } );");
	const LoaBroadcast *b = schedule->broadcasts->pdata[0];

	assert_string_equal(b->title, "(((((((((((( \" /* # //");
	assert_string_equal(b->text, "x, ]");
}

static void
hostile_texts_are_refused_quickly(void **state)
{
	(void)state;
	g_autoptr(GString) big = g_string_new(NULL);
	g_autoptr(GString) deep = g_string_new("a = ");
	g_autoptr(GString) wide = g_string_new(NULL);
	g_autoptr(GString) list = g_string_new("broadcasts = ( 1");

	while (big->len < 10 * 1024 * 1024)
		g_string_append(big, "# nothing but comments\n");
	for (guint i = 0; i < 10000; i++)
		g_string_append_c(deep, '(');
	for (guint i = 0; i < 100000; i++)
		g_string_append_printf(wide, "k%u=1;", i);
	while (list->len < LOA_CONFIG_TEXT_MAX_SIZE - 10)
		g_string_append(list, ",1");
	g_string_append(list, ");");

	const struct {
		const char *text;
		gsize size;
		const char *says;
	} cases[] = {
		{ big->str, big->len, "bytes are too many" },
		{ deep->str, deep->len, "brackets within each other" },
		{ wide->str, wide->len, "more than 64 settings in one group" },
		{ list->str, list->len, "more than 8192 entries in one list" },
		{ "broadcasts = ();\0broadcasts = (;", 33, "not a text file" },
		{ "\x7f"
		  "ELF\x02\x01\x01\0\0\0",
		  10, "not a text file" },
		{ "@", 1, "cannot be read" },
		{ "\\", 1, "cannot be read" },
		{ "\"\\", 2, "never ends" },
		{ "/*", 2, "never ends" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_null(
			loa_schedule_parse("x.cfg", cases[i].text, cases[i].size, NULL, faults));
		assert_non_null(strstr(faults->pdata[0], cases[i].says));
	}
	g_autoptr(LoaSchedule) empty = parse_good("");
	assert_int_equal(empty->broadcasts->len, 0);
}

static void
too_many_of_anything_is_refused(void **state)
{
	(void)state;
	g_autoptr(GString) times = g_string_new("broadcasts = ( {" NEEDED "} );");
	g_autoptr(GString) many = g_string_new("broadcasts = (");
	g_autoptr(GPtrArray) faults = loa_faults_new();

	g_string_replace(times, "\"05:30\"", "[", 1);
	GString *at = g_string_new("at = [ ");
	for (guint i = 0; i <= LOA_BROADCAST_MAX_TIMES; i++)
		g_string_append_printf(at, "%s\"%02u:%02u\"", i > 0 ? ", " : "", i / 60, i % 60);
	g_string_append(at, " ]");
	g_string_replace(times, "at = [", at->str, 1);
	g_string_free(at, TRUE);
	assert_null(parse(times->str, faults));
	assert_string_equal(faults->pdata[0], "x.cfg:1: at: 49 entries, want 1 to 48");

	for (guint i = 0; i <= LOA_SCHEDULE_MAX_BROADCASTS; i++)
		g_string_append_printf(
			many, "%s{id=\"b%u\";title=\"x\";text=\"x\";to=\"all\";at=\"05:30\"}",
			i > 0 ? "," : "", i);
	g_string_append(many, ");");
	g_autoptr(GPtrArray) more = loa_faults_new();
	assert_null(parse(many->str, more));
	assert_int_equal(more->len, 1);
	assert_string_equal(more->pdata[0], "x.cfg:1: more than 5000 broadcasts");
}

static void
groups_that_the_caller_knows_are_the_only_ones(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	const char *text = GROUPS "broadcasts = ( { id = \"b\"; title = \"x\"; text = \"x\"; to = "
				  "\"to-2\"; at = \"05:30\"; } );";

	g_ptr_array_add(known, loa_group_new("to-1", "Tổ 1"));
	assert_null(loa_schedule_parse("x.cfg", text, strlen(text), known, faults));
	assert_int_equal(faults->len, 2);
	assert_string_equal(faults->pdata[0], "x.cfg:2: group \"to-2\" is not one of this site");
	assert_string_equal(faults->pdata[1],
			    "x.cfg:3: to: there is no group \"to-2\": did you mean \"to-1\"?");

	g_ptr_array_add(known, loa_group_new("to-2", "Tổ 2"));
	g_autoptr(GPtrArray) none = loa_faults_new();
	g_autoptr(LoaSchedule) schedule =
		loa_schedule_parse("x.cfg", text, strlen(text), known, none);
	assert_non_null(schedule);
}

typedef struct {
	char *folder;
} Fixture;

static int
make_folder(void **state)
{
	Fixture *fixture = g_new0(Fixture, 1);

	fixture->folder = g_dir_make_tmp("loa-schedules-XXXXXX", NULL);
	*state = fixture;
	return fixture->folder != NULL ? 0 : -1;
}

static int
drop_folder(void **state)
{
	Fixture *fixture = *state;

	remove_tree(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture);
	return 0;
}

static char *
put(const Fixture *fixture, const char *name, const char *text)
{
	char *path = g_build_filename(fixture->folder, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);

	assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static LoaSchedule *
read_files(GPtrArray *faults, const char *first, const char *second)
{
	const char *const paths[] = { first, second, NULL };

	return loa_schedule_read(paths, NULL, faults);
}

static void
audio_lies_beside_its_file_and_must_be_there(void **state)
{
	const Fixture *fixture = *state;
	g_autofree char *path =
		put(fixture, "sub/a.cfg",
		    "broadcasts = ( { id = \"a\"; title = \"x\"; to = \"all\"; at = "
		    "\"05:30\";\n audio = \"../am/ban-tin.mp3\"; } );");
	g_autofree char *audio = g_build_filename(fixture->folder, "am", "ban-tin.mp3", NULL);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autofree char *says =
		g_strdup_printf("%s:2: audio: there is no file \"%s\"", path, audio);

	assert_null(read_files(faults, path, NULL));
	assert_int_equal(faults->len, 1);
	assert_string_equal(faults->pdata[0], says);

	assert_int_equal(g_mkdir_with_parents(audio, 0700), 0);
	g_autoptr(GPtrArray) folder = loa_faults_new();
	assert_null(read_files(folder, path, NULL));
	assert_non_null(strstr(folder->pdata[0], "is not a file"));
	g_rmdir(audio);

	g_autofree char *made = put(fixture, "am/ban-tin.mp3", "x");
	g_autoptr(GPtrArray) none = loa_faults_new();
	g_autoptr(LoaSchedule) schedule = read_files(none, path, NULL);
	assert_non_null(schedule);
	assert_string_equal(((LoaBroadcast *)schedule->broadcasts->pdata[0])->audio, audio);
}

static void
groups_may_come_from_any_file_or_an_include(void **state)
{
	const Fixture *fixture = *state;
	g_autofree char *a =
		put(fixture, "a.cfg",
		    "@include \"common/groups.cfg\"\nbroadcasts = ( { id = \"a\"; title = "
		    "\"x\"; to = \"to-1\"; at = \"05:30\"; text = \"x\"; } );");
	g_autofree char *b =
		put(fixture, "b.cfg",
		    "  @include   \"common/groups.cfg\"  \nbroadcasts = ( { id = \"b\"; "
		    "title = \"x\"; to = \"to-2\"; at = \"05:30\"; text = \"x\"; } );");
	g_autofree char *groups = put(fixture, "common/groups.cfg", GROUPS);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaSchedule) schedule = read_files(faults, a, b);

	assert_non_null(schedule);
	assert_int_equal(schedule->groups->len, 2);
	assert_int_equal(schedule->broadcasts->len, 2);
	assert_true(g_str_has_suffix(((LoaBroadcast *)schedule->broadcasts->pdata[1])->origin,
				     "b.cfg:2"));

	/* the group file may also come last */
	g_autofree char *c = put(fixture, "c.cfg",
				 "broadcasts = ( { id = \"c\"; title = \"x\"; to = \"to-2\"; at = "
				 "\"05:30\"; text = \"x\"; } );");
	g_autoptr(GPtrArray) none = loa_faults_new();
	g_autoptr(LoaSchedule) later = read_files(none, c, groups);
	assert_non_null(later);
}

static void
one_id_in_two_files_names_both(void **state)
{
	const Fixture *fixture = *state;
	g_autofree char *a = put(fixture, "a.cfg", ONE(""));
	g_autofree char *b = put(fixture, "b.cfg", ONE(""));
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autofree char *says =
		g_strdup_printf("%s:2: id \"b\" is taken by the broadcast at %s:2", b, a);

	assert_null(read_files(faults, a, b));
	assert_int_equal(faults->len, 1);
	assert_string_equal(faults->pdata[0], says);
}

static void
includes_neither_loop_nor_leave_the_folder(void **state)
{
	const Fixture *fixture = *state;
	g_autofree char *loop = put(fixture, "in/loop.cfg", "@include \"back.cfg\"\n" GROUPS);
	g_autofree char *back = put(fixture, "in/back.cfg", "@include \"loop.cfg\"\n");
	g_autofree char *outside = put(fixture, "outside.cfg", "broadcasts = ();");
	g_autofree char *link = g_build_filename(fixture->folder, "in", "link.cfg", NULL);
	g_autofree char *folder = g_build_filename(fixture->folder, "in", "folder", NULL);
	g_autoptr(GPtrArray) none = loa_faults_new();
	g_autoptr(LoaSchedule) schedule = read_files(none, loop, back);

	assert_non_null(schedule);
	assert_int_equal(schedule->groups->len, 2);

	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
	g_autofree char *absolute = g_strdup_printf("@include \"%s\"", outside);
	const struct {
		const char *text, *says;
	} cases[] = {
		{ "@include \"../outside.cfg\"", ":1: @include" },
		{ "\n@include \"link.cfg\"", ":2: @include" },
		{ absolute, "relative to this one" },
		{ "@include \"missing.cfg\"", ":1: there is no file" },
		{ "@include \"folder\"", ":1: there is no file" },
		{ "@include missing.cfg", "want @include \"FILE\"" },
		{ "broadcasts = (\n@include \"back.cfg\"\n);", ":2: @include stands at the top" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = put(fixture, "in/case.cfg", cases[i].text);
		g_autoptr(GPtrArray) faults = loa_faults_new();

		assert_null(read_files(faults, path, NULL));
		assert_int_equal(faults->len, 1);
		assert_non_null(strstr(faults->pdata[0], cases[i].says));
	}
}

static void
what_is_no_file_gets_a_sentence(void **state)
{
	const Fixture *fixture = *state;
	g_autofree char *missing = g_build_filename(fixture->folder, "no.cfg", NULL);
	static const char *const paths[] = { "/dev/zero", "/dev", NULL };
	g_autoptr(GPtrArray) faults = loa_faults_new();

	assert_null(loa_schedule_read(paths, NULL, faults));
	assert_int_equal(faults->len, 2);
	g_autoptr(GPtrArray) more = loa_faults_new();
	assert_null(read_files(more, missing, NULL));
	assert_int_equal(more->len, 1);
}

/* Broadcasts with every key at other values than its default, and texts that need care. */
static GPtrArray *
make_many(void)
{
	g_autoptr(LoaSchedule) schedule = parse_good(
		"broadcasts = (\n{" NEEDED " },\n"
		"{ id = \"all-keys\"; title = \"Chào \\\"xuân\\\" \\\\ 2027\"; class = "
		"\"emergency\";\n"
		"  category = \"tet\"; recording = \"r-1\"; confidential = true;\n"
		"  to = [ \"to-1\", \"to-2\" ]; at = [ \"00:00\", \"23:59:59\" ];\n"
		"  days = \"t2-t6\"; from = \"2026-01-01\"; until = \"2026-12-31\";\n"
		"  repeats = 100; repeat_gap_s = 0; resume = \"rejoin\"; grace_s = 0; order = 0; "
		"in_turn = true;\n"
		"  kind = \"tin\"; lead_unit = \"Văn phòng\"; units = [ \"Công an\", \"Y tế\" ];\n"
		"  author = \"Nguyễn Văn A\"; fee = 0;\n"
		"  exception = { by = \"Chủ tịch\"; why = \"Giao thừa\"; }; },\n"
		"{ id = \"dated\"; title = \"x\"; audio = \"/am/x y.mp3\"; to = [ \"to-1\" ];\n"
		"  at = \"06:00\"; date = \"2027-02-06\"; },\n"
		"{ id = \"lines\"; title = \"x\"; text = \"một\\nhai\\tba \\\\x00 # // /*\"; to = "
		"\"all\";\n"
		"  at = \"06:00\"; days = [ \"sat-mon\" ]; } );");

	return g_ptr_array_ref(schedule->broadcasts);
}

static void
assert_same(const GPtrArray *a, const GPtrArray *b)
{
	assert_non_null(b);
	assert_int_equal(a->len, b->len);
	for (guint i = 0; i < a->len; i++)
		assert_true(loa_broadcast_equal(a->pdata[i], b->pdata[i]));
}

static void
what_is_written_reads_back_equal(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) many = make_many();
	g_autoptr(GPtrArray) groups =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);

	g_ptr_array_add(groups, loa_group_new("to-1", "Tổ \"1\""));
	g_ptr_array_add(groups, loa_group_new("to-2", "Tổ 2"));
	g_autofree char *text = loa_schedule_write(groups, many);
	g_autoptr(LoaSchedule) schedule = parse_good(text);
	assert_same(many, schedule->broadcasts);
	assert_int_equal(schedule->groups->len, 2);
	assert_string_equal(((LoaGroup *)schedule->groups->pdata[0])->name, "Tổ \"1\"");

	g_autofree char *again = loa_schedule_write(schedule->groups, schedule->broadcasts);
	assert_string_equal(text, again);
}

static void
json_carries_the_same(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) many = make_many();
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(JsonNode) node = loa_broadcasts_to_json(many);
	g_autofree char *text = json_to_string(node, FALSE);
	g_autoptr(JsonNode) parsed = json_from_string(text, NULL);
	g_autoptr(GPtrArray) back = loa_broadcasts_from_json(parsed, NULL, faults);

	assert_same(many, back);
	for (guint i = 0; i < many->len; i++) {
		g_autofree char *line = loa_broadcast_to_json_text(many->pdata[i]);
		g_autoptr(LoaBroadcast) one = loa_broadcast_from_json_text(line, NULL);

		assert_non_null(one);
		assert_true(loa_broadcast_equal(one, many->pdata[i]));
	}
}

static void
json_has_the_names_of_the_file(void **state)
{
	(void)state;
	g_autoptr(LoaBroadcast) b = loa_broadcast_from_json_text(
		"{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":[\"to-1\"],\"at\":[\"05:30\"],"
		"\"repeats\":3,\"exception\":{\"by\":\"a\",\"why\":\"b\"}}",
		NULL);

	assert_non_null(b);
	assert_int_equal(b->n_repeats, 3);
	g_autofree char *text = loa_broadcast_to_json_text(b);
	assert_string_equal(text,
			    "{\"id\":\"b\",\"title\":\"x\",\"class\":\"normal\",\"text\":\"y\","
			    "\"to\":[\"to-1\"],\"at\":[\"05:30\"],\"repeats\":3,"
			    "\"exception\":{\"by\":\"a\",\"why\":\"b\"}}");
}

static void
json_is_as_strict_as_the_file(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "{}", "broadcasts: want an array" },
		{ "3", "broadcasts: want an array" },
		{ "[3]", "broadcast 1: broadcast: want a group { }" },
		{ "[[[[[[[[[1]]]]]]]]]", "broadcast 1: broadcast: want a group { }" },
		{ "[{\"id\":\"b\",\"title\":null,\"text\":\"y\",\"to\":\"all\",\"at\":\"05:30\"}]",
		  "broadcast 1 (b): title: want a text" },
		{ "[{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":\"all\",\"at\":\"05:30\","
		  "\"order\":1.5}]",
		  "broadcast 1 (b): order: want a whole number" },
		{ "[{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":\"all\",\"at\":\"05:30\","
		  "\"odrer\":1}]",
		  "broadcast 1 (b): unknown key \"odrer\" in a broadcast: did you mean "
		  "\"order\"?" },
		{ "[{\"id\":\"b\",\"title\":\"x\",\"audio\":\"y.mp3\",\"to\":\"all\","
		  "\"at\":\"05:30\"}]",
		  "broadcast 1 (b): audio: \"y.mp3\" is not an absolute path" },
		{ "[{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":\"to-9\",\"at\":\"05:30\"}"
		  "]",
		  "broadcast 1 (b): to: there is no group \"to-9\"" },
		{ "[{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":\"all\",\"at\":\"05:30\"},"
		  "{\"id\":\"b\",\"title\":\"x\",\"text\":\"y\",\"to\":\"all\",\"at\":\"05:30\"}]",
		  "broadcast 2 (b): id \"b\" is taken by the broadcast at broadcast 1 (b)" },
	};
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);

	g_ptr_array_add(known, loa_group_new("a", "A"));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(JsonNode) node = json_from_string(cases[i].text, NULL);

		assert_null(loa_broadcasts_from_json(node, known, faults));
		assert_int_equal(faults->len, 1);
		assert_memory_equal(faults->pdata[0], cases[i].says, strlen(cases[i].says));
	}
	g_autoptr(GError) error = NULL;
	assert_null(loa_broadcast_from_json_text("{\"id\":\"B\"}", &error));
	assert_true(
		g_error_matches(error, LOA_BROADCAST_JSON_ERROR, LOA_BROADCAST_JSON_ERROR_FAULTY));
	assert_non_null(strstr(error->message, "is not an id"));
	g_clear_error(&error);
	assert_null(loa_broadcast_from_json_text("{", &error));
	assert_non_null(error);
	g_clear_error(&error);
	assert_null(loa_broadcast_from_json_text("", &error));
	assert_non_null(error);
}

static void
a_copy_is_equal_and_any_difference_is_seen(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) many = make_many();
	const LoaBroadcast *all_keys = many->pdata[1];
	static const char *const other[] = {
		"id = \"z\"",
		"title = \"z\"",
		"class = \"normal\"",
		"category = \"z\"",
		"recording = \"z\"",
		"confidential = false",
		"to = [ \"to-1\" ]",
		"at = [ \"00:00\" ]",
		"days = \"t2\"",
		"from = \"2026-01-02\"",
		"until = \"2026-12-30\"",
		"repeats = 99",
		"repeat_gap_s = 1",
		"resume = \"pause\"",
		"grace_s = 1",
		"in_turn = false",
		"order = 1",
		"kind = \"bai\"",
		"lead_unit = \"z\"",
		"units = [ \"Công an\" ]",
		"author = \"z\"",
		"fee = 1",
	};

	for (guint i = 0; i < many->len; i++) {
		g_autoptr(LoaBroadcast) copy = loa_broadcast_copy(many->pdata[i]);

		assert_true(loa_broadcast_equal(copy, many->pdata[i]));
		assert_string_equal(copy->origin, ((LoaBroadcast *)many->pdata[i])->origin);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++) {
		g_autoptr(GPtrArray) one = g_ptr_array_new();
		g_auto(GStrv) key = g_strsplit(other[i], " = ", 2);

		g_ptr_array_add(one, (gpointer)all_keys);
		g_autofree char *text = loa_schedule_write(NULL, one);
		g_autofree char *pattern = g_strdup_printf("\\t%s = [^;]*;", key[0]);
		g_autofree char *line = g_strdup_printf("\t%s;", other[i]);
		g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
		g_autofree char *changed =
			g_regex_replace_literal(regex, text, -1, 0, line, 0, NULL);
		g_autoptr(LoaSchedule) schedule = parse_good(changed);

		assert_string_not_equal(text, changed);
		assert_false(loa_broadcast_equal(all_keys, schedule->broadcasts->pdata[0]));
	}
}

static void
a_broadcast_is_for_its_groups(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) many = make_many();

	assert_true(loa_broadcast_is_for(many->pdata[0], "anything"));
	assert_true(loa_broadcast_is_for(many->pdata[1], "to-2"));
	assert_false(loa_broadcast_is_for(many->pdata[1], "to-3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(what_is_left_out_has_its_default),
		cmocka_unit_test(each_mistake_is_named_with_its_line),
		cmocka_unit_test(all_faults_come_in_one_go),
		cmocka_unit_test(a_thousand_faults_are_cut_at_a_hundred),
		cmocka_unit_test(a_text_may_have_just_as_many_bytes_as_allowed),
		cmocka_unit_test(texts_are_normalised),
		cmocka_unit_test(a_file_from_a_windows_editor_is_read),
		cmocka_unit_test(a_comma_may_stand_before_a_closing_bracket),
		cmocka_unit_test(brackets_in_texts_and_comments_do_not_count),
		cmocka_unit_test(hostile_texts_are_refused_quickly),
		cmocka_unit_test(too_many_of_anything_is_refused),
		cmocka_unit_test(groups_that_the_caller_knows_are_the_only_ones),
		cmocka_unit_test_setup_teardown(audio_lies_beside_its_file_and_must_be_there,
						make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(groups_may_come_from_any_file_or_an_include,
						make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(one_id_in_two_files_names_both, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(includes_neither_loop_nor_leave_the_folder,
						make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(what_is_no_file_gets_a_sentence, make_folder,
						drop_folder),
		cmocka_unit_test(what_is_written_reads_back_equal),
		cmocka_unit_test(json_carries_the_same),
		cmocka_unit_test(json_has_the_names_of_the_file),
		cmocka_unit_test(json_is_as_strict_as_the_file),
		cmocka_unit_test(a_copy_is_equal_and_any_difference_is_seen),
		cmocka_unit_test(a_broadcast_is_for_its_groups),
	};

	return cmocka_run_group_tests_name("schedules/file", tests, NULL, NULL);
}
