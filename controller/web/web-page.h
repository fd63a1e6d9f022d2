/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-page.h - the files of the page: few, at a fixed depth, and no secret in them.
 *
 *   /                      page_dir/index.html, with VERSION put in for "@VERSION@"
 *   /NAME, /FOLDER/NAME    page_dir/..., kept by nobody without asking
 *   /lib/NAME.css          bootstrap_dir/css/NAME.css
 *   /v/VERSION/...         the same, kept by browsers for a year: VERSION changes with any file
 *
 * Names are ids (common/id.h), so that nothing outside these folders has an address. What is worth
 * it goes out compressed; the compressed form is kept. Thread: main.
 */
#pragma once

#include <libsoup/soup.h>

typedef struct LoaWebPage LoaWebPage;

/* @bootstrap_dir: (nullable): without it there is nothing below /lib/ */
LoaWebPage *loa_web_page_new(const char *page_dir, const char *bootstrap_dir);

/* Answers GET or HEAD of @path. %FALSE, and nothing done, when there is no such file. */
gboolean loa_web_page_serve(LoaWebPage *self, const char *path, SoupServerMessage *message);

void loa_web_page_free(LoaWebPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebPage, loa_web_page_free)
