/* SPDX-License-Identifier: Apache-2.0 */
#include "node/battery-clock.h"

#include "common/file.h"
#include "wire/plan.h"

#define MAX_READING 32 /* bytes: whole seconds since 1970 */
#define HALF_SECOND_US (G_USEC_PER_SEC / 2)

gboolean
loa_battery_clock_read(const char *folder, gint64 *reading_us)
{
	g_autofree char *path = g_build_filename(folder, "since_epoch", NULL);
	g_autofree char *text = loa_file_read_text(path, MAX_READING, NULL);
	guint64 seconds = 0;

	if (text == NULL ||
	    !g_ascii_string_to_unsigned(g_strchomp(text), 10, 0, LOA_TIME_MAX_US / G_USEC_PER_SEC,
					&seconds, NULL))
		return FALSE;
	*reading_us = (gint64)seconds * G_USEC_PER_SEC + HALF_SECOND_US;
	return TRUE;
}

gboolean
loa_battery_clock_bridge(const LoaBatteryClockConfig *config, const LoaClockRecord *record,
			 gint64 reading_us, gint64 mono_us, LoaClockMemory *memory)
{
	const LoaClockMemory *last = &record->memory;
	gint64 site_us = reading_us - record->battery_off_us;
	gint64 away_us = site_us - last->map.site_us;

	/* earlier than it was: its battery is empty, or somebody set it */
	if (!record->has_battery || away_us < -config->error_us || site_us > LOA_TIME_MAX_US)
		return FALSE;
	*memory = (LoaClockMemory){
		.map = { .mono_us = mono_us,
			 .site_us = MAX(site_us, last->map.site_us),
			 .rate = last->map.rate },
		.bound_us = last->bound_us + ABS(record->battery_off_us) + config->error_us +
			    (gint64)((double)MAX(away_us, 0) * config->ppm * 1e-6),
		.is_battery = TRUE,
	};
	return TRUE;
}
