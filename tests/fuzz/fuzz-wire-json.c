/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from anybody: what the scanner lets through as an object, the parser takes too, and what it
 * makes of it is written, scanned and written alike; what the scanner refuses nobody parses. */
#include <stdint.h>

#include "wire/json-reader.h"
#include "wire/json-scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_SIZE 65536

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) refusal = NULL;
	g_autoptr(LoaJsonReader) reader = loa_json_reader_new("fuzz", body, MAX_SIZE, &error);
	g_autoptr(JsonParser) parser = json_parser_new();
	gboolean is_clean = loa_json_scan("fuzz", (const char *)data, size, &refusal);

	g_assert_true((reader == NULL) == (error != NULL));
	g_assert_true(is_clean == (refusal == NULL));
	g_assert_true(is_clean || reader == NULL);
	if (!is_clean || size > MAX_SIZE)
		return 0;
	g_assert_true(json_parser_load_from_data(parser, (const char *)data, (gssize)size, NULL));

	g_autofree char *written = json_to_string(json_parser_get_root(parser), FALSE);

	if (reader == NULL) /* a list, a number */
		return 0;
	g_assert_nonnull(written);
	g_assert_true(json_parser_load_from_data(parser, written, -1, NULL));

	g_autofree char *again = json_to_string(json_parser_get_root(parser), FALSE);

	g_assert_cmpstr(written, ==, again);
	return 0;
}
