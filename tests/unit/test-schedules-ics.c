/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <libical/ical.h>

#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/ics-lines.h"
#include "schedules/ics-reader.h"
#include "schedules/ics-writer.h"
#include "schedules/local-time.h"
#include "schedules/schedule-file.h"
#include "schedules/timetable.h"
#include "tests/unit/schedules-sample.h"

static GPtrArray *groups;
static const char *zone_name = "Asia/Ho_Chi_Minh";

static int
setup(void **state)
{
	(void)state;
	groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(groups, loa_group_new("to-2", "Xóm Đình"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	g_ptr_array_unref(groups);
	return 0;
}

static char *
write_year(const GPtrArray *broadcasts, GPtrArray *left_out)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	g_autoptr(GError) error = NULL;
	const LoaIcsQuery query = {
		.site_id = "phuong-mau",
		.site_name = "Phường Mẫu",
		.groups = groups,
		.broadcasts = broadcasts,
		.zone = zone,
		.zone_name = zone_name,
		.from = { 2026, 1, 1 },
		.n_days = 365,
		.now_us = 1800000000 * LOA_SECOND_US,
	};
	char *text = loa_ics_write(&query, left_out, &error);

	assert_null(error);
	return text;
}

static LoaIcs *
read_text(const char *text, gsize size, GPtrArray *faults)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	const LoaIcsOptions options = { .zone = zone, .groups = groups, .at_s = -1 };

	return loa_ics_read("x.ics", text, size, &options, faults);
}

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define TAIL "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:u\r\nSUMMARY:Tin\r\n" lines "END:VEVENT\r\n"
#define SPOKEN "DESCRIPTION:Kính mời\r\nX-LOA-TO:all\r\n"

/* The one broadcast in @text, as JSON; or the faults, one a line. */
static char *
read_one(const char *text, gsize size)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaIcs) ics = read_text(text, size, faults);

	if (faults->len > 0) {
		g_ptr_array_add(faults, NULL);
		return g_strjoinv("\n", (char **)faults->pdata);
	}
	assert_non_null(ics);
	if (ics->broadcasts->len != 1)
		fail_msg("%u broadcasts in \"%.300s\"", ics->broadcasts->len, text);
	return loa_broadcast_to_json_text(ics->broadcasts->pdata[0]);
}

#define B(id, more) "{ id = \"" id "\"; title = \"Bản tin\"; text = \"x\"; " more " },\n"
#define AT "at = [ \"06:30\", \"17:00:15\" ]; to = \"all\"; "

static const char *const kinds[] = {
	B("all", AT),
	B("weekly", AT "days = [ \"mon\", \"sat-sun\" ];"),
	B("bounds", AT "days = \"mon\"; from = \"2026-03-03\"; until = \"2026-11-11\";"),
	B("date", AT "date = \"2026-09-02\";"),
	B("except", AT "days = \"mon\"; except = [ \"2026-11-09\" ]; also = [ \"2026-11-11\" ];"),
	B("rrule", AT "from = \"2026-01-08\"; rrule = \"FREQ=MONTHLY;BYDAY=1MO\";"),
	B("count", AT "from = \"2026-01-08\"; rrule = \"FREQ=WEEKLY;COUNT=9;INTERVAL=2\";"),
	B("counted", AT "from = \"2026-01-08\"; until = \"2026-02-08\"; "
			"rrule = \"FREQ=WEEKLY;COUNT=9\";"),
	B("until", AT "from = \"2026-01-08\"; rrule = \"FREQ=DAILY;UNTIL=20260208\"; "
		      "until = \"2026-02-01\";"),
	B("lunar", AT "lunar = { day = [ 1, 15 ]; leap = \"include\"; };"),
	B("eve", "to = \"all\"; giao_thua = [ \"-00:15\", \"+00:00\" ]; repeats = 2;"),
	B("occasion", AT "occasion = { id = \"quoc-khanh\"; days_before = [ 3, 0 ]; };"),
	B("event", "to = [ \"to-1\", \"to-2\" ]; event = { at = \"2026-06-01 08:00\"; "
		   "reminders = [ \"-3d\", \"-1d 17:00\", \"-2h\" ]; };"),
	B("campaign", AT "from = \"2026-06-01\"; campaign = { kind = \"disclosure\"; };"),
	B("expires", AT "days = \"mon\"; expires = \"2026-06-10\"; also = [ \"2026-06-30\" ];"),
	"{ id = \"long\"; title = \"Một, hai; ba \\\\ \\\"bốn\\\" và rất nhiều chữ tiếng Việt có "
	"dấu để "
	"dòng phải gãy\"; category = \"ban-tin\"; class = \"priority\"; order = 5; grace_s = 9; "
	"text = \"Dòng một\\nDòng hai, có dấu\\\\phẩy; chấm phẩy\"; to = \"to-2\"; at = \"06:30\"; "
	"exception = { by = \"Chủ tịch\"; why = \"Lễ\"; }; review_by = \"2026-12-01\"; },\n",
};

