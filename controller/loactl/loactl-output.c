/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-output.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void
loa_loactl_output_text(const char *text)
{
	(void)fputs(text, stdout);
}

void
loa_loactl_output_format(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vfprintf(stdout, format, args);
	va_end(args);
}

static guint
terminal_width(void)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size = { 0 };
	guint64 n;

	/* shells do not export it: who sets it means it, into a pipe too */
	if (columns != NULL && g_ascii_string_to_unsigned(columns, 10, 20, 10000, &n, NULL))
		return (guint)n;
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

void
loa_loactl_output_table(const LoaLoactlTable *table)
{
	g_autofree char *text = loa_loactl_table_render(table, terminal_width());

	loa_loactl_output_text(text);
}

void
loa_loactl_output_table_part(const LoaLoactlTable *table, guint *floors, gboolean with_headings)
{
	g_autofree char *text =
		loa_loactl_table_render_part(table, terminal_width(), floors, with_headings);

	loa_loactl_output_text(text);
}

void
loa_loactl_output_json(JsonNode *node)
{
	g_autofree char *text = json_to_string(node, TRUE);

	loa_loactl_output_text(text);
	loa_loactl_output_text("\n");
}

void
loa_loactl_output_progress_init(LoaLoactlProgress *self, const char *label)
{
	*self = (LoaLoactlProgress){ .label = g_path_get_basename(label), .shown = -1 };
}

void
loa_loactl_output_progress(LoaLoactlProgress *self, const char *stage, double fraction)
{
	const gboolean is_terminal = isatty(STDERR_FILENO);
	const gint percent = (gint)(CLAMP(fraction, 0.0, 1.0) * 100.0);
	const gint shown = is_terminal ? percent : percent / 25;

	if (shown == self->shown && g_strcmp0(stage, self->stage) == 0)
		return;
	g_free(self->stage);
	self->stage = g_strdup(stage);
	self->shown = shown;
	fprintf(stderr, is_terminal ? "\r\033[K%s: %s %d %%" : "%s: %s %d %%\n", self->label, stage,
		percent);
}

void
loa_loactl_output_progress_clear(LoaLoactlProgress *self)
{
	if (self->shown >= 0 && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	g_clear_pointer(&self->label, g_free);
	g_clear_pointer(&self->stage, g_free);
	self->shown = -1;
}
