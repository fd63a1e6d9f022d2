/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/ics-lines.h"

#include <string.h>

#include "schedules/faults.h"

#define FOLD_AT 75

typedef struct {
	const char *where;
	const char *at;
	const char *end;
	guint line; /* of what comes next */
	GPtrArray *faults;
	guint n_components;
} Scan;

static void
property_free(gpointer data)
{
	LoaIcsProperty *self = data;

	g_free(self->name);
	g_free(self->params);
	g_free(self->value);
	g_free(self);
}

static LoaIcsComponent *
component_new(const char *name, guint line)
{
	LoaIcsComponent *self = g_new0(LoaIcsComponent, 1);

	self->line = line;
	self->name = g_strdup(name);
	self->properties = g_ptr_array_new_with_free_func(property_free);
	self->children = g_ptr_array_new_with_free_func((GDestroyNotify)loa_ics_component_free);
	return self;
}

void
loa_ics_component_free(LoaIcsComponent *self)
{
	if (self == NULL)
		return;
	g_free(self->name);
	g_ptr_array_unref(self->properties);
	g_ptr_array_unref(self->children);
	g_free(self);
}

/* Goes behind the end of the line and counts it. */
static gsize
line_length(const char *at, const char *end, gsize *n_ending)
{
	gsize n = 0;

	while (at + n < end && at[n] != '\r' && at[n] != '\n')
		n++;
	*n_ending = 0;
	if (at + n < end)
		*n_ending = at[n] == '\r' && at + n + 1 < end && at[n + 1] == '\n' ? 2 : 1;
	return n;
}

/* (transfer full) (nullable): the next content line, unfolded; NULL after the last one, or with a
 * fault */
