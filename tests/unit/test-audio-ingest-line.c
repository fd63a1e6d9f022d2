/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "audio/ingest-line.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define DONE                                                                                       \
	"{\"done\":{\"sha256\":\"" SHA_A "\",\"size\":25399,\"n_samples\":379200,"                 \
	"\"pre_skip\":312,\"duration_ms\":7900,\"original_sha256\":\"" SHA_B "\","                 \
	"\"original_file\":\"" SHA_B ".m4a\",\"input_lufs\":-23.100,\"lufs\":-16.000,"             \
	"\"true_peak_dbtp\":-1.900,\"trimmed_ms\":[120,3400]}}"

static LoaIngestLine
done_line(void)
{
	LoaIngestLine line = {
		.kind = LOA_INGEST_LINE_DONE,
		.result = { .sha256 = SHA_A,
			    .size = 25399,
			    .n_samples = 379200,
			    .pre_skip = 312,
			    .duration_ms = 7900,
			    .original_sha256 = SHA_B,
			    .original_file = SHA_B ".m4a",
			    .input_lufs = -23.1,
			    .lufs = -16,
			    .true_peak_dbtp = -1.9,
			    .trimmed_lead_ms = 120,
			    .trimmed_tail_ms = 3400 },
	};

	return line;
}

static void
done_is_the_documented_line_and_comes_back_whole(void **state)
{
	(void)state;
	LoaIngestLine line = done_line();
	LoaIngestLine back;
	g_autofree char *text = loa_ingest_line_encode(&line);
	g_autoptr(GError) error = NULL;

	assert_string_equal(text, DONE);
	assert_true(loa_ingest_line_decode(text, &back, &error));
	assert_int_equal(back.kind, LOA_INGEST_LINE_DONE);
	assert_string_equal(back.result.sha256, SHA_A);
	assert_int_equal(back.result.size, 25399);
	assert_int_equal(back.result.n_samples, 379200);
	assert_int_equal(back.result.pre_skip, 312);
	assert_int_equal(back.result.duration_ms, 7900);
	assert_string_equal(back.result.original_sha256, SHA_B);
	assert_string_equal(back.result.original_file, SHA_B ".m4a");
	assert_true(fabs(back.result.input_lufs + 23.1) < 1e-9);
	assert_true(fabs(back.result.lufs + 16) < 1e-9);
	assert_true(fabs(back.result.true_peak_dbtp + 1.9) < 1e-9);
	assert_int_equal(back.result.trimmed_lead_ms, 120);
	assert_int_equal(back.result.trimmed_tail_ms, 3400);
}

static void
progress_is_the_documented_line_and_comes_back(void **state)
{
	(void)state;
	LoaIngestLine line = { .kind = LOA_INGEST_LINE_PROGRESS,
			       .progress = 0.42,
			       .stage = "decode" };
	LoaIngestLine back;
	g_autofree char *text = loa_ingest_line_encode(&line);

	assert_string_equal(text, "{\"progress\":0.420,\"stage\":\"decode\"}");
	assert_true(
		loa_ingest_line_decode("{\"progress\":0.42,\"stage\":\"decode\"}\n", &back, NULL));
	assert_int_equal(back.kind, LOA_INGEST_LINE_PROGRESS);
	assert_true(fabs(back.progress - 0.42) < 1e-9);
	assert_string_equal(back.stage, "decode");
}

static void
every_error_has_a_word_that_comes_back(void **state)
{
	(void)state;
	for (LoaIngestError code = 0; code <= LOA_INGEST_ERROR_INTERNAL; code++) {
		LoaIngestLine line = { .kind = LOA_INGEST_LINE_FAILED,
				       .code = code,
				       .message = "tệp \"bị\" cắt\nngắn" };
		LoaIngestLine back;
		g_autofree char *text = loa_ingest_line_encode(&line);

		assert_null(strchr(text, '\n'));
		assert_true(loa_ingest_line_decode(text, &back, NULL));
		assert_int_equal(back.kind, LOA_INGEST_LINE_FAILED);
		assert_int_equal(back.code, code);
		assert_non_null(strstr(back.message, "tệp \"bị\" cắt"));
	}

	LoaIngestError code = LOA_INGEST_ERROR_SILENT;

	assert_false(loa_ingest_error_from_name("no such word", &code));
	assert_false(loa_ingest_error_from_name(NULL, &code));
	assert_int_equal(code, LOA_INGEST_ERROR_SILENT);
	assert_string_equal(loa_ingest_error_name(LOA_INGEST_ERROR_CUT_SHORT), "cut-short");
}

static void
what_json_cannot_say_is_bounded(void **state)
{
	(void)state;
	LoaIngestLine line = done_line();
	LoaIngestLine back;

	line.result.lufs = -HUGE_VAL;
	line.result.true_peak_dbtp = NAN;

	g_autofree char *text = loa_ingest_line_encode(&line);

	assert_true(loa_ingest_line_decode(text, &back, NULL));
	assert_true(fabs(back.result.lufs + 200) < 1e-9);
	assert_true(fabs(back.result.true_peak_dbtp + 200) < 1e-9);
}

/* DONE with @from replaced by @to */
static char *
done_with(const char *from, const char *to)
{
	g_auto(GStrv) parts = g_strsplit(DONE, from, 2);

	assert_int_equal(g_strv_length(parts), 2);
	return g_strjoinv(to, parts);
}

static void
a_done_that_lies_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from;
		const char *to;
	} rows[] = {
		{ "\"sha256\":\"aaaa", "\"sha256\":\"AAAA" },
		{ "\"sha256\":\"aaaa", "\"sha256\":\"../a" },
		{ "\"size\":25399", "\"size\":0" },
		{ "\"size\":25399", "\"size\":-1" },
		{ "\"size\":25399", "\"size\":\"25399\"" },
		{ "\"n_samples\":379200", "\"n_samples\":0" },
		{ "\"pre_skip\":312", "\"pre_skip\":65536" },
		{ "\"duration_ms\":7900", "\"duration_ms\":-1" },
		{ "\"duration_ms\":7900,", "" },
		{ "\"original_sha256\":\"bbbb", "\"original_sha256\":\"cccc" },
		{ ".m4a", "" },
		{ ".m4a", "." },
		{ ".m4a", "./m" },
		{ ".m4a", ".M4A" },
		{ ".m4a", ".a.b" },
		{ "-16.000", "-201" },
		{ "-16.000", "null" },
		{ "[120,3400]", "[120]" },
		{ "[120,3400]", "[120,3400,1]" },
		{ "[120,3400]", "[-1,3400]" },
		{ "[120,3400]", "[120,\"x\"]" },
		{ "[120,3400]", "120" },
		{ "\"done\":{", "\"done\":[{" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		LoaIngestLine back = { .kind = LOA_INGEST_LINE_FAILED, .message = "untouched" };
		g_autofree char *text = done_with(rows[i].from, rows[i].to);
		g_autoptr(GError) error = NULL;

		if (loa_ingest_line_decode(text, &back, &error))
			fail_msg("%s was taken", text);
		assert_int_equal(error->domain, LOA_INGEST_LINE_ERROR);
		assert_string_equal(back.message, "untouched");
	}
}

