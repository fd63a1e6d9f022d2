/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/faults.h"

#include <string.h>

#define LONGEST_NAME 32

GPtrArray *
loa_faults_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void
loa_faults_add(GPtrArray *faults, const char *where, guint line, const char *format, ...)
{
	if (faults->len > LOA_FAULTS_MAX)
		return;
	if (faults->len == LOA_FAULTS_MAX) {
		g_ptr_array_add(faults, g_strdup("more faults than are shown: mend these first"));
		return;
	}

	va_list args;
	va_start(args, format);
	g_autofree char *sentence = g_strdup_vprintf(format, args);
	va_end(args);

	/* What is quoted may be anything: the terminal must not obey it. */
	g_autofree char *valid = g_utf8_make_valid(sentence, -1);
	for (char *c = valid; *c != '\0'; c++)
		if (g_ascii_iscntrl(*c))
			*c = '?';
	if (line > 0)
		g_ptr_array_add(faults, g_strdup_printf("%s:%u: %s", where, line, valid));
	else
		g_ptr_array_add(faults, g_strdup_printf("%s: %s", where, valid));
}

/* Levenshtein; both are at most LONGEST_NAME bytes. */
static guint
distance(const char *a, gsize n_a, const char *b, gsize n_b)
{
	guint row[LONGEST_NAME + 1];

	for (gsize j = 0; j <= n_b; j++)
		row[j] = (guint)j;
	for (gsize i = 1; i <= n_a; i++) {
		guint diagonal = row[0];

		row[0] = (guint)i;
		for (gsize j = 1; j <= n_b; j++) {
			guint replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

			diagonal = row[j];
			row[j] = MIN(replaced, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[n_b];
}

const char *
loa_faults_nearest(const char *text, const char *const *names)
{
	gsize size = strlen(text);
	const char *nearest = NULL;
	guint best = 3; /* farther away is another word */

	if (size < 2 || size > LONGEST_NAME)
		return NULL;
	for (; *names != NULL; names++) {
		gsize name_size = strlen(*names);

		if (name_size > LONGEST_NAME)
			continue;

		guint far = distance(text, size, *names, name_size);

		if (far < best && far * 2 <= name_size) {
			best = far;
			nearest = *names;
		}
	}
	return nearest;
}
