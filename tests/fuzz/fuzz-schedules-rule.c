/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of one broadcast, from anybody: JSON of its days and times. What is taken expands, in
 * every zone, into starts that rise, lie in their range and on its days, and come back from its
 * JSON alike. */
#include <stdint.h>
#include <string.h>

#include "schedules/broadcast-json.h"
#include "schedules/local-time.h"
#include "schedules/rrule.h"
#include "schedules/timetable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FROM_US (G_GINT64_CONSTANT(1790000000) * LOA_SECOND_US)
#define TO_US (FROM_US + G_GINT64_CONSTANT(120) * LOA_DAY_S * LOA_SECOND_US)

static void
expand(GPtrArray *one, const char *zone_name)
{
	g_autoptr(GTimeZone) zone = loa_local_time_zone(zone_name);
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) slots = loa_timetable_expand(one, zone, FROM_US, TO_US, 100000, &error);
	gint64 last_us = 0;

	g_assert_no_error(error);
	for (guint i = 0; i < slots->len; i++) {
		const LoaSlot *slot = &g_array_index(slots, LoaSlot, i);

		g_assert_cmpint(slot->start_us, >=, MAX(FROM_US, last_us + 1));
		g_assert_cmpint(slot->start_us, <, TO_US);
		g_assert_false(loa_broadcast_is_expired(slot->broadcast, slot->local_day));
		last_us = slot->start_us;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *rest = g_strndup((const char *)data, size);
	g_autofree char *json = g_strdup_printf(
		"{\"id\":\"b\",\"title\":\"x\",\"text\":\"x\",\"to\":\"all\",%s}", rest);
	g_autoptr(LoaBroadcast) broadcast = loa_broadcast_from_json_text(json, NULL);
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	if (broadcast == NULL)
		return 0;

	g_autofree char *written = loa_broadcast_to_json_text(broadcast);
	g_autoptr(LoaBroadcast) back = loa_broadcast_from_json_text(written, NULL);

	g_assert_nonnull(back);
	g_assert_true(loa_broadcast_equal(broadcast, back));
	g_ptr_array_add(one, broadcast);
	expand(one, "Asia/Ho_Chi_Minh");
	expand(one, "Europe/Berlin");
	expand(one, "America/New_York");
	return 0;
}
