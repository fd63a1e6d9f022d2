/* SPDX-License-Identifier: Apache-2.0 */
/* A report that was signed, and the same bytes as an ack and as lines of a journal. */
#include <stdint.h>

#include "wire/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_as_others(GBytes *body)
{
	gsize size;
	const char *text = g_bytes_get_data(body, &size);
	g_autofree char *line = g_strndup(text != NULL ? text : "", size);
	g_autoptr(LoaOutcome) outcome = loa_outcome_from_json(line, NULL);
	g_autoptr(LoaSecurityEvent) event = loa_security_event_from_json(line, NULL);
	g_autofree char *outcome_line = outcome != NULL ? loa_outcome_to_json(outcome) : NULL;
	g_autofree char *event_line = event != NULL ? loa_security_event_to_json(event) : NULL;
	g_autoptr(LoaOutcome) outcome_again =
		outcome != NULL ? loa_outcome_from_json(outcome_line, NULL) : NULL;
	g_autoptr(LoaSecurityEvent) event_again =
		event != NULL ? loa_security_event_from_json(event_line, NULL) : NULL;
	LoaAck ack;

	g_assert_true((outcome == NULL) == (outcome_again == NULL));
	g_assert_true((event == NULL) == (event_again == NULL));
	if (loa_ack_decode(body, &ack, NULL)) {
		g_autoptr(GBytes) written = loa_ack_encode(&ack);

		g_assert_true(loa_ack_decode(written, &ack, NULL));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaReport) first = loa_report_decode(body, &error);

	try_as_others(body);
	g_assert_true((first == NULL) == (error != NULL));
	if (first == NULL)
		return 0;

	g_autoptr(GBytes) written = loa_report_encode(first);
	g_autoptr(LoaReport) second = loa_report_decode(written, NULL);
	g_assert_nonnull(second);
	g_autoptr(GBytes) again = loa_report_encode(second);
	g_assert_true(g_bytes_equal(written, again));
	return 0;
}
