/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-client.h - the controller's HTTP API (docs/api.yaml), called and waited
 * for.
 *
 * Errors are LOA_LOACTL_ERROR; the sentence is the controller's own where it gave one.
 */
#pragma once

#include <json-glib/json-glib.h>

typedef struct LoaLoactlClient LoaLoactlClient;

/* @url: "http://127.0.0.1:PORT", with or without a slash at the end */
LoaLoactlClient *loa_loactl_client_new(const char *url, const char *token);

/* @path: what follows /api/v1, with its query, e.g. "/status". (transfer full) */
JsonNode *loa_loactl_client_get(LoaLoactlClient *self, const char *path,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for an answer that is no JSON. (transfer full) */
char *loa_loactl_client_get_text(LoaLoactlClient *self, const char *path,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @body: (transfer full) */
JsonNode *loa_loactl_client_post(LoaLoactlClient *self, const char *path, JsonNode *body,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef void (*LoaLoactlProgressFunc)(double fraction, gpointer user_data);

/* Sends a file as the body, from disk, whatever its size. */
JsonNode *loa_loactl_client_upload(LoaLoactlClient *self, const char *path, const char *file,
				   LoaLoactlProgressFunc progress, gpointer user_data,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @topic: %NULL for a heartbeat, every 15 s. Return %FALSE to listen no longer. */
typedef gboolean (*LoaLoactlEventFunc)(const char *topic, gpointer user_data);

/* Calls @func for every event until it has had enough (%TRUE) or the stream breaks (%FALSE). */
gboolean loa_loactl_client_listen(LoaLoactlClient *self, LoaLoactlEventFunc func,
				  gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_loactl_client_free(LoaLoactlClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLoactlClient, loa_loactl_client_free)
