/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/wire-sample.h"

/* Returns: the code of the refusal, or -1 if the plan was taken. */
static int
decode_code(const char *text, gsize size)
{
	g_autoptr(GBytes) body = g_bytes_new_static(text, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPlan) plan = loa_plan_decode(body, &error);

	if (plan != NULL)
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static char *
sample_plan_text(void)
{
	g_autoptr(LoaPlan) plan = sample_plan();
	g_autoptr(GBytes) body = loa_plan_encode(plan);

	return sample_text(body);
}

static void
every_member_comes_back(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) want = sample_plan();
	g_autoptr(GBytes) body = loa_plan_encode(want);
	g_autoptr(LoaPlan) plan = loa_plan_decode(body, NULL);

	assert_non_null(plan);
	assert_string_equal(plan->site, SAMPLE_SITE);
	assert_string_equal(plan->group, SAMPLE_GROUP);
	assert_true(plan->serial == want->serial);
	assert_true(plan->issued_us == want->issued_us);
	assert_true(plan->valid_until_us == want->valid_until_us);
	assert_true(plan->playout_delay_us == want->playout_delay_us);
	assert_int_equal(plan->permitted->len, 2);
	assert_memory_equal(plan->permitted->data, want->permitted->data, 2 * sizeof(LoaInterval));
	assert_int_equal(plan->airings->len, 2);

	const LoaAiring *bulletin = loa_plan_find(plan, SAMPLE_AIRING);
	const LoaAiring *alarm = loa_plan_find(plan, "now.20261121t170030.9c41");

	assert_null(loa_plan_find(plan, "none"));
	assert_string_equal(bulletin->broadcast, "ban-tin");
	assert_string_equal(bulletin->title, "Bản tin \"chiều\" của phường");
	assert_int_equal(bulletin->class, LOA_CLASS_NORMAL);
	assert_int_equal(bulletin->order, 100);
	assert_true(bulletin->start_us == SAMPLE_START_US);
	assert_true(bulletin->stop_us == 0);
	assert_int_equal(bulletin->resume, LOA_RESUME_PAUSE);
	assert_true(bulletin->grace_us == 300 * SECOND_US);
	assert_false(bulletin->is_live);
	assert_int_equal(bulletin->n_samples, 4320000);
	assert_int_equal(bulletin->pre_skip, 312);
	assert_int_equal(strlen(bulletin->sha256), 64);
	assert_int_equal(bulletin->size_bytes, 271828);
	assert_null(bulletin->exception);

	assert_int_equal(alarm->class, LOA_CLASS_EMERGENCY);
	assert_true(alarm->stop_us == SAMPLE_START_US + 50 * SECOND_US);
	assert_int_equal(alarm->resume, LOA_RESUME_REJOIN);
	assert_true(alarm->is_live);
	assert_null(alarm->sha256);
	assert_int_equal(alarm->size_bytes, 0);
	assert_string_equal(alarm->exception, "Chủ tịch UBND: lũ lên nhanh");
}

static void
a_copy_is_equal_and_its_own(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan();

	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
		LoaAiring *copy = loa_airing_copy(airing);

		assert_string_equal(copy->title, airing->title);
		assert_ptr_not_equal(copy->title, airing->title);
		g_ptr_array_index(plan->airings, i) = copy;
		loa_airing_free((LoaAiring *)airing);
	}

	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autofree char *text = sample_text(body);
	g_autofree char *want = sample_plan_text();

	assert_string_equal(text, want);
}

static void
an_airing_ends_with_its_sound_or_when_it_is_stopped(void **state)
{
	(void)state;
	g_autoptr(LoaAiring) airing = loa_airing_new();

	airing->start_us = SAMPLE_START_US;
	airing->n_samples = LOA_AIRING_MAX_SAMPLES;
	assert_true(loa_airing_end_us(airing) == SAMPLE_START_US + 12 * 3600 * SECOND_US);
	airing->stop_us = SAMPLE_START_US + 1;
	assert_true(loa_airing_end_us(airing) == SAMPLE_START_US + 1);
	airing->stop_us = SAMPLE_START_US - 1;
	assert_true(loa_airing_end_us(airing) == SAMPLE_START_US);
	airing->stop_us = LOA_TIME_MAX_US;
	assert_true(loa_airing_end_us(airing) == SAMPLE_START_US + 12 * 3600 * SECOND_US);
}

