/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/password-desk.h"

#include "common/main-thread.h"
#include "controller/access/password.h"

/* The main thread's side, shared with the jobs under way: a job that ends after the desk was
 * freed finds is_open false. Only the main thread touches it. */
typedef struct {
	guint n_jobs;
	gboolean is_open;
} Book;

struct LoaPasswordDesk {
	GThreadPool *pool;
	Book *book; /* (atomic reference) */
	guint memory_mib;
};

typedef struct {
	Book *book;
	char *hash;     /* to check against; NULL: to hash, or nobody's */
	char *password; /* owned, wiped; NULL: never matches */
	guint memory_mib;
	gboolean is_check;
	/* the answer */
	char *made;
	GError *error;
	gboolean matches;
	/* whose it is */
	LoaPasswordHashedFunc hashed;
	LoaPasswordCheckedFunc checked;
	gpointer user_data;
	GDestroyNotify destroy;
} Job;

static void
job_free(gpointer data)
{
	Job *job = data;

	if (job->destroy != NULL)
		job->destroy(job->user_data);
	g_free(job->hash);
	loa_password_wipe(job->password);
	g_free(job->made);
	g_clear_error(&job->error);
	g_atomic_rc_box_release(job->book);
	g_free(job);
}

static void
on_done(gpointer data)
{
	Job *job = data;

	if (job->error == NULL || job->error->code != LOA_PASSWORD_ERROR_BUSY)
		job->book->n_jobs--;
	if (!job->book->is_open)
		return;
	if (job->is_check)
		job->checked(job->matches, job->error, job->user_data);
	else
		job->hashed(job->made, job->error, job->user_data);
}

static void
work_worker(gpointer data, gpointer user_data)
{
	Job *job = data;

	(void)user_data;
	if (!job->is_check || job->hash == NULL || job->password == NULL) {
		/* who has no hash, or no possible password, costs the same time */
		g_autofree char *made = loa_password_hash(
			job->password != NULL ? job->password : "", job->memory_mib, &job->error);

		if (!job->is_check)
			job->made = g_steal_pointer(&made);
	} else {
		job->matches = loa_password_matches(job->hash, job->password);
	}
	loa_main_thread_post(on_done, job, job_free);
}

LoaPasswordDesk *
loa_password_desk_new(guint memory_mib)
{
	LoaPasswordDesk *self = g_new0(LoaPasswordDesk, 1);

	self->memory_mib = memory_mib;
	self->book = g_atomic_rc_box_new0(Book);
	self->book->is_open = TRUE;
	self->pool = g_thread_pool_new_full(work_worker, NULL, job_free, LOA_PASSWORD_DESK_WORKERS,
					    FALSE, NULL);
	return self;
}

static void
start(LoaPasswordDesk *self, Job *job)
{
	job->book = g_atomic_rc_box_acquire(self->book);
	job->memory_mib = self->memory_mib;
	if (self->book->n_jobs < LOA_PASSWORD_DESK_WORKERS + LOA_PASSWORD_DESK_MAX_WAITING) {
		self->book->n_jobs++;
		g_thread_pool_push(self->pool, job, NULL);
		return;
	}
	g_set_error_literal(&job->error, LOA_PASSWORD_ERROR, LOA_PASSWORD_ERROR_BUSY,
			    "Too many people are logging in just now: try again in a few seconds");
	loa_main_thread_post(on_done, job, job_free);
}

void
loa_password_desk_hash(LoaPasswordDesk *self, const char *password, LoaPasswordHashedFunc func,
		       gpointer user_data, GDestroyNotify destroy)
{
	Job *job = g_new0(Job, 1);

	job->password = g_strdup(password);
	job->hashed = func;
	job->user_data = user_data;
	job->destroy = destroy;
	start(self, job);
}

void
loa_password_desk_check(LoaPasswordDesk *self, const char *hash, const char *password,
			LoaPasswordCheckedFunc func, gpointer user_data, GDestroyNotify destroy)
{
	Job *job = g_new0(Job, 1);

	job->is_check = TRUE;
	job->hash = g_strdup(hash);
	job->password = g_strdup(password);
	job->checked = func;
	job->user_data = user_data;
	job->destroy = destroy;
	start(self, job);
}

void
loa_password_desk_free(LoaPasswordDesk *self)
{
	if (self == NULL)
		return;
	self->book->is_open = FALSE;
	/* those that wait are dropped, those under way are waited for */
	g_thread_pool_free(self->pool, TRUE, TRUE);
	g_atomic_rc_box_release(self->book);
	g_free(self);
}
