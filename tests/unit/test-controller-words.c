/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/proof/words.h"

#define VI LOA_LANGUAGE_VI
#define EN LOA_LANGUAGE_EN

static void
assert_speaks(const char *vi, const char *en, GHashTable *seen)
{
	assert_non_null(vi);
	assert_non_null(en);
	assert_true(*vi != '\0' && *en != '\0');
	assert_string_not_equal(vi, en);

	g_autofree char *normal = g_utf8_normalize(vi, -1, G_NORMALIZE_NFC);

	assert_non_null(normal);
	assert_string_equal(normal, vi);
	assert_true(g_str_is_ascii(en));
	/* two things that read the same are not told apart */
	assert_true(g_hash_table_add(seen, (gpointer)vi));
	assert_true(g_hash_table_add(seen, (gpointer)en));
}

static void
every_word_of_the_wire_has_words_in_both_languages(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	guint n = 0;

	(void)state;
	for (; loa_outcome_reasons[n] != NULL; n++)
		assert_speaks(loa_words_reason(loa_outcome_reasons[n], VI),
			      loa_words_reason(loa_outcome_reasons[n], EN), seen);
	assert_int_equal(n, 13);
	for (guint i = 0; i <= LOA_LINE_LAST; i++)
		assert_speaks(loa_words_result(i, VI), loa_words_result(i, EN), seen);
	for (guint i = 0; i <= LOA_LEVEL_PERSON; i++)
		assert_speaks(loa_words_level(i, VI), loa_words_level(i, EN), seen);
	for (guint i = 0; i <= LOA_ANSWER_LAST; i++)
		assert_speaks(loa_words_answer(i, VI), loa_words_answer(i, EN), seen);
	for (guint i = 0; i <= LOA_CLASS_EMERGENCY; i++)
		assert_speaks(loa_words_class(i, VI), loa_words_class(i, EN), seen);
}

static void
every_rule_that_silences_has_a_sentence(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	const LoaOverlay overlay = { .name = (char *)"Exams" };
	const LoaPermitWhy why = { .overlay = &overlay, .limit = 3 };

	(void)state;
	for (LoaPermitVerdict v = LOA_PERMIT_SUSPENDED; v <= LOA_PERMIT_SESSION_TOO_LONG; v++) {
		char *vi = loa_words_silenced(v, &why, NULL, VI);
		char *en = loa_words_silenced(v, &why, NULL, EN);

		g_ptr_array_add(texts, vi);
		g_ptr_array_add(texts, en);
		assert_speaks(vi, en, seen);
	}
	g_autofree char *where = loa_words_silenced(LOA_PERMIT_SESSION_TOO_LONG, &why, "Tổ 2", EN);

	assert_string_equal(where, "Its session would last longer than 3 min (Tổ 2)");
}

static void
every_reason_of_the_protocol_is_in_the_table(void **state)
{
	g_autofree char *text = NULL;

	(void)state;
	assert_true(g_file_get_contents("wire/PROTOCOL.md", &text, NULL, NULL));

	const char *at = strstr(text, "#### Reasons"), *end = strstr(at, "### Security event");
	guint n = 0;

	for (at = strstr(at, "\n| `"); at != NULL && at < end; at = strstr(at + 1, "\n| `"), n++) {
		g_autofree char *reason = g_strndup(at + 4, strcspn(at + 4, "`"));

		assert_true(g_strv_contains(loa_outcome_reasons, reason));
	}
	assert_int_equal(n, g_strv_length((char **)loa_outcome_reasons));
}

static void
below_level_3_a_sentence_says_that_it_is_not_verified(void **state)
{
	(void)state;
	for (guint level = 0; level <= LOA_LEVEL_PERSON; level++) {
		LoaHeard heard = { .result = LOA_RESULT_COMPLETED,
				   .level = level,
				   .reason = (char *)"",
				   .heard_ms = 10 };
		g_autofree char *vi = loa_words_heard(&heard, 10, VI);
		g_autofree char *en = loa_words_heard(&heard, 10, EN);
		const gboolean is_low = level < LOA_LEVEL_AMPLIFIER;

		assert_int_equal(strstr(vi, "chưa xác minh") != NULL, is_low);
		assert_int_equal(strstr(en, "not verified") != NULL, is_low);
	}
}

