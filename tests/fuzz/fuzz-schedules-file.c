/* SPDX-License-Identifier: Apache-2.0 */
/* A schedule file from anybody: it is taken or there are faults, and what is taken is written and
 * read alike. */
#include <stdint.h>
#include <string.h>

#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/schedule-file.h"
#include "schedules/schedule-writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
as_text(const LoaSchedule *schedule)
{
	g_autoptr(JsonNode) node = loa_broadcasts_to_json(schedule->broadcasts);

	return json_to_string(node, FALSE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaSchedule) first =
		loa_schedule_parse("x.cfg", size > 0 ? (const char *)data : "", size, NULL, faults);

	g_assert_true((first == NULL) == (faults->len > 0));
	for (guint i = 0; i < faults->len; i++)
		g_assert_true(g_utf8_validate(g_ptr_array_index(faults, i), -1, NULL));
	if (first == NULL)
		return 0;

	g_autofree char *written = loa_schedule_write(first->groups->len > 0 ? first->groups : NULL,
						      first->broadcasts);
	g_autoptr(LoaSchedule) second =
		loa_schedule_parse("y.cfg", written, strlen(written), NULL, faults);
	g_assert_nonnull(second);

	g_autofree char *a = as_text(first), *b = as_text(second);
	g_assert_cmpstr(a, ==, b);
	return 0;
}
