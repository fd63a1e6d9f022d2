/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/json-reader.h"
#include "wire/json-writer.h"

#define MAX_SIZE (4 * 1024 * 1024)

/* Returns: the code of the refusal, or -1 if the text was taken. */
static int
scan_code(const char *text, gsize size)
{
	g_autoptr(GError) error = NULL;

	if (loa_json_scan("test", text, size, &error))
		return -1;
	assert_int_equal(error->domain, LOA_WIRE_ERROR);
	return error->code;
}

static LoaJsonReader *
read_text(const char *text)
{
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	LoaJsonReader *reader = loa_json_reader_new("test", body, MAX_SIZE, &error);

	if (reader == NULL)
		fail_msg("%s: %s", text, error->message);
	return reader;
}

static void
what_the_rfc_allows_is_taken(void **state)
{
	(void)state;
	static const char *const good[] = {
		"{}",
		" \t\r\n{ } \n",
		"{\"a\":1}",
		"{\"a\":[]}",
		"{\"a\":[{},[],\"\",0,-0,-1,1.5,1e3,1E+3,1.5e-3,true,false,null]}",
		"{ \"a\" : [ 1 , 2 ] , \"b\" : { \"a\" : 1 } }",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00 ế\"}",
		"{\"a\":9007199254740991,\"b\":-9007199254740991}",
		"[\"\\ud800\\udc00 \\udbff\\udfff \\ud7ff \\ue000\"]",
		"{\"\":0}",
		"[]",
		"0",
		"true",
		" null",
		"\"\x7f\"",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		if (scan_code(good[i], strlen(good[i])) != -1)
			fail_msg("refused: %s", good[i]);
	}
}

static void
what_it_does_not_allow_is_a_syntax_error(void **state)
{
	(void)state;
	static const char *const bad[] = {
		" ",
		"{",
		"}",
		"[",
		"]",
		"{]",
		"[}",
		"[[]",
		"[]]",
		"{}{}",
		"{} x",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{,}",
		"{a:1}",
		"{'a':1}",
		"{\"a\" 1}",
		"{\"a\":1 \"b\":2}",
		"{1:1}",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[01]",
		"[00]",
		"[+1]",
		"[-]",
		"[--1]",
		"[1.]",
		"[.5]",
		"[1e]",
		"[1e+]",
		"[1.e3]",
		"[0x10]",
		"[1_000]",
		"[NaN]",
		"[Infinity]",
		"[-Infinity]",
		"[tru]",
		"[True]",
		"[truX]",
		"[falsE]",
		"[nulL]",
		"[nul",
		"[truefalse]",
		"[\"]",
		"[\"\\\"]",
		"[\"\\x41\"]",
		"[\"\\u00g0\"]",
		"[\"\\u00\"]",
		"[\"\\u0000\"]",
		"[\"\\ud83d\"]",
		"[\"\\ud83dx\"]",
		"[\"\\ud83d\\n\"]",
		"[\"\\ud83d\\u0041\"]",
		"[\"\\ude00\"]",
		"[\"\\udc00\"]",
		"[\"\\udfff\"]",
		"[\"\\ud800\\udbff\"]",
		"[\"\\udbff\\ue000\"]",
		"[\"\\ud83d\\ud83d\"]",
		"[\"a\nb\"]",
		"[\"a\tb\"]",
		"[\"\x1f\"]",
		"{\"a\\u0062\":1}",
		"{\"a\":1,\"a\":1}",
		"{\"b\":1,\"a\":1,\"b\":{}}",
		"{\"x\":{\"a\":1,\"c\":[],\"a\":2}}",
		"// c\n{}",
		"/* c */{}",
		"{}//",
		"var x = {};",
		"\xef\xbb\xbf{}",
		"[\"\xff\"]",
		"[\"\xc0\xaf\"]",
		"[\"\xed\xa0\x80\"]",
		"[\"\xf4\x90\x80\x80\"]",
		"[\"\xe1\xba\"]",
		"\x80",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		if (scan_code(bad[i], strlen(bad[i])) != LOA_WIRE_ERROR_SYNTAX)
			fail_msg("not a syntax error: %s", bad[i]);
	}
}

