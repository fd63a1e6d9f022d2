/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/guarded-encoder.h"

#include <math.h>
#include <opus.h>
#include <string.h>

#include "audio/true-peak.h"

#define RATE 48000
#define N_HELD 4     /* frames that can still be coded anew */
#define MAX_TRIES 12 /* for one frame */
#define UNDERCUT 0.985F
#define RECOVERY 1.035F /* a frame: 0.3 dB, so 3 dB in 200 ms */

/* A frame that may be coded again, with what is needed to come back to it. */
typedef struct {
	float in[LOA_FRAME_SAMPLES];
	float gain; /* at its first sample; runs to that of the next */
	guint tries;
	gboolean is_over;
	OpusEncoder *encoder; /* owned: as it was before this frame */
	OpusDecoder *decoder; /* owned */
	LoaTruePeak meter;
	guint8 packet[LOA_FRAME_MAX_SIZE];
	gsize size;
	float decoded[LOA_FRAME_SAMPLES];
} Slot;

struct LoaGuardedEncoder {
	OpusEncoder *encoder; /* owned */
	OpusDecoder *decoder; /* owned */
	gsize encoder_size;
	gsize decoder_size;
	LoaTruePeak meter;
	float peak;
	guint32 pre_skip;
	LoaGuardedEncoderFunc func;
	gpointer user_data;  /* borrowed */
	Slot *slots[N_HELD]; /* owned; oldest first */
	guint n_held;
	guint n_coded;  /* of these */
	float end_gain; /* behind the last held frame */
	gint64 n_emitted;
	gint64 n_lowered;
	gint64 n_over;
};

static void
set_up_encoder(OpusEncoder *encoder, int bitrate)
{
	int status = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));

	if (status == OPUS_OK)
		status = opus_encoder_ctl(encoder, OPUS_SET_VBR(1));
	if (status == OPUS_OK)
		status = opus_encoder_ctl(encoder, OPUS_SET_VBR_CONSTRAINT(0));
	if (status == OPUS_OK)
		status = opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(10));
	g_assert(status == OPUS_OK);
}

LoaGuardedEncoder *
loa_guarded_encoder_new(int bitrate, double peak, LoaGuardedEncoderFunc func, gpointer user_data)
{
	g_return_val_if_fail(bitrate >= 6000 && bitrate <= 256000, NULL);

	LoaGuardedEncoder *self = g_new0(LoaGuardedEncoder, 1);
	int status = OPUS_OK;
	opus_int32 lookahead = 0;

	self->encoder = opus_encoder_create(RATE, 1, OPUS_APPLICATION_AUDIO, &status);
	g_assert(status == OPUS_OK);
	self->decoder = opus_decoder_create(RATE, 1, &status);
	g_assert(status == OPUS_OK);
	set_up_encoder(self->encoder, bitrate);
	status = opus_encoder_ctl(self->encoder, OPUS_GET_LOOKAHEAD(&lookahead));
	g_assert(status == OPUS_OK);
	self->pre_skip = (guint32)lookahead;
	self->encoder_size = (gsize)opus_encoder_get_size(1);
	self->decoder_size = (gsize)opus_decoder_get_size(1);
	self->peak = (float)peak;
	self->end_gain = 1;
	self->func = func;
	self->user_data = user_data;
	loa_true_peak_init(&self->meter, self->peak);
	for (guint i = 0; i < N_HELD; i++) {
		self->slots[i] = g_new0(Slot, 1);
		self->slots[i]->encoder = g_malloc0(self->encoder_size);
		self->slots[i]->decoder = g_malloc0(self->decoder_size);
	}
	return self;
}

void
loa_guarded_encoder_free(LoaGuardedEncoder *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < N_HELD; i++) {
		g_free(self->slots[i]->encoder);
		g_free(self->slots[i]->decoder);
		g_free(self->slots[i]);
	}
	opus_encoder_destroy(self->encoder);
	opus_decoder_destroy(self->decoder);
	g_free(self);
}

/* The gain at the end of slot @i: where the next one begins. */
static float *
end_gain_of(LoaGuardedEncoder *self, guint i)
{
	return i + 1 < self->n_held ? &self->slots[i + 1]->gain : &self->end_gain;
}

