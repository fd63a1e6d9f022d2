/* SPDX-License-Identifier: Apache-2.0 */
#include "common/main-thread.h"

typedef struct {
	void (*func)(gpointer data);
	gpointer data;
	GDestroyNotify destroy;
} Post;

static GThread *main_thread; /* written once, before another thread exists */

void
loa_main_thread_claim(void)
{
	main_thread = g_thread_self();
}

gboolean
loa_main_thread_is_current(void)
{
	return main_thread == g_thread_self();
}

static gboolean
run_post(gpointer user_data)
{
	Post *post = user_data;

	LOA_ASSERT_MAIN_THREAD();
	post->func(post->data);
	return G_SOURCE_REMOVE;
}

static void
free_post(gpointer user_data)
{
	Post *post = user_data;

	post->destroy(post->data);
	g_free(post);
}

void
loa_main_thread_post(void (*func)(gpointer data), gpointer data, GDestroyNotify destroy)
{
	g_return_if_fail(func != NULL && destroy != NULL);

	/* An idle source, never g_main_context_invoke(): while no loop runs, that one calls
	 * @func right here, on the foreign thread. */
	g_autoptr(GSource) source = g_idle_source_new();
	Post *post = g_new(Post, 1);

	*post = (Post){ .func = func, .data = data, .destroy = destroy };
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, run_post, post, free_post);
	g_source_attach(source, NULL);
}
