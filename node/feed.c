/* SPDX-License-Identifier: Apache-2.0 */
#include "node/feed.h"

#include <string.h>

/* Frames kept behind the voice's window: a pause resumes up to a device buffer earlier than what
 * the audio thread has taken, and the decoder wants a run-up. */
#define KEEP_BEHIND 100

struct LoaFeed {
	LoaVoice *voice;
	LoaFrameStore *store;
	LoaOpusFile *file; /* (nullable) */
	guint32 pre_skip;
	gboolean is_live;
	gboolean is_placed;  /* seek was called: the window means something */
	gint64 place_frame;  /* where playing was to begin */
	gint64 pumped_frame; /* everything that was here before it has been put */
	gint64 told_samples;
	gint64 n_late;
	gint64 n_unkept;
	GByteArray *seen; /* a bit for each frame that began a packet and was taken */
};

LoaFeed *
loa_feed_new(const LoaAiring *airing, LoaFrameBudget *budget)
{
	LoaFeed *self = g_new0(LoaFeed, 1);

	self->voice = loa_voice_new(airing->pre_skip, airing->is_live ? -1 : airing->n_samples);
	self->store = loa_frame_store_new(budget);
	self->pre_skip = airing->pre_skip;
	self->is_live = airing->is_live;
	self->told_samples = -1;
	self->seen = g_byte_array_new();
	return self;
}

LoaVoice *
loa_feed_voice(LoaFeed *self)
{
	return self->voice;
}

void
loa_feed_take_file(LoaFeed *self, LoaOpusFile *file)
{
	g_clear_pointer(&self->file, loa_opus_file_free);
	self->file = file;
	/* what the channel failed to bring so far may be in it */
	self->pumped_frame = 0;
}

gboolean
loa_feed_has_file(const LoaFeed *self)
{
	return self->file != NULL;
}

static gboolean
get_frame(const LoaFeed *self, gint64 frame, const guint8 **data, gsize *size)
{
	if (self->file != NULL && loa_opus_file_frame(self->file, frame, data, size))
		return TRUE;
	return loa_frame_store_get(self->store, frame, data, size);
}

/* After the last frame that can be had at all. */
static gint64
end_frame(const LoaFeed *self)
{
	gint64 end = loa_frame_store_end(self->store);

	return self->file != NULL ? MAX(end, loa_opus_file_n_frames(self->file)) : end;
}

static void
take_end(LoaFeed *self, const LoaPacket *packet)
{
	gint64 n_decoded = (packet->first_frame + packet->n_frames) * LOA_FRAME_SAMPLES;

	self->told_samples = MAX(n_decoded - self->pre_skip, 0);
	/* a recording's length is in the plan, to the sample; live sound ends with a frame */
	if (self->is_live)
		loa_voice_set_end(self->voice, self->told_samples);
}

/* @is_kept: the store has it, so that the pump takes care of what is not due yet. */
static void
put_directly(LoaFeed *self, const LoaPacket *packet, gboolean is_kept)
{
	gboolean is_late = packet->n_frames > 0;

	for (guint i = 0; i < packet->n_frames; i++) {
		gint64 frame = packet->first_frame + i;

		/* later ones are the pump's */
		if (is_kept && frame >= self->pumped_frame) {
			is_late = FALSE;
			break;
		}
		if (loa_voice_put(self->voice, frame, packet->frames[i].data,
				  packet->frames[i].size) != LOA_PUT_LATE)
			is_late = FALSE;
	}
	/* what lies before the place where we joined was never wanted */
	if (is_late && packet->first_frame >= self->place_frame)
		self->n_late++;
}

/* The channel may carry an airing more than once, for groups that begin later: what was taken
 * already is nothing to this one, and is not late. A bit a frame: 12 h are 270 KiB. */
static gboolean
was_seen(const LoaFeed *self, gint64 frame)
{
	guint at = (guint)(frame / 8);

	return at < self->seen->len && (self->seen->data[at] & 1u << (frame % 8)) != 0;
}

static void
note_seen(LoaFeed *self, gint64 frame)
{
	guint at = (guint)(frame / 8), before = self->seen->len;

	if (at >= before) {
		g_byte_array_set_size(self->seen, at + 1);
		memset(self->seen->data + before, 0, at + 1 - before);
	}
	self->seen->data[at] |= (guint8)(1u << (frame % 8));
}

void
loa_feed_packet(LoaFeed *self, const LoaPacket *packet)
{
	if (packet->is_end)
		take_end(self, packet);
	if (packet->n_frames == 0 || was_seen(self, packet->first_frame))
		return;
	LoaStoreResult result = loa_frame_store_add(self->store, packet->first_frame,
						    packet->frames, packet->n_frames);

	if (result == LOA_STORE_DUPLICATE)
		return;
	if (result == LOA_STORE_FULL)
		self->n_unkept++;
	else
		note_seen(self, packet->first_frame);
	if (!self->is_placed)
		return;
	put_directly(self, packet, result == LOA_STORE_TAKEN);
	loa_feed_pump(self);
}

static gint64
frame_of(const LoaFeed *self, gint64 media_sample)
{
	return (media_sample + self->pre_skip) / LOA_FRAME_SAMPLES;
}

void
loa_feed_seek(LoaFeed *self, gint64 media_sample)
{
	g_byte_array_set_size(self->seen, 0); /* what was let go may be wanted again */
	loa_voice_seek(self->voice, media_sample);
	self->is_placed = TRUE;
	self->place_frame = frame_of(self, media_sample);
	self->pumped_frame = 0;
	loa_feed_pump(self);
}

void
loa_feed_wait(LoaFeed *self, gint64 media_sample)
{
	g_byte_array_set_size(self->seen, 0);
	loa_frame_store_trim(self->store, frame_of(self, media_sample) - KEEP_BEHIND);
}

void
loa_feed_pump(LoaFeed *self)
{
	if (!self->is_placed)
		return;
	gint64 first = loa_voice_window_first(self->voice);
	gint64 end = MIN(first + LOA_VOICE_WINDOW, end_frame(self));
	gint64 frame = MAX(self->pumped_frame, first);

	for (; frame < end; frame++) {
		const guint8 *data = NULL;
		gsize size = 0;

		/* EARLY: the audio thread still holds the window; next time */
		if (get_frame(self, frame, &data, &size) &&
		    loa_voice_put(self->voice, frame, data, size) == LOA_PUT_EARLY)
			break;
	}
	self->pumped_frame = MAX(self->pumped_frame, frame);
	loa_frame_store_trim(self->store, first - KEEP_BEHIND);
}

gint64
loa_feed_told_samples(const LoaFeed *self)
{
	return self->told_samples;
}

gint64
loa_feed_n_late(const LoaFeed *self)
{
	return self->n_late;
}

gint64
loa_feed_n_unkept(const LoaFeed *self)
{
	return self->n_unkept;
}

void
loa_feed_free(LoaFeed *self)
{
	if (self == NULL)
		return;
	loa_voice_unref(self->voice);
	g_byte_array_unref(self->seen);
	loa_frame_store_free(self->store);
	g_clear_pointer(&self->file, loa_opus_file_free);
	g_free(self);
}
