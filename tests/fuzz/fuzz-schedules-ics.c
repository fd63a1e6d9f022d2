/* SPDX-License-Identifier: Apache-2.0 */
/* A calendar from anybody: each event is taken or there is a fault, and what is taken is written as
 * a calendar and read alike. */
#include <stdint.h>
#include <string.h>

#include "schedules/broadcast-json.h"
#include "schedules/faults.h"
#include "schedules/ics-reader.h"
#include "schedules/ics-writer.h"
#include "schedules/local-time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GTimeZone *zone;
static GPtrArray *groups;

static void
setup(void)
{
	if (zone != NULL)
		return;
	zone = loa_local_time_zone("Europe/Berlin");
	groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(groups, loa_group_new("to-2", "Tổ 2"));
}

static LoaIcs *
read_calendar(const char *text, gsize size, GPtrArray *faults)
{
	const LoaIcsOptions options = {
		.zone = zone, .groups = groups, .to = "all", .recording = "r1", .at_s = 3600
	};

	return loa_ics_read("x.ics", text, size, &options, faults);
}

static char *
write_calendar(const GPtrArray *broadcasts, GPtrArray *left_out)
{
	const LoaIcsQuery query = {
		.site_id = "p",
		.site_name = "Phường",
		.groups = groups,
		.broadcasts = broadcasts,
		.zone = zone,
		.zone_name = "Europe/Berlin",
		.from = { 2026, 1, 1 },
		.n_days = 400,
		.now_us = 0,
	};

	return loa_ics_write(&query, left_out, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	setup();

	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GPtrArray) left_out = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(LoaIcs) first = read_calendar(size > 0 ? (const char *)data : "", size, faults);

	for (guint i = 0; i < faults->len; i++)
		g_assert_true(g_utf8_validate(g_ptr_array_index(faults, i), -1, NULL));
	if (first == NULL) {
		g_assert_cmpuint(faults->len, >, 0);
		return 0;
	}

	g_autofree char *written = write_calendar(first->broadcasts, left_out);

	if (written == NULL)
		return 0; /* more starts than a calendar carries */
	g_ptr_array_set_size(faults, 0);

	g_autoptr(LoaIcs) second = read_calendar(written, strlen(written), faults);

	g_assert_cmpuint(faults->len, ==, 0);
	g_assert_cmpuint(second->broadcasts->len + left_out->len, ==, first->broadcasts->len);
	for (guint i = 0, j = 0; i < first->broadcasts->len; i++) {
		const LoaBroadcast *was = g_ptr_array_index(first->broadcasts, i);

		if (g_ptr_array_find_with_equal_func(left_out, was->id, g_str_equal, NULL))
			continue;
		g_assert_true(loa_broadcast_equal(was, g_ptr_array_index(second->broadcasts, j++)));
	}
	return 0;
}