static void
every_kind_of_broadcast_comes_back_exactly(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(LoaSchedule) schedule = sample_broadcasts(kinds[i], groups);
		g_autofree char *text = write_year(schedule->broadcasts, NULL);
		g_autofree char *want = loa_broadcast_to_json_text(schedule->broadcasts->pdata[0]);
		g_autofree char *is = read_one(text, strlen(text));

		assert_string_equal(is, want);
	}
}

static void
a_whole_timetable_comes_back_in_its_order(void **state)
{
	(void)state;
	g_autofree char *all =
		g_strjoinv("", (char *[]){ (char *)kinds[0], (char *)kinds[5], (char *)kinds[9],
					   (char *)kinds[10], NULL });
	g_autoptr(LoaSchedule) schedule = sample_broadcasts(all, groups);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autofree char *text = write_year(schedule->broadcasts, NULL);
	g_autoptr(LoaIcs) ics = read_text(text, strlen(text), faults);

	assert_int_equal(faults->len, 0);
	assert_int_equal(ics->notes->len, 0);
	assert_int_equal(ics->broadcasts->len, 4);
	for (guint i = 0; i < 4; i++)
		assert_true(loa_broadcast_equal(ics->broadcasts->pdata[i],
						schedule->broadcasts->pdata[i]));
}

static void
every_line_is_short_and_ends_in_cr_lf(void **state)
{
	(void)state;
	g_autofree char *all =
		g_strjoinv("", (char **)(const char *[]){ kinds[10], kinds[15], NULL });
	g_autoptr(LoaSchedule) schedule = sample_broadcasts(all, groups);
	g_autofree char *text = write_year(schedule->broadcasts, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		assert_true(strlen(lines[i]) <= 75);
		assert_null(strpbrk(lines[i], "\r\n"));
		assert_true(g_utf8_validate(lines[i], -1, NULL));
	}
	assert_true(g_str_has_suffix(text, "END:VCALENDAR\r\n"));
}

static void
collect(icalcomponent *component, struct icaltime_span *span, void *data)
{
	GArray *starts = data;
	gint64 start_s = span->start;

	(void)component;
	g_array_append_val(starts, start_s);
}

/* libical's expansion takes an RDATE for a time in UTC, whatever its zone. */
static void
take_dates(icalcomponent *event, struct icaltimetype from, struct icaltimetype to, GArray *starts)
{
	for (icalproperty *date = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
	     date != NULL; date = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY)) {
		struct icaltimetype time = icalproperty_get_datetime_with_component(date, event);
		gint64 start_s = icaltime_as_timet_with_zone(time, time.zone);

		if (icaltime_compare(time, from) >= 0 && icaltime_compare(time, to) <= 0)
			g_array_append_val(starts, start_s);
		icalcomponent_remove_property(event, date);
		icalproperty_free(date);
	}
}

static gint
compare_starts(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return x < y ? -1 : x > y;
}

/* libical reads what was written, and expands it by itself. */
static void
another_library_sees_the_same_starts_all_year(void **state)
{
	(void)state;
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	LoaLocalTime local;
	gint64 from_us, to_us;
	guint n_starts = 0;

	loa_local_time_init(&local, zone);
	from_us = loa_local_time_to_us(&local, (LoaDay){ 2026, 1, 1 }, 0);
	to_us = loa_local_time_to_us(&local, (LoaDay){ 2027, 1, 1 }, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(LoaSchedule) schedule = sample_broadcasts(kinds[i], groups);
		g_autofree char *text = write_year(schedule->broadcasts, NULL);
		g_autoptr(GArray) slots = loa_timetable_expand(schedule->broadcasts, zone, from_us,
							       to_us, 10000, NULL);
		g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(gint64));
		icalcomponent *calendar = icalparser_parse_string(text);
		struct icaltimetype from = icaltime_from_timet_with_zone(
			from_us / LOA_SECOND_US, 0, icaltimezone_get_utc_timezone());
		struct icaltimetype to = icaltime_from_timet_with_zone(
			to_us / LOA_SECOND_US - 1, 0, icaltimezone_get_utc_timezone());

		assert_non_null(calendar);
		assert_int_equal(icalcomponent_count_errors(calendar), 0);
		for (icalcomponent *event =
			     icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
		     event != NULL;
		     event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
			take_dates(event, from, to, starts);
			icalcomponent_foreach_recurrence(event, from, to, collect, starts);
		}
		icalcomponent_free(calendar);
		g_array_sort(starts, compare_starts);
		if (starts->len != slots->len)
			fail_msg("%s: %u starts, not %u", kinds[i], starts->len, slots->len);
		for (guint j = 0; j < slots->len; j++)
			if (g_array_index(starts, gint64, j) * LOA_SECOND_US !=
			    g_array_index(slots, LoaSlot, j).start_us)
				fail_msg("%s: start %u differs", kinds[i], j);
		n_starts += slots->len;
	}
	assert_true(n_starts > 1000);
}

