/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/overlay.h"
#include "schedules/policy.h"
#include "schedules/value-json.h"

#define HOURS "hours = ( { from = \"05:00\"; to = \"21:00\"; } );\n"
#define OVERLAY                                                                                    \
	"id = \"quoc-tang\"; name = \"Quốc tang\"; kind = \"mourning\";\n"                       \
	"from = \"2026-11-24 00:00\"; until = \"2026-11-26 00:00\";\n"

static LoaValue *
parse(const char *text, GPtrArray *faults)
{
	LoaValue *value = loa_config_text_parse("p.cfg", text, strlen(text), NULL, faults);

	if (value == NULL)
		fail_msg("%s", (char *)faults->pdata[0]);
	return value;
}

static GHashTable *
known_groups(void)
{
	GHashTable *groups = g_hash_table_new(g_str_hash, g_str_equal);

	g_hash_table_add(groups, (gpointer) "to-1");
	g_hash_table_add(groups, (gpointer) "to-2");
	return groups;
}

static LoaPolicy *
read_policy(const char *text, const GArray *hours, GPtrArray *faults)
{
	g_autoptr(LoaValue) value = parse(text, faults);
	g_autoptr(GHashTable) groups = known_groups();
	const LoaFieldsContext context = { .where = "p.cfg", .faults = faults, .groups = groups };

	return loa_policy_from_value(value, hours, &context);
}

static LoaOverlay *
read_overlay(const char *text, GPtrArray *faults)
{
	g_autoptr(LoaValue) value = parse(text, faults);
	g_autoptr(GHashTable) groups = known_groups();
	const LoaFieldsContext context = { .where = "o.cfg", .faults = faults, .groups = groups };

	return loa_overlay_from_value(value, &context);
}

static const char everything[] =
	"hours = ( { days = \"t2-t6\"; from = \"05:00\"; to = \"21:00\"; },\n"
	"          { days = [ \"sat\", \"sun\" ]; from = \"06:30\"; to = \"24:00\"; } );\n"
	"sessions_a_day = 3; session_minutes = 45; session_gap_min = 0;\n"
	"groups = ( { to = [ \"to-2\" ]; hours = ( { from = \"16:00\"; to = \"18:00\"; } );\n"
	"             sessions_a_day = 0; session_minutes = 15; } );\n"
	"exceptions = ( { id = \"dai-hoi\"; by = \"Chủ tịch\"; why = \"Đại hội\";\n"
	"                 from = \"2026-12-01 05:00\"; until = \"2026-12-02T22:30\";\n"
	"                 to = \"to-1\"; },\n"
	"               { id = \"bau-cu\"; by = \"x\"; why = \"y\"; from = \"2027-05-01 00:00\";\n"
	"                 until = \"2027-05-01 00:01\"; } );\n";

static void
every_key_of_a_policy_is_read(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaPolicy) p = read_policy(everything, NULL, faults);

	assert_non_null(p);

	const LoaHours *weekend = &g_array_index(p->hours, LoaHours, 1);
	const LoaPolicyRule *rule = loa_policy_rule(p, "to-2");
	const LoaPolicyException *congress = g_ptr_array_index(p->exceptions, 0);
	const LoaPolicyException *vote = g_ptr_array_index(p->exceptions, 1);

	assert_int_equal(p->hours->len, 2);
	assert_int_equal(g_array_index(p->hours, LoaHours, 0).days, 0x1f);
	assert_int_equal(weekend->days, 0x60);
	assert_int_equal(weekend->from_s, 6 * 3600 + 1800);
	assert_int_equal(weekend->to_s, 86400);
	assert_int_equal(p->sessions.a_day, 3);
	assert_int_equal(p->sessions.minutes, 45);
	assert_int_equal(p->sessions.gap_min, 0);
	assert_null(loa_policy_rule(p, "to-1"));
	assert_int_equal(rule->hours->len, 1);
	assert_int_equal(rule->sessions.a_day, 0);
	assert_int_equal(rule->sessions.minutes, 15);
	/* what a rule leaves out is the site's, wherever that stands in the file */
	assert_int_equal(rule->sessions.gap_min, 0);
	assert_string_equal(congress->id, "dai-hoi");
	assert_string_equal(congress->by, "Chủ tịch");
	assert_string_equal(congress->why, "Đại hội");
	assert_int_equal(congress->from.day.month, 12);
	assert_int_equal(congress->from.at_s, 5 * 3600);
	assert_int_equal(congress->until.at_s, 22 * 3600 + 1800);
	assert_false(congress->to_all);
	assert_string_equal(congress->groups->pdata[0], "to-1");
	assert_true(vote->to_all);
}

