/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers/doubts.h"

#include "common/text.h"

#define MAX_TOPIC_BYTES 256

typedef struct {
	LoaSecurityEvent *event; /* owned */
	char *node;              /* owned (nullable) */
} Gathered;

struct LoaDoubts {
	LoaStore *store;     /* borrowed */
	GPtrArray *gathered; /* Gathered, in the order they came */
	guint64 n_total;
};

static void
gathered_free(gpointer data)
{
	Gathered *gathered = data;

	loa_security_event_free(gathered->event);
	g_free(gathered->node);
	g_free(gathered);
}

LoaDoubts *
loa_doubts_new(LoaStore *store)
{
	LoaDoubts *self = g_new0(LoaDoubts, 1);

	self->store = store;
	self->gathered = g_ptr_array_new_with_free_func(gathered_free);
	return self;
}

static Gathered *
find(LoaDoubts *self, const char *code, const char *topic, gint64 now_us)
{
	for (guint i = 0; i < self->gathered->len; i++) {
		Gathered *gathered = g_ptr_array_index(self->gathered, i);

		if (now_us - gathered->event->first_us < LOA_DOUBTS_WINDOW_US &&
		    g_strcmp0(gathered->event->code, code) == 0 &&
		    g_strcmp0(gathered->event->topic, topic) == 0)
			return gathered;
	}
	return NULL;
}

static Gathered *
gather(LoaDoubts *self, const char *code, const char *topic, const char *node, const char *detail,
       gint64 now_us)
{
	Gathered *gathered = g_new0(Gathered, 1);

	gathered->event = loa_security_event_new();
	gathered->event->code = g_strdup(code);
	gathered->event->topic = g_strdup(topic);
	gathered->event->detail = g_strdup(detail);
	gathered->event->first_us = now_us;
	gathered->event->count = 0; /* the caller counts */
	gathered->node = g_strdup(node);
	g_ptr_array_add(self->gathered, gathered);
	return gathered;
}

void
loa_doubts_add(LoaDoubts *self, const char *code, const char *topic, const char *node,
	       const char *detail, gint64 now_us)
{
	g_autofree char *shown = loa_text_printable(topic, MAX_TOPIC_BYTES);
	g_autofree char *sentence = loa_text_printable(detail, LOA_REASON_MAX);
	Gathered *gathered = find(self, code, shown, now_us);

	self->n_total++;
	if (gathered == NULL && self->gathered->len < LOA_DOUBTS_MAX_KINDS)
		gathered = gather(self, code, shown, node, sentence, now_us);
	if (gathered == NULL)
		gathered = find(self, code, "*", now_us);
	if (gathered == NULL)
		gathered = gather(self, code, "*", NULL, "many topics at once", now_us);
	gathered->event->count++;
	gathered->event->last_us = now_us;
}

guint64
loa_doubts_total(const LoaDoubts *self)
{
	return self->n_total;
}

gboolean
loa_doubts_flush(LoaDoubts *self, gint64 now_us, gboolean is_last, guint *n_written, GError **error)
{
	guint n = 0;

	for (guint i = 0; i < self->gathered->len;) {
		const Gathered *gathered = g_ptr_array_index(self->gathered, i);

		if (!is_last && now_us - gathered->event->first_us < LOA_DOUBTS_WINDOW_US) {
			i++;
			continue;
		}
		if (!loa_store_ledger_add_own(self->store, gathered->event, gathered->node, now_us,
					      error))
			return FALSE;
		g_ptr_array_remove_index(self->gathered, i);
		n++;
	}
	if (n_written != NULL)
		*n_written = n;
	return TRUE;
}

void
loa_doubts_free(LoaDoubts *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->gathered);
	g_free(self);
}