static void
what_has_no_start_or_is_confidential_is_named(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule =
		sample_broadcasts(B("over", AT "date = \"2025-09-02\";")
					  B("secret", AT "confidential = true;") B("a", AT),
				  groups);
	g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *text = write_year(schedule->broadcasts, left_out);

	assert_int_equal(left_out->len, 2);
	assert_string_equal(left_out->pdata[0], "over");
	assert_string_equal(left_out->pdata[1], "secret");
	assert_null(strstr(text, "secret"));
}

/* @text with one piece of it replaced */
static char *
replace(const char *text, const char *old, const char *new)
{
	g_autofree char *all = g_strdup(text);
	char *at = strstr(all, old);

	if (at == NULL)
		fail_msg("there is no \"%s\"", old);
	*at = '\0';
	return g_strconcat(all, new, at + strlen(old), NULL);
}

static void
what_a_calendar_program_changed_is_taken_or_named(void **state)
{
	(void)state;
	static const struct {
		guint kind; /* of kinds[]; 99: ONE_A_DAY */
		const char *old, *new, *says;
	} cases[] = {
		/* another order, another case, defaults written out: nothing changed */
		{ 99, "RRULE:FREQ=WEEKLY;BYDAY=MO", "RRULE:BYDAY=MO;INTERVAL=1;FREQ=WEEKLY",
		  "\"days\":[\"mon\"]" },
		{ 99, "T063000\r\nRRULE", "T070000\r\nRRULE",
		  "\"at\":[\"07:00\"],\"rrule\":\"FREQ=WEEKLY;BYDAY=MO\",\"from\":\"2026-01-05\"" },
		{ 99, "SUMMARY:Bản tin", "SUMMARY:Tin mới", "\"title\":\"Tin mới\"" },
		{ 99, "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n", "", "\"date\":\"2026-01-05\"" },
		{ 99, "LOCATION:Xóm Đình", "LOCATION:Tổ 1",
		  "x.ics:16: event \"one.063000@phuong-mau\": LOCATION: it was changed" },
		/* a time of several, a rule by the moon */
		{ 0, "T063000", "T070000", "DTSTART: \"all\" was changed" },
		{ 9, "20260103T063000", "20260104T063000", "DTSTART: \"lunar\" was changed" },
		{ 0, "X-LOA-PART:2/2", "X-LOA-PART:1/2", "X-LOA-PART: 2 of 2 times of day" },
		{ 0, "X-LOA-PART:1/2", "X-LOA-PART:1/3", "X-LOA-PART: 2 of 3 times of day" },
		{ 13, "SUMMARY:Bản tin", "SUMMARY:Khác", "DTSTART: \"campaign\" was changed" },
		{ 3, "X-LOA-BROADCAST:{", "X-LOA-BROADCAST:[", "times of day are here" },
		{ 15, "X-LOA-BROADCAST:{", "X-LOA-BROADCAST:[", "X-LOA-BROADCAST: " },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaSchedule) schedule = sample_broadcasts(
			cases[i].kind == 99
				? B("one", "at = \"06:30\"; to = \"to-2\"; days = \"mon\";")
				: kinds[cases[i].kind],
			groups);
		g_autofree char *text = write_year(schedule->broadcasts, NULL);
		g_autofree char *changed = replace(text, cases[i].old, cases[i].new);
		g_autofree char *is = read_one(changed, strlen(changed));

		if (strstr(is, cases[i].says) == NULL)
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, is, cases[i].says);
	}
}