static void
a_nul_byte_is_refused_wherever_it_stands(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[\"x\", 1]} ";

	for (gsize i = 0; i < sizeof text - 1; i++) {
		char copy[sizeof text];

		memcpy(copy, text, sizeof text);
		copy[i] = '\0';
		assert_int_equal(scan_code(copy, sizeof text - 1), LOA_WIRE_ERROR_SYNTAX);
	}
	assert_int_equal(scan_code(text, sizeof text), LOA_WIRE_ERROR_SYNTAX);
}

static void
the_same_name_in_two_objects_is_no_duplicate(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}],\"ab\":0}";

	assert_int_equal(scan_code(text, strlen(text)), -1);
}

static void
numbers_beyond_what_every_reader_keeps_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"[9007199254740992]",
		"[-9007199254740992]",
		"[9223372036854775807]",
		"[9223372036854775808]",
		"[18446744073709551616]",
		"[-9223372036854775809]",
		"[10000000000000000000000000000000]",
		"[99999999999999999999999999999999999999999999999999]",
		"[0.000000000000000000000000000000000001]",
		"[1e00000000000000000000000000000000001]",
		"[1e999]",
		"{\"m\":1e999}",
		"{\"m\":-1e999}",
		"{\"a\":-1.5e400}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		if (scan_code(bad[i], strlen(bad[i])) != LOA_WIRE_ERROR_RANGE)
			fail_msg("not a range error: %s", bad[i]);
	}
}

/* [[[...]]] or {"a":{"a":...}} of @depth levels. */
static char *
nested(guint depth, gboolean is_object)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < depth; i++)
		g_string_append(out, is_object && i > 0 ? "\"a\":{" : is_object ? "{" : "[");
	for (guint i = 0; i < depth; i++)
		g_string_append_c(out, is_object ? '}' : ']');
	return g_string_free(out, FALSE);
}

static void
sixteen_levels_are_taken_and_no_more(void **state)
{
	(void)state;
	static const guint too_deep[] = { LOA_JSON_MAX_DEPTH + 1, 100, 10 * 1000, 1000 * 1000 };

	for (int is_object = 0; is_object < 2; is_object++) {
		g_autofree char *good = nested(LOA_JSON_MAX_DEPTH, is_object);

		assert_int_equal(scan_code(good, strlen(good)), -1);
		for (gsize i = 0; i < G_N_ELEMENTS(too_deep); i++) {
			g_autofree char *bad = nested(too_deep[i], is_object);

			assert_int_equal(scan_code(bad, strlen(bad)), LOA_WIRE_ERROR_SYNTAX);
		}
	}
}

static void
too_many_members_or_elements_are_refused_before_anything_is_built(void **state)
{
	(void)state;
	for (guint extra = 0; extra < 2; extra++) {
		g_autoptr(GString) array = g_string_new("[");
		g_autoptr(GString) object = g_string_new("{");

		for (guint i = 0; i < LOA_JSON_MAX_ELEMENTS + extra; i++)
			g_string_append_printf(array, "%s%u", i > 0 ? "," : "", i);
		for (guint i = 0; i < LOA_JSON_MAX_MEMBERS + extra; i++)
			g_string_append_printf(object, "%s\"m%u\":0", i > 0 ? "," : "", i);
		g_string_append_c(array, ']');
		g_string_append_c(object, '}');

		int want = extra > 0 ? LOA_WIRE_ERROR_RANGE : -1;

		assert_int_equal(scan_code(array->str, array->len), want);
		assert_int_equal(scan_code(object->str, object->len), want);
	}
}

static void
a_reader_wants_an_object_of_the_right_size(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		LoaWireError want;
	} cases[] = {
		{ "", LOA_WIRE_ERROR_LENGTH },   { "{         }", LOA_WIRE_ERROR_LENGTH },
		{ "[]", LOA_WIRE_ERROR_SYNTAX }, { "0", LOA_WIRE_ERROR_SYNTAX },
		{ "{", LOA_WIRE_ERROR_SYNTAX },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GBytes) body = g_bytes_new(cases[i].text, strlen(cases[i].text));
		g_autoptr(GError) error = NULL;

		assert_null(loa_json_reader_new("test", body, 10, &error));
		assert_true(g_error_matches(error, LOA_WIRE_ERROR, (int)cases[i].want));
	}
}