static void
sorting_orders_airings_and_joins_intervals(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = loa_plan_new("s", "g");
	static const LoaInterval intervals[] = {
		{ 50, 60 }, { 10, 20 }, { 20, 30 }, { 40, 40 }, { 12, 15 }, { 70, 65 }, { 55, 58 },
	};
	static const struct {
		const char *id;
		gint64 start_us;
	} airings[] = { { "c", 2 }, { "b", 1 }, { "a", 2 }, { "d", 0 } };
	GString *order = g_string_new(NULL);

	g_array_append_vals(plan->permitted, intervals, G_N_ELEMENTS(intervals));
	for (gsize i = 0; i < G_N_ELEMENTS(airings); i++) {
		LoaAiring *airing = loa_airing_new();

		airing->id = g_strdup(airings[i].id);
		airing->start_us = airings[i].start_us;
		g_ptr_array_add(plan->airings, airing);
	}
	loa_plan_sort(plan);

	for (guint i = 0; i < plan->airings->len; i++)
		g_string_append(order, ((LoaAiring *)g_ptr_array_index(plan->airings, i))->id);
	g_autofree char *got = g_string_free(order, FALSE);
	assert_string_equal(got, "dbac");

	const LoaInterval *kept = (const LoaInterval *)plan->permitted->data;

	assert_int_equal(plan->permitted->len, 2);
	assert_true(kept[0].from_us == 10 && kept[0].to_us == 30);
	assert_true(kept[1].from_us == 50 && kept[1].to_us == 60);
}

static void
an_empty_plan_is_a_plan(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = loa_plan_new("s", "g");

	plan->serial = 1;
	plan->issued_us = LOA_TIME_MIN_US;
	plan->valid_until_us = LOA_TIME_MAX_US;
	plan->playout_delay_us = LOA_PLAYOUT_DELAY_MIN_US;
	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autoptr(LoaPlan) back = loa_plan_decode(body, NULL);

	assert_non_null(back);
	assert_int_equal(back->airings->len, 0);
	assert_int_equal(back->permitted->len, 0);
}

static void
members_of_the_future_and_absent_options_are_taken(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		const char *to;
	} cases[] = {
		{ "\"v\":1", "\"v\":1,\"future\":{\"x\":[1,2.5,\"y\",null]}" },
		{ "\"id\":", "\"future\":true,\"id\":" },
		{ "\"from_us\":", "\"future\":true,\"from_us\":" },
		{ ",\"exception\":\"Chủ tịch UBND: lũ lên nhanh\"", ",\"exception\":null" },
		{ ",\"exception\":\"Chủ tịch UBND: lũ lên nhanh\"", "" },
		{ ",\"stop_us\":1795255250000000", "" },
		{ "\"title\":\"Báo lũ khẩn cấp\"", "\"title\":\"\"" },
		{ "\"pre_skip\":312", "\"pre_skip\":312,\"live\":false" },
		{ "\"pre_skip\":312", "\"pre_skip\":65535" },
		{ "\"order\":100", "\"order\":4294967295" },
	};
	g_autofree char *text = sample_plan_text();

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *changed = sample_replace(text, cases[i].from, cases[i].to);

		if (decode_code(changed, strlen(changed)) != -1)
			fail_msg("refused: %s", cases[i].to);
	}
}

typedef struct {
	const char *name;
	const char *from;
	const char *to;
	LoaWireError want;
} BadPlan;