static void
events_of_others_become_broadcasts(void **state)
{
	(void)state;
	static const struct {
		const char *lines, *says;
	} cases[] = {
		/* the site's own time, in three ways; UTC; another zone; a leap second */
		{ SPOKEN "DTSTART:20261201T063000\r\n",
		  "\"at\":[\"06:30\"],\"date\":\"2026-12-01\"" },
		{ SPOKEN "DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T063000\r\n",
		  "\"at\":[\"06:30\"],\"date\":\"2026-12-01\"" },
		{ SPOKEN
		  "DTSTART;TZID=\"/softwarestudio.org/Asia/Ho_Chi_Minh\":20261201T063000\r\n",
		  "\"at\":[\"06:30\"],\"date\":\"2026-12-01\"" },
		{ SPOKEN "DTSTART:20261201T233000Z\r\n",
		  "\"at\":[\"06:30\"],\"date\":\"2026-12-02\"" },
		{ SPOKEN "DTSTART;TZID=Europe/Berlin:20261201T010000\r\n",
		  "\"at\":[\"07:00\"],\"date\":\"2026-12-01\"" },
		{ SPOKEN "DTSTART:20261231T235960\r\n",
		  "\"at\":[\"23:59:59\"],\"date\":\"2026-12-31\"" },
		/* a zone with one offset that only the file knows (to the left of the events) */
		{ SPOKEN "DTSTART;TZID=SE Asia Standard Time:20261201T063000\r\n"
			 "RRULE:FREQ=DAILY;COUNT=2\r\n",
		  "\"at\":[\"06:30\"],\"rrule\":\"FREQ=DAILY;COUNT=2\",\"from\":\"2026-12-01\"" },
		/* rules, their ends, their exceptions */
		{ SPOKEN "DTSTART:20261201T063000\r\nRRULE:FREQ=DAILY;UNTIL=20261209T233000Z\r\n",
		  "\"rrule\":\"FREQ=DAILY;UNTIL=20261210\"" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRRULE:FREQ=DAILY;UNTIL=20261210T062959\r\n",
		  "\"rrule\":\"FREQ=DAILY;UNTIL=20261209\"" },
		{ SPOKEN "DTSTART:20261201T063000\r\nrrule:freq=weekly;byday=tu\r\n"
			 "EXDATE:20261208T063000,20261215T063000\r\nEXDATE;VALUE=DATE:20261222\r\n"
			 "RDATE:20261209T063000\r\n",
		  "\"rrule\":\"FREQ=WEEKLY;BYDAY=TU\",\"from\":\"2026-12-01\",\"except\":"
		  "[\"2026-12-08\",\"2026-12-15\",\"2026-12-22\"],\"also\":[\"2026-12-09\"]" },
		/* the first start counts where the rule does not fit it */
		{ SPOKEN "DTSTART:20261202T063000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n",
		  "\"also\":[\"2026-12-02\"]" },
		/* dates without a rule */
		{ SPOKEN "DTSTART:20261201T063000\r\nRDATE:20261203T063000,20261203T063000\r\n",
		  "\"rrule\":\"FREQ=DAILY;COUNT=1\",\"from\":\"2026-12-01\",\"also\":[\"2026-12-"
		  "03\"]" },
		/* a rule in UTC that falls on the same days here, for there is no summer time */
		{ SPOKEN "DTSTART:20261201T003000Z\r\nRRULE:FREQ=DAILY\r\n", "\"at\":[\"07:30\"]" },
		/* groups by name, by id; in another normal form */
		{ "DTSTART:20261201T063000\r\nDESCRIPTION:x\r\nLOCATION:to-1\\, Xo\xcc\x81m "
		  "Đi\xcc\x80nh\r\n",
		  "\"to\":[\"to-1\",\"to-2\"]" },
		{ "DTSTART:20261201T063000\r\nX-LOA-RECORDING:r1\r\nX-LOA-TO:to-2\r\nX-LOA-ID:a."
		  "b\r\n",
		  "{\"id\":\"a.b\",\"title\":\"Tin\",\"class\":\"normal\",\"recording\":\"r1\"" },
		{ SPOKEN "DTSTART:20261201T063000\r\nCATEGORIES:Ban-Tin\r\n",
		  "\"category\":\"ban-tin\"" },
		/* folded within a word and within a character, lower case, lines that end in LF */
		{ "DTSTART:2026\r\n 1201T06\n\t3000\nX-LOA-TO:all\r\nDESCRIPTION:Ki\xcc\r\n "
		  "\x81nh\r\n",
		  "\"text\":\"Kính\"" },
	};
	static const char zone_of_windows[] =
		"BEGIN:VTIMEZONE\r\nTZID:SE Asia Standard Time\r\nBEGIN:STANDARD\r\n"
		"DTSTART:16010101T000000\r\nTZOFFSETFROM:+0700\r\nTZOFFSETTO:+0700\r\n"
		"END:STANDARD\r\nEND:VTIMEZONE\r\n";

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
			"\xef\xbb\xbf" HEAD "%sBEGIN:VEVENT\r\nUID:u\r\nSUMMARY:Tin\r\n%sEND:VEVENT"
			"\r\n" TAIL,
			zone_of_windows, cases[i].lines);
		g_autofree char *is = read_one(text, strlen(text));

		if (strstr(is, cases[i].says) == NULL)
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, is, cases[i].says);
	}
}

