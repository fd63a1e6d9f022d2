/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/cue-list.h"

#define SEAM_SAMPLES 48 /* 1 ms: what the rounding of times may make of one line */

struct LoaCueList {
	guint64 generation;
	guint n_cues;
	LoaCue cues[LOA_PLAYER_MAX_CUES]; /* each holds a reference on its voice */
};

/* One airing that was cut in two on paper has no seam in the air. */
static gboolean
goes_on(const LoaCue *cue, const LoaCue *next)
{
	gint64 media = cue->media_sample + (cue->end_us - cue->start_us) * 48 / 1000;

	return cue->voice == next->voice && cue->end_us == next->start_us &&
	       cue->volume_db == next->volume_db && ABS(media - next->media_sample) <= SEAM_SAMPLES;
}

LoaCueList *
loa_cue_list_new(const LoaCue *cues, guint n_cues, guint64 generation)
{
	g_assert(n_cues <= LOA_PLAYER_MAX_CUES);

	LoaCueList *self = g_new0(LoaCueList, 1);

	self->generation = generation;
	for (guint i = 0; i < n_cues; i++) {
		g_assert(i == 0 || cues[i].start_us >= cues[i - 1].end_us);
		g_assert(cues[i].volume_db >= -60 && cues[i].volume_db <= 0);
		if (cues[i].end_us <= cues[i].start_us)
			continue;
		if (self->n_cues > 0 && goes_on(&self->cues[self->n_cues - 1], &cues[i])) {
			self->cues[self->n_cues - 1].end_us = cues[i].end_us;
			continue;
		}
		self->cues[self->n_cues] = cues[i];
		loa_voice_ref(self->cues[self->n_cues++].voice);
	}
	return self;
}

void
loa_cue_list_free(LoaCueList *self)
{
	for (guint i = 0; i < self->n_cues; i++)
		loa_voice_unref(self->cues[i].voice);
	g_free(self);
}

guint64
loa_cue_list_generation(const LoaCueList *self)
{
	return self->generation;
}

const LoaCue *
loa_cue_list_at_or_after(const LoaCueList *self, gint64 site_us)
{
	for (guint i = 0; i < self->n_cues; i++)
		if (site_us < self->cues[i].end_us)
			return &self->cues[i];
	return NULL;
}

const LoaCue *
loa_cue_list_at(const LoaCueList *self, gint64 site_us)
{
	const LoaCue *cue = loa_cue_list_at_or_after(self, site_us);

	return cue != NULL && site_us >= cue->start_us ? cue : NULL;
}
