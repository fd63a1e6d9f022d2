/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/schedule-file.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "schedules/broadcast-fields.h"
#include "schedules/config-text.h"
#include "schedules/faults.h"

/* One file, parsed but not yet understood: its groups may be named in a later one. */
typedef struct {
	char *name;     /* as given, for the faults */
	char *folder;   /* (nullable): of the file; %NULL for a text from memory */
	LoaValue *root; /* (nullable) */
} Source;

typedef struct {
	GPtrArray *sources; /* Source */
	GHashTable *seen;   /* canonical paths */
	GPtrArray *faults;  /* borrowed */
} Reading;

static void
source_free(gpointer data)
{
	Source *source = data;

	g_free(source->name);
	g_free(source->folder);
	loa_value_free(source->root);
	g_free(source);
}

static void
reading_init(Reading *reading, GPtrArray *faults)
{
	reading->sources = g_ptr_array_new_with_free_func(source_free);
	reading->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	reading->faults = faults;
}

static void
reading_clear(Reading *reading)
{
	g_ptr_array_unref(reading->sources);
	g_hash_table_unref(reading->seen);
}

/* (transfer full) (nullable): symbolic links followed, so that neither a link nor ".." leads out */
static char *
real_path(const char *path)
{
	char *resolved = realpath(path, NULL);
	char *copy = g_strdup(resolved);

	free(resolved);
	return copy;
}

static gboolean
is_below(const char *path, const char *folder)
{
	gsize size = strlen(folder);

	return strncmp(path, folder, size) == 0 && (path[size] == '/' || size == 1);
}

static void read_source(Reading *reading, const char *name, const char *inside,
			const char *named_at, guint named_line);

static void
follow_includes(Reading *reading, const char *name, const char *folder, const GPtrArray *includes)
{
	g_autofree char *name_folder = g_path_get_dirname(name);

	for (guint i = 0; i < includes->len; i++) {
		const LoaInclude *include = includes->pdata[i];

		if (g_path_is_absolute(include->path)) {
			loa_faults_add(reading->faults, name, include->line,
				       "@include \"%s\": name a file relative to this one",
				       include->path);
			continue;
		}

		g_autofree char *path =
			strcmp(name_folder, ".") == 0
				? g_strdup(include->path)
				: g_build_filename(name_folder, include->path, NULL);
		read_source(reading, path, folder, name, include->line);
	}
}

static void
parse_source(Reading *reading, const char *name, const char *real)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = loa_file_read(real, LOA_CONFIG_TEXT_MAX_SIZE, &error);
	g_autoptr(GPtrArray) includes =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_include_free);
	Source *source = g_new0(Source, 1);
	gsize size = 0;

	source->name = g_strdup(name);
	source->folder = g_path_get_dirname(real);
	g_ptr_array_add(reading->sources, source);
	if (bytes == NULL) {
		loa_faults_add(reading->faults, name, 0, "%s", error->message);
		return;
	}

	const char *text = g_bytes_get_data(bytes, &size);
	source->root = loa_config_text_parse(name, text != NULL ? text : "", size, includes,
					     reading->faults);
	follow_includes(reading, name, source->folder, includes);
}

/* @inside: (nullable): the folder that the file must not leave; @named_at: (nullable): the file
 * that includes it */
static void
read_source(Reading *reading, const char *name, const char *inside, const char *named_at,
	    guint named_line)
{
	g_autofree char *real = real_path(name);
	const char *where = named_at != NULL ? named_at : name;

	if (real == NULL || !g_file_test(real, G_FILE_TEST_IS_REGULAR)) {
		loa_faults_add(reading->faults, where, named_line, "there is no file \"%s\"", name);
		return;
	}
	if (inside != NULL && !is_below(real, inside)) {
		loa_faults_add(reading->faults, where, named_line,
			       "@include \"%s\": it must lie in the folder of this file or below",
			       name);
		return;
	}
	if (g_hash_table_contains(reading->seen, real))
		return;
	if (reading->sources->len == LOA_SCHEDULE_MAX_FILES) {
		loa_faults_add(reading->faults, where, named_line, "more than %d schedule files",
			       LOA_SCHEDULE_MAX_FILES);
		return;
	}
	g_hash_table_add(reading->seen, g_strdup(real));
	parse_source(reading, name, real);
}

static char *
resolve_audio(const char *audio, gpointer user_data, char **why)
{
	const Source *source = user_data;
	g_autofree char *path = g_canonicalize_filename(audio, source->folder);

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&path);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		*why = g_strdup_printf("\"%s\" is not a file", path);
	else
		*why = g_strdup_printf("there is no file \"%s\"", path);
	return NULL;
}

/* (nullable): the top-level list @name of @source */
static const LoaValue *
find_list(const Source *source, const char *name, GPtrArray *faults)
{
	const LoaValue *list = source->root != NULL ? loa_value_member(source->root, name) : NULL;

	if (list == NULL || list->kind == LOA_VALUE_LIST)
		return list;
	loa_faults_add(faults, source->name, list->line, "%s: want a list: %s = ( { ... }, ... );",
		       name, name);
	return NULL;
}

