/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web-page.h - the files of the page: flat, few, and no secret in them.
 */
#pragma once

#include <libsoup/soup.h>

/* Answers GET or HEAD of @path ("/" is index.html) from @page_dir. %FALSE, and nothing done, when
 * there is no such file. Thread: main. */
gboolean loa_web_page_serve(const char *page_dir, const char *path, SoupServerMessage *message);