static char *
next_line(Scan *scan, guint *line)
{
	g_autoptr(GString) text = g_string_new(NULL);

	*line = scan->line;
	while (scan->at < scan->end) {
		gsize n_ending;
		gsize n = line_length(scan->at, scan->end, &n_ending);

		if (text->len + n > LOA_ICS_MAX_LINE) {
			loa_faults_add(scan->faults, scan->where, *line,
				       "a line of more than %d bytes", LOA_ICS_MAX_LINE);
			return NULL;
		}
		g_string_append_len(text, scan->at, (gssize)n);
		scan->at += n + n_ending;
		scan->line++;
		if (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
			scan->at++; /* it goes on */
		else
			break;
	}
	/* only now: some programs fold within a character */
	if (!g_utf8_validate_len(text->str, text->len, NULL)) {
		loa_faults_add(scan->faults, scan->where, *line,
			       "a byte that is not UTF-8: save the file as UTF-8 (Unicode)");
		return NULL;
	}
	return text->len > 0 || scan->at < scan->end ? g_string_free(g_steal_pointer(&text), FALSE)
						     : NULL;
}

/* Where the value begins: behind the first ':' that stands in no quotes; %NULL: nowhere. */
static const char *
find_value(const char *line)
{
	gboolean is_quoted = FALSE;

	for (; *line != '\0'; line++) {
		if (*line == '"')
			is_quoted = !is_quoted;
		else if (*line == ':' && !is_quoted)
			return line + 1;
	}
	return NULL;
}

static gboolean
is_name(const char *text, gsize size)
{
	for (gsize i = 0; i < size; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '-')
			return FALSE;
	return size > 0 && size <= 64;
}

/* (transfer full) (nullable): %NULL: no content line */
static LoaIcsProperty *
split_line(const char *text, guint line)
{
	const char *value = find_value(text);
	gsize n_name = strcspn(text, ";:");
	LoaIcsProperty *property;

	if (value == NULL || !is_name(text, n_name))
		return NULL;
	property = g_new0(LoaIcsProperty, 1);
	property->line = line;
	property->name = g_ascii_strup(text, (gssize)n_name);
	property->params = g_strndup(text + n_name, (gsize)(value - 1 - text) - n_name);
	property->value = g_strdup(value);
	return property;
}

static gboolean
open_component(Scan *scan, GPtrArray *stack, const LoaIcsProperty *begin)
{
	LoaIcsComponent *parent = stack->pdata[stack->len - 1];
	g_autofree char *name = g_ascii_strup(begin->value, -1);
	LoaIcsComponent *component;

	g_strstrip(name);
	if (stack->len > LOA_ICS_MAX_DEPTH || ++scan->n_components > LOA_ICS_MAX_COMPONENTS) {
		loa_faults_add(scan->faults, scan->where, begin->line,
			       "more than %d components, or more than %d within each other",
			       LOA_ICS_MAX_COMPONENTS, LOA_ICS_MAX_DEPTH);
		return FALSE;
	}
	component = component_new(name, begin->line);
	g_ptr_array_add(parent->children, component);
	g_ptr_array_add(stack, component);
	return TRUE;
}

static gboolean
close_component(const Scan *scan, GPtrArray *stack, const LoaIcsProperty *end)
{
	const LoaIcsComponent *component = stack->pdata[stack->len - 1];
	g_autofree char *name = g_ascii_strup(end->value, -1);

	g_strstrip(name);
	if (stack->len == 1 || strcmp(component->name, name) != 0) {
		loa_faults_add(scan->faults, scan->where, end->line,
			       "END:%s closes nothing that is open", name);
		return FALSE;
	}
	g_ptr_array_set_size(stack, (gint)stack->len - 1);
	return TRUE;
}

/* Takes @property. */
static gboolean
add_property(const Scan *scan, const GPtrArray *stack, LoaIcsProperty *property)
{
	LoaIcsComponent *component = stack->pdata[stack->len - 1];
	guint line = property->line;

	g_ptr_array_add(component->properties, property);
	if (stack->len == 1) {
		loa_faults_add(scan->faults, scan->where, line,
			       "this stands outside of BEGIN:VCALENDAR: is it an iCalendar file?");
		return FALSE;
	}
	if (component->properties->len > LOA_ICS_MAX_PROPERTIES) {
		loa_faults_add(scan->faults, scan->where, line, "more than %d lines in one %s",
			       LOA_ICS_MAX_PROPERTIES, component->name);
		return FALSE;
	}
	return TRUE;
}

static gboolean
take_line(Scan *scan, GPtrArray *stack, const char *text, guint line)
{
	LoaIcsProperty *property = split_line(text, line);
	gboolean is_good;

	if (*text == '\0')
		return TRUE;
	if (property == NULL) {
		loa_faults_add(scan->faults, scan->where, line,
			       "\"%.40s\" is not a line of an iCalendar file: NAME:VALUE", text);
		return FALSE;
	}
	if (strcmp(property->name, "BEGIN") == 0)
		is_good = open_component(scan, stack, property);
	else if (strcmp(property->name, "END") == 0)
		is_good = close_component(scan, stack, property);
	else
		return add_property(scan, stack, property);
	property_free(property);
	return is_good;
}

LoaIcsComponent *
loa_ics_lines_parse(const char *where, const char *text, gsize size, GPtrArray *faults)
{
	g_autoptr(LoaIcsComponent) root = component_new("", 1);
	g_autoptr(GPtrArray) stack = g_ptr_array_new();
	Scan scan = { .where = where, .at = text, .end = text + size, .line = 1, .faults = faults };
	guint n_faults = faults->len;

	g_ptr_array_add(stack, root);
	if (size > LOA_ICS_MAX_SIZE) {
		loa_faults_add(faults, where, 0, "more than %d bytes", LOA_ICS_MAX_SIZE);
		return NULL;
	}
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		scan.at += 3;
	while (scan.at < scan.end) {
		guint line;
		g_autofree char *content = next_line(&scan, &line);

		if (faults->len > n_faults ||
		    (content != NULL && !take_line(&scan, stack, content, line)))
			return NULL;
	}
	if (stack->len > 1) {
		const LoaIcsComponent *open = stack->pdata[stack->len - 1];

		loa_faults_add(faults, where, open->line,
			       "BEGIN:%s has no END:%s: the file was cut", open->name, open->name);
		return NULL;
	}
	if (root->children->len == 0) {
		loa_faults_add(faults, where, 0, "there is no BEGIN:VCALENDAR in it");
		return NULL;
	}
	return g_steal_pointer(&root);
}

const LoaIcsProperty *
loa_ics_lines_find(const LoaIcsComponent *component, const char *name)
{
	for (guint i = 0; i < component->properties->len; i++) {
		const LoaIcsProperty *property = component->properties->pdata[i];

		if (strcmp(property->name, name) == 0)
			return property;
	}
	return NULL;
}

char *
loa_ics_lines_param(const LoaIcsProperty *property, const char *name)
{
	gsize n_name = strlen(name);

	for (const char *at = property->params; *at == ';';) {
		gsize n = 1;
		gboolean is_quoted = FALSE;

		for (; at[n] != '\0' && (at[n] != ';' || is_quoted); n++)
			if (at[n] == '"')
				is_quoted = !is_quoted;
		if (g_ascii_strncasecmp(at + 1, name, n_name) == 0 && at[1 + n_name] == '=') {
			char *value = g_strndup(at + 2 + n_name, n - 2 - n_name);
			gsize size = strlen(value);

			if (size >= 2 && value[0] == '"' && value[size - 1] == '"') {
				memmove(value, value + 1, size - 2);
				value[size - 2] = '\0';
			}
			return value;
		}
		at += n;
	}
	return NULL;
}

char *
loa_ics_lines_text(const char *value)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (; *value != '\0'; value++) {
		char c = *value;

		if (c == '\\' && value[1] != '\0') {
			c = *++value;
			if (c == 'n' || c == 'N')
				c = '\n';
		}
		if ((guchar)c >= 0x20 || c == '\n' || c == '\t')
			g_string_append_c(text, c);
	}
	return g_utf8_normalize(text->str, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

void
loa_ics_lines_write(GString *text, const char *name, const char *value)
{
	g_autofree char *line = g_strconcat(name, ":", value, NULL);
	gsize n_in_line = 0;

	for (const char *at = line; *at != '\0'; at = g_utf8_next_char(at)) {
		gsize n = (gsize)(g_utf8_next_char(at) - at);

		if (n_in_line + n > FOLD_AT) {
			g_string_append(text, "\r\n ");
			n_in_line = 1;
		}
		g_string_append_len(text, at, (gssize)n);
		n_in_line += n;
	}
	g_string_append(text, "\r\n");
}

void
loa_ics_lines_write_text(GString *text, const char *name, const char *value)
{
	g_autoptr(GString) escaped = g_string_new(NULL);

	for (; *value != '\0'; value++) {
		if (*value == '\n')
			g_string_append(escaped, "\\n");
		else if (strchr("\\;,", *value) != NULL)
			g_string_append_printf(escaped, "\\%c", *value);
		else
			g_string_append_c(escaped, *value);
	}
	loa_ics_lines_write(text, name, escaped->str);
}
