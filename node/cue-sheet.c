/* SPDX-License-Identifier: Apache-2.0 */
#include "node/cue-sheet.h"

/* Two cues of one voice that lie this close on the timeline are one: no move, no seam. */
#define SAME_PLACE_US 50
/* A cue that is over stays this long even where its voice has another before it: a device with a
 * late trim is still at it. Unless the other is due. */
#define TAIL_US (300 * 1000)
#define DUE_US (100 * 1000)

typedef struct {
	LoaCue cues[LOA_PLAYER_MAX_CUES]; /* voices: held by whoever owns the feeds */
	LoaFeed *feeds[LOA_PLAYER_MAX_CUES];
	guint n;
} Sheet;

struct LoaCueSheet {
	LoaCueSheetSetFunc set;
	LoaCueSheetFeedFunc feed;
	gpointer user_data;
	double volume_db;
	double emergency_db;
	Sheet now; /* what the player has */
};

LoaCueSheet *
loa_cue_sheet_new(LoaCueSheetSetFunc set, LoaCueSheetFeedFunc feed, gpointer user_data)
{
	LoaCueSheet *self = g_new0(LoaCueSheet, 1);

	self->set = set;
	self->feed = feed;
	self->user_data = user_data;
	return self;
}

static gint
find(const Sheet *sheet, const LoaFeed *feed)
{
	for (guint i = 0; i < sheet->n; i++)
		if (sheet->feeds[i] == feed)
			return (gint)i;
	return -1;
}

static void
add(const LoaCueSheet *self, Sheet *sheet, LoaFeed *feed, const LoaSegment *segment)
{
	gboolean is_emergency = segment->airing->class == LOA_CLASS_EMERGENCY;

	sheet->feeds[sheet->n] = feed;
	sheet->cues[sheet->n] =
		(LoaCue){ .voice = loa_feed_voice(feed),
			  .start_us = segment->from_us,
			  .end_us = segment->to_us,
			  .media_sample = segment->media_sample,
			  .volume_db = is_emergency ? self->emergency_db : self->volume_db };
	sheet->n++;
}

static void
remove_at(Sheet *sheet, guint at)
{
	for (guint i = at + 1; i < sheet->n; i++) {
		sheet->cues[i - 1] = sheet->cues[i];
		sheet->feeds[i - 1] = sheet->feeds[i];
	}
	sheet->n--;
}

static gboolean
makes_room(const LoaCue *old, const LoaSegment *next, gint64 now_us)
{
	if (old->end_us > now_us)
		return FALSE;
	return old->end_us + TAIL_US <= now_us || next->from_us <= now_us + DUE_US;
}

static void
lay_out(LoaCueSheet *self, const LoaAgenda *agenda, gint64 now_us, Sheet *sheet)
{
	guint i = loa_agenda_index(agenda, now_us - LOA_CUE_SHEET_BEHIND_US);

	for (; i < loa_agenda_n_segments(agenda) && sheet->n < LOA_PLAYER_MAX_CUES; i++) {
		const LoaSegment *segment = loa_agenda_segment(agenda, i);

		if (segment->from_us > now_us + LOA_CUE_SHEET_AHEAD_US)
			break;
		LoaFeed *feed = self->feed(segment, self->user_data);
		gint before = feed != NULL ? find(sheet, feed) : -1;

		/* over already, and the player does not have it: no news */
		if (feed == NULL || (segment->to_us <= now_us && find(&self->now, feed) < 0))
			continue;
		if (before >= 0 && !makes_room(&sheet->cues[before], segment, now_us))
			continue; /* its turn comes when this one is over */
		if (before >= 0)
			remove_at(sheet, (guint)before);
		add(self, sheet, feed, segment);
	}
}

/* Does a voice with cue @a go on by cue @b without being moved? */
static gboolean
is_same_place(const LoaCue *a, const LoaCue *b)
{
	gint64 a_us = a->start_us - a->media_sample * 125 / 6;
	gint64 b_us = b->start_us - b->media_sample * 125 / 6;

	return ABS(a_us - b_us) <= SAME_PLACE_US;
}

static gboolean
must_move(const LoaCueSheet *self, const Sheet *sheet, guint i, gint64 now_us)
{
	gint before = find(&self->now, sheet->feeds[i]);

	/* over: whatever it was, it is not played from here on */
	if (sheet->cues[i].end_us <= now_us)
		return FALSE;
	return before < 0 || !is_same_place(&self->now.cues[before], &sheet->cues[i]);
}

static gint64
place_at(const LoaCue *cue, gint64 now_us)
{
	gint64 into_us = MAX(now_us - cue->start_us, 0);

	return cue->media_sample + into_us * 6 / 125;
}

static gboolean
is_equal(const Sheet *a, const Sheet *b)
{
	if (a->n != b->n)
		return FALSE;
	for (guint i = 0; i < a->n; i++) {
		const LoaCue *x = &a->cues[i], *y = &b->cues[i];

		if (a->feeds[i] != b->feeds[i] || x->start_us != y->start_us ||
		    x->end_us != y->end_us || x->media_sample != y->media_sample ||
		    x->volume_db != y->volume_db)
			return FALSE;
	}
	return TRUE;
}

static void
send(LoaCueSheet *self, const Sheet *sheet)
{
	if (is_equal(sheet, &self->now))
		return;
	self->now = *sheet;
	self->set(self->now.cues, self->now.n, self->user_data);
}

void
loa_cue_sheet_set_volume(LoaCueSheet *self, double volume_db, double emergency_db)
{
	self->volume_db = volume_db;
	self->emergency_db = emergency_db;
}

void
loa_cue_sheet_update(LoaCueSheet *self, const LoaAgenda *agenda, gint64 now_us)
{
	Sheet sheet = { .n = 0 }, staying = { .n = 0 };
	gboolean is_moving[LOA_PLAYER_MAX_CUES] = { FALSE };

	if (agenda != NULL)
		lay_out(self, agenda, now_us, &sheet);
	for (guint i = 0; i < sheet.n; i++) {
		is_moving[i] = must_move(self, &sheet, i, now_us);
		if (is_moving[i])
			continue;
		staying.cues[staying.n] = sheet.cues[i];
		staying.feeds[staying.n++] = sheet.feeds[i];
	}
	/* those that move must be out of the list first */
	for (guint i = 0; i < sheet.n; i++)
		if (is_moving[i] && find(&self->now, sheet.feeds[i]) >= 0)
			send(self, &staying);
	for (guint i = 0; i < sheet.n; i++)
		if (is_moving[i])
			loa_feed_seek(sheet.feeds[i], place_at(&sheet.cues[i], now_us));
	send(self, &sheet);
}

void
loa_cue_sheet_drop(LoaCueSheet *self, const LoaFeed *feed)
{
	Sheet sheet = self->now;
	gint at = find(&sheet, feed);

	if (at < 0)
		return;
	remove_at(&sheet, (guint)at);
	send(self, &sheet);
}

gboolean
loa_cue_sheet_has(const LoaCueSheet *self, const LoaFeed *feed)
{
	return find(&self->now, feed) >= 0;
}

void
loa_cue_sheet_free(LoaCueSheet *self)
{
	g_free(self);
}