/* One name in the four normal forms, and as a keyboard with wide letters types it. */
static void
names_are_the_same_in_every_normal_form(void **state)
{
	(void)state;
	static const GNormalizeMode forms[] = { G_NORMALIZE_NFC, G_NORMALIZE_NFD, G_NORMALIZE_NFKC,
						G_NORMALIZE_NFKD };
	g_autofree char *want = NULL;

	for (gsize i = 0; i <= G_N_ELEMENTS(forms); i++) {
		g_autofree char *place = i < G_N_ELEMENTS(forms)
						 ? g_utf8_normalize("Xóm Đình", -1, forms[i])
						 : g_strdup("ＸÓＭ ĐÌNH");
		g_autofree char *title = i < G_N_ELEMENTS(forms)
						 ? g_utf8_normalize("Tiếng Việt", -1, forms[i])
						 : g_strdup("Tiếng Việt");
		g_autofree char *text = g_strdup_printf(
			HEAD
			"BEGIN:VEVENT\r\nUID:u\r\nSUMMARY:%s\r\nDESCRIPTION:x\r\nLOCATION:%s\r\n"
			"DTSTART:20261201T063000\r\nEND:VEVENT\r\n" TAIL,
			title, place);
		g_autofree char *is = read_one(text, strlen(text));

		if (want == NULL)
			want = g_strdup(is);
		assert_string_equal(is, want);
		assert_non_null(strstr(is, "\"title\":\"Tiếng Việt\",\"class\":\"normal\",\"text\":"
					   "\"x\",\"to\":[\"to-2\"]"));
	}
}

static void
a_zone_that_only_the_file_knows_needs_one_offset(void **state)
{
	(void)state;
	const char *text = HEAD
		"BEGIN:VTIMEZONE\nTZID:Nowhere\nBEGIN:STANDARD\nTZOFFSETTO:+0700\nEND:STANDARD\n"
		"BEGIN:DAYLIGHT\nTZOFFSETTO:+0800\nEND:DAYLIGHT\nEND:VTIMEZONE\n" EVENT(
			SPOKEN "DTSTART;TZID=Nowhere:20261201T063000\n") TAIL;
	g_autofree char *is = read_one(text, strlen(text));

	assert_non_null(strstr(is, "the time zone \"Nowhere\" is not known here"));
}

static void
a_calendar_that_has_everything_twice_is_refused(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = sample_broadcasts(kinds[0], groups);
	g_autofree char *text = write_year(schedule->broadcasts, NULL);
	g_autofree char *twice = g_strconcat(text, text, NULL);
	g_autofree char *is = read_one(twice, strlen(twice));

	assert_non_null(strstr(is, "X-LOA-PART: 4 of 2 times of day"));
}

static void
an_id_is_made_of_the_uid_and_stays_the_same(void **state)
{
	(void)state;
	const char *text = HEAD
		"BEGIN:VEVENT\nUID:040000008200E00074C5B7101A82E008@google.com\nSUMMARY:a\n" SPOKEN
		"DTSTART:20261201T063000\nEND:VEVENT\n"
		"BEGIN:VEVENT\nUID:040000008200E00074C5B7101A82E009@google.com\nSUMMARY:a\n" SPOKEN
		"DTSTART:20261201T063000\nEND:VEVENT\n" TAIL;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaIcs) ics = read_text(text, strlen(text), faults);
	g_autoptr(LoaIcs) again = read_text(text, strlen(text), faults);

	assert_int_equal(faults->len, 0);
	for (guint i = 0; i < 2; i++) {
		const LoaBroadcast *b = ics->broadcasts->pdata[i];

		assert_true(g_str_has_prefix(b->id, "ics-040000008200e00074c5b710-"));
		assert_true(loa_broadcast_equal(b, again->broadcasts->pdata[i]));
	}
	assert_string_not_equal(((LoaBroadcast *)ics->broadcasts->pdata[0])->id,
				((LoaBroadcast *)ics->broadcasts->pdata[1])->id);
}

