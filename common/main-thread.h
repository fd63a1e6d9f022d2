/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/main-thread.h - the one thread that owns a daemon's state.
 *
 * Paho, GStreamer and worker threads never touch that state: they copy what they have,
 * post it here and return.
 */
#pragma once

#include <glib.h>

/* Call once, first thing in main() and in the group setup of a test. Thread: main. */
void loa_main_thread_claim(void);

/* Thread: any. */
gboolean loa_main_thread_is_current(void);

/**
 * loa_main_thread_post:
 * @func: runs once, on the main thread, from the loop; never inside this call
 * @data: (transfer full): given to @func, afterwards to @destroy
 * @destroy: frees @data on the main thread
 *
 * Posts run in the order in which one thread made them. Thread: any.
 */
void loa_main_thread_post(void (*func)(gpointer data), gpointer data, GDestroyNotify destroy);

#define LOA_ASSERT_MAIN_THREAD() g_assert(loa_main_thread_is_current())
