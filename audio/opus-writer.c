/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/opus-writer.h"

#include <math.h>
#include <ogg/ogg.h>
#include <string.h>

#include "audio/guarded-encoder.h"

#define STREAM_NUMBER 0x4c6f6131 /* "Loa1" */
/* Of at most six segments each: 240 of the 255 a page can have. */
#define PACKETS_PER_PAGE 40
#define VENDOR "loa-ingest"

struct LoaOpusWriter {
	LoaOpusWriterConfig config;
	LoaGuardedEncoder *encoder; /* owned */
	ogg_stream_state ogg;
	float frame[LOA_FRAME_SAMPLES];
	gsize n_in_frame;
	gint64 n_samples; /* pushed */
	gint64 n_frames;  /* that the encoder was given */
	gint64 n_written; /* that it gave back */
	gint64 n_decoded; /* samples of these, pre-skip included */
	guint32 pre_skip;
	gboolean is_last_known; /* n_frames is final */
	GError *error;          /* owned: the sink's first */
};

static void
flush_page(LoaOpusWriter *self)
{
	ogg_page page;

	while (self->error == NULL && ogg_stream_flush_fill(&self->ogg, &page, G_MAXINT) != 0) {
		if (!self->config.sink(page.header, (gsize)page.header_len, self->config.user_data,
				       &self->error))
			return;
		if (!self->config.sink(page.body, (gsize)page.body_len, self->config.user_data,
				       &self->error))
			return;
	}
}

static void
put_packet(LoaOpusWriter *self, const guint8 *data, gsize size, gint64 granule, gboolean is_last)
{
	ogg_packet packet = {
		.packet = (guint8 *)data, /* libogg copies it */
		.bytes = (long)size,
		.granulepos = granule,
		.e_o_s = is_last,
	};

	if (ogg_stream_packetin(&self->ogg, &packet) != 0)
		g_error("opus-writer: out of memory");
}

/* RFC 7845 section 5. */
static void
put_headers(LoaOpusWriter *self)
{
	guint8 head[19] = { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1 };
	guint8 tags[8 + 4 + sizeof VENDOR - 1 + 4] = { 'O', 'p', 'u', 's', 'T', 'a', 'g', 's' };

	head[10] = (guint8)(self->pre_skip & 0xff);
	head[11] = (guint8)(self->pre_skip >> 8);
	head[12] = 0x80; /* 48000 */
	head[13] = 0xbb;
	tags[8] = sizeof VENDOR - 1;
	memcpy(tags + 12, VENDOR, sizeof VENDOR - 1);
	put_packet(self, head, sizeof head, 0, FALSE);
	flush_page(self);
	put_packet(self, tags, sizeof tags, 0, FALSE);
	flush_page(self);
}

/* Hands on the part of a decoded frame that is heard. */
static void
tell_heard(LoaOpusWriter *self, const float *decoded)
{
	gint64 end = self->n_samples + self->pre_skip;
	gint64 from = MAX((gint64)self->pre_skip - self->n_decoded, 0);
	gint64 to = MIN(end - self->n_decoded, LOA_FRAME_SAMPLES);

	if (!self->is_last_known)
		to = LOA_FRAME_SAMPLES;
	if (self->config.heard != NULL && from < to)
		self->config.heard(decoded + from, (gsize)(to - from), self->config.user_data);
	self->n_decoded += LOA_FRAME_SAMPLES;
}

static void
on_frame(const guint8 *packet, gsize size, const float *decoded, gpointer user_data)
{
	LoaOpusWriter *self = user_data;
	gboolean is_last = self->is_last_known && self->n_written + 1 == self->n_frames;
	gint64 granule = (self->n_written + 1) * LOA_FRAME_SAMPLES;

	if (is_last)
		granule = self->n_samples + self->pre_skip;
	put_packet(self, packet, size, granule, is_last);
	tell_heard(self, decoded);
	self->n_written++;
	if (is_last || self->n_written % PACKETS_PER_PAGE == 0)
		flush_page(self);
}

LoaOpusWriter *
loa_opus_writer_new(const LoaOpusWriterConfig *config)
{
	LoaOpusWriter *self = g_new0(LoaOpusWriter, 1);

	self->config = *config;
	self->encoder = loa_guarded_encoder_new(
		config->bitrate, pow(10, config->true_peak_dbtp / 20), on_frame, self);
	self->pre_skip = loa_guarded_encoder_pre_skip(self->encoder);
	if (ogg_stream_init(&self->ogg, STREAM_NUMBER) != 0)
		g_error("opus-writer: out of memory");
	put_headers(self);
	return self;
}

void
loa_opus_writer_free(LoaOpusWriter *self)
{
	if (self == NULL)
		return;
	ogg_stream_clear(&self->ogg);
	loa_guarded_encoder_free(self->encoder);
	g_clear_error(&self->error);
	g_free(self);
}

static gboolean
report(const LoaOpusWriter *self, GError **error)
{
	if (self->error == NULL)
		return TRUE;
	if (error != NULL)
		*error = g_error_copy(self->error);
	return FALSE;
}

static void
push_frame(LoaOpusWriter *self)
{
	self->n_frames++;
	self->n_in_frame = 0;
	loa_guarded_encoder_push(self->encoder, self->frame);
}

gboolean
loa_opus_writer_push(LoaOpusWriter *self, const float *samples, gsize n_samples, GError **error)
{
	while (n_samples > 0 && self->error == NULL) {
		gsize n = MIN(n_samples, LOA_FRAME_SAMPLES - self->n_in_frame);

		memcpy(self->frame + self->n_in_frame, samples, n * sizeof *samples);
		self->n_in_frame += n;
		self->n_samples += (gint64)n;
		samples += n;
		n_samples -= n;
		if (self->n_in_frame == LOA_FRAME_SAMPLES)
			push_frame(self);
	}
	return report(self, error);
}

gboolean
loa_opus_writer_finish(LoaOpusWriter *self, GError **error)
{
	if (self->error != NULL)
		return report(self, error);
	g_return_val_if_fail(self->n_samples > 0, FALSE);

	gint64 n_frames =
		(self->n_samples + self->pre_skip + LOA_FRAME_SAMPLES - 1) / LOA_FRAME_SAMPLES;

	/* the last sample comes out of the coder a look-ahead later: zeros push it through */
	while (self->error == NULL && self->n_frames < n_frames) {
		memset(self->frame + self->n_in_frame, 0,
		       (LOA_FRAME_SAMPLES - self->n_in_frame) * sizeof *self->frame);
		push_frame(self);
	}
	if (self->error == NULL) {
		self->is_last_known = TRUE;
		loa_guarded_encoder_finish(self->encoder);
	}
	return report(self, error);
}

guint32
loa_opus_writer_pre_skip(const LoaOpusWriter *self)
{
	return self->pre_skip;
}
