/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/registry.h - the receivers of the site and whom to believe: a view of the
 * store's nodes with their keys at hand. Thread: main.
 */
#pragma once

#include "controller/store/store.h"

typedef struct LoaRegistry LoaRegistry;

/* Reads all nodes of @store (borrowed). */
LoaRegistry *loa_registry_new(LoaStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (element-type LoaNodeRecord): by id, the revoked ones too */
const GPtrArray *loa_registry_nodes(const LoaRegistry *self);
/* (transfer none) (nullable) */
const LoaNodeRecord *loa_registry_find(const LoaRegistry *self, const char *node);

/* @node's id must be new and its key a valid one (LOA_STORE_ERROR_FAILED otherwise). */
gboolean loa_registry_add(LoaRegistry *self, const LoaNodeRecord *node,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From now on nothing that the node says is believed. */
gboolean loa_registry_revoke(LoaRegistry *self, const char *node, gint64 now_us,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It shall be that loud from now on: what loa_store_set_node_volume() wrote is committed. */
void loa_registry_note_volume(LoaRegistry *self, const char *node, double volume_db);

/* Notes that the node was heard; reaches the disk with loa_registry_flush(). */
void loa_registry_seen(LoaRegistry *self, const char *node, gint64 now_us);
gboolean loa_registry_flush(LoaRegistry *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_registry_open:
 * @tag: LOA_TAG_STATE or LOA_TAG_REPORT
 * @topic: where @message came from; @node is the one that this topic names
 *
 * Returns: (transfer full): the body, once it is proven to be that node's word; else %NULL with
 * @error (domain LOA_WIRE_ERROR): unknown or revoked nodes are LOA_WIRE_ERROR_KEY
 */
GBytes *loa_registry_open(const LoaRegistry *self, const char *tag, const char *topic,
			  const char *node, GBytes *message,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_registry_free(LoaRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRegistry, loa_registry_free)