static const BadPlan bad_plans[] = {
	{ "no version", "\"v\":1,", "", LOA_WIRE_ERROR_RANGE },
	{ "version 2", "\"v\":1", "\"v\":2", LOA_WIRE_ERROR_VERSION },
	{ "version 0", "\"v\":1", "\"v\":0", LOA_WIRE_ERROR_RANGE },
	{ "version as a text", "\"v\":1", "\"v\":\"1\"", LOA_WIRE_ERROR_RANGE },
	{ "no site", "\"site\":", "\"sight\":", LOA_WIRE_ERROR_RANGE },
	{ "site no id", "phuong-demo", "Phuong demo", LOA_WIRE_ERROR_RANGE },
	{ "group no id", "\"to-1\"", "\"to/1\"", LOA_WIRE_ERROR_RANGE },
	{ "group twice", "\"group\":", "\"group\":\"to-2\",\"group\":", LOA_WIRE_ERROR_SYNTAX },
	{ "serial 0", "\"serial\":1795254000000", "\"serial\":0", LOA_WIRE_ERROR_RANGE },
	{ "serial negative", "\"serial\":", "\"serial\":-", LOA_WIRE_ERROR_RANGE },
	{ "serial with exponent", "\"serial\":1795254000000", "\"serial\":1e3",
	  LOA_WIRE_ERROR_RANGE },
	{ "serial with point", "\"serial\":1795254000000", "\"serial\":1.5", LOA_WIRE_ERROR_RANGE },
	{ "serial 2^63", "\"serial\":1795254000000", "\"serial\":9223372036854775808",
	  LOA_WIRE_ERROR_RANGE },
	{ "serial 2^64 + 1", "\"serial\":1795254000000", "\"serial\":18446744073709551617",
	  LOA_WIRE_ERROR_RANGE },
	{ "issued in 1970", "\"issued_us\":1795254000000000", "\"issued_us\":1795254",
	  LOA_WIRE_ERROR_RANGE },
	{ "valid until the year 3000", "\"valid_until_us\":1796464800000000",
	  "\"valid_until_us\":32503680000000000", LOA_WIRE_ERROR_RANGE },
	{ "valid until it was issued", "\"valid_until_us\":1796464800000000",
	  "\"valid_until_us\":1795254000000000", LOA_WIRE_ERROR_RANGE },
	{ "playout delay below the least", "\"playout_delay_us\":1000000",
	  "\"playout_delay_us\":149999", LOA_WIRE_ERROR_RANGE },
	{ "playout delay above the most", "\"playout_delay_us\":1000000",
	  "\"playout_delay_us\":10000001", LOA_WIRE_ERROR_RANGE },
	{ "no permitted hours", "\"permitted\":", "\"permited\":", LOA_WIRE_ERROR_RANGE },
	{ "permitted an object", "\"permitted\":[{", "\"permitted\":{},\"x\":[{",
	  LOA_WIRE_ERROR_RANGE },
	{ "interval a number", "\"permitted\":[", "\"permitted\":[1,", LOA_WIRE_ERROR_RANGE },
	{ "interval without end", "\"to_us\":", "\"two_us\":", LOA_WIRE_ERROR_RANGE },
	{ "interval empty", "\"to_us\":1795258800000000", "\"to_us\":1795251600000000",
	  LOA_WIRE_ERROR_RANGE },
	{ "interval backwards", "\"to_us\":1795258800000000", "\"to_us\":1795251500000000",
	  LOA_WIRE_ERROR_RANGE },
	{ "intervals touch", "\"to_us\":1795258800000000", "\"to_us\":1795298400000000",
	  LOA_WIRE_ERROR_RANGE },
	{ "intervals overlap", "\"to_us\":1795258800000000", "\"to_us\":1795299400000000",
	  LOA_WIRE_ERROR_RANGE },
	{ "intervals unsorted", "\"from_us\":1795251600000000,\"to_us\":1795258800000000",
	  "\"from_us\":1795351600000000,\"to_us\":1795358800000000", LOA_WIRE_ERROR_RANGE },
	{ "no airings", "\"airings\":", "\"airing\":", LOA_WIRE_ERROR_RANGE },
	{ "airings null", "\"airings\":[{", "\"airings\":null,\"x\":[{", LOA_WIRE_ERROR_RANGE },
	{ "airing no object", "\"airings\":[", "\"airings\":[null,", LOA_WIRE_ERROR_RANGE },
	{ "airing without id", "\"id\":", "\"ID\":", LOA_WIRE_ERROR_RANGE },
	{ "airing id with a wildcard", "\"ban-tin.20261121t170000\"", "\"+\"",
	  LOA_WIRE_ERROR_RANGE },
	{ "airing id of 65 bytes", "\"ban-tin.20261121t170000\"",
	  "\"01234567890123456789012345678901234567890123456789012345678901234\"",
	  LOA_WIRE_ERROR_RANGE },
	{ "broadcast no id", "\"broadcast\":\"ban-tin\"", "\"broadcast\":\"\"",
	  LOA_WIRE_ERROR_RANGE },
	{ "title with a NUL", "Báo lũ", "Báo\\u0000lũ", LOA_WIRE_ERROR_SYNTAX },
	{ "title with an escape sequence", "Báo lũ", "\\u001b[2J", LOA_WIRE_ERROR_RANGE },
	{ "title not UTF-8", "Báo lũ", "B\xe1o", LOA_WIRE_ERROR_SYNTAX },
	{ "title a number", "\"title\":\"Báo lũ khẩn cấp\"", "\"title\":7", LOA_WIRE_ERROR_RANGE },
	{ "class unknown", "\"normal\"", "\"loud\"", LOA_WIRE_ERROR_RANGE },
	{ "class in capitals", "\"emergency\"", "\"EMERGENCY\"", LOA_WIRE_ERROR_RANGE },
	{ "order negative", "\"order\":100", "\"order\":-1", LOA_WIRE_ERROR_RANGE },
	{ "order beyond 32 bits", "\"order\":100", "\"order\":4294967296", LOA_WIRE_ERROR_RANGE },
	{ "start at 0", "\"start_us\":1795255200000000", "\"start_us\":0", LOA_WIRE_ERROR_RANGE },
	{ "stop at 0", "\"stop_us\":1795255250000000", "\"stop_us\":0", LOA_WIRE_ERROR_RANGE },
	{ "resume unknown", "\"pause\"", "\"restart\"", LOA_WIRE_ERROR_RANGE },
	{ "grace of a day and a bit", "\"grace_us\":0", "\"grace_us\":86400000001",
	  LOA_WIRE_ERROR_RANGE },
	{ "live a number", "\"live\":true", "\"live\":1", LOA_WIRE_ERROR_RANGE },
	{ "live with a hash", "\"live\":true", "\"live\":true,\"sha256\":\"00\"",
	  LOA_WIRE_ERROR_RANGE },
	{ "live with a size", "\"live\":true", "\"live\":true,\"size_bytes\":0",
	  LOA_WIRE_ERROR_RANGE },
	{ "neither live nor stored", "\"live\":true", "\"live\":false", LOA_WIRE_ERROR_RANGE },
	{ "no samples", "\"n_samples\":4320000", "\"n_samples\":0", LOA_WIRE_ERROR_RANGE },
	{ "more than 12 hours", "\"n_samples\":4320000", "\"n_samples\":2073600001",
	  LOA_WIRE_ERROR_RANGE },
	{ "pre-skip beyond 16 bits", "\"pre_skip\":312", "\"pre_skip\":65536",
	  LOA_WIRE_ERROR_RANGE },
	{ "hash too short", "\"sha256\":\"9f", "\"sha256\":\"9", LOA_WIRE_ERROR_RANGE },
	{ "hash in capitals", "\"sha256\":\"9f", "\"sha256\":\"9F", LOA_WIRE_ERROR_RANGE },
	{ "hash missing", "\"sha256\":", "\"sha512\":", LOA_WIRE_ERROR_RANGE },
	{ "file of no bytes", "\"size_bytes\":271828", "\"size_bytes\":0", LOA_WIRE_ERROR_RANGE },
	{ "file above 1 GiB", "\"size_bytes\":271828", "\"size_bytes\":1073741825",
	  LOA_WIRE_ERROR_RANGE },
	{ "exception by nobody", "\"exception\":\"Chủ tịch UBND: lũ lên nhanh\"",
	  "\"exception\":\"\"", LOA_WIRE_ERROR_RANGE },
	{ "the same airing twice", "\"id\":\"now.20261121t170030.9c41\"",
	  "\"id\":\"ban-tin.20261121t170000\"", LOA_WIRE_ERROR_RANGE },
	{ "airings unsorted", "\"start_us\":1795255200000000", "\"start_us\":1795255230000001",
	  LOA_WIRE_ERROR_RANGE },
	{ "a comma too many", "}]}", "}],}", LOA_WIRE_ERROR_SYNTAX },
	{ "something behind it", "}]}", "}]}{}", LOA_WIRE_ERROR_SYNTAX },
};

