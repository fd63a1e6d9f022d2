/* SPDX-License-Identifier: Apache-2.0 */
#include "node/clock-store.h"

#include <math.h>

#include "common/clock-filter.h"
#include "common/file.h"
#include "wire/plan.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define GROUP "clock"
#define MAX_SIZE 4096

/* (transfer full) (nullable) */
static char *
boot_id_or(const char *given)
{
	char *id = NULL;

	if (given != NULL)
		return g_strdup(given);
	if (!g_file_get_contents(BOOT_ID_PATH, &id, NULL, NULL))
		return NULL;
	return g_strchomp(id);
}

gboolean
loa_clock_store_save(const char *path, const LoaClockRecord *record, const char *boot_id,
		     GError **error)
{
	const LoaClockMemory *memory = &record->memory;
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *boot = boot_id_or(boot_id);
	gsize size = 0;

	g_key_file_set_string(file, GROUP, "boot", boot == NULL ? "" : boot);
	g_key_file_set_int64(file, GROUP, "mono_us", memory->map.mono_us);
	g_key_file_set_int64(file, GROUP, "site_us", memory->map.site_us);
	g_key_file_set_double(file, GROUP, "rate_ppm", (memory->map.rate - 1) * 1e6);
	g_key_file_set_int64(file, GROUP, "bound_us", memory->bound_us);
	g_key_file_set_boolean(file, GROUP, "is_battery", memory->is_battery);
	if (record->has_battery)
		g_key_file_set_int64(file, GROUP, "battery_off_us", record->battery_off_us);

	char *text = g_key_file_to_data(file, &size, NULL);
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, size);

	return loa_file_replace(path, bytes, 0640, error);
}

gboolean
loa_clock_store_load(const char *path, const char *boot_id, LoaClockRecord *record)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GBytes) bytes = loa_file_read(path, MAX_SIZE, NULL);
	g_autofree char *boot = boot_id_or(boot_id);

	if (bytes == NULL || !g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, NULL))
		return FALSE;
	g_autofree char *saved_boot = g_key_file_get_string(file, GROUP, "boot", NULL);
	double rate_ppm = g_key_file_get_double(file, GROUP, "rate_ppm", NULL);
	LoaClockMemory loaded = {
		.map.mono_us = g_key_file_get_int64(file, GROUP, "mono_us", NULL),
		.map.site_us = g_key_file_get_int64(file, GROUP, "site_us", NULL),
		.map.rate = 1 + rate_ppm * 1e-6,
		.bound_us = g_key_file_get_int64(file, GROUP, "bound_us", NULL),
		.is_battery = g_key_file_get_boolean(file, GROUP, "is_battery", NULL),
	};

	gint64 off_us = g_key_file_get_int64(file, GROUP, "battery_off_us", NULL);

	if (loaded.map.mono_us <= 0 || loaded.map.site_us < LOA_TIME_MIN_US ||
	    loaded.map.site_us > LOA_TIME_MAX_US || loaded.bound_us <= 0 || !isfinite(rate_ppm) ||
	    fabs(rate_ppm) > LOA_CLOCK_FILTER_MAX_PPM || loaded.bound_us > LOA_TIME_MAX_US ||
	    off_us < -LOA_TIME_MAX_US || off_us > LOA_TIME_MAX_US)
		return FALSE;
	*record = (LoaClockRecord){
		.memory = loaded,
		.has_battery = g_key_file_has_key(file, GROUP, "battery_off_us", NULL),
		.battery_off_us = off_us,
		.is_this_boot = boot != NULL && g_strcmp0(saved_boot, boot) == 0,
	};
	return TRUE;
}
