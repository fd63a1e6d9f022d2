/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/config-reader.h"

#include <libconfig.h>
#include <string.h>

#include "common/file.h"
#include "common/text.h"
#include "schedules/config-text.h"

#define MAX_FILE_BYTES (1024 * 1024)

struct LoaConfigReader {
	config_t config;
	char *path;
	GHashTable *taken; /* config_setting_t, borrowed from config */
	GPtrArray *faults; /* Fault, in the order found */
};

typedef struct {
	guint line;
	char *text; /* owned: FILE:LINE: message */
} Fault;

G_DEFINE_QUARK(loa_config_reader_error, loa_config_reader_error)

static void
fault_free(gpointer data)
{
	Fault *fault = data;

	g_free(fault->text);
	g_free(fault);
}

static void
note(LoaConfigReader *self, const char *file, int line, const char *message)
{
	Fault *fault = g_new0(Fault, 1);

	fault->line = line < 0 ? 0 : (guint)line;
	fault->text = g_strdup_printf("%s:%u: %s", file != NULL ? file : self->path, fault->line,
				      message);
	g_ptr_array_add(self->faults, fault);
}

static gint
compare_faults(gconstpointer a, gconstpointer b)
{
	const Fault *x = *(const Fault *const *)a;
	const Fault *y = *(const Fault *const *)b;

	return (x->line > y->line) - (x->line < y->line);
}

static gboolean
fail(LoaConfigReader *self, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_ptr_array_sort(self->faults, compare_faults);
	for (guint i = 0; i < self->faults->len; i++) {
		const Fault *fault = g_ptr_array_index(self->faults, i);

		g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", fault->text);
	}
	g_set_error_literal(error, LOA_CONFIG_READER_ERROR, LOA_CONFIG_READER_ERROR_FAULT,
			    text->str);
	return FALSE;
}

LoaConfigReader *
loa_config_reader_open(const char *path, GError **error)
{
	g_autoptr(LoaConfigReader) self = g_new0(LoaConfigReader, 1);
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = loa_file_read_text(path, MAX_FILE_BYTES, &cause);

	config_init(&self->config);
	self->path = g_strdup(path);
	self->taken = g_hash_table_new(NULL, NULL);
	self->faults = g_ptr_array_new_with_free_func(fault_free);
	if (text == NULL) {
		g_set_error_literal(error, LOA_CONFIG_READER_ERROR, LOA_CONFIG_READER_ERROR_READ,
				    cause->message);
		return NULL;
	}

	guint include_line = loa_text_line_with(text, "@include");

	if (include_line > 0) {
		note(self, NULL, (int)include_line, LOA_TEXT_NO_INCLUDE);
		fail(self, error);
		return NULL;
	}
	if (config_read_string(&self->config, text) != CONFIG_TRUE) {
		note(self, NULL, config_error_line(&self->config),
		     config_error_text(&self->config));
		fail(self, error);
		return NULL;
	}
	return g_steal_pointer(&self);
}

LoaConfigNode *
loa_config_reader_root(LoaConfigReader *self)
{
	return config_root_setting(&self->config);
}

void
loa_config_reader_fault(LoaConfigReader *self, LoaConfigNode *group, const char *name,
			const char *format, ...)
{
	LoaConfigNode *at =
		name == NULL || group == NULL ? NULL : config_setting_get_member(group, name);
	va_list args;

	va_start(args, format);
	g_autofree char *message = g_strdup_vprintf(format, args);
	va_end(args);

	if (at == NULL)
		at = group != NULL ? group : loa_config_reader_root(self);
	note(self, config_setting_source_file(at), (int)config_setting_source_line(at), message);
}

/* The setting, marked as known; %NULL if absent, which is a fault where @is_required. */
static LoaConfigNode *
take(LoaConfigReader *self, LoaConfigNode *group, const char *name, gboolean is_required)
{
	LoaConfigNode *found = group == NULL ? NULL : config_setting_get_member(group, name);

	if (found != NULL)
		g_hash_table_add(self->taken, found);
	else if (group != NULL && is_required)
		loa_config_reader_fault(self, group, NULL, "\"%s\" is missing", name);
	return found;
}

LoaConfigNode *
loa_config_reader_group(LoaConfigReader *self, LoaConfigNode *group, const char *name,
			gboolean is_required)
{
	LoaConfigNode *found = take(self, group, name, is_required);

	if (found == NULL || config_setting_is_group(found))
		return found;
	loa_config_reader_fault(self, group, name, "\"%s\" must be a group: %s = { ... };", name,
				name);
	return NULL;
}

LoaConfigNode *
loa_config_reader_list(LoaConfigReader *self, LoaConfigNode *group, const char *name,
		       gboolean is_required)
{
	LoaConfigNode *found = take(self, group, name, is_required);

	if (found == NULL || config_setting_is_list(found) || config_setting_is_array(found))
		return found;
	loa_config_reader_fault(self, group, name, "\"%s\" must be a list: %s = ( ... );", name,
				name);
	return NULL;
}

guint
loa_config_reader_length(LoaConfigNode *list)
{
	return list == NULL ? 0 : (guint)config_setting_length(list);
}

LoaConfigNode *
loa_config_reader_element(LoaConfigReader *self, LoaConfigNode *list, guint i)
{
	LoaConfigNode *found = config_setting_get_elem(list, i);

	if (found == NULL || config_setting_is_group(found))
		return found;
	loa_config_reader_fault(self, found, NULL, "entry %u must be a group: { ... }", i + 1);
	return NULL;
}