static void
each_bad_value_has_its_code(void **state)
{
	(void)state;
	g_autofree char *text = sample_plan_text();

	for (gsize i = 0; i < G_N_ELEMENTS(bad_plans); i++) {
		const BadPlan *bad = &bad_plans[i];
		g_autofree char *changed = sample_replace(text, bad->from, bad->to);
		int code = decode_code(changed, strlen(changed));

		if (code != (int)bad->want)
			fail_msg("%s: code %d", bad->name, code);
	}
}

static void
at_one_start_the_ids_are_in_order(void **state)
{
	(void)state;
	g_autofree char *text = sample_plan_text();
	g_autofree char *together = sample_replace(text, "\"start_us\":1795255230000000",
						   "\"start_us\":1795255200000000");
	g_autofree char *swapped = sample_replace(together, "\"ban-tin.20261121t170000\"", "\"z\"");

	assert_int_equal(decode_code(together, strlen(together)), -1);
	assert_int_equal(decode_code(swapped, strlen(swapped)), LOA_WIRE_ERROR_RANGE);
}

static void
texts_have_their_limit_to_the_byte(void **state)
{
	(void)state;
	g_autofree char *text = sample_plan_text();
	static const char *const from[] = { "Báo lũ khẩn cấp", "Chủ tịch UBND: lũ lên nhanh" };

	for (gsize i = 0; i < G_N_ELEMENTS(from); i++) {
		g_autofree char *most = g_strnfill(LOA_TITLE_MAX, 'x');
		g_autofree char *good = sample_replace(text, from[i], most);
		g_autofree char *more = g_strconcat(most, "x", NULL);
		g_autofree char *bad = sample_replace(text, from[i], more);

		assert_int_equal(decode_code(good, strlen(good)), -1);
		assert_int_equal(decode_code(bad, strlen(bad)), LOA_WIRE_ERROR_RANGE);
	}
}

