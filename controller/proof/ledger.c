/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/ledger.h"

#include "wire/topic.h"

/* A node sends from its first entry without an ack, in order, several reports at a time. So a
 * report that leaves numbers out is one whose predecessor was lost on the way or failed here, and
 * must not be acknowledged; or this disk is older than what it once acknowledged (a restored
 * backup), and waiting would block the node for ever. Seen so often at the same place, for so long,
 * without its predecessor, it is the latter: a node sends its predecessor again within that time,
 * so that somebody who merely repeats a report makes nothing be forgotten. */
#define GAP_PATIENCE 3
#define GAP_PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct {
	char epoch[LOA_EPOCH_HEX_SIZE + 1];
	gint64 first; /* of the report behind the gap; 0: none */
	guint n_seen;
	gint64 since_us;
} Gap;

struct LoaLedger {
	LoaStore *store;             /* borrowed */
	const LoaRegistry *registry; /* borrowed */
	char *site;                  /* owned */
	const LoaSigningKey *key;    /* borrowed */
	GHashTable *gaps;            /* node id (owned) to Gap (owned) */
};

LoaLedger *
loa_ledger_new(LoaStore *store, const LoaRegistry *registry, const char *site,
	       const LoaSigningKey *key)
{
	LoaLedger *self = g_new0(LoaLedger, 1);

	self->store = store;
	self->registry = registry;
	self->site = g_strdup(site);
	self->key = key;
	self->gaps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return self;
}

void
loa_ledger_receipt_clear(LoaLedgerReceipt *self)
{
	g_clear_pointer(&self->ack_topic, g_free);
	g_clear_pointer(&self->ack, g_bytes_unref);
}

/* Signed by the right node, whole, and about that node. */
static LoaReport *
open_report(const LoaLedger *self, const char *topic, const char *node, GBytes *message,
	    GError **error)
{
	g_autoptr(GBytes) body =
		loa_registry_open(self->registry, LOA_TAG_REPORT, topic, node, message, error);
	g_autoptr(LoaReport) report = body == NULL ? NULL : loa_report_decode(body, error);

	if (report == NULL)
		return NULL;
	if (g_strcmp0(report->site, self->site) != 0 || g_strcmp0(report->node, node) != 0) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_ADDRESS,
			    "report of %s/%s in the topic of %s/%s", report->site, report->node,
			    self->site, node);
		return NULL;
	}
	return g_steal_pointer(&report);
}

/* May the ack go on behind the gap before @first? */
static gboolean
is_gap_final(LoaLedger *self, const LoaReport *report, gint64 first, gint64 now_us)
{
	Gap *gap = g_hash_table_lookup(self->gaps, report->node);

	if (gap == NULL) {
		gap = g_new0(Gap, 1);
		g_hash_table_insert(self->gaps, g_strdup(report->node), gap);
	}
	if (gap->first != first || g_strcmp0(gap->epoch, report->epoch) != 0) {
		gap->n_seen = 0;
		gap->since_us = now_us;
	}
	gap->since_us = MIN(gap->since_us, now_us); /* the clock may be set */
	gap->first = first;
	g_strlcpy(gap->epoch, report->epoch, sizeof gap->epoch);
	return ++gap->n_seen >= GAP_PATIENCE && now_us - gap->since_us >= GAP_PATIENCE_US;
}

static gboolean
write_entries(LoaLedger *self, const LoaReport *report, gint64 now_us, LoaLedgerReceipt *receipt,
	      GError **error)
{
	const char *group = loa_registry_find(self->registry, report->node)->group;

	for (guint i = 0; i < report->entries->len; i++) {
		LoaLedgerResult result;

		if (!loa_store_ledger_add(self->store, report->node, group, report->epoch,
					  g_ptr_array_index(report->entries, i), now_us, &result,
					  error))
			return FALSE;
		receipt->n_new += result != LOA_LEDGER_DUPLICATE;
		receipt->n_superseded += result == LOA_LEDGER_SUPERSEDED;
		receipt->n_duplicates += result == LOA_LEDGER_DUPLICATE;
	}
	return TRUE;
}

/* @acked: up to where everything is here now */
static gboolean
advance(LoaLedger *self, const LoaReport *report, gint64 now_us, gint64 *acked, GError **error)
{
	const LoaEntry *first = g_ptr_array_index(report->entries, 0);
	const LoaEntry *last = g_ptr_array_index(report->entries, report->entries->len - 1);
	gint64 old;

	if (!loa_store_ledger_acked(self->store, report->node, report->epoch, &old, error))
		return FALSE;
	if (last->seq <= old ||
	    (first->seq > old + 1 && !is_gap_final(self, report, first->seq, now_us))) {
		*acked = old;
		return TRUE;
	}
	*acked = last->seq;
	return loa_store_ledger_set_acked(self->store, report->node, report->epoch, last->seq,
					  error);
}

/* All or nothing. */
static gboolean
write_report(LoaLedger *self, const LoaReport *report, gint64 now_us, LoaLedgerReceipt *receipt,
	     gint64 *acked, GError **error)
{
	if (!loa_store_begin(self->store, error))
		return FALSE;
	if (write_entries(self, report, now_us, receipt, error) &&
	    advance(self, report, now_us, acked, error))
		return loa_store_commit(self->store, error);
	loa_store_rollback(self->store);
	return FALSE;
}

static void
sign_ack(const LoaLedger *self, const LoaReport *report, gint64 seq, LoaLedgerReceipt *receipt)
{
	LoaAck ack = { .seq = seq };

	g_strlcpy(ack.site, report->site, sizeof ack.site);
	g_strlcpy(ack.node, report->node, sizeof ack.node);
	g_strlcpy(ack.epoch, report->epoch, sizeof ack.epoch);

	g_autoptr(GBytes) body = loa_ack_encode(&ack);

	receipt->ack_topic = loa_topic(LOA_TOPIC_ACK, self->site, report->node);
	receipt->ack = loa_envelope_seal(LOA_TAG_ACK, receipt->ack_topic, body, self->key);
}

gboolean
loa_ledger_take(LoaLedger *self, const char *topic, const char *node, GBytes *message,
		gint64 now_us, LoaLedgerReceipt *receipt, GError **error)
{
	g_autoptr(LoaReport) report = open_report(self, topic, node, message, error);
	LoaLedgerReceipt done = { 0 };
	gint64 acked = 0;

	if (report == NULL)
		return FALSE;
	if (!write_report(self, report, now_us, &done, &acked, error)) {
		/* what comes behind this one must wait for it, however often it comes */
		g_hash_table_remove(self->gaps, node);
		return FALSE;
	}
	sign_ack(self, report, acked, &done);
	*receipt = done;
	return TRUE;
}

void
loa_ledger_free(LoaLedger *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->gaps);
	g_free(self->site);
	g_free(self);
}
