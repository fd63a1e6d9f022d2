/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/csv.h"

#include <string.h>

/* "-16.5" is a number, however it begins. */
static gboolean
is_number(const char *cell)
{
	const char *digits = *cell == '-' ? cell + 1 : cell;
	const gsize n = strspn(digits, "0123456789");

	if (n == 0)
		return FALSE;
	if (digits[n] != '.')
		return digits[n] == '\0';
	return digits[n + 1] != '\0' &&
	       strspn(digits + n + 1, "0123456789") == strlen(digits + n + 1);
}

static void
append_cell(GString *csv, const char *cell)
{
	const gboolean is_formula =
		*cell != '\0' && strchr("=+-@\t\r\n", *cell) != NULL && !is_number(cell);

	if (!is_formula && strpbrk(cell, "\",\r\n") == NULL && *cell != ' ') {
		g_string_append(csv, cell);
		return;
	}
	g_string_append(csv, is_formula ? "\"'" : "\"");
	for (const char *p = cell; *p != '\0'; p++) {
		if (*p == '"')
			g_string_append_c(csv, '"');
		g_string_append_c(csv, *p);
	}
	g_string_append_c(csv, '"');
}

void
loa_csv_append_row(GString *csv, const char *const *cells)
{
	for (gsize i = 0; cells[i] != NULL; i++) {
		if (i > 0)
			g_string_append_c(csv, ',');
		append_cell(csv, cells[i]);
	}
	g_string_append(csv, "\r\n");
}