/* A plan of @n_airings; beyond the limit the encoder would not write it. */
static char *
large_plan_text(guint n_airings)
{
	g_autofree char *text = sample_plan_text();
	char *at = strstr(text, "\"airings\":[");
	GString *out = g_string_new_len(text, at - text);

	g_string_append(out, "\"airings\":[");
	for (guint i = 0; i < n_airings; i++)
		g_string_append_printf(out,
				       "%s{\"id\":\"a.%06u\",\"broadcast\":\"b\",\"title\":\"\","
				       "\"class\":\"normal\",\"order\":0,\"start_us\":"
				       "1795255200000000,\"resume\":\"pause\",\"grace_us\":0,"
				       "\"live\":true,\"n_samples\":960,\"pre_skip\":0}",
				       i > 0 ? "," : "", i);
	g_string_append(out, "]}");
	return g_string_free(out, FALSE);
}

static void
a_plan_holds_4096_airings_and_no_more(void **state)
{
	(void)state;
	static const guint too_many[] = { LOA_PLAN_MAX_AIRINGS + 1, 20 * 1000 };
	g_autofree char *most = large_plan_text(LOA_PLAN_MAX_AIRINGS);
	g_autofree char *huge = large_plan_text(100 * 1000);

	assert_int_equal(decode_code(most, strlen(most)), -1);
	for (gsize i = 0; i < G_N_ELEMENTS(too_many); i++) {
		g_autofree char *text = large_plan_text(too_many[i]);

		assert_true(strlen(text) < LOA_ENVELOPE_MAX_SIZE - LOA_ENVELOPE_HEADER_SIZE);
		assert_int_equal(decode_code(text, strlen(text)), LOA_WIRE_ERROR_RANGE);
	}
	assert_int_equal(decode_code(huge, strlen(huge)), LOA_WIRE_ERROR_LENGTH);
}

static void
a_plan_holds_1024_intervals_and_no_more(void **state)
{
	(void)state;
	g_autofree char *text = sample_plan_text();

	for (guint extra = 0; extra < 2; extra++) {
		g_autoptr(GString) list = g_string_new("\"permitted\":[");

		for (guint i = 0; i < LOA_PLAN_MAX_INTERVALS - 2 + extra; i++)
			g_string_append_printf(list,
					       "{\"from_us\":%" G_GINT64_FORMAT
					       ",\"to_us\":%" G_GINT64_FORMAT "},",
					       LOA_TIME_MIN_US + 2 * i,
					       LOA_TIME_MIN_US + 2 * i + 1);

		g_autofree char *changed = sample_replace(text, "\"permitted\":[", list->str);

		assert_int_equal(decode_code(changed, strlen(changed)),
				 extra > 0 ? (int)LOA_WIRE_ERROR_RANGE : -1);
	}
}