static void
what_a_policy_leaves_out_has_its_default(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaPolicy) p = read_policy(HOURS, NULL, faults);
	g_autoptr(LoaPolicy) of_site = read_policy("sessions_a_day = 1;", p->hours, faults);

	assert_int_equal(p->sessions.a_day, 0);
	assert_int_equal(p->sessions.minutes, 0);
	assert_int_equal(p->sessions.gap_min, 10);
	assert_int_equal(p->rules->len, 0);
	assert_int_equal(g_array_index(p->hours, LoaHours, 0).days, 0x7f);
	/* in controller.cfg the windows stand beside it */
	assert_int_equal(g_array_index(of_site->hours, LoaHours, 0).to_s, 21 * 3600);
}

/* Written, read, written: equal; through JSON, too. */
static void
a_policy_and_an_overlay_read_back_equal(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaPolicy) p = read_policy(everything, NULL, faults);
	g_autoptr(LoaPolicy) copy = loa_policy_copy(p);
	g_autoptr(LoaValue) written = loa_policy_to_value(copy);
	g_autoptr(JsonNode) json = loa_value_to_json(written);
	g_autoptr(LoaValue) value = loa_value_from_json(json, 7);
	const LoaFieldsContext context = { .where = "x", .faults = faults };
	g_autoptr(LoaPolicy) back = loa_policy_from_value(value, NULL, &context);
	g_autoptr(LoaValue) again = loa_policy_to_value(back);
	g_autofree char *text = loa_config_text_write(again);

	assert_true(loa_value_equal(written, again));
	assert_non_null(strstr(text, "\"2026-12-02 22:30\""));
	assert_non_null(strstr(text, "session_gap_min = 0"));

	g_autoptr(LoaOverlay) o = read_overlay(
		OVERLAY "suspends = [ \"b\", \"a\" ]; keeps = \"c\"; keeps_priority = true;"
			" to = [ \"to-2\", \"to-1\" ]; " HOURS,
		faults);
	g_autoptr(LoaValue) o_written = loa_overlay_to_value(o);
	g_autoptr(JsonNode) o_json = loa_value_to_json(o_written);
	g_autoptr(LoaValue) o_value = loa_value_from_json(o_json, 7);
	g_autoptr(LoaOverlay) o_back = loa_overlay_from_value(o_value, &context);
	g_autoptr(LoaValue) o_again = loa_overlay_to_value(o_back);

	assert_true(loa_value_equal(o_written, o_again));
	assert_string_equal(o->suspends->pdata[0], "a");
	assert_true(o_back->keeps_priority);
	assert_int_equal(o_back->hours->len, 1);
	assert_string_equal(o_back->groups->pdata[1], "to-2");
	assert_int_equal(faults->len, 0);
}

static void
each_mistake_in_a_policy_is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "sessions_a_day = 2;", "p.cfg: the policy has no \"hours\"" },
		{ HOURS "session_a_day = 2;",
		  "p.cfg:2: unknown key \"session_a_day\" in the policy: "
		  "did you mean \"sessions_a_day\"?" },
		{ HOURS "sessions_a_day = 49;",
		  "p.cfg:2: sessions_a_day: 49 is not within 0 to 48" },
		{ HOURS "session_minutes = \"15\";",
		  "p.cfg:2: session_minutes: want a whole number" },
		{ HOURS "session_gap_min = 241;", "p.cfg:2: session_gap_min: 241 is not within" },
		{ "hours = ( );", "p.cfg:1: hours: 0 windows, want 1 to 64" },
		{ "hours = ( { from = \"21:00\"; to = \"05:00\"; } );",
		  "p.cfg:1: to: must be after \"from\"" },
		{ "hours = ( { from = \"21:00\"; } );", "p.cfg:1: the window has no \"to\"" },
		{ "hours = ( { from = \"24:00\"; to = \"24:00\"; } );",
		  "p.cfg:1: from: \"24:00\" does not exist" },
		{ "hours = ( { days = [ ]; from = \"05:00\"; to = \"24:00\"; } );",
		  "p.cfg:1: days: name at least one" },
		{ HOURS "groups = ( { sessions_a_day = 1; } );",
		  "p.cfg:2: the rule has no \"to\"" },
		{ HOURS "groups = ( { to = \"all\"; } );",
		  "p.cfg:2: to: what holds in all groups" },
		{ HOURS "groups = ( { to = \"to-3\"; } );", "p.cfg:2: to: there is no group" },
		{ HOURS "groups = ( { to = \"to-1\"; },\n { to = [ \"to-2\", \"to-1\" ]; } );",
		  "p.cfg:3: to: group \"to-1\" has a rule already" },
		{ HOURS "exceptions = ( { id = \"x\"; by = \"a\"; why = \"b\";\n"
			" from = \"2026-12-01 05:00\"; until = \"2026-12-01 05:00\"; } );",
		  "p.cfg:3: until: must lie after \"from\"" },
		{ HOURS "exceptions = ( { id = \"x\"; by = \"a\"; why = \"b\";\n"
			" from = \"2026-12-01\"; until = \"2026-12-01 05:00\"; } );",
		  "p.cfg:3: from: \"2026-12-01\" is not a day and a time" },
		{ HOURS "exceptions = ( { id = \"x\"; by = \"a\";\n"
			" from = \"2026-12-01 00:00\"; until = \"2026-12-01 05:00\"; } );",
		  "p.cfg:2: the exception has no \"why\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(LoaPolicy) policy = read_policy(cases[i].text, NULL, faults);

		assert_null(policy);
		if (faults->len != 1 || !g_str_has_prefix(faults->pdata[0], cases[i].says))
			fail_msg("%u faults, \"%s\" is not \"%s\"", faults->len,
				 (char *)faults->pdata[0], cases[i].says);
	}
}

