/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/player.h"

#include <math.h>

#include "audio/cue-list.h"
#include "audio/output.h"
#include "audio/playout.h"

#define TICK_MS 200      /* while there is something to do */
#define IDLE_TICK_MS 500 /* while every cue is far away */
#define RETRY_US (3 * G_USEC_PER_SEC)
/* Nothing asked for in this long, though the device is open: it does not move any more. */
#define STUCK_US (1 * G_USEC_PER_SEC)
#define OPENING_US (2 * G_USEC_PER_SEC)

struct LoaPlayer {
	LoaPlayerConfig config; /* output is not kept */
	LoaClock *clock;        /* borrowed */
	LoaOutput *output;
	LoaPlayout *playout;
	guint timer;
	guint64 generation;

	LoaCue cues[LOA_PLAYER_MAX_CUES]; /* voices: held by the list in playout */
	guint n_cues;

	LoaOutputState state;
	char *error;
	gint64 opened_us, wanted_us, retry_us; /* CLOCK_MONOTONIC */
};

G_DEFINE_QUARK(loa_player_error_quark, loa_player_error)

static void schedule(LoaPlayer *self);

LoaPlayerConfig
loa_player_config_default(void)
{
	return (LoaPlayerConfig){
		.buffer_ms = 240,
		.open_lead_ms = 3000,
		.idle_close_ms = 2000,
	};
}

static gint64
mono_us(const LoaPlayer *self)
{
	return loa_clock_mono_us(self->clock);
}

static void
close_output(LoaPlayer *self)
{
	loa_output_close(self->output);
	loa_playout_reset(self->playout);
	self->state = LOA_OUTPUT_CLOSED;
}

static void
fail_output(LoaPlayer *self, const GError *error)
{
	close_output(self);
	self->state = LOA_OUTPUT_FAILED;
	g_free(self->error);
	self->error = g_strdup(error->message);
	self->retry_us = mono_us(self) + RETRY_US;
}

static void
open_output(LoaPlayer *self)
{
	g_autoptr(GError) error = NULL;

	loa_playout_reset(self->playout);
	if (!loa_output_open(self->output, &error)) {
		fail_output(self, error);
		return;
	}
	self->state = LOA_OUTPUT_OPEN;
	self->opened_us = mono_us(self);
	g_clear_pointer(&self->error, g_free);
}

/* Something may have broken without a word: a device that takes no more samples. */
static void
watch_output(LoaPlayer *self)
{
	g_autoptr(GError) error = NULL;
	gint64 rendered_us = loa_playout_status(self->playout).rendered_us;
	gint64 now_us = loa_mono_now_us();

	if (!loa_output_check(self->output, &error)) {
		fail_output(self, error);
		return;
	}
	if (rendered_us != 0 ? now_us - rendered_us <= STUCK_US
			     : mono_us(self) - self->opened_us <= OPENING_US)
		return;
	g_set_error_literal(&error, LOA_PLAYER_ERROR, LOA_PLAYER_ERROR_STUCK,
			    "the sound device takes no more samples; look at its cable and power");
	fail_output(self, error);
}

static gboolean
wants_output(const LoaPlayer *self, gint64 lead_us)
{
	gint64 now_us = loa_clock_now_us(self->clock) - self->config.trim_us;

	for (guint i = 0; i < self->n_cues; i++)
		if (now_us >= self->cues[i].start_us - lead_us && now_us < self->cues[i].end_us)
			return TRUE;
	return FALSE;
}

static void
update(LoaPlayer *self)
{
	LoaClockMap map = loa_clock_map(self->clock);
	gint64 lead_us = self->config.open_lead_ms * G_GINT64_CONSTANT(1000);
	gboolean is_wanted = wants_output(self, lead_us);
	gint64 now_us = mono_us(self);

	loa_playout_set_map(self->playout, &map);
	if (is_wanted)
		self->wanted_us = now_us;
	switch (self->state) {
	case LOA_OUTPUT_CLOSED:
		if (is_wanted)
			open_output(self);
		break;
	case LOA_OUTPUT_OPEN:
		watch_output(self);
		if (self->state == LOA_OUTPUT_OPEN &&
		    now_us - self->wanted_us >= self->config.idle_close_ms * 1000)
			close_output(self);
		break;
	case LOA_OUTPUT_FAILED:
		if (is_wanted && now_us >= self->retry_us)
			open_output(self);
		break;
	}
	loa_playout_collect(self->playout, self->state == LOA_OUTPUT_OPEN);
	schedule(self);
}

static gboolean
on_timer(gpointer data)
{
	LoaPlayer *self = data;

	self->timer = 0;
	update(self);
	return G_SOURCE_REMOVE;
}

/* Asks for the next turn: soon while the output is open or about to be, seldom while every cue
 * is far away, never while there is none. */
static void
schedule(LoaPlayer *self)
{
	gint64 lead_us = (self->config.open_lead_ms + 2 * IDLE_TICK_MS) * G_GINT64_CONSTANT(1000);

	g_clear_handle_id(&self->timer, g_source_remove);
	if (self->state == LOA_OUTPUT_OPEN || wants_output(self, lead_us))
		self->timer = g_timeout_add(TICK_MS, on_timer, self);
	else if (self->n_cues > 0)
		self->timer = g_timeout_add(IDLE_TICK_MS, on_timer, self);
}

LoaPlayer *
loa_player_new(const LoaPlayerConfig *config, LoaClock *clock, GError **error)
{
	g_autoptr(LoaPlayer) self = g_new0(LoaPlayer, 1);

	self->config = *config;
	self->config.output = NULL;
	self->config.buffer_ms = CLAMP(config->buffer_ms, 20, 500);
	/* What was faded out must reach the device before it is closed. */
	self->config.idle_close_ms = MAX(config->idle_close_ms, 2 * self->config.buffer_ms + 50);
	self->clock = clock;
	self->playout =
		loa_playout_new(config->trim_us, pow(10, CLAMP(config->volume_db, -60, 0) / 20));
	self->output = loa_output_new(config->output, self->config.buffer_ms,
				      loa_playout_render_stream, self->playout, error);
	return self->output != NULL ? g_steal_pointer(&self) : NULL;
}

void
loa_player_set_cues(LoaPlayer *self, const LoaCue *cues, guint n_cues)
{
	for (guint i = 0; i < n_cues; i++)
		self->cues[i] = cues[i];
	self->n_cues = n_cues;
	loa_playout_set_list(self->playout, loa_cue_list_new(cues, n_cues, ++self->generation));
	update(self);
}

LoaPlayerStatus
loa_player_status(LoaPlayer *self)
{
	LoaPlayoutStatus playout = loa_playout_status(self->playout);

	return (LoaPlayerStatus){
		.state = self->state,
		.error = self->state == LOA_OUTPUT_FAILED ? self->error : NULL,
		.level_db = playout.renderer.level_db,
		.rate_ppm = playout.rate_ppm,
		.stretch_ppm = playout.renderer.stretch_ppm,
		.phase_error_us = llround(playout.renderer.phase_error_us),
		.n_underruns = playout.n_underruns,
		.n_resyncs = playout.renderer.n_resyncs,
	};
}

void
loa_player_free(LoaPlayer *self)
{
	g_clear_handle_id(&self->timer, g_source_remove);
	if (self->output != NULL)
		loa_output_free(self->output);
	loa_playout_free(self->playout);
	g_free(self->error);
	g_free(self);
}
