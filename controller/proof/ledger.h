/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/ledger.h - takes a node's report to the disk, and only then says so.
 *
 * A report is believed when it is signed by the key that the registry has for the node its topic
 * names. All its entries go into the ledger in one transaction; the signed ack follows the
 * commit. A report that was taken before is acknowledged again and changes nothing.
 * Thread: main.
 */
#pragma once

#include "controller/receivers/registry.h"
#include "wire/report.h"

typedef struct LoaLedger LoaLedger;

/* All borrowed. */
LoaLedger *loa_ledger_new(LoaStore *store, const LoaRegistry *registry, const char *site,
			  const LoaSigningKey *key);

typedef struct {
	guint n_new;        /* entries written, superseded ones included */
	guint n_superseded; /* of these, outcomes of airings settled before */
	guint n_duplicates;
	char *ack_topic; /* owned */
	GBytes *ack;     /* owned: the signed message */
} LoaLedgerReceipt;

void loa_ledger_receipt_clear(LoaLedgerReceipt *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaLedgerReceipt, loa_ledger_receipt_clear)

/**
 * loa_ledger_take:
 * @topic: as received, @node: the node it names
 * @receipt: (out caller-allocates): written only on success; clear it
 * @error: domain LOA_WIRE_ERROR: not believed, a security event of ours; domain
 *   LOA_STORE_ERROR: nothing was written, the node will send it again
 */
gboolean loa_ledger_take(LoaLedger *self, const char *topic, const char *node, GBytes *message,
			 gint64 now_us, LoaLedgerReceipt *receipt,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_ledger_free(LoaLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaLedger, loa_ledger_free)
