/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/report.h"

#include <string.h>

#include "wire/outcome-json.h"

#define ACK_MAX_SIZE 1024

static const char *const kind_words[] = {
	[LOA_ENTRY_OUTCOME] = "outcome",
	[LOA_ENTRY_SECURITY] = "security",
	NULL,
};

LoaEntry *
loa_entry_new(gint64 seq, LoaEntryKind kind, const char *json)
{
	LoaEntry *self = g_new0(LoaEntry, 1);

	self->seq = seq;
	self->kind = kind;
	self->json = g_strdup(json);
	return self;
}

void
loa_entry_free(LoaEntry *self)
{
	if (self == NULL)
		return;
	g_free(self->json);
	g_free(self);
}

LoaReport *
loa_report_new(const char *site, const char *node, const char *epoch)
{
	LoaReport *self = g_new0(LoaReport, 1);

	self->site = g_strdup(site);
	self->node = g_strdup(node);
	self->epoch = g_strdup(epoch);
	self->entries = g_ptr_array_new_with_free_func((GDestroyNotify)loa_entry_free);
	return self;
}

/* What reports and acks begin with. */
static void
write_head(GString *out, const char *site, const char *node, const char *epoch)
{
	g_assert(loa_id_is_valid(site) && loa_id_is_valid(node));
	g_assert(epoch != NULL && strlen(epoch) == LOA_EPOCH_HEX_SIZE);
	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_int(out, "v", 1, 1, 1);
	loa_json_writer_text(out, "site", site, LOA_ID_MAX);
	loa_json_writer_text(out, "node", node, LOA_ID_MAX);
	loa_json_writer_text(out, "epoch", epoch, LOA_EPOCH_HEX_SIZE);
}

GBytes *
loa_report_encode(const LoaReport *report)
{
	GString *out = g_string_sized_new(1024 * (1 + report->entries->len));
	const LoaEntry *last = NULL;

	g_assert(report->entries->len >= 1 && report->entries->len <= LOA_REPORT_MAX_ENTRIES);
	write_head(out, report->site, report->node, report->epoch);
	loa_json_writer_begin(out, "entries", '[');
	for (guint i = 0; i < report->entries->len; i++) {
		const LoaEntry *entry = g_ptr_array_index(report->entries, i);

		g_assert(last == NULL || entry->seq == last->seq + 1);
		loa_json_writer_begin(out, NULL, '{');
		loa_json_writer_int(out, "seq", entry->seq, 1, LOA_JSON_INT_MAX);
		loa_json_writer_text(out, "kind", kind_words[entry->kind], LOA_ID_MAX);
		loa_json_writer_raw(out, "data", entry->json);
		loa_json_writer_end(out, '}');
		last = entry;
	}
	loa_json_writer_end(out, ']');
	loa_json_writer_end(out, '}');
	return g_string_free_to_bytes(out);
}

static char *
read_data(LoaJsonReader *reader, JsonObject *data, LoaEntryKind kind)
{
	switch (kind) {
	case LOA_ENTRY_OUTCOME: {
		g_autoptr(LoaOutcome) outcome = loa_outcome_json_read(reader, data);

		return loa_json_reader_is_faulty(reader) ? NULL : loa_outcome_to_json(outcome);
	}
	case LOA_ENTRY_SECURITY: {
		g_autoptr(LoaSecurityEvent) event = loa_outcome_json_read_event(reader, data);

		return loa_json_reader_is_faulty(reader) ? NULL : loa_security_event_to_json(event);
	}
	}
	return NULL;
}

static void
read_entry(LoaJsonReader *reader, JsonObject *object, GPtrArray *entries)
{
	gint64 seq = loa_json_reader_int(reader, object, "seq", 1, LOA_JSON_INT_MAX);
	guint kind = loa_json_reader_word(reader, object, "kind", kind_words);
	JsonObject *data = loa_json_reader_object(reader, object, "data");
	g_autofree char *json = read_data(reader, data, (LoaEntryKind)kind);
	const LoaEntry *last =
		entries->len > 0 ? g_ptr_array_index(entries, entries->len - 1) : NULL;

	if (last != NULL && seq != last->seq + 1)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "entry %" G_GINT64_FORMAT " follows %" G_GINT64_FORMAT, seq,
				      last->seq);
	if (json != NULL)
		g_ptr_array_add(entries, loa_entry_new(seq, (LoaEntryKind)kind, json));
}

LoaReport *
loa_report_decode(GBytes *body, GError **error)
{
	g_autoptr(LoaJsonReader) reader =
		loa_json_reader_new("report", body, LOA_REPORT_MAX_SIZE, error);

	if (reader == NULL)
		return NULL;
	loa_json_reader_version(reader);

	JsonObject *root = loa_json_reader_root(reader);
	g_autoptr(LoaReport) report = loa_report_new(
		loa_json_reader_id(reader, root, "site"), loa_json_reader_id(reader, root, "node"),
		loa_json_reader_hex(reader, root, "epoch", LOA_EPOCH_HEX_SIZE));
	JsonArray *array = loa_json_reader_array(reader, root, "entries", LOA_REPORT_MAX_ENTRIES);
	guint n = array != NULL ? json_array_get_length(array) : 0;

	if (n == 0)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE, "no entries");
	for (guint i = 0; i < n && !loa_json_reader_is_faulty(reader); i++)
		read_entry(reader, loa_json_reader_element(reader, array, i), report->entries);
	return loa_json_reader_finish(reader, error) ? g_steal_pointer(&report) : NULL;
}

void
loa_report_free(LoaReport *self)
{
	if (self == NULL)
		return;
	g_free(self->site);
	g_free(self->node);
	g_free(self->epoch);
	g_ptr_array_unref(self->entries);
	g_free(self);
}

GBytes *
loa_ack_encode(const LoaAck *ack)
{
	GString *out = g_string_sized_new(256);

	write_head(out, ack->site, ack->node, ack->epoch);
	loa_json_writer_int(out, "seq", ack->seq, 0, LOA_JSON_INT_MAX);
	loa_json_writer_end(out, '}');
	return g_string_free_to_bytes(out);
}

gboolean
loa_ack_decode(GBytes *body, LoaAck *ack, GError **error)
{
	g_autoptr(LoaJsonReader) reader = loa_json_reader_new("ack", body, ACK_MAX_SIZE, error);

	if (reader == NULL)
		return FALSE;
	loa_json_reader_version(reader);

	JsonObject *root = loa_json_reader_root(reader);
	LoaAck found;

	g_strlcpy(found.site, loa_json_reader_id(reader, root, "site"), sizeof found.site);
	g_strlcpy(found.node, loa_json_reader_id(reader, root, "node"), sizeof found.node);
	g_strlcpy(found.epoch, loa_json_reader_hex(reader, root, "epoch", LOA_EPOCH_HEX_SIZE),
		  sizeof found.epoch);
	found.seq = loa_json_reader_int(reader, root, "seq", 0, LOA_JSON_INT_MAX);
	if (!loa_json_reader_finish(reader, error))
		return FALSE;
	*ack = found;
	return TRUE;
}
