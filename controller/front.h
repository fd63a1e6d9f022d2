/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/front.h - what people and programs meet of the controller: the page and its API with
 * certificate, token, ports and sign-in. Logs where the page is. Thread: main.
 */
#pragma once

#include "controller/data-folder.h"
#include "controller/office/office-parts.h"

typedef struct LoaFront LoaFront;

/* All borrowed; they outlive the result. */
typedef struct {
	const LoaControllerConfig *config;
	LoaDataFolder *folder;
	LoaStore *store;
	LoaClock *clock;
	LoaOffice *office;
} LoaFrontParts;

/* @error: of web.h, data-folder.h (token, port files) or certificate.h */
LoaFront *loa_front_new(const LoaFrontParts *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does anybody look at the page, or follow the events? */
gboolean loa_front_is_watched(const LoaFront *self);

void loa_front_free(LoaFront *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaFront, loa_front_free)