static void
anything_else_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"\n",
		"null",
		"[]",
		"{",
		"{}",
		"loa-ingest: segmentation fault",
		"{\"progress\":1.1,\"stage\":\"x\"}",
		"{\"progress\":-0.1,\"stage\":\"x\"}",
		"{\"progress\":0.5}",
		"{\"progress\":0.5,\"stage\":\"a name that is much too long\"}",
		"{\"error\":\"x\"}",
		"{\"error\":\"x\",\"code\":\"unheard-of\"}",
		"{\"error\":7,\"code\":\"silent\"}",
		"{\"done\":7}",
		"{\"done\":{}}",
	};
	LoaIngestLine back;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (loa_ingest_line_decode(bad[i], &back, NULL))
			fail_msg("%s was taken", bad[i]);

	g_autoptr(GString) deep = g_string_new("{\"progress\":");

	for (int i = 0; i < 10000; i++)
		g_string_append_c(deep, '[');
	assert_false(loa_ingest_line_decode(deep->str, &back, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(done_is_the_documented_line_and_comes_back_whole),
		cmocka_unit_test(progress_is_the_documented_line_and_comes_back),
		cmocka_unit_test(every_error_has_a_word_that_comes_back),
		cmocka_unit_test(what_json_cannot_say_is_bounded),
		cmocka_unit_test(a_done_that_lies_is_refused),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests_name("audio/ingest-line", tests, NULL, NULL);
}