static void
what_cannot_be_taken_is_named_with_line_uid_and_property(void **state)
{
	(void)state;
	/* the event begins in line 3 */
	static const struct {
		const char *lines, *says;
	} cases[] = {
		{ SPOKEN, "x.ics:3: event \"u\": DTSTART: it has none" },
		{ SPOKEN "DTSTART;VALUE=DATE:20261201\r\n",
		  "x.ics:8: event \"u\": DTSTART: a whole day has no time" },
		{ SPOKEN "DTSTART:20260230T063000\r\n",
		  "x.ics:8: event \"u\": DTSTART: \"20260230T" },
		{ SPOKEN "DTSTART:20261201T243000\r\n",
		  "x.ics:8: event \"u\": DTSTART: \"20261201T" },
		{ SPOKEN "DTSTART:20261201T06300\r\n",
		  "x.ics:8: event \"u\": DTSTART: \"20261201T" },
		{ SPOKEN "DTSTART:20261201T\r\n", "x.ics:8: event \"u\": DTSTART: \"20261201T\"" },
		{ SPOKEN "DTSTART:99991231T063000\r\n",
		  "x.ics:8: event \"u\": DTSTART: \"99991231T063000\" lies outside of 1970 to "
		  "2199" },
		{ SPOKEN "DTSTART;TZID=Moon/Base:20261201T063000\r\n",
		  "x.ics:8: event \"u\": DTSTART: the time zone \"Moon/Base\" is not known" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRRULE:FREQ=SECONDLY\r\n",
		  "x.ics:9: event \"u\": rrule: FREQ is DAILY, WEEKLY" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRRULE:FREQ=DAILY;BYHOUR=6,7\r\n",
		  "x.ics:9: event \"u\": rrule: \"BYHOUR=6,7\" is not a part" },
		{ SPOKEN "DTSTART:20260201T063000\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"
			 "EXDATE:20260201T063000\r\n",
		  "x.ics:3: event \"u\": rrule: no day fits" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY\r\n",
		  "x.ics:10: event \"u\": RRULE: one RRULE can be taken" },
		{ SPOKEN "DTSTART:20261201T063000\r\nEXRULE:FREQ=DAILY\r\n",
		  "x.ics:9: event \"u\": EXRULE: one RRULE" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRECURRENCE-ID:20261201T063000\r\n",
		  "x.ics:9: event \"u\": RECURRENCE-ID: one RRULE" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRDATE:20261203T063100\r\n",
		  "x.ics:9: event \"u\": RDATE: it is at another time of day" },
		{ SPOKEN "DTSTART:20261201T063000\r\nRDATE;VALUE=PERIOD:20261203T063000/PT1H\r\n",
		  "x.ics:9: event \"u\": RDATE: \"20261203T063000/PT1H\" is not a day" },
		{ SPOKEN "DTSTART:20261201T063000\r\nEXDATE:20261203T063100\r\n",
		  "x.ics:9: event \"u\": EXDATE: it is at another time of day" },
		{ SPOKEN "DTSTART;TZID=Europe/Berlin:20261201T063000\r\nRRULE:FREQ=DAILY\r\n",
		  "x.ics:3: event \"u\": DTSTART: its rule is in another time zone" },
		{ SPOKEN "DTSTART:20261201T233000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n",
		  "x.ics:3: event \"u\": DTSTART: its rule is in another time zone" },
		{ "DTSTART:20261201T063000\r\nDESCRIPTION:x\r\n",
		  "x.ics:3: event \"u\": LOCATION: who hears it?" },
		{ "DTSTART:20261201T063000\r\nDESCRIPTION:x\r\nLOCATION:Hội trường\r\n",
		  "x.ics:3: event \"u\": LOCATION: who hears it?" },
		{ "DTSTART:20261201T063000\r\nDESCRIPTION:x\r\nX-LOA-TO:to-9\r\n",
		  "x.ics:3: event \"u\": to: there is no group \"to-9\"" },
		{ "DTSTART:20261201T063000\r\nX-LOA-TO:all\r\n",
		  "x.ics:3: event \"u\": DESCRIPTION: what is played?" },
		{ SPOKEN "DTSTART:20261201T063000\r\nX-LOA-ID:A B\r\n",
		  "x.ics:3: event \"u\": id: \"A B\" is not an id" },
		{ SPOKEN
		  "DTSTART:20261201T063000\r\nX-LOA-BROADCAST:{\"id\":\"a\"\\,\"title\":\"x\"\\,"
		  "\"audio\":\"/etc/passwd\"\\,\"to\":\"all\"\\,\"at\":\"06:30\"}\r\n"
		  "X-LOA-PART:1/1\r\nX-LOA-SHOWS:x\r\n",
		  "x.ics:3: event \"u\": LOCATION: it was changed" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
			HEAD "BEGIN:VEVENT\r\nUID:u\r\nSUMMARY:Tin\r\n%sEND:VEVENT\r\n" TAIL,
			cases[i].lines);
		g_autofree char *is = read_one(text, strlen(text));

		if (strncmp(is, cases[i].says, strlen(cases[i].says)) != 0 ||
		    strchr(is, '\n') != NULL)
			fail_msg("case %zu: \"%s\" is not \"%s\"", i, is, cases[i].says);
	}
}

