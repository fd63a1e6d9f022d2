/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/preview-conflicts.h"

#include "schedules/preview-turns.h"

/* A start that may still sound while the next ones begin. */
typedef struct {
	const LoaBroadcast *broadcast;
	const guint64 *heard_by; /* borrowed; %NULL: by all */
	gint64 end_us;
	LoaClass class;
	guint order;
} Playing;

/* Who hears which broadcast. */
typedef struct {
	GPtrArray *sets; /* guint64 * (owned), by the broadcasts' numbers; %NULL: all */
	guint n_words;   /* of such a set */
} Hearing;

static void
hearing_init(Hearing *self, const GPtrArray *broadcasts)
{
	g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);

		for (guint j = 0; j < broadcast->groups->len; j++) {
			gpointer group = g_ptr_array_index(broadcast->groups, j);
			guint number = g_hash_table_size(numbers);

			if (!g_hash_table_contains(numbers, group))
				g_hash_table_insert(numbers, group, GUINT_TO_POINTER(number));
		}
	}
	self->n_words = g_hash_table_size(numbers) / 64 + 1;
	self->sets = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);
		guint64 *set = broadcast->to_all ? NULL : g_new0(guint64, self->n_words);

		for (guint j = 0; set != NULL && j < broadcast->groups->len; j++) {
			guint number = GPOINTER_TO_UINT(g_hash_table_lookup(
				numbers, g_ptr_array_index(broadcast->groups, j)));

			set[number / 64] |= G_GUINT64_CONSTANT(1) << (number % 64);
		}
		g_ptr_array_add(self->sets, set);
	}
}

static gboolean
share_a_group(const Playing *a, const Playing *b, guint n_words)
{
	if (a->heard_by == NULL || b->heard_by == NULL)
		return TRUE;
	for (guint i = 0; i < n_words; i++)
		if ((a->heard_by[i] & b->heard_by[i]) != 0)
			return TRUE;
	return FALSE;
}

/* One of them must wait, and nothing says which. */
static gboolean
clash(const Playing *a, const Playing *b, guint n_words)
{
	return a->class == b->class && a->order == b->order && share_a_group(a, b, n_words);
}

/* What is not known to last sounds for a moment: two such meet where they start together. */
static gint64
end_us(const LoaPreviewStart *start)
{
	return start->slot.start_us + (start->duration_ms > 0 ? start->duration_ms * 1000 : 1);
}

/* @playing: those that ended leave it, and @start enters. */
static void
meet(const Hearing *hearing, GArray *playing, const LoaPreviewStart *start,
     LoaPreviewConflictsFunc func, gpointer user_data)
{
	const Playing entry = {
		.broadcast = start->slot.broadcast,
		.heard_by = g_ptr_array_index(hearing->sets, start->slot.number),
		.end_us = end_us(start),
		.class = start->slot.broadcast->class,
		.order = start->slot.broadcast->order,
	};
	Playing *others = &g_array_index(playing, Playing, 0);
	guint n = playing->len;

	for (guint i = 0; i < n;) {
		if (others[i].end_us <= start->slot.start_us) {
			others[i] = others[--n];
			continue;
		}
		if (clash(&others[i], &entry, hearing->n_words)) {
			const LoaPreviewMeeting meeting = { others[i].broadcast, entry.broadcast,
							    start->slot.start_us,
							    start->slot.start_us,
							    others[i].end_us };

			func(&meeting, user_data);
		}
		i++;
	}
	g_array_set_size(playing, n);
	g_array_append_val(playing, entry);
}

/* (transfer full) (nullable): %NULL: nothing is heard in turn */
static LoaPreviewTurns *
find_turns(const LoaPreviewQuery *query, const GPtrArray *broadcasts, const GArray *starts)
{
	for (guint i = 0; query->groups != NULL && i < broadcasts->len; i++)
		if (((const LoaBroadcast *)g_ptr_array_index(broadcasts, i))->in_turn)
			return loa_preview_turns_new(query, broadcasts, starts);
	return NULL;
}

/* Offsets move all that a group hears alike, but for what is heard in turn. */
void
loa_preview_conflicts_find(const LoaPreviewQuery *query, const GPtrArray *broadcasts,
			   const GArray *starts, LoaPreviewConflictsFunc func, gpointer user_data)
{
	g_autoptr(LoaPreviewTurns) turns = find_turns(query, broadcasts, starts);
	g_autoptr(GArray) playing = g_array_new(FALSE, FALSE, sizeof(Playing));
	Hearing hearing;

	hearing_init(&hearing, broadcasts);
	for (guint i = 0; i < starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(starts, LoaPreviewStart, i);

		if (!start->is_suspended &&
		    (turns == NULL || !loa_preview_turns_has(turns, start->slot.number)))
			meet(&hearing, playing, start, func, user_data);
	}
	g_ptr_array_unref(hearing.sets);
	if (turns != NULL)
		loa_preview_turns_find(turns, func, user_data);
}
