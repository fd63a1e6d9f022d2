/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/line-process.h"

#include <string.h>

#define READ_SIZE 4096

/* The asynchronous calls hold the object through this reference count; whoever frees it only
 * takes the events away. */
struct LoaLineProcess {
	gatomicrefcount refs;
	GSubprocess *process;
	GInputStream *out; /* borrowed from process */
	GCancellable *cancellable;
	GString *line;
	gsize max_line;
	char buffer[READ_SIZE];
	guint limit_source; /* 0: none */
	LoaLineProcessEvents events;
	gpointer user_data;
	gboolean is_closed; /* freed by the owner */
	gboolean is_read;   /* the output has ended */
	gboolean is_exited;
	const char *killed_for; /* static (nullable) */
	char *why;              /* owned (nullable) */
};

static void
unref(LoaLineProcess *self)
{
	if (!g_atomic_ref_count_dec(&self->refs))
		return;
	g_object_unref(self->process);
	g_object_unref(self->cancellable);
	g_string_free(self->line, TRUE);
	g_free(self->why);
	g_free(self);
}

static LoaLineProcess *
ref(LoaLineProcess *self)
{
	g_atomic_ref_count_inc(&self->refs);
	return self;
}

static void
kill_for(LoaLineProcess *self, const char *why)
{
	self->killed_for = why;
	g_subprocess_force_exit(self->process);
}

static void
take_bytes(LoaLineProcess *self, const char *bytes, gsize size)
{
	for (gsize i = 0; i < size && !self->is_closed; i++) {
		if (bytes[i] == '\n') {
			self->events.on_line(self->line->str, self->user_data);
			g_string_truncate(self->line, 0);
		} else if (self->line->len < self->max_line) {
			g_string_append_c(self->line, bytes[i]);
		} else {
			kill_for(self, "it said a line without end");
			return;
		}
	}
}

static void
finish_if_over(LoaLineProcess *self)
{
	if (self->is_closed || !self->is_read || !self->is_exited)
		return;
	self->is_closed = TRUE;
	g_clear_handle_id(&self->limit_source, g_source_remove);
	self->events.on_exit(self->why, self->user_data);
}

static void read_more(LoaLineProcess *self);

static void
on_read(GObject *source, GAsyncResult *result, gpointer data)
{
	LoaLineProcess *self = data;
	gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

	if (n > 0 && !self->is_closed) {
		take_bytes(self, self->buffer, (gsize)n);
		read_more(self);
	} else {
		self->is_read = TRUE;
		finish_if_over(self);
	}
	unref(self);
}

static void
read_more(LoaLineProcess *self)
{
	g_input_stream_read_async(self->out, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
				  self->cancellable, on_read, ref(self));
}

static char *
describe_exit(const LoaLineProcess *self)
{
	if (self->killed_for != NULL)
		return g_strdup(self->killed_for);
	if (g_subprocess_get_if_signaled(self->process))
		return g_strdup_printf("it was ended by signal %d (%s)",
				       g_subprocess_get_term_sig(self->process),
				       g_strsignal(g_subprocess_get_term_sig(self->process)));
	if (g_subprocess_get_exit_status(self->process) != 0)
		return g_strdup_printf("it ended with exit status %d",
				       g_subprocess_get_exit_status(self->process));
	return NULL;
}

static void
on_waited(GObject *source, GAsyncResult *result, gpointer data)
{
	LoaLineProcess *self = data;

	if (g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL)) {
		self->is_exited = TRUE;
		self->why = describe_exit(self);
		/* a grandchild may hold the output open for ever */
		self->is_read = self->is_read || self->killed_for != NULL;
		finish_if_over(self);
	}
	unref(self);
}

static gboolean
on_limit(gpointer data)
{
	LoaLineProcess *self = data;

	self->limit_source = 0;
	kill_for(self, "it took too long");
	if (self->is_exited) { /* and what it started holds the output open: on_waited was before */
		g_free(self->why);
		self->why = g_strdup(self->killed_for);
		self->is_read = TRUE;
		finish_if_over(self);
	}
	return G_SOURCE_REMOVE;
}

LoaLineProcess *
loa_line_process_new(const char *const *argv, gsize max_line, guint limit_s,
		     const LoaLineProcessEvents *events, gpointer user_data, GError **error)
{
	GSubprocess *process = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
	LoaLineProcess *self;

	if (process == NULL)
		return NULL;
	self = g_new0(LoaLineProcess, 1);
	g_atomic_ref_count_init(&self->refs);
	self->process = process;
	self->out = g_subprocess_get_stdout_pipe(process);
	self->cancellable = g_cancellable_new();
	self->line = g_string_new(NULL);
	self->max_line = max_line;
	self->events = *events;
	self->user_data = user_data;
	self->limit_source = g_timeout_add_seconds(limit_s, on_limit, self);
	g_subprocess_wait_async(process, self->cancellable, on_waited, ref(self));
	read_more(self);
	return self;
}

void
loa_line_process_free(LoaLineProcess *self)
{
	if (self == NULL)
		return;
	self->is_closed = TRUE;
	g_clear_handle_id(&self->limit_source, g_source_remove);
	if (!self->is_exited)
		g_subprocess_force_exit(self->process);
	g_cancellable_cancel(self->cancellable);
	unref(self);
}