static void
every_shorter_plan_is_refused(void **state)
{
	(void)state;
	g_autofree char *text = sample_plan_text();

	assert_int_equal(decode_code(text, 0), LOA_WIRE_ERROR_LENGTH);
	for (gsize size = 1; size < strlen(text); size++)
		assert_int_equal(decode_code(text, size), LOA_WIRE_ERROR_SYNTAX);
}

static void
ten_megabytes_and_ten_thousand_levels_cost_one_refusal(void **state)
{
	(void)state;
	gsize size = 10 * 1000 * 1000;
	g_autofree char *deep = g_strnfill(size, '[');

	assert_int_equal(decode_code(deep, size), LOA_WIRE_ERROR_LENGTH);
	assert_int_equal(decode_code(deep, 10 * 1000), LOA_WIRE_ERROR_SYNTAX);
	assert_int_equal(decode_code(deep, 4 * 1000 * 1000), LOA_WIRE_ERROR_SYNTAX);
}

static int
code_of_plan(const LoaPlan *plan)
{
	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autofree char *text = sample_text(body);

	return decode_code(text, strlen(text));
}

static LoaAiring *
add_test(LoaPlan *plan, const char *id, const char *node)
{
	LoaAiring *test = loa_airing_copy(g_ptr_array_index(plan->tests, 0));

	g_free(test->id);
	test->id = g_strdup(id);
	g_free(test->node);
	test->node = g_strdup(node);
	g_ptr_array_add(plan->tests, test);
	return test;
}

static void
a_test_is_an_airing_of_one_receiver(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) want = sample_plan_with_test();

	add_test(want, "test.b", "loa-2");

	g_autoptr(GBytes) body = loa_plan_encode(want);
	g_autoptr(LoaPlan) mine = loa_plan_decode(body, NULL);
	g_autoptr(LoaPlan) others = loa_plan_decode(body, NULL);
	const LoaAiring *read = g_ptr_array_index(mine->tests, 0);

	assert_int_equal(mine->tests->len, 2);
	assert_int_equal(mine->airings->len, 2);
	assert_string_equal(read->node, "loa-1");
	assert_int_equal(read->n_samples, 144000);
	loa_plan_take_tests(mine, "loa-1");
	assert_int_equal(mine->tests->len, 0);
	assert_int_equal(mine->airings->len, 3);
	/* in its place: it starts first */
	read = g_ptr_array_index(mine->airings, 0);
	assert_string_equal(read->id, "test.20261121t163000.1d07");
	loa_plan_take_tests(others, "loa-3");
	assert_int_equal(others->airings->len, 2);
	assert_int_equal(others->tests->len, 0);
}

static void
a_volume_is_of_the_receiver_that_it_names(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) want = sample_plan();

	loa_plan_add_volume(want, "loa-2", -60);
	loa_plan_add_volume(want, "loa-1", -6.5);
	loa_plan_sort(want);

	g_autoptr(GBytes) body = loa_plan_encode(want);
	g_autoptr(LoaPlan) read = loa_plan_decode(body, NULL);

	assert_non_null(read);
	assert_int_equal(read->volumes->len, 2);
	assert_true(loa_plan_volume_db(read, "loa-1") == -6.5);
	assert_true(loa_plan_volume_db(read, "loa-2") == -60);
	assert_true(loa_plan_volume_db(read, "loa-3") == 0);
	/* as a receiver that knows nothing of volumes wants it */
	assert_int_equal(read->airings->len, 2);
}

