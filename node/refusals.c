/* SPDX-License-Identifier: Apache-2.0 */
#include "node/refusals.h"

#include <string.h>

#include "common/text.h"

typedef struct {
	char *code;
	char *topic;
	char *detail; /* (nullable) while count is 0 */
	gint64 first_us;
	gint64 last_us;
	gint64 count;      /* not told yet */
	gint64 told_us;    /* when it was last told */
	gboolean was_told; /* told_us holds */
} Kind;

struct LoaRefusals {
	GPtrArray *kinds; /* Kind: few, so a list will do */
	gint64 total;
};

static void
kind_free(gpointer data)
{
	Kind *kind = data;

	g_free(kind->code);
	g_free(kind->topic);
	g_free(kind->detail);
	g_free(kind);
}

LoaRefusals *
loa_refusals_new(void)
{
	LoaRefusals *self = g_new0(LoaRefusals, 1);

	self->kinds = g_ptr_array_new_with_free_func(kind_free);
	return self;
}

static Kind *
find_kind(LoaRefusals *self, const char *code, const char *topic)
{
	for (guint i = 0; i < self->kinds->len; i++) {
		Kind *kind = g_ptr_array_index(self->kinds, i);

		if (strcmp(kind->code, code) == 0 && strcmp(kind->topic, topic) == 0)
			return kind;
	}
	return NULL;
}

static Kind *
find_or_make_kind(LoaRefusals *self, const char *code, const char *topic)
{
	Kind *kind = find_kind(self, code, topic);

	if (kind == NULL && self->kinds->len >= LOA_REFUSALS_MAX) {
		code = "other";
		topic = "";
		kind = find_kind(self, code, topic);
	}
	if (kind != NULL)
		return kind;
	kind = g_new0(Kind, 1);
	kind->code = g_strdup(code);
	kind->topic = g_strdup(topic);
	g_ptr_array_add(self->kinds, kind);
	return kind;
}

void
loa_refusals_add(LoaRefusals *self, const char *code, const char *topic, const char *detail,
		 gint64 now_us)
{
	g_autofree char *printable = loa_text_printable(topic, LOA_EVENT_TOPIC_MAX);
	Kind *kind = find_or_make_kind(self, code, printable);

	if (kind->count == 0) {
		kind->first_us = now_us;
		g_free(kind->detail);
		kind->detail = loa_text_printable(detail, LOA_EVENT_DETAIL_MAX);
	}
	kind->last_us = now_us;
	kind->count++;
	self->total++;
}

static gint64
due_us(const Kind *kind)
{
	gint64 at_us =
		MIN(kind->last_us + LOA_REFUSALS_QUIET_US, kind->first_us + LOA_REFUSALS_WINDOW_US);

	if (kind->was_told)
		at_us = MAX(at_us, kind->told_us + LOA_REFUSALS_WINDOW_US);
	return at_us;
}

static gboolean
is_due(const Kind *kind, gint64 now_us)
{
	return now_us >= due_us(kind) || now_us < kind->first_us ||
	       (kind->was_told && now_us < kind->told_us);
}

static LoaSecurityEvent *
tell(Kind *kind, gint64 now_us)
{
	LoaSecurityEvent *event = loa_security_event_new();

	event->code = g_strdup(kind->code);
	event->topic = g_strdup(kind->topic);
	event->detail = g_steal_pointer(&kind->detail);
	event->first_us = kind->first_us;
	event->last_us = MAX(kind->last_us, kind->first_us);
	event->count = kind->count;
	kind->count = 0;
	kind->told_us = now_us;
	kind->was_told = TRUE;
	return event;
}

static gboolean
is_forgotten(const Kind *kind, gint64 now_us)
{
	return kind->count == 0 &&
	       (now_us >= kind->told_us + LOA_REFUSALS_WINDOW_US || now_us < kind->told_us);
}

static GPtrArray *
take(LoaRefusals *self, gint64 now_us, gboolean all)
{
	GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)loa_security_event_free);

	for (guint i = 0; i < self->kinds->len;) {
		Kind *kind = g_ptr_array_index(self->kinds, i);

		if (kind->count > 0 && (all || is_due(kind, now_us)))
			g_ptr_array_add(events, tell(kind, now_us));
		if (is_forgotten(kind, now_us))
			g_ptr_array_remove_index(self->kinds, i);
		else
			i++;
	}
	return events;
}

GPtrArray *
loa_refusals_take_due(LoaRefusals *self, gint64 now_us)
{
	return take(self, now_us, FALSE);
}

GPtrArray *
loa_refusals_take_all(LoaRefusals *self)
{
	return take(self, 0, TRUE);
}

gint64
loa_refusals_due_us(const LoaRefusals *self)
{
	gint64 at_us = G_MAXINT64;

	for (guint i = 0; i < self->kinds->len; i++) {
		const Kind *kind = g_ptr_array_index(self->kinds, i);

		if (kind->count > 0)
			at_us = MIN(at_us, due_us(kind));
	}
	return at_us;
}

gint64
loa_refusals_total(const LoaRefusals *self)
{
	return self->total;
}

void
loa_refusals_free(LoaRefusals *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->kinds);
	g_free(self);
}