static void
a_file_of_some_machine_is_not_aired(void **state)
{
	(void)state;
	g_autoptr(LoaSchedule) schedule = sample_broadcasts(
		"{ id = \"a\"; title = \"x\"; audio = \"/etc/passwd\"; to = \"all\"; at = "
		"\"06:30\"; },\n",
		groups);
	g_autofree char *text = write_year(schedule->broadcasts, NULL);
	g_autofree char *is = read_one(text, strlen(text));

	assert_non_null(strstr(is, "X-LOA-BROADCAST: it names an audio file"));
}

static void
what_is_not_needed_is_noted_once(void **state)
{
	(void)state;
	const char *text =
		HEAD "BEGIN:VTODO\nUID:t\nEND:VTODO\n"
		     "BEGIN:VEVENT\nUID:u\nSUMMARY:a\n" SPOKEN
		     "DTSTART:20261201T063000\nDTEND:20261201T070000\nCATEGORIES:Họp\n"
		     "ORGANIZER:mailto:a@b\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\n"
		     "BEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\nEND:VEVENT\n"
		     "BEGIN:VEVENT\nUID:c\nSUMMARY:a\nSTATUS:CANCELLED\nEND:VEVENT\n" TAIL;
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaIcs) ics = read_text(text, strlen(text), faults);
	static const char *const want[] = {
		"x.ics:11: CATEGORIES is not used (1 times in this file)",
		"x.ics:12: ORGANIZER is not used (1 times in this file)",
		"x.ics:13: VALARM is not used (2 times in this file)",
		"x.ics:20: VEVENT with STATUS:CANCELLED is not used (1 times in this file)",
		"x.ics:3: VTODO is not used (1 times in this file)",
	};

	assert_int_equal(faults->len, 0);
	assert_int_equal(ics->broadcasts->len, 1);
	assert_int_equal(ics->notes->len, G_N_ELEMENTS(want));
	for (guint i = 0; i < G_N_ELEMENTS(want); i++) {
		gboolean is_there = FALSE;

		for (guint j = 0; j < ics->notes->len; j++)
			is_there |= strstr(ics->notes->pdata[j], strchr(want[i], ' ')) != NULL;
		if (!is_there)
			fail_msg("there is no \"%s\"", want[i]);
	}
}

static void
options_give_what_events_lack(void **state)
{
	(void)state;
	const char *text = HEAD EVENT("DTSTART;VALUE=DATE:20261201\r\n") TAIL;
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	const LoaIcsOptions options = {
		.zone = zone, .to = "to-1,to-2", .recording = "r1", .at_s = 6 * 3600
	};
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaIcs) ics = loa_ics_read("x.ics", text, strlen(text), &options, faults);
	g_autofree char *json = NULL;

	assert_int_equal(faults->len, 0);
	json = loa_broadcast_to_json_text(ics->broadcasts->pdata[0]);
	assert_non_null(strstr(json,
			       "\"recording\":\"r1\",\"to\":[\"to-1\",\"to-2\"],\"at\":[\"06:00\"],"
			       "\"date\":\"2026-12-01\""));
}

static char *
repeat(const char *before, const char *what, guint n, const char *after)
{
	GString *text = g_string_new(before);

	for (guint i = 0; i < n; i++)
		g_string_append(text, what);
	g_string_append(text, after);
	return g_string_free(text, FALSE);
}

