/* SPDX-License-Identifier: Apache-2.0 */
/* Any line from the child: it is refused, or it can be written and read again as the same. */
#include <stdint.h>
#include <string.h>

#include "audio/ingest-line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	LoaIngestLine line;
	LoaIngestLine again;

	if (!loa_ingest_line_decode(text, &line, NULL))
		return 0;

	g_autofree char *written = loa_ingest_line_encode(&line);

	g_assert_true(loa_ingest_line_decode(written, &again, NULL));
	g_assert_true(again.kind == line.kind);
	if (line.kind == LOA_INGEST_LINE_DONE) {
		g_assert_cmpstr(again.result.original_file, ==, line.result.original_file);
		g_assert_null(strchr(again.result.original_file, '/'));
		g_assert_true(again.result.n_samples == line.result.n_samples);
	}
	return 0;
}