static void
good_members_are_read(void **state)
{
	(void)state;
	static const char *const words[] = { "red", "blue", NULL };
	g_autoptr(LoaJsonReader) reader = read_text(
		"{\"v\":1,\"i\":-7,\"big\":9007199254740991,\"d\":-23.5,\"di\":4,\"t\":true,\"f\":"
		"false,\"s\":\"T\\u1ebft "
		"\\ud83d\\ude00\",\"n\":null,\"id\":\"to-1\",\"h\":\"00ff\","
		"\"w\":\"blue\",\"a\":[{\"x\":1},\"to-2\"],\"o\":{\"y\":2}}");
	JsonObject *root = loa_json_reader_root(reader);

	loa_json_reader_version(reader);
	assert_int_equal(loa_json_reader_int(reader, root, "i", -7, -7), -7);
	assert_true(loa_json_reader_int(reader, root, "big", 0, LOA_JSON_INT_MAX) ==
		    LOA_JSON_INT_MAX);
	assert_int_equal(loa_json_reader_int_or(reader, root, "i", -10, 0, 3), -7);
	assert_int_equal(loa_json_reader_int_or(reader, root, "none", -10, 0, 3), 3);
	assert_true(loa_json_reader_double(reader, root, "d", -24, 0) == -23.5);
	assert_true(loa_json_reader_double(reader, root, "di", 4, 4) == 4);
	assert_true(loa_json_reader_bool(reader, root, "t"));
	assert_false(loa_json_reader_bool_or(reader, root, "f", TRUE));
	assert_true(loa_json_reader_bool_or(reader, root, "none", TRUE));
	assert_string_equal(loa_json_reader_text(reader, root, "s", 10), "Tết 😀");
	assert_null(loa_json_reader_text_or_null(reader, root, "n", 10));
	assert_null(loa_json_reader_text_or_null(reader, root, "none", 10));
	assert_string_equal(loa_json_reader_text_or_null(reader, root, "id", 4), "to-1");
	assert_string_equal(loa_json_reader_id(reader, root, "id"), "to-1");
	assert_string_equal(loa_json_reader_id_or_null(reader, root, "id"), "to-1");
	assert_null(loa_json_reader_id_or_null(reader, root, "n"));
	assert_string_equal(loa_json_reader_hex(reader, root, "h", 4), "00ff");
	assert_int_equal(loa_json_reader_word(reader, root, "w", words), 1);

	JsonArray *array = loa_json_reader_array(reader, root, "a", 2);
	JsonObject *first = loa_json_reader_element(reader, array, 0);
	JsonObject *object = loa_json_reader_object(reader, root, "o");

	assert_int_equal(loa_json_reader_int(reader, first, "x", 1, 1), 1);
	assert_string_equal(loa_json_reader_element_id(reader, array, 1), "to-2");
	assert_int_equal(loa_json_reader_int(reader, object, "y", 2, 2), 2);
	assert_false(loa_json_reader_is_faulty(reader));

	g_autoptr(GError) error = NULL;
	assert_true(loa_json_reader_finish(reader, &error));
	assert_null(error);
}

/* Each reads member "m" in the one way that must find the fault. */
static void
read_int(LoaJsonReader *reader)
{
	assert_int_equal(loa_json_reader_int(reader, loa_json_reader_root(reader), "m", 1, 1000),
			 1);
}

static void
read_int_or(LoaJsonReader *reader)
{
	loa_json_reader_int_or(reader, loa_json_reader_root(reader), "m", 1, 1000, 5);
}

static void
read_double(LoaJsonReader *reader)
{
	double value = loa_json_reader_double(reader, loa_json_reader_root(reader), "m", -1, 1);

	assert_true(value == -1);
}

static void
read_bool_or(LoaJsonReader *reader)
{
	assert_true(loa_json_reader_bool_or(reader, loa_json_reader_root(reader), "m", FALSE) ==
		    FALSE);
}

static void
read_short_text(LoaJsonReader *reader)
{
	assert_string_equal(loa_json_reader_text(reader, loa_json_reader_root(reader), "m", 4), "");
}

static void
read_id(LoaJsonReader *reader)
{
	assert_string_equal(loa_json_reader_id(reader, loa_json_reader_root(reader), "m"), "");
}

static void
read_id_or_null(LoaJsonReader *reader)
{
	loa_json_reader_id_or_null(reader, loa_json_reader_root(reader), "m");
}

static void
read_hex(LoaJsonReader *reader)
{
	assert_string_equal(loa_json_reader_hex(reader, loa_json_reader_root(reader), "m", 4), "");
}

static void
read_word(LoaJsonReader *reader)
{
	static const char *const words[] = { "red", "blue", NULL };

	assert_int_equal(loa_json_reader_word(reader, loa_json_reader_root(reader), "m", words), 0);
}

