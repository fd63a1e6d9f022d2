/* SPDX-License-Identifier: Apache-2.0 */
#include "node/agenda-private.h"

LoaAgenda *
loa_agenda_new(const LoaPlan *plan, const GArray *open)
{
	LoaAgenda *self = g_new0(LoaAgenda, 1);
	guint n = plan->airings->len;

	self->valid_until_us = plan->valid_until_us;
	self->tracks = g_new0(LoaAgendaTrack, MAX(n, 1));
	self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	self->segments = g_array_new(FALSE, FALSE, sizeof(LoaSegment));
	self->open = g_array_sized_new(FALSE, FALSE, sizeof(LoaInterval), open->len);
	g_array_append_vals(self->open, open->data, open->len);
	for (guint i = 0; i < n; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

		loa_agenda_track_init(&self->tracks[i], airing, plan->valid_until_us);
		g_hash_table_insert(self->by_id, airing->id, &self->tracks[i]);
	}
	loa_agenda_sweep(self, n);
	return self;
}

guint
loa_agenda_n_segments(const LoaAgenda *self)
{
	return self->segments->len;
}

const LoaSegment *
loa_agenda_segment(const LoaAgenda *self, guint i)
{
	return &g_array_index(self->segments, LoaSegment, i);
}

guint
loa_agenda_index(const LoaAgenda *self, gint64 now_us)
{
	guint low = 0, high = self->segments->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (loa_agenda_segment(self, middle)->to_us <= now_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const LoaSegment *
loa_agenda_at(const LoaAgenda *self, gint64 now_us)
{
	guint i = loa_agenda_index(self, now_us);

	if (i >= self->segments->len || loa_agenda_segment(self, i)->from_us > now_us)
		return NULL;
	return loa_agenda_segment(self, i);
}

gint64
loa_agenda_next_change_us(const LoaAgenda *self, gint64 now_us)
{
	guint i = loa_agenda_index(self, now_us);

	if (i >= self->segments->len)
		return G_MAXINT64;
	const LoaSegment *segment = loa_agenda_segment(self, i);

	return segment->from_us > now_us ? segment->from_us : segment->to_us;
}

/* How much of [from_us, to_us) lies in the open hours. */
static gint64
open_us(const GArray *open, gint64 from_us, gint64 to_us)
{
	guint low = 0, high = open->len;
	gint64 sum_us = 0;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(open, LoaInterval, middle).to_us <= from_us)
			low = middle + 1;
		else
			high = middle;
	}
	for (guint i = low; i < open->len; i++) {
		const LoaInterval *interval = &g_array_index(open, LoaInterval, i);

		if (interval->from_us >= to_us)
			break;
		sum_us += MIN(interval->to_us, to_us) - MAX(interval->from_us, from_us);
	}
	return sum_us;
}

/* Adds one segment of somebody else that falls into the airing's time. */
static void
add_pause(const LoaAgenda *self, const LoaSegment *segment, gboolean *is_pausing, LoaFate *fate)
{
	gint64 from_us = MAX(segment->from_us, fate->airing->start_us);
	gint64 to_us = MIN(segment->to_us, fate->end_us);
	gint64 us = loa_agenda_is_free(fate->airing) ? to_us - from_us
						     : open_us(self->open, from_us, to_us);

	if (us <= 0)
		return;
	fate->outranked_us += us;
	fate->gave_way_to = segment->airing;
	if (!*is_pausing)
		fate->n_pauses++;
	*is_pausing = TRUE;
	fate->ends_outranked = segment->to_us >= fate->end_us;
}

static void
find_whom_it_took_over(const LoaAgenda *self, guint i, LoaFate *fate)
{
	if (i == 0)
		return;
	const LoaSegment *before = loa_agenda_segment(self, i - 1);
	const LoaAgendaTrack *track = g_hash_table_lookup(self->by_id, before->airing->id);

	if (before->to_us == fate->first_us && track->end_us > fate->first_us)
		fate->took_over = before->airing;
}

gboolean
loa_agenda_fate(const LoaAgenda *self, const char *airing_id, LoaFate *fate)
{
	const LoaAgendaTrack *track = g_hash_table_lookup(self->by_id, airing_id);
	gboolean is_pausing = FALSE;

	if (track == NULL)
		return FALSE;
	*fate = (LoaFate){ .airing = track->airing,
			   .first_us = G_MAXINT64,
			   .end_us = track->end_us,
			   .is_cut = track->is_cut };
	for (guint i = loa_agenda_index(self, track->airing->start_us); i < self->segments->len;
	     i++) {
		const LoaSegment *segment = loa_agenda_segment(self, i);

		if (segment->from_us >= track->end_us)
			break;
		if (segment->airing != track->airing) {
			add_pause(self, segment, &is_pausing, fate);
			continue;
		}
		is_pausing = FALSE;
		fate->heard_us += segment->to_us - segment->from_us;
		if (fate->first_us == G_MAXINT64) {
			fate->first_us = segment->from_us;
			find_whom_it_took_over(self, i, fate);
		}
	}
	fate->closed_us =
		track->end_us - track->airing->start_us - fate->heard_us - fate->outranked_us;
	if (track->airing->resume == LOA_RESUME_PAUSE)
		fate->shift_us = fate->outranked_us;
	return TRUE;
}

gint64
loa_segment_media_at(const LoaSegment *segment, gint64 now_us)
{
	return segment->media_sample + loa_agenda_us_to_samples(now_us - segment->from_us);
}

void
loa_agenda_free(LoaAgenda *self)
{
	if (self == NULL)
		return;
	g_free(self->tracks);
	g_hash_table_unref(self->by_id);
	g_array_unref(self->segments);
	g_array_unref(self->open);
	g_free(self);
}
