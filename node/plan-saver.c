/* SPDX-License-Identifier: Apache-2.0 */
#include "node/plan-saver.h"

#include "node/plan-store.h"

struct LoaPlanSaver {
	char *path;
	LoaPlanSaverFunc told;
	gpointer user_data;
	GBytes *wanted;  /* (nullable): the next to be written */
	GTask *task;     /* (nullable): the write under way */
	guint retry;     /* source */
	gboolean is_bad; /* the last write failed, and that was told */
};

typedef struct {
	char *path;
	GBytes *message;
} Job;

static void
job_free(gpointer data)
{
	Job *job = data;

	g_free(job->path);
	g_bytes_unref(job->message);
	g_free(job);
}

LoaPlanSaver *
loa_plan_saver_new(const char *path, LoaPlanSaverFunc told, gpointer user_data)
{
	LoaPlanSaver *self = g_new0(LoaPlanSaver, 1);

	self->path = g_strdup(path);
	self->told = told;
	self->user_data = user_data;
	return self;
}

static void
save_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	const Job *job = data;
	GError *error = NULL;

	(void)source;
	(void)cancellable;
	if (loa_plan_store_save(job->path, job->message, &error))
		g_task_return_boolean(task, TRUE);
	else
		g_task_return_error(task, error);
}

static void begin(LoaPlanSaver *self);

static gboolean
on_retry(gpointer data)
{
	LoaPlanSaver *self = data;

	self->retry = 0;
	begin(self);
	return G_SOURCE_REMOVE;
}

static void
on_saved(GObject *source, GAsyncResult *result, gpointer user_data)
{
	LoaPlanSaver *self = user_data;
	g_autoptr(GError) error = NULL;
	gboolean ok = g_task_propagate_boolean(G_TASK(result), &error);
	Job *job = g_task_get_task_data(G_TASK(result));

	(void)source;
	g_clear_object(&self->task);
	if (ok == self->is_bad) {
		self->is_bad = !ok;
		self->told(error, self->user_data);
	}
	if (self->wanted == NULL && !ok)
		self->wanted = g_bytes_ref(job->message);
	if (ok)
		begin(self);
	else if (self->retry == 0)
		self->retry = g_timeout_add_seconds(LOA_PLAN_SAVER_RETRY_S, on_retry, self);
}

static void
begin(LoaPlanSaver *self)
{
	if (self->task != NULL || self->wanted == NULL)
		return;
	Job *job = g_new(Job, 1);

	*job = (Job){ g_strdup(self->path), g_steal_pointer(&self->wanted) };
	self->task = g_task_new(NULL, NULL, on_saved, self);
	g_task_set_task_data(self->task, job, job_free);
	g_task_run_in_thread(self->task, save_worker);
}

void
loa_plan_saver_save(LoaPlanSaver *self, GBytes *message)
{
	g_clear_pointer(&self->wanted, g_bytes_unref);
	self->wanted = g_bytes_ref(message);
	begin(self);
}

void
loa_plan_saver_free(LoaPlanSaver *self)
{
	if (self == NULL)
		return;
	while (self->task != NULL)
		g_main_context_iteration(NULL, TRUE);
	g_clear_handle_id(&self->retry, g_source_remove);
	g_clear_pointer(&self->wanted, g_bytes_unref);
	g_free(self->path);
	g_free(self);
}