static void
read_array(LoaJsonReader *reader)
{
	assert_null(loa_json_reader_array(reader, loa_json_reader_root(reader), "m", 2));
}

static void
read_first_object(LoaJsonReader *reader)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), "m", 2);

	assert_null(loa_json_reader_element(reader, array, 0));
}

static void
read_first_id(LoaJsonReader *reader)
{
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), "m", 2);

	assert_string_equal(loa_json_reader_element_id(reader, array, 0), "");
}

static void
read_object(LoaJsonReader *reader)
{
	assert_null(loa_json_reader_object(reader, loa_json_reader_root(reader), "m"));
}

static void
each_bad_member_is_a_range_error(void **state)
{
	(void)state;
	static const struct {
		void (*read)(LoaJsonReader *reader);
		const char *text;
	} cases[] = {
		{ read_int, "{}" },
		{ read_int, "{\"m\":0}" },
		{ read_int, "{\"m\":1001}" },
		{ read_int, "{\"m\":-5}" },
		{ read_int, "{\"m\":1e2}" },
		{ read_int, "{\"m\":5.0}" },
		{ read_int, "{\"m\":1.5}" },
		{ read_int, "{\"m\":\"5\"}" },
		{ read_int, "{\"m\":true}" },
		{ read_int, "{\"m\":null}" },
		{ read_int, "{\"m\":[5]}" },
		{ read_int, "{\"m\":{}}" },
		{ read_int, "{\"M\":5}" },
		{ read_int_or, "{\"m\":null}" },
		{ read_int_or, "{\"m\":0}" },
		{ read_double, "{}" },
		{ read_double, "{\"m\":1.01}" },
		{ read_double, "{\"m\":-2}" },
		{ read_double, "{\"m\":\"0\"}" },
		{ read_double, "{\"m\":false}" },
		{ read_bool_or, "{\"m\":1}" },
		{ read_bool_or, "{\"m\":\"true\"}" },
		{ read_bool_or, "{\"m\":null}" },
		{ read_short_text, "{}" },
		{ read_short_text, "{\"m\":5}" },
		{ read_short_text, "{\"m\":null}" },
		{ read_short_text, "{\"m\":\"12345\"}" },
		{ read_short_text, "{\"m\":\"\xe1\xba\xbf\xe1\xba\xbf\"}" },
		{ read_short_text, "{\"m\":\"a\\n\"}" },
		{ read_short_text, "{\"m\":\"\x7f\"}" },
		{ read_short_text, "{\"m\":\"\\u0085\"}" },
		{ read_short_text, "{\"m\":\"\\u001b\"}" },
		{ read_id, "{}" },
		{ read_id, "{\"m\":\"\"}" },
		{ read_id, "{\"m\":\"A\"}" },
		{ read_id, "{\"m\":\"a/b\"}" },
		{ read_id, "{\"m\":7}" },
		{ read_id, "{\"m\":null}" },
		{ read_id_or_null, "{\"m\":\"\"}" },
		{ read_hex, "{}" },
		{ read_hex, "{\"m\":\"00f\"}" },
		{ read_hex, "{\"m\":\"00ff0\"}" },
		{ read_hex, "{\"m\":\"00FF\"}" },
		{ read_hex, "{\"m\":\"00fg\"}" },
		{ read_word, "{}" },
		{ read_word, "{\"m\":\"green\"}" },
		{ read_word, "{\"m\":\"re\"}" },
		{ read_word, "{\"m\":\"\"}" },
		{ read_word, "{\"m\":0}" },
		{ read_array, "{}" },
		{ read_array, "{\"m\":{}}" },
		{ read_array, "{\"m\":[1,2,3]}" },
		{ read_array, "{\"m\":null}" },
		{ read_first_object, "{\"m\":[1]}" },
		{ read_first_object, "{\"m\":[[]]}" },
		{ read_first_object, "{\"m\":[null]}" },
		{ read_first_id, "{\"m\":[1]}" },
		{ read_first_id, "{\"m\":[\"A\"]}" },
		{ read_first_id, "{\"m\":[null]}" },
		{ read_object, "{}" },
		{ read_object, "{\"m\":[]}" },
		{ read_object, "{\"m\":null}" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LoaJsonReader) reader = read_text(cases[i].text);
		g_autoptr(GError) error = NULL;

		cases[i].read(reader);
		assert_true(loa_json_reader_is_faulty(reader));
		if (loa_json_reader_finish(reader, &error))
			fail_msg("case %zu taken: %s", i, cases[i].text);
		assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_RANGE));
		assert_true(g_str_has_prefix(error->message, "test: "));
	}
}