static void
each_bad_volume_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "-6.5", "0.1" },
		{ "-6.5", "-60.1" },
		{ "-6.5", "1e999" },
		{ "-6.5", "null" },
		{ "-6.5", "\"-6.5\"" },
		{ ",\"volume_db\":-6.5", "" },
		{ "\"node\":\"loa-1\"", "\"nod\":\"loa-1\"" },
		{ "\"node\":\"loa-1\"", "\"node\":\"loa/1\"" },
		{ "\"node\":\"loa-1\"", "\"node\":\"loa-2\"" },
		{ "\"node\":\"loa-1\"", "\"node\":\"loa-3\"" },
		{ "\"volumes\":[", "\"volumes\":[0," },
		{ "\"volumes\":[", "\"volumes\":null,\"x\":[" },
	};
	g_autoptr(LoaPlan) plan = sample_plan_with_volumes();
	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autofree char *text = sample_text(body);

	assert_int_equal(decode_code(text, strlen(text)), -1);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *changed = sample_replace(text, cases[i].from, cases[i].to);

		if (decode_code(changed, strlen(changed)) != LOA_WIRE_ERROR_RANGE)
			fail_msg("taken: %s", changed);
	}
}

static void
a_plan_holds_1024_volumes_and_no_more(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) plan = sample_plan();

	for (guint i = 0; i < LOA_PLAN_MAX_VOLUMES; i++) {
		g_autofree char *node = g_strdup_printf("n.%04u", i);

		loa_plan_add_volume(plan, node, -1);
	}
	assert_int_equal(code_of_plan(plan), -1);

	g_autoptr(GBytes) body = loa_plan_encode(plan);
	g_autofree char *text = sample_text(body);
	g_autofree char *more = sample_replace(text, "\"volumes\":[",
					       "\"volumes\":[{\"node\":\"a\",\"volume_db\":-1},");

	assert_int_equal(decode_code(more, strlen(more)), LOA_WIRE_ERROR_RANGE);
}

static void
a_test_names_its_receiver_and_has_an_id_of_its_own(void **state)
{
	(void)state;
	g_autoptr(LoaPlan) nameless = sample_plan_with_test();
	g_autoptr(LoaPlan) same = sample_plan_with_test();
	g_autoptr(LoaPlan) many = sample_plan_with_test();
	LoaAiring *test = g_ptr_array_index(nameless->tests, 0);

	assert_int_equal(code_of_plan(nameless), -1);
	g_clear_pointer(&test->node, g_free);
	assert_int_equal(code_of_plan(nameless), LOA_WIRE_ERROR_RANGE);
	add_test(same, SAMPLE_AIRING, "loa-1")->start_us = SAMPLE_START_US;
	assert_int_equal(code_of_plan(same), LOA_WIRE_ERROR_RANGE);
	for (guint i = 1; i < LOA_PLAN_MAX_TESTS; i++) {
		g_autofree char *id = g_strdup_printf("test.x%02u", i);

		add_test(many, id, "loa-1");
	}
	loa_plan_sort(many);
	assert_int_equal(code_of_plan(many), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_comes_back),
		cmocka_unit_test(a_copy_is_equal_and_its_own),
		cmocka_unit_test(an_airing_ends_with_its_sound_or_when_it_is_stopped),
		cmocka_unit_test(sorting_orders_airings_and_joins_intervals),
		cmocka_unit_test(an_empty_plan_is_a_plan),
		cmocka_unit_test(members_of_the_future_and_absent_options_are_taken),
		cmocka_unit_test(each_bad_value_has_its_code),
		cmocka_unit_test(at_one_start_the_ids_are_in_order),
		cmocka_unit_test(texts_have_their_limit_to_the_byte),
		cmocka_unit_test(a_plan_holds_4096_airings_and_no_more),
		cmocka_unit_test(a_plan_holds_1024_intervals_and_no_more),
		cmocka_unit_test(every_shorter_plan_is_refused),
		cmocka_unit_test(a_test_is_an_airing_of_one_receiver),
		cmocka_unit_test(a_volume_is_of_the_receiver_that_it_names),
		cmocka_unit_test(each_bad_volume_is_refused),
		cmocka_unit_test(a_plan_holds_1024_volumes_and_no_more),
		cmocka_unit_test(a_test_names_its_receiver_and_has_an_id_of_its_own),
		cmocka_unit_test(ten_megabytes_and_ten_thousand_levels_cost_one_refusal),
	};

	return cmocka_run_group_tests_name("wire/plan", tests, NULL, NULL);
}
