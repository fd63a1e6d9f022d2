/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-mirror.h - hands stored recordings to receivers over plain HTTP.
 *
 * GET and HEAD of /audio/SHA256.opus, with ranges; nothing else exists. It needs no login: what
 * will be shouted from poles is no secret, a hash nobody told you cannot be guessed, and what a
 * receiver gets it checks by that hash. It is a server of its own, apart from the API, since it
 * listens where receivers are, and the API only on loopback. Thread: main.
 */
#pragma once

#include <gio/gio.h>

/* So many at a time. Of those who have not asked for a recording that is there, the one who waited
 * longest goes when one more comes (web-door.h): strangers keep no receiver out. */
#define LOA_WEB_MIRROR_MAX_CONNECTIONS 256

typedef struct LoaWebMirror LoaWebMirror;

/**
 * loa_web_mirror_new:
 * @address: where to listen; port 0 takes a free one
 * @folder: with the SHA256.opus files; copied
 */
LoaWebMirror *loa_web_mirror_new(GSocketAddress *address, const char *folder,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint16 loa_web_mirror_port(const LoaWebMirror *self);

void loa_web_mirror_free(LoaWebMirror *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebMirror, loa_web_mirror_free)
