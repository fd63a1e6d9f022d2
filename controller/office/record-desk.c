/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/record-desk.h"

#include "common/main-thread.h"
#include "controller/office/office.h"

/* The main thread's side, shared with the jobs under way: a job that ends after the desk was freed
 * finds is_open false. Only the main thread touches it. */
typedef struct {
	GPtrArray *jobs; /* Job (borrowed): not answered yet */
	gboolean is_open;
} Book;

struct LoaRecordDesk {
	Book *book; /* (atomic reference) */
	GAsyncQueue *queue;
	GThread *thread; /* NULL until the first question */
	char *path;
};

typedef struct {
	Book *book;
	LoaRecordDeskWork work; /* NULL: the thread is to end */
	LoaRecordDeskDone done;
	gpointer question;
	GDestroyNotify destroy;
	GCancellable *gone;
	/* the answer */
	GBytes *answer;
	GError *error;
} Job;

static void
book_clear(gpointer data)
{
	Book *book = data;

	g_ptr_array_unref(book->jobs);
}

static void
job_free(gpointer data)
{
	Job *job = data;

	g_ptr_array_remove_fast(job->book->jobs, job);
	if (job->destroy != NULL)
		job->destroy(job->question);
	g_clear_object(&job->gone);
	g_clear_pointer(&job->answer, g_bytes_unref);
	g_clear_error(&job->error);
	g_atomic_rc_box_release_full(job->book, book_clear);
	g_free(job);
}

static void
on_done(gpointer data)
{
	const Job *job = data;

	/* the last one has nobody to tell */
	if (job->book->is_open && job->done != NULL)
		job->done(job->answer, job->error, job->question);
}

static void
work_worker(const char *path, Job *job)
{
	g_autoptr(LoaStore) store = NULL;

	if (!g_cancellable_set_error_if_cancelled(job->gone, &job->error))
		store = loa_store_open_reader(path, &job->error);
	if (store != NULL)
		job->answer = job->work(store, job->question, job->gone, &job->error);
}

static gpointer
run_worker(gpointer data)
{
	LoaRecordDesk *self = data;

	for (;;) {
		Job *job = g_async_queue_pop(self->queue);
		const gboolean is_last = job->work == NULL;

		if (!is_last)
			work_worker(self->path, job);
		loa_main_thread_post(on_done, job, job_free);
		if (is_last)
			return NULL;
	}
}

LoaRecordDesk *
loa_record_desk_new(const LoaStore *store)
{
	LoaRecordDesk *self = g_new0(LoaRecordDesk, 1);

	self->book = g_atomic_rc_box_new0(Book);
	self->book->jobs = g_ptr_array_new();
	self->book->is_open = TRUE;
	self->queue = g_async_queue_new();
	self->path = loa_store_path(store);
	return self;
}

static Job *
job_new(LoaRecordDesk *self, LoaRecordDeskWork work)
{
	Job *job = g_new0(Job, 1);

	job->book = g_atomic_rc_box_acquire(self->book);
	job->work = work;
	job->gone = g_cancellable_new();
	g_ptr_array_add(self->book->jobs, job);
	return job;
}

GCancellable *
loa_record_desk_ask(LoaRecordDesk *self, LoaRecordDeskWork work, LoaRecordDeskDone done,
		    gpointer question, GDestroyNotify destroy, GError **error)
{
	GCancellable *gone;
	Job *job;

	if (self->book->jobs->len >= LOA_RECORD_DESK_MAX) {
		destroy(question);
		g_set_error_literal(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_BUSY,
				    "Too many reports and logbooks are being made just now: try "
				    "again in a few seconds");
		return NULL;
	}
	job = job_new(self, work);
	job->done = done;
	job->question = question;
	job->destroy = destroy;
	gone = g_object_ref(job->gone);
	if (self->thread == NULL)
		self->thread = g_thread_new("record", run_worker, self);
	g_async_queue_push(self->queue, job);
	return gone;
}

void
loa_record_desk_free(LoaRecordDesk *self)
{
	if (self == NULL)
		return;
	self->book->is_open = FALSE;
	for (guint i = 0; i < self->book->jobs->len; i++)
		g_cancellable_cancel(((Job *)g_ptr_array_index(self->book->jobs, i))->gone);
	if (self->thread != NULL) {
		g_async_queue_push(self->queue, job_new(self, NULL));
		g_thread_join(self->thread);
	}
	g_async_queue_unref(self->queue);
	g_atomic_rc_box_release_full(self->book, book_clear);
	g_free(self->path);
	g_free(self);
}
