/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/calendar-file.h"

#include "common/file.h"
#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/rule.h"

G_DEFINE_QUARK(loa_calendar_file_error, loa_calendar_file_error)

typedef gboolean (*TakeFunc)(gpointer calendar, const char *where, const char *text, gsize size,
			     GPtrArray *faults);

static gboolean
take_occasions(gpointer calendar, const char *where, const char *text, gsize size,
	       GPtrArray *faults)
{
	return loa_occasions_add(calendar, where, text, size, faults);
}

static gboolean
take_overrides(gpointer calendar, const char *where, const char *text, gsize size,
	       GPtrArray *faults)
{
	return loa_lunar_override(calendar, where, text, size, faults);
}

static gboolean
load_one(const char *folder, const char *name, TakeFunc take, gpointer calendar, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GBytes) bytes = NULL;
	gsize size = 0;
	const char *text;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	bytes = loa_file_read(path, LOA_CONFIG_TEXT_MAX_SIZE, error);
	if (bytes == NULL)
		return FALSE;
	text = g_bytes_get_data(bytes, &size);
	if (take(calendar, path, text != NULL ? text : "", size, faults))
		return TRUE;
	g_ptr_array_add(faults, NULL);

	g_autofree char *all = g_strjoinv("\n", (char **)faults->pdata);
	g_set_error_literal(error, LOA_CALENDAR_FILE_ERROR, LOA_CALENDAR_FILE_ERROR_FAULTY, all);
	return FALSE;
}

gboolean
loa_calendar_file_load(const char *folder, GError **error)
{
	g_autoptr(LoaLunar) lunar = loa_lunar_new();
	g_autoptr(LoaOccasions) occasions = loa_occasions_new();

	if (!load_one(folder, "occasions.cfg", take_occasions, occasions, error) ||
	    !load_one(folder, "lunar-overrides.cfg", take_overrides, lunar, error))
		return FALSE;
	loa_rule_set_calendars(g_steal_pointer(&lunar), g_steal_pointer(&occasions));
	return TRUE;
}