static void
each_mistake_in_an_overlay_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ OVERLAY, "o.cfg: the overlay does nothing" },
		{ OVERLAY "suspends = [ ];", "o.cfg: the overlay does nothing" },
		{ OVERLAY "suspend = \"all\"; suspends = \"all\";",
		  "o.cfg:3: unknown key \"suspend\"" },
		{ OVERLAY "suspends = [ \"a\", \"a\" ];",
		  "o.cfg:3: suspends: \"a\" stands here twice" },
		{ OVERLAY "suspends = \"Âm nhạc\";",
		  "o.cfg:3: suspends: \"Âm nhạc\" is not an id" },
		{ OVERLAY "suspends = \"all\"; keeps_priority = 1;",
		  "o.cfg:3: keeps_priority: want true or false" },
		{ OVERLAY "suspends = \"all\"; to = [ \"to-9\" ];",
		  "o.cfg:3: to: there is no group" },
		{ "id = \"a\"; name = \"A\"; kind = \"party\"; suspends = \"all\";\n"
		  "from = \"2026-11-24 00:00\"; until = \"2026-11-26 00:00\";",
		  "o.cfg:1: kind: \"party\" is not" },
		{ "id = \"a\"; kind = \"custom\"; suspends = \"all\";\n"
		  "from = \"2026-11-24 00:00\"; until = \"2026-11-26 00:00\";",
		  "o.cfg: the overlay has no \"name\"" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) faults = loa_faults_new();
		g_autoptr(LoaOverlay) overlay = read_overlay(cases[i].text, faults);

		assert_null(overlay);
		if (faults->len != 1 || !g_str_has_prefix(faults->pdata[0], cases[i].says))
			fail_msg("%u faults, \"%s\" is not \"%s\"", faults->len,
				 (char *)faults->pdata[0], cases[i].says);
	}
}

static void
too_much_of_anything_is_refused(void **state)
{
	(void)state;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GString) text = g_string_new(HOURS "exceptions = (");
	g_autoptr(LoaPolicy) policy = NULL;

	for (guint i = 0; i <= LOA_POLICY_MAX_EXCEPTIONS; i++)
		g_string_append_printf(text, "%s{ id = \"x\"; }", i > 0 ? ", " : "");
	g_string_append(text, ");");
	policy = read_policy(text->str, NULL, faults);
	assert_null(policy);
	assert_int_equal(faults->len, 1);
	assert_non_null(strstr(faults->pdata[0], "201 entries, at most 200"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_of_a_policy_is_read),
		cmocka_unit_test(what_a_policy_leaves_out_has_its_default),
		cmocka_unit_test(a_policy_and_an_overlay_read_back_equal),
		cmocka_unit_test(each_mistake_in_a_policy_is_named_with_its_line),
		cmocka_unit_test(each_mistake_in_an_overlay_is_named),
		cmocka_unit_test(too_much_of_anything_is_refused),
	};

	return cmocka_run_group_tests_name("schedules/policy", tests, NULL, NULL);
}