static void
assert_line(const LoaLine *line, const char *vi, const char *en)
{
	g_autofree char *said_vi = loa_words_line(line, VI);
	g_autofree char *said_en = loa_words_line(line, EN);

	assert_string_equal(said_vi, vi);
	assert_string_equal(said_en, en);
}

static void
a_line_is_one_sentence(void **state)
{
	LoaTick tick = { .answer = LOA_ANSWER_NOT_HEARD };
	LoaLine line = { .result = LOA_LINE_COMPLETED,
			 .level = LOA_LEVEL_CONSUMED,
			 .reason = "",
			 .aired_ms = 10000,
			 .heard_ms = 10000 };

	(void)state;
	assert_line(&line,
		    "Đã phát hết (chưa xác minh: máy báo đã đưa ra loa, chưa ai xác nhận nghe "
		    "thấy).",
		    "Played to the end (not verified: the machine says so, nobody has confirmed "
		    "it).");
	line.tick = &tick;
	line.is_contradicted = TRUE;
	assert_line(&line,
		    "Đã phát hết (chưa xác minh: máy báo đã đưa ra loa, chưa ai xác nhận nghe "
		    "thấy); nhưng người tại chỗ báo KHÔNG nghe thấy.",
		    "Played to the end (not verified: the machine says so, nobody has confirmed "
		    "it); but people there did NOT hear it.");
	line = (LoaLine){ .result = LOA_LINE_PARTIAL,
			  .level = LOA_LEVEL_AMPLIFIER,
			  .reason = "power",
			  .aired_ms = 10000,
			  .heard_ms = 9999,
			  .is_provisional = TRUE };
	assert_line(&line,
		    "Phát thiếu: cụm thu mất điện hoặc bị tắt, nghe được 99 % (đã kiểm tra ở đầu "
		    "ra bộ khuếch đại); còn chờ báo cáo.",
		    "Played in part: the receiver had no power or was switched off, 99 % was heard "
		    "(verified behind the amplifier); reports are still to come.");
	line = (LoaLine){ .result = LOA_LINE_PLANNED, .reason = "", .is_provisional = TRUE };
	assert_line(&line, "Chưa đến giờ phát.", "Not yet due.");
	line = (LoaLine){ .result = LOA_LINE_NO_RECEIVER, .reason = "" };
	assert_line(&line, "Chưa lắp cụm thu.", "No receiver is installed.");
}

static void
silence_is_not_called_played(void **state)
{
	LoaHeard heard = { .result = LOA_RESULT_COMPLETED,
			   .level = LOA_LEVEL_DECODED,
			   .reason = (char *)"silent",
			   .heard_ms = 10 };
	g_autofree char *en = loa_words_heard(&heard, 10, EN);

	(void)state;
	assert_true(g_str_has_prefix(en, "The machine ran, but it was silence (not verified"));
}

static void
a_detail_is_left_out_and_an_unknown_reason_shown(void **state)
{
	LoaHeard heard = { .result = LOA_RESULT_FAILED, .reason = (char *)"device: no such card" };
	g_autofree char *known = loa_words_heard(&heard, 10, EN);

	(void)state;
	assert_string_equal(known, "Broken, not played: trouble with the sound device.");
	heard.reason = (char *)"flood";

	g_autofree char *unknown = loa_words_heard(&heard, 10, VI);

	assert_string_equal(unknown, "Hỏng, không phát được: flood.");
	assert_null(loa_words_reason("", VI));
	assert_null(loa_words_reason("lat", VI));
	assert_null(loa_words_reason("later", VI));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_the_wire_has_words_in_both_languages),
		cmocka_unit_test(every_reason_of_the_protocol_is_in_the_table),
		cmocka_unit_test(every_rule_that_silences_has_a_sentence),
		cmocka_unit_test(below_level_3_a_sentence_says_that_it_is_not_verified),
		cmocka_unit_test(a_line_is_one_sentence),
		cmocka_unit_test(silence_is_not_called_played),
		cmocka_unit_test(a_detail_is_left_out_and_an_unknown_reason_shown),
	};

	return cmocka_run_group_tests_name("controller/words", tests, NULL, NULL);
}
