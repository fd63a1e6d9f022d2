/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/player.h - the loudspeaker: plays voices at their place on the site timeline.
 *
 * The owner says, as a short list of cues, which voice is to be heard from when to when and at
 * which media sample; a new list replaces the old one as a whole. The player opens the device
 * shortly before a cue (or at once), keeps it fed from the audio thread, holds the sound on the
 * timeline by resampling within LOA_PLAYER_MAX_PPM, and closes it when there is nothing to play:
 * nothing but a cue ever opens the output.
 *
 * Threads: every function here: main. The audio thread is GStreamer's streaming thread; it reads
 * the cue list and the clock line from atomics, takes frames from voices, never locks, allocates
 * or logs. docs/threads.md has the whole picture.
 */
#pragma once

#include <gio/gio.h>

#include "audio/voice.h"
#include "common/clock.h"

/* Output that follows the timeline is never stretched by more than this (0.5 cents of pitch). */
#define LOA_PLAYER_MAX_PPM 300

#define LOA_PLAYER_MAX_CUES 8

#define LOA_PLAYER_ERROR (loa_player_error_quark())
GQuark loa_player_error_quark(void);

typedef enum {
	LOA_PLAYER_ERROR_OUTPUT, /* the sink cannot be made, opened, or broke */
	LOA_PLAYER_ERROR_STUCK,  /* the device takes nothing any more */
} LoaPlayerError;

/* From start_us (site time) to end_us the device plays voice, beginning at media_sample.
 * Cues are sorted and do not overlap. */
typedef struct {
	LoaVoice *voice; /* the player takes a reference of its own */
	gint64 start_us;
	gint64 end_us;
	gint64 media_sample; /* what is heard at start_us */
	double volume_db;    /* -60..0; never louder than the player's own volume_db */
} LoaCue;

typedef enum {
	LOA_OUTPUT_CLOSED,
	LOA_OUTPUT_OPEN,
	LOA_OUTPUT_FAILED, /* tried again every few seconds while there is a cue */
} LoaOutputState;

typedef struct {
	LoaOutputState state;
	const char *error;     /* (nullable), until the next call */
	double level_db;       /* RMS of the last second the device consumed, -120 for silence */
	double rate_ppm;       /* how fast the device runs against site time, as estimated */
	double stretch_ppm;    /* resampling in force */
	gint64 phase_error_us; /* of what is heard now against the timeline, as measured */
	guint64 n_underruns;
	guint64 n_resyncs; /* jumps by fade */
} LoaPlayerStatus;

typedef struct {
	/* "file:PATH[,rate-error-ppm=N][,stuck-after-ms=N]" (audio/file-device.h), or a
	 * gst-launch sink description: "alsasink device=hw:0". */
	const char *output;
	guint buffer_ms;     /* what lies in the device; 240 by default, 20..500; see below */
	gint64 trim_us;      /* added to every due time: a slower amplifier gets a negative value */
	double volume_db;    /* -60..0: the ceiling, which no cue goes above */
	guint open_lead_ms;  /* the device is opened this long before a cue: 3000 */
	guint idle_close_ms; /* ... and closed this long after the last: 2000 */
} LoaPlayerConfig;

/* A smaller buffer stops sooner, a larger one rides out a busier machine and costs less: blocks
 * are 10 ms, 20 from 120 ms on, 40 from 240 ms on, and half the CPU time goes by the block.
 * When a sound is heard does not depend on it. */

typedef struct LoaPlayer LoaPlayer;

/* Defaults for everything but output. */
LoaPlayerConfig loa_player_config_default(void);

/* Checks that @config's output can be built (not that the device is there).
 * @clock: borrowed, outlives the player. */
LoaPlayer *loa_player_new(const LoaPlayerConfig *config, LoaClock *clock,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces the cue list, volumes included: a sound that begins has its cue's from the first
 * sample, one that goes on moves there within half a second; @n_cues 0 ends all sound within 20 ms
 * (plus what the device holds). A voice that goes on in the new list at the place where it is goes
 * on without a seam. */
void loa_player_set_cues(LoaPlayer *self, const LoaCue *cues, guint n_cues);

LoaPlayerStatus loa_player_status(LoaPlayer *self);

/* Stops, closes, frees; blocks until the audio thread is gone. */
void loa_player_free(LoaPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPlayer, loa_player_free)