const char *
loa_config_reader_element_text(LoaConfigReader *self, LoaConfigNode *list, guint i)
{
	LoaConfigNode *found = config_setting_get_elem(list, i);

	if (found == NULL || config_setting_type(found) == CONFIG_TYPE_STRING)
		return found == NULL ? NULL : config_setting_get_string(found);
	loa_config_reader_fault(self, found, NULL, "entry %u must be a text in quotes", i + 1);
	return NULL;
}

static const char *
take_text(LoaConfigReader *self, LoaConfigNode *group, const char *name, gboolean is_required)
{
	LoaConfigNode *found = take(self, group, name, is_required);
	const char *text;

	if (found == NULL)
		return NULL;
	if (config_setting_type(found) != CONFIG_TYPE_STRING) {
		loa_config_reader_fault(self, group, name, "\"%s\" must be a text in quotes", name);
		return "";
	}
	text = config_setting_get_string(found);
	if (g_utf8_validate(text, -1, NULL))
		return text;
	loa_config_reader_fault(self, group, name, "\"%s\" is not UTF-8", name);
	return "";
}

const char *
loa_config_reader_text(LoaConfigReader *self, LoaConfigNode *group, const char *name,
		       const char *fallback)
{
	const char *text = take_text(self, group, name, fallback == NULL);

	if (text != NULL)
		return text;
	return fallback != NULL ? fallback : "";
}

const char *
loa_config_reader_text_or_null(LoaConfigReader *self, LoaConfigNode *group, const char *name)
{
	return take_text(self, group, name, FALSE);
}

gint64
loa_config_reader_int_or(LoaConfigReader *self, LoaConfigNode *group, const char *name, gint64 min,
			 gint64 max, gint64 fallback)
{
	LoaConfigNode *found = take(self, group, name, FALSE);

	if (found == NULL)
		return fallback;

	int type = config_setting_type(found);
	gint64 value = config_setting_get_int64(found);

	if ((type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) && value >= min && value <= max)
		return value;
	loa_config_reader_fault(self, group, name,
				"\"%s\" must be a whole number from %" G_GINT64_FORMAT
				" to %" G_GINT64_FORMAT,
				name, min, max);
	return fallback;
}

gboolean
loa_config_reader_bool_or(LoaConfigReader *self, LoaConfigNode *group, const char *name,
			  gboolean fallback)
{
	LoaConfigNode *found = take(self, group, name, FALSE);

	if (found == NULL)
		return fallback;
	if (config_setting_type(found) == CONFIG_TYPE_BOOL)
		return config_setting_get_bool(found) != 0;
	loa_config_reader_fault(self, group, name, "\"%s\" must be true or false", name);
	return fallback;
}

double
loa_config_reader_double_or(LoaConfigReader *self, LoaConfigNode *group, const char *name,
			    double min, double max, double fallback)
{
	LoaConfigNode *found = take(self, group, name, FALSE);

	if (found == NULL)
		return fallback;

	int type = config_setting_type(found);
	double value = type == CONFIG_TYPE_FLOAT ? config_setting_get_float(found)
						 : (double)config_setting_get_int64(found);

	if ((type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 || type == CONFIG_TYPE_FLOAT) &&
	    value >= min && value <= max)
		return value;
	loa_config_reader_fault(self, group, name, "\"%s\" must be a number from %g to %g", name,
				min, max);
	return fallback;
}

/* The whole of it is somebody's: nothing in it is an unknown name here. */
static void
take_all(LoaConfigReader *self, LoaConfigNode *setting)
{
	g_hash_table_add(self->taken, setting);
	if (!config_setting_is_aggregate(setting))
		return;
	for (int i = 0; i < config_setting_length(setting); i++)
		take_all(self, config_setting_get_elem(setting, (unsigned)i));
}

LoaValue *
loa_config_reader_value(LoaConfigReader *self, LoaConfigNode *group, const char *name)
{
	LoaConfigNode *found = take(self, group, name, FALSE);

	if (found == NULL)
		return NULL;
	take_all(self, found);
	return loa_config_text_value(found);
}

void
loa_config_reader_add_faults(LoaConfigReader *self, const GPtrArray *faults)
{
	gsize prefix = strlen(self->path) + 1;

	for (guint i = 0; i < faults->len; i++) {
		const char *text = g_ptr_array_index(faults, i);
		Fault *fault = g_new0(Fault, 1);

		if (strlen(text) > prefix)
			fault->line = (guint)g_ascii_strtoull(text + prefix, NULL, 10);
		fault->text = g_strdup(text);
		g_ptr_array_add(self->faults, fault);
	}
}

const char *
loa_config_reader_path(const LoaConfigReader *self)
{
	return self->path;
}

/* Members of groups that nobody took. What lies below an unknown one is not reported again. */
static void
note_leftovers(LoaConfigReader *self, LoaConfigNode *node)
{
	for (int i = 0; i < config_setting_length(node); i++) {
		LoaConfigNode *child = config_setting_get_elem(node, (unsigned)i);

		if (config_setting_is_group(node) && !g_hash_table_contains(self->taken, child)) {
			g_autofree char *message =
				g_strdup_printf("unknown key \"%s\"", config_setting_name(child));

			note(self, config_setting_source_file(child),
			     (int)config_setting_source_line(child), message);
		} else if (config_setting_is_aggregate(child)) {
			note_leftovers(self, child);
		}
	}
}

gboolean
loa_config_reader_finish(LoaConfigReader *self, GError **error)
{
	note_leftovers(self, loa_config_reader_root(self));
	return self->faults->len == 0 || fail(self, error);
}

void
loa_config_reader_free(LoaConfigReader *self)
{
	if (self == NULL)
		return;
	config_destroy(&self->config);
	g_free(self->path);
	g_hash_table_unref(self->taken);
	g_ptr_array_unref(self->faults);
	g_free(self);
}
