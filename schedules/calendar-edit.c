/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/calendar-edit.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/file.h"
#include "schedules/calendar-file.h"
#include "schedules/config-text.h"
#include "schedules/faults.h"
#include "schedules/rule.h"

#define FILE_MODE 0640
#define HEAD                                                                                       \
	"# What this office adds to the calendars. Written by the controller, from its page; "     \
	"may\n"                                                                                    \
	"# be edited here as well (systemctl reload loa-controller). Only this head is kept as "   \
	"it\n"                                                                                     \
	"# stands.\n"

static const struct {
	const char *file;
	const char *name;
	const char *key;
} lists[LOA_CALENDAR_LAST + 1] = {
	[LOA_CALENDAR_OCCASIONS] = { "occasions.cfg", "occasions", "id" },
	[LOA_CALENDAR_NEW_MOONS] = { "lunar-overrides.cfg", "new_moons", "computed" },
};

struct LoaCalendarEdit {
	LoaCalendarList list;
	char *path;
	GBytes *old; /* (nullable): there was no file */
	LoaValue *entries;
	LoaLunar *lunar;         /* what was there before while one is tried; else NULL */
	LoaOccasions *occasions; /* likewise */
	GBytes *text;            /* (nullable): what the file shall be */
	gboolean is_tried;
	gboolean is_saved;
};

static gboolean
is_entry(const LoaCalendarEdit *self, const LoaValue *entry, const char *key)
{
	const LoaValue *member = entry->kind == LOA_VALUE_RECORD
					 ? loa_value_member(entry, lists[self->list].key)
					 : NULL;

	return member != NULL && g_strcmp0(member->text, key) == 0;
}

/* Sets @error and is %FALSE if there are any. */
static gboolean
are_no_faults(GPtrArray *faults, GError **error)
{
	g_autofree char *all = NULL;

	if (faults->len == 0)
		return TRUE;
	g_ptr_array_add(faults, NULL);
	all = g_strjoinv("\n", (char **)faults->pdata);
	g_set_error_literal(error, LOA_CALENDAR_FILE_ERROR, LOA_CALENDAR_FILE_ERROR_FAULTY, all);
	return FALSE;
}

/* (transfer full): the list under its name */
static LoaValue *
as_root(const LoaCalendarEdit *self)
{
	LoaValue *root = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	loa_value_add(root, loa_value_copy(self->entries));
	return root;
}

/* The calendar with these entries in *@lunar or *@occasions. */
static void
build(const LoaCalendarEdit *self, const char *where, LoaLunar **lunar, LoaOccasions **occasions,
      GPtrArray *faults)
{
	g_autoptr(LoaValue) root = as_root(self);
	const char *dangling;

	if (self->entries->items->len > LOA_CALENDAR_EDIT_MAX)
		loa_faults_add(faults, where, 0, "there are %d already: remove what is over first",
			       LOA_CALENDAR_EDIT_MAX);
	if (faults->len > 0)
		return;
	if (self->list == LOA_CALENDAR_NEW_MOONS) {
		*lunar = loa_lunar_new();
		if (!loa_lunar_override_value(*lunar, where, root, faults))
			g_clear_pointer(lunar, loa_lunar_free);
		return;
	}
	*occasions = loa_occasions_new();
	if (!loa_occasions_add_value(*occasions, where, root, faults)) {
		g_clear_pointer(occasions, loa_occasions_free);
		return;
	}
	dangling = loa_occasions_dangling(*occasions);
	if (dangling == NULL)
		return;
	loa_faults_add(
		faults, where, 0,
		"\"%s\" is the day before an occasion that is not there or is itself the day "
		"before one: name another",
		dangling);
	g_clear_pointer(occasions, loa_occasions_free);
}

/* Of several lists with its name, what is in all of them; of two entries with one key, the later.
 */
static void
take_entries(LoaCalendarEdit *self, const LoaValue *root)
{
	for (guint i = 0; i < root->items->len; i++) {
		const LoaValue *list = root->items->pdata[i];

		for (guint j = 0; list->items != NULL && j < list->items->len; j++)
			loa_calendar_edit_put(self, list->items->pdata[j]);
	}
}

static gboolean
read_file(LoaCalendarEdit *self, GError **error)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(LoaValue) root = NULL;
	g_autoptr(LoaLunar) lunar = NULL;
	g_autoptr(LoaOccasions) occasions = NULL;
	gsize size = 0;
	const char *text;

	if (!g_file_test(self->path, G_FILE_TEST_EXISTS))
		return TRUE;
	self->old = loa_file_read(self->path, LOA_CONFIG_TEXT_MAX_SIZE, error);
	if (self->old == NULL)
		return FALSE;
	text = g_bytes_get_data(self->old, &size);
	root = loa_config_text_parse(self->path, text != NULL ? text : "", size, NULL, faults);
	/* what is no such list, or no such entry, its reader says */
	if (root != NULL && self->list == LOA_CALENDAR_NEW_MOONS) {
		lunar = loa_lunar_new();
		if (loa_lunar_override_value(lunar, self->path, root, faults))
			take_entries(self, root);
	} else if (root != NULL) {
		occasions = loa_occasions_new();
		if (loa_occasions_add_value(occasions, self->path, root, faults))
			take_entries(self, root);
	}
	return are_no_faults(faults, error);
}