static void
check_top_level(const Source *source, GPtrArray *faults)
{
	static const char *const names[] = { "groups", "broadcasts", NULL };

	for (guint i = 0; source->root != NULL && i < source->root->items->len; i++) {
		const LoaValue *item = source->root->items->pdata[i];

		if (g_strv_contains(names, item->name))
			continue;

		const char *near = loa_faults_nearest(item->name, names);

		if (near != NULL)
			loa_faults_add(faults, source->name, item->line,
				       "unknown key \"%s\": did you mean \"%s\"?", item->name,
				       near);
		else
			loa_faults_add(faults, source->name, item->line,
				       "unknown key \"%s\": a schedule file has groups and "
				       "broadcasts",
				       item->name);
	}
}

static void
read_groups(const Source *source, LoaSchedule *schedule, GHashTable *known, gboolean is_closed,
	    GPtrArray *faults)
{
	const LoaFieldsContext context = { .where = source->name, .faults = faults };
	const LoaValue *list = find_list(source, "groups", faults);

	for (guint i = 0; list != NULL && i < list->items->len; i++) {
		const LoaValue *record = list->items->pdata[i];
		LoaGroup *group = loa_group_from_value(record, &context);

		if (group == NULL)
			continue;
		for (guint j = 0; j < schedule->groups->len; j++)
			if (strcmp(((LoaGroup *)schedule->groups->pdata[j])->id, group->id) == 0)
				loa_faults_add(faults, source->name, record->line,
					       "group \"%s\" is named twice", group->id);
		if (is_closed && !g_hash_table_contains(known, group->id))
			loa_faults_add(faults, source->name, record->line,
				       "group \"%s\" is not one of this site", group->id);
		g_ptr_array_add(schedule->groups, group);
		if (!is_closed)
			g_hash_table_add(known, group->id);
		if (schedule->groups->len > LOA_SCHEDULE_MAX_GROUPS) {
			loa_faults_add(faults, source->name, record->line, "more than %d groups",
				       LOA_SCHEDULE_MAX_GROUPS);
			return;
		}
	}
}

static void
read_broadcasts(Source *source, LoaSchedule *schedule, GHashTable *known, GHashTable *ids,
		GPtrArray *faults)
{
	const LoaFieldsContext context = {
		.where = source->name,
		.faults = faults,
		.groups = schedule->groups_checked ? known : NULL,
		.ids = ids,
		.resolve = source->folder != NULL ? resolve_audio : NULL,
		.resolve_data = source,
	};
	const LoaValue *list = find_list(source, "broadcasts", faults);

	for (guint i = 0; list != NULL && i < list->items->len; i++) {
		const LoaValue *record = list->items->pdata[i];
		LoaBroadcast *broadcast;

		if (schedule->broadcasts->len == LOA_SCHEDULE_MAX_BROADCASTS) {
			loa_faults_add(faults, source->name, record->line,
				       "more than %d broadcasts", LOA_SCHEDULE_MAX_BROADCASTS);
			return;
		}
		if (faults->len > LOA_FAULTS_MAX)
			return; /* nobody would see more of them */
		broadcast = loa_broadcast_from_value(record, &context);
		if (broadcast != NULL)
			g_ptr_array_add(schedule->broadcasts, broadcast);
	}
}

/* All sources are parsed: what do they mean? */
static LoaSchedule *
understand(Reading *reading, const GPtrArray *known_groups)
{
	g_autoptr(LoaSchedule) schedule = g_new0(LoaSchedule, 1);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	schedule->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	schedule->broadcasts = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	for (guint i = 0; known_groups != NULL && i < known_groups->len; i++)
		g_hash_table_add(known, ((LoaGroup *)known_groups->pdata[i])->id);

	for (guint i = 0; i < reading->sources->len; i++) {
		check_top_level(reading->sources->pdata[i], reading->faults);
		read_groups(reading->sources->pdata[i], schedule, known, known_groups != NULL,
			    reading->faults);
	}
	schedule->groups_checked = known_groups != NULL || schedule->groups->len > 0;
	for (guint i = 0; i < reading->sources->len; i++)
		read_broadcasts(reading->sources->pdata[i], schedule, known, ids, reading->faults);
	return g_steal_pointer(&schedule);
}

static LoaSchedule *
finish(Reading *reading, const GPtrArray *known_groups, guint n_faults)
{
	g_autoptr(LoaSchedule) schedule = understand(reading, known_groups);

	return reading->faults->len > n_faults ? NULL : g_steal_pointer(&schedule);
}

LoaSchedule *
loa_schedule_read(const char *const *paths, const GPtrArray *known_groups, GPtrArray *faults)
{
	guint n_faults = faults->len;
	Reading reading;

	reading_init(&reading, faults);
	for (; *paths != NULL; paths++)
		read_source(&reading, *paths, NULL, NULL, 0);

	LoaSchedule *schedule = finish(&reading, known_groups, n_faults);

	reading_clear(&reading);
	return schedule;
}

LoaSchedule *
loa_schedule_parse(const char *where, const char *text, gsize size, const GPtrArray *known_groups,
		   GPtrArray *faults)
{
	guint n_faults = faults->len;
	Source *source = g_new0(Source, 1);
	Reading reading;

	reading_init(&reading, faults);
	source->name = g_strdup(where);
	source->root = loa_config_text_parse(where, text, size, NULL, faults);
	g_ptr_array_add(reading.sources, source);

	LoaSchedule *schedule = finish(&reading, known_groups, n_faults);

	reading_clear(&reading);
	return schedule;
}

void
loa_schedule_free(LoaSchedule *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->groups);
	g_ptr_array_unref(self->broadcasts);
	g_free(self);
}
