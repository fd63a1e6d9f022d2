/* SPDX-License-Identifier: Apache-2.0 */
#include "node/postman.h"

#include <string.h>

#include "wire/topic.h"

/* While the disk takes nothing, it is tried again this often. */
#define FLUSH_US (5 * G_USEC_PER_SEC)
/* Leaves room for the report around the entries. */
#define MAX_ENTRIES_SIZE (LOA_REPORT_MAX_SIZE - 4096)

struct LoaPostman {
	const char *site;
	const char *node;
	const LoaSigningKey *key;
	const LoaKeyRing *ring;
	LoaJournal *journal;
	LoaPostmanSendFunc send;
	gpointer user_data;
	LoaRefusals *refusals;
	LoaReporter *reporter;
	char *report_topic;
	gint64 next_flush_us;
};

LoaPostman *
loa_postman_new(const char *site, const char *node, const LoaSigningKey *key,
		const LoaKeyRing *ring, LoaJournal *journal, LoaPostmanSendFunc send,
		gpointer user_data)
{
	LoaPostman *self = g_new0(LoaPostman, 1);

	self->site = site;
	self->node = node;
	self->key = key;
	self->ring = ring;
	self->journal = journal;
	self->send = send;
	self->user_data = user_data;
	self->refusals = loa_refusals_new();
	self->reporter =
		loa_reporter_new(loa_journal_acked_seq(journal), loa_journal_last_seq(journal));
	self->report_topic = loa_topic(LOA_TOPIC_REPORT, site, node);
	return self;
}

void
loa_postman_connected(LoaPostman *self)
{
	loa_reporter_connected(self->reporter);
}

void
loa_postman_disconnected(LoaPostman *self)
{
	loa_reporter_disconnected(self->reporter);
}

void
loa_postman_refuse(LoaPostman *self, const char *code, const char *topic, const char *detail,
		   gint64 now_us)
{
	g_debug("refused on %s: %s: %s", topic, code, detail);
	loa_refusals_add(self->refusals, code, topic, detail, now_us);
}

void
loa_postman_refuse_error(LoaPostman *self, const char *topic, const GError *error, gint64 now_us)
{
	loa_postman_refuse(self, loa_wire_error_name((LoaWireError)error->code), topic,
			   error->message, now_us);
}

static gboolean
is_for_us(const LoaPostman *self, const LoaAck *ack)
{
	return strcmp(ack->site, self->site) == 0 && strcmp(ack->node, self->node) == 0;
}

void
loa_postman_take_ack(LoaPostman *self, const char *topic, GBytes *message, gint64 mono_us,
		     gint64 now_us)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_ACK, topic, message, self->ring, &error);
	LoaAck ack;

	if (body == NULL || !loa_ack_decode(body, &ack, &error)) {
		loa_postman_refuse_error(self, topic, error, now_us);
		return;
	}
	if (!is_for_us(self, &ack)) {
		loa_postman_refuse(self, loa_wire_error_name(LOA_WIRE_ERROR_ADDRESS), topic,
				   "an ack for another node", now_us);
		return;
	}
	/* of a journal that is no more: nothing to learn from it */
	if (strcmp(ack.epoch, loa_journal_epoch(self->journal)) != 0)
		return;
	if (!loa_reporter_ack(self->reporter, ack.seq, mono_us)) {
		loa_postman_refuse(self, loa_wire_error_name(LOA_WIRE_ERROR_RANGE), topic,
				   "an ack of entries that were never sent", now_us);
		return;
	}
	loa_journal_ack(self->journal, ack.seq);
}

static void
journal_events(LoaPostman *self, GPtrArray *events)
{
	for (guint i = 0; i < events->len; i++)
		loa_journal_add_event(self->journal, g_ptr_array_index(events, i));
}

/* As many entries as fit into one report; the number of the last one. */
static gint64
send_entries(LoaPostman *self, gint64 from, guint n)
{
	g_autoptr(GPtrArray) entries = loa_journal_entries(self->journal, from, n);
	g_autoptr(LoaReport) report =
		loa_report_new(self->site, self->node, loa_journal_epoch(self->journal));
	gsize size = 0;
	gint64 last = 0;

	for (guint i = 0; i < entries->len; i++) {
		LoaEntry *entry = g_ptr_array_index(entries, i);

		size += strlen(entry->json) + 64;
		if (entry->seq != from + i || (i > 0 && size > MAX_ENTRIES_SIZE))
			break;
		g_ptr_array_add(report->entries,
				loa_entry_new(entry->seq, entry->kind, entry->json));
		last = entry->seq;
	}
	if (last == 0)
		return 0;
	g_autoptr(GBytes) body = loa_report_encode(report);
	g_autoptr(GBytes) message =
		loa_envelope_seal(LOA_TAG_REPORT, self->report_topic, body, self->key);

	return self->send(self->report_topic, message, self->user_data) ? last : 0;
}

static void
send_reports(LoaPostman *self, gint64 mono_us)
{
	gint64 from = 0;
	guint n = 0;

	while (loa_reporter_next(self->reporter, mono_us, &from, &n)) {
		gint64 last = send_entries(self, from, n);

		if (last == 0) {
			loa_reporter_failed(self->reporter, mono_us);
			return;
		}
		loa_reporter_sent(self->reporter, last, mono_us);
	}
}

static gint64
due_us(const LoaPostman *self, gint64 mono_us, gint64 now_us)
{
	gint64 at_us = loa_reporter_due_us(self->reporter);
	gint64 refusals_us = loa_refusals_due_us(self->refusals);

	if (refusals_us != G_MAXINT64)
		at_us = MIN(at_us, mono_us + MAX(refusals_us - now_us, 0));
	if (loa_journal_n_waiting(self->journal) > 0)
		at_us = MIN(at_us, self->next_flush_us);
	return at_us;
}

gint64
loa_postman_run(LoaPostman *self, gint64 mono_us, gint64 now_us)
{
	g_autoptr(GPtrArray) events = loa_refusals_take_due(self->refusals, now_us);

	journal_events(self, events);
	if (loa_journal_trouble(self->journal) != NULL && mono_us >= self->next_flush_us) {
		(void)loa_journal_flush(self->journal);
		self->next_flush_us = mono_us + FLUSH_US;
	}
	loa_reporter_set_last(self->reporter, loa_journal_last_seq(self->journal));
	send_reports(self, mono_us);
	return due_us(self, mono_us, now_us);
}

void
loa_postman_finish(LoaPostman *self)
{
	g_autoptr(GPtrArray) events = loa_refusals_take_all(self->refusals);

	journal_events(self, events);
	(void)loa_journal_flush(self->journal);
}

gint64
loa_postman_n_unreported(const LoaPostman *self)
{
	return loa_reporter_n_unacked(self->reporter) + loa_journal_n_waiting(self->journal);
}

gint64
loa_postman_n_refused(const LoaPostman *self)
{
	return loa_refusals_total(self->refusals);
}

void
loa_postman_free(LoaPostman *self)
{
	if (self == NULL)
		return;
	loa_refusals_free(self->refusals);
	loa_reporter_free(self->reporter);
	g_free(self->report_topic);
	g_free(self);
}