LoaCalendarEdit *
loa_calendar_edit_new(const char *folder, LoaCalendarList list, GError **error)
{
	g_autoptr(LoaCalendarEdit) self = g_new0(LoaCalendarEdit, 1);

	self->list = list;
	self->path = g_build_filename(folder, lists[list].file, NULL);
	self->entries = loa_value_new(LOA_VALUE_LIST, lists[list].name, 0);
	return read_file(self, error) ? g_steal_pointer(&self) : NULL;
}

const LoaValue *
loa_calendar_edit_entries(const LoaCalendarEdit *self)
{
	return self->entries;
}

void
loa_calendar_edit_put(LoaCalendarEdit *self, const LoaValue *entry)
{
	const LoaValue *key = entry->kind == LOA_VALUE_RECORD
				      ? loa_value_member(entry, lists[self->list].key)
				      : NULL;
	GPtrArray *items = self->entries->items;

	for (guint i = 0; key != NULL && i < items->len; i++) {
		if (!is_entry(self, items->pdata[i], key->text))
			continue;
		loa_value_free(items->pdata[i]);
		items->pdata[i] = loa_value_copy(entry);
		return;
	}
	loa_value_add(self->entries, loa_value_copy(entry));
}

gboolean
loa_calendar_edit_remove(LoaCalendarEdit *self, const char *key)
{
	GPtrArray *items = self->entries->items;

	for (guint i = 0; i < items->len; i++) {
		if (!is_entry(self, items->pdata[i], key))
			continue;
		g_ptr_array_remove_index(items, i);
		return TRUE;
	}
	return FALSE;
}

/* (transfer full): the lines before the first that is no comment, or a head of ours */
static char *
head_of(GBytes *old)
{
	g_autoptr(GString) head = g_string_new(NULL);
	gsize size = 0;
	const char *text = old != NULL ? g_bytes_get_data(old, &size) : NULL;
	const char *end = text + size;

	while (text != NULL && text < end && *text == '#') {
		const char *line_end = memchr(text, '\n', (gsize)(end - text));

		if (line_end == NULL)
			break;
		g_string_append_len(head, text, line_end + 1 - text);
		text = line_end + 1;
	}
	return g_strdup(head->len > 0 ? head->str : HEAD);
}

/* (transfer full): what the file shall be; with a fault, its readers would not take it */
static GBytes *
compose(const LoaCalendarEdit *self, GPtrArray *faults)
{
	g_autoptr(LoaValue) root = as_root(self);
	g_autoptr(LoaValue) again = NULL;
	g_autofree char *head = head_of(self->old);
	g_autofree char *list = loa_config_text_write(root);
	char *text = g_strconcat(head, list, NULL);

	again = loa_config_text_parse(lists[self->list].file, text, strlen(text), NULL, faults);
	return g_bytes_new_take(text, strlen(text));
}

gboolean
loa_calendar_edit_try(LoaCalendarEdit *self, GError **error)
{
	g_autoptr(GPtrArray) faults = loa_faults_new();

	g_assert(!self->is_tried);
	build(self, lists[self->list].name, &self->lunar, &self->occasions, faults);
	if (faults->len == 0)
		self->text = compose(self, faults);
	if (!are_no_faults(faults, error))
		return FALSE;
	loa_rule_swap_calendars(&self->lunar, &self->occasions);
	self->is_tried = TRUE;
	return TRUE;
}

gboolean
loa_calendar_edit_save(LoaCalendarEdit *self, GError **error)
{
	g_assert(self->is_tried);
	if (!loa_file_replace(self->path, self->text, FILE_MODE, error))
		return FALSE;
	self->is_saved = TRUE;
	return TRUE;
}

/* The file, too: if that fails, the next start says so by what it plans. */
static gboolean
put_back(LoaCalendarEdit *self)
{
	g_autoptr(GError) error = NULL;

	if (self->old == NULL)
		return g_unlink(self->path) == 0;
	return loa_file_replace(self->path, self->old, FILE_MODE, &error);
}

gboolean
loa_calendar_edit_undo(LoaCalendarEdit *self)
{
	gboolean ok = !self->is_saved || put_back(self);

	if (self->is_tried)
		loa_rule_swap_calendars(&self->lunar, &self->occasions);
	self->is_tried = FALSE;
	self->is_saved = FALSE;
	return ok;
}

void
loa_calendar_edit_free(LoaCalendarEdit *self)
{
	if (self == NULL)
		return;
	if (self->is_tried && !self->is_saved)
		(void)loa_calendar_edit_undo(self);
	g_clear_pointer(&self->old, g_bytes_unref);
	g_clear_pointer(&self->text, g_bytes_unref);
	loa_value_free(self->entries);
	loa_lunar_free(self->lunar);
	loa_occasions_free(self->occasions);
	g_free(self->path);
	g_free(self);
}