static void
a_fault_names_the_member_and_the_element(void **state)
{
	(void)state;
	g_autoptr(LoaJsonReader) reader = read_text("{\"a\":[{\"m\":1},{\"m\":2}]}");
	g_autoptr(LoaJsonReader) plain = read_text("{\"m\":2}");
	JsonArray *array = loa_json_reader_array(reader, loa_json_reader_root(reader), "a", 2);
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++)
		loa_json_reader_int(reader, loa_json_reader_element(reader, array, i), "m", 1, 1);
	assert_false(loa_json_reader_finish(reader, &error));
	assert_string_equal(error->message,
			    "test: member \"m\" of element 1 is not an integer from 1 to 1");
	g_clear_error(&error);
	loa_json_reader_int(plain, loa_json_reader_root(plain), "m", 1, 1);
	assert_false(loa_json_reader_finish(plain, &error));
	assert_string_equal(error->message, "test: member \"m\" is not an integer from 1 to 1");
}

static void
the_first_fault_is_the_one_that_is_told(void **state)
{
	(void)state;
	g_autoptr(LoaJsonReader) reader = read_text("{\"v\":2}");
	g_autoptr(GError) error = NULL;

	loa_json_reader_version(reader);
	assert_string_equal(loa_json_reader_text(reader, loa_json_reader_root(reader), "none", 9),
			    "");
	loa_json_reader_fault(reader, LOA_WIRE_ERROR_STALE, "later");
	assert_false(loa_json_reader_finish(reader, &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_VERSION));
}

static void
what_is_written_is_bounded_and_escaped(void **state)
{
	(void)state;
	g_autoptr(GString) out = g_string_new(NULL);

	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_int(out, "low", G_MININT64, -5, 5);
	loa_json_writer_int(out, "high", G_MAXINT64, -5, 5);
	loa_json_writer_double(out, "d", -23.449, -120, 20);
	loa_json_writer_double(out, "nan", 0.0 / 0.0, -120, 20);
	loa_json_writer_double(out, "inf", 1e300 * 1e300, -120, 20);
	loa_json_writer_bool(out, "b", FALSE);
	loa_json_writer_text(out, "t", "a\"\\\n\x01ế\xff[", 100);
	loa_json_writer_text(out, "cut", "aếế", 5);
	loa_json_writer_text(out, "none", NULL, 5);
	loa_json_writer_text_or_none(out, "absent", NULL, 5);
	loa_json_writer_begin(out, "a", '[');
	loa_json_writer_text(out, NULL, "{", 5);
	loa_json_writer_int(out, NULL, 1, 0, 2);
	loa_json_writer_end(out, ']');
	loa_json_writer_raw(out, "r", "{\"x\":1}");
	loa_json_writer_end(out, '}');
	assert_string_equal(out->str,
			    "{\"low\":-5,\"high\":5,\"d\":-23.4,\"nan\":-120.0,\"inf\":20.0,\"b\":"
			    "false,\"t\":\"a\\\"\\\\  ế?[\",\"cut\":\"aế\",\"none\":\"\",\"a\":[\"{"
			    "\",1],\"r\":{\"x\":1}}");
	assert_int_equal(scan_code(out->str, out->len), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_rfc_allows_is_taken),
		cmocka_unit_test(what_it_does_not_allow_is_a_syntax_error),
		cmocka_unit_test(a_nul_byte_is_refused_wherever_it_stands),
		cmocka_unit_test(the_same_name_in_two_objects_is_no_duplicate),
		cmocka_unit_test(numbers_beyond_what_every_reader_keeps_are_refused),
		cmocka_unit_test(sixteen_levels_are_taken_and_no_more),
		cmocka_unit_test(too_many_members_or_elements_are_refused_before_anything_is_built),
		cmocka_unit_test(a_reader_wants_an_object_of_the_right_size),
		cmocka_unit_test(good_members_are_read),
		cmocka_unit_test(each_bad_member_is_a_range_error),
		cmocka_unit_test(a_fault_names_the_member_and_the_element),
		cmocka_unit_test(the_first_fault_is_the_one_that_is_told),
		cmocka_unit_test(what_is_written_is_bounded_and_escaped),
	};

	return cmocka_run_group_tests_name("wire/json", tests, NULL, NULL);
}