static void
hostile_files_are_refused_quickly(void **state)
{
	(void)state;
	const struct {
		char *text;
		const char *says;
	} cases[] = {
		{ g_strdup(""), "no BEGIN:VCALENDAR" },
		{ g_strdup("\r\n\r\n"), "no BEGIN:VCALENDAR" },
		{ g_strdup("SUMMARY:x\r\n"), "x.ics:1: this stands outside of" },
		{ g_strdup("<html>"), "x.ics:1: \"<html>\" is not a line" },
		{ g_strdup(HEAD), "x.ics:1: BEGIN:VCALENDAR has no END" },
		{ g_strdup(HEAD "END:VEVENT\n"), "x.ics:3: END:VEVENT closes nothing" },
		{ g_strdup("END:VCALENDAR\n"), "x.ics:1: END:VCALENDAR closes nothing" },
		{ g_strdup(HEAD "SUMMARY:\xff\n" TAIL), "x.ics:3: a byte that is not UTF-8" },
		{ repeat("", "BEGIN:VEVENT\n", 5, ""), "x.ics:5: more than 20000 components" },
		{ repeat(HEAD, "BEGIN:A\nEND:A\n", 20001, TAIL), "more than 20000 components" },
		{ repeat(HEAD, "X-A:1\n", 2001, TAIL), "more than 2000 lines in one VCALENDAR" },
		{ repeat(HEAD "X-A:", "xxxxxxxxxxxxxxxx", 8192, TAIL), "x.ics:3: a line of more" },
		{ repeat(HEAD "X-A:", "xxxxxxxxxxxxxxx\n ", 9000, TAIL),
		  "x.ics:3: a line of more" },
		{ repeat(HEAD "BEGIN:VEVENT\nUID:u\nSUMMARY:x\n" SPOKEN
			      "DTSTART:20261201T063000\nRDATE:20261201",
			 ",20261201", 4000, "\nEND:VEVENT\n" TAIL),
		  "RDATE: more than 4000 dates" },
		{ repeat("", "\n", LOA_ICS_MAX_SIZE + 1, ""), "x.ics: more than 4194304 bytes" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = cases[i].text;
		g_autofree char *is = read_one(text, strlen(text));

		if (strstr(is, cases[i].says) == NULL)
			fail_msg("case %zu: \"%.200s\" lacks \"%s\"", i, is, cases[i].says);
	}

	g_autofree char *with_nul =
		read_one(HEAD "X-A:a\0b\r\n" TAIL, sizeof(HEAD "X-A:a\0b\r\n" TAIL) - 1);

	assert_non_null(strstr(with_nul, "x.ics:3: a byte that is not UTF-8"));
}

static void
a_zone_with_summer_time_keeps_its_wall_times(void **state)
{
	(void)state;
	static const char *const in_zones[] = { "Europe/Berlin", "America/New_York" };

	for (gsize i = 0; i < G_N_ELEMENTS(in_zones); i++) {
		zone_name = in_zones[i];
		every_kind_of_broadcast_comes_back_exactly(state);
		zone_name = "Asia/Ho_Chi_Minh";
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_broadcast_comes_back_exactly),
		cmocka_unit_test(a_whole_timetable_comes_back_in_its_order),
		cmocka_unit_test(every_line_is_short_and_ends_in_cr_lf),
		cmocka_unit_test(another_library_sees_the_same_starts_all_year),
		cmocka_unit_test(what_has_no_start_or_is_confidential_is_named),
		cmocka_unit_test(what_a_calendar_program_changed_is_taken_or_named),
		cmocka_unit_test(events_of_others_become_broadcasts),
		cmocka_unit_test(names_are_the_same_in_every_normal_form),
		cmocka_unit_test(a_zone_that_only_the_file_knows_needs_one_offset),
		cmocka_unit_test(a_calendar_that_has_everything_twice_is_refused),
		cmocka_unit_test(an_id_is_made_of_the_uid_and_stays_the_same),
		cmocka_unit_test(what_cannot_be_taken_is_named_with_line_uid_and_property),
		cmocka_unit_test(a_file_of_some_machine_is_not_aired),
		cmocka_unit_test(what_is_not_needed_is_noted_once),
		cmocka_unit_test(options_give_what_events_lack),
		cmocka_unit_test(hostile_files_are_refused_quickly),
		cmocka_unit_test(a_zone_with_summer_time_keeps_its_wall_times),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