static float
decoded_peak(LoaGuardedEncoder *self, const Slot *slot)
{
	float peak = 0;

	for (guint i = 0; i < LOA_FRAME_SAMPLES; i++)
		peak = fmaxf(peak, loa_true_peak_push(&self->meter, slot->decoded[i]));
	return peak;
}

static void
code_slot(LoaGuardedEncoder *self, guint i)
{
	Slot *slot = self->slots[i];
	float scaled[LOA_FRAME_SAMPLES];
	float step = (*end_gain_of(self, i) - slot->gain) / LOA_FRAME_SAMPLES;

	memcpy(slot->encoder, self->encoder, self->encoder_size);
	memcpy(slot->decoder, self->decoder, self->decoder_size);
	slot->meter = self->meter;
	for (guint k = 0; k < LOA_FRAME_SAMPLES; k++)
		scaled[k] = slot->in[k] * (slot->gain + step * (float)k);

	int size = opus_encode_float(self->encoder, scaled, LOA_FRAME_SAMPLES, slot->packet,
				     LOA_FRAME_MAX_SIZE);

	g_assert(size > 0);
	slot->size = (gsize)size;

	int n_decoded = opus_decode_float(self->decoder, slot->packet, size, slot->decoded,
					  LOA_FRAME_SAMPLES, 0);

	g_assert(n_decoded == LOA_FRAME_SAMPLES);
}

static void
set_back_to(LoaGuardedEncoder *self, guint i)
{
	const Slot *slot = self->slots[i];

	memcpy(self->encoder, slot->encoder, self->encoder_size);
	memcpy(self->decoder, slot->decoder, self->decoder_size);
	self->meter = slot->meter;
	self->n_coded = i;
}

/* Codes the next frame, or finds it too loud and goes back. */
static void
advance(LoaGuardedEncoder *self)
{
	guint i = self->n_coded;
	Slot *slot = self->slots[i];

	code_slot(self, i);

	float peak = decoded_peak(self, slot);

	slot->is_over = peak > self->peak;
	if (!slot->is_over || slot->tries == MAX_TRIES) {
		self->n_coded++;
		return;
	}

	float factor = self->peak / peak * UNDERCUT;

	slot->tries++;
	*end_gain_of(self, i) *= factor;
	/* what was handed over ends at this gain: it cannot change any more */
	if (i > 0 || self->n_emitted == 0)
		slot->gain *= factor;
	set_back_to(self, i > 0 ? i - 1 : 0);
}

static void
emit_oldest(LoaGuardedEncoder *self)
{
	Slot *slot = self->slots[0];

	self->func(slot->packet, slot->size, slot->decoded, self->user_data);
	self->n_emitted++;
	self->n_lowered += slot->tries > 0 ? 1 : 0;
	self->n_over += slot->is_over ? 1 : 0;
	memmove(self->slots, self->slots + 1, (N_HELD - 1) * sizeof *self->slots);
	self->slots[N_HELD - 1] = slot;
	self->n_held--;
	self->n_coded--;
}

void
loa_guarded_encoder_push(LoaGuardedEncoder *self, const float *frame)
{
	if (self->n_held == N_HELD)
		emit_oldest(self);

	Slot *slot = self->slots[self->n_held++];

	memcpy(slot->in, frame, sizeof slot->in);
	slot->tries = 0;
	slot->gain = self->end_gain;
	self->end_gain = fminf(1, self->end_gain * RECOVERY);
	while (self->n_coded < self->n_held)
		advance(self);
}

void
loa_guarded_encoder_finish(LoaGuardedEncoder *self)
{
	while (self->n_held > 0)
		emit_oldest(self);
}

guint32
loa_guarded_encoder_pre_skip(const LoaGuardedEncoder *self)
{
	return self->pre_skip;
}

gint64
loa_guarded_encoder_n_lowered(const LoaGuardedEncoder *self)
{
	return self->n_lowered;
}

gint64
loa_guarded_encoder_n_over(const LoaGuardedEncoder *self)
{
	return self->n_over;
}
