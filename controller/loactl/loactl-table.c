/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-table.h"

#include <string.h>

#define GAP 2        /* between two columns */
#define MIN_COLUMN 4 /* no column is cut below this */
#define ELLIPSIS "\xE2\x80\xA6"
#define REPLACEMENT "\xEF\xBF\xBD"

struct LoaLoactlTable {
	guint n_columns;
	gboolean *is_right;
	gboolean *is_text; /* free text: cut first */
	GPtrArray *rows;   /* char **, owned; the first is the headings */
};

static guint
char_width(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

guint
loa_loactl_table_text_width(const char *text)
{
	guint width = 0;

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
		width += char_width(g_utf8_get_char(p));
	return width;
}

static char *
clean(const char *cell)
{
	g_autofree char *valid = g_utf8_make_valid(cell, -1);
	GString *out = g_string_sized_new(strlen(valid));

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		/* directional overrides are "format" characters; so are the harmless joiners */
		gboolean is_override = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);

		if (g_unichar_iscntrl(c) || is_override)
			g_string_append(out, REPLACEMENT);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

static char **
clean_row(const char *const *cells, guint n)
{
	char **row = g_new0(char *, n + 1);

	for (guint i = 0; i < n; i++)
		row[i] = clean(cells[i]);
	return row;
}

LoaLoactlTable *
loa_loactl_table_new(const char *const *headings)
{
	LoaLoactlTable *self = g_new0(LoaLoactlTable, 1);

	self->n_columns = g_strv_length((char **)headings);
	self->is_right = g_new0(gboolean, self->n_columns);
	self->is_text = g_new0(gboolean, self->n_columns);
	self->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

	char **row = g_new0(char *, self->n_columns + 1);

	for (guint i = 0; i < self->n_columns; i++) {
		self->is_right[i] = *headings[i] == '>';
		self->is_text[i] = *headings[i] == '~';
		row[i] = g_strdup(headings[i] + (self->is_right[i] || self->is_text[i] ? 1 : 0));
	}
	g_ptr_array_add(self->rows, row);
	return self;
}

void
loa_loactl_table_add(LoaLoactlTable *self, const char *const *cells)
{
	g_assert(g_strv_length((char **)cells) == self->n_columns);
	g_ptr_array_add(self->rows, clean_row(cells, self->n_columns));
}

guint
loa_loactl_table_n_rows(const LoaLoactlTable *self)
{
	return self->rows->len - 1;
}

/* The widest column that may still be cut; n_columns if there is none. */
static guint
find_widest(const LoaLoactlTable *self, const guint *widths, gboolean text_only)
{
	guint widest = self->n_columns;

	for (guint i = 0; i < self->n_columns; i++) {
		if (widths[i] > MIN_COLUMN && (self->is_text[i] || !text_only) &&
		    (widest == self->n_columns || widths[i] > widths[widest]))
			widest = i;
	}
	return widest;
}

static void
shrink(const LoaLoactlTable *self, guint *widths, guint width)
{
	guint total = GAP * (self->n_columns - 1);

	for (guint i = 0; i < self->n_columns; i++)
		total += widths[i];
	for (; total > width; total--) {
		guint widest = find_widest(self, widths, TRUE);

		if (widest == self->n_columns)
			widest = find_widest(self, widths, FALSE);
		if (widest == self->n_columns)
			return;
		widths[widest]--;
	}
}

static void
append_spaces(GString *out, guint n)
{
	for (guint i = 0; i < n; i++)
		g_string_append_c(out, ' ');
}

static void
append_cell(GString *out, const char *cell, guint width, gboolean is_right, gboolean is_last)
{
	const guint full = loa_loactl_table_text_width(cell);
	guint used = 0;

	if (full <= width) {
		if (is_right)
			append_spaces(out, width - full);
		g_string_append(out, cell);
		if (!is_right && !is_last)
			append_spaces(out, width - full);
		return;
	}
	for (const char *p = cell; *p != '\0'; p = g_utf8_next_char(p)) {
		guint w = char_width(g_utf8_get_char(p));

		if (used + w > width - 1)
			break;
		used += w;
		g_string_append_len(out, p, g_utf8_next_char(p) - p);
	}
	g_string_append(out, ELLIPSIS);
	if (!is_last)
		append_spaces(out, width - used - 1);
}

static void
append_row(const LoaLoactlTable *self, char **row, const guint *widths, GString *out)
{
	for (guint i = 0; i < self->n_columns; i++) {
		if (i > 0)
			append_spaces(out, GAP);
		append_cell(out, row[i], widths[i], self->is_right[i], i + 1 == self->n_columns);
	}
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

char *
loa_loactl_table_render_part(const LoaLoactlTable *self, guint width, guint *floors,
			     gboolean with_headings)
{
	GString *out = g_string_new(NULL);

	for (guint r = 0; r < self->rows->len; r++) {
		char **row = g_ptr_array_index(self->rows, r);

		for (guint i = 0; i < self->n_columns; i++)
			floors[i] = MAX(floors[i], loa_loactl_table_text_width(row[i]));
	}
	if (width > 0)
		shrink(self, floors, width);
	for (guint r = with_headings ? 0 : 1; r < self->rows->len; r++)
		append_row(self, g_ptr_array_index(self->rows, r), floors, out);
	return g_string_free(out, FALSE);
}

char *
loa_loactl_table_render(const LoaLoactlTable *self, guint width)
{
	g_autofree guint *widths = g_new0(guint, self->n_columns);

	return loa_loactl_table_render_part(self, width, widths, TRUE);
}

void
loa_loactl_table_free(LoaLoactlTable *self)
{
	if (self == NULL)
		return;
	g_free(self->is_right);
	g_free(self->is_text);
	g_ptr_array_unref(self->rows);
	g_free(self);
}
