/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/playout.h"

#include "audio/cell.h"
#include "audio/device-tracker.h"

#define US_PER_SAMPLE (1e6 / 48000)

struct LoaPlayout {
	/* Main to stream. */
	LoaCueList *_Atomic list; /* never NULL; owned by main */
	LoaCell map_cell;

	/* Stream to main. */
	_Atomic guint64 oldest_generation; /* older lists are not looked at any more */
	LoaCell status_cell;

	/* Main. */
	GPtrArray *retired; /* of LoaCueList, owned */

	/* Stream; main while the output is closed. */
	LoaClockMap map;
	LoaDeviceTracker *tracker;
	LoaRenderer *renderer;
	gint64 expected_sample; /* where the next block goes if the device kept up */
	LoaPlayoutStatus status;
};

LoaPlayout *
loa_playout_new(gint64 trim_us, double ceiling)
{
	LoaPlayout *self = g_new0(LoaPlayout, 1);

	atomic_init(&self->list, loa_cue_list_new(NULL, 0, 0));
	self->retired = g_ptr_array_new_with_free_func((GDestroyNotify)loa_cue_list_free);
	self->map.rate = 1;
	self->tracker = loa_device_tracker_new();
	self->renderer = loa_renderer_new(trim_us, ceiling);
	loa_playout_set_map(self, &self->map);
	loa_playout_reset(self);
	return self;
}

void
loa_playout_set_list(LoaPlayout *self, LoaCueList *list)
{
	g_ptr_array_add(self->retired, atomic_exchange(&self->list, list));
}

void
loa_playout_set_map(LoaPlayout *self, const LoaClockMap *map)
{
	loa_cell_write(&self->map_cell, map, sizeof *map);
}

void
loa_playout_collect(LoaPlayout *self, gboolean is_open)
{
	guint64 oldest = is_open ? atomic_load(&self->oldest_generation) : G_MAXUINT64;

	for (guint i = self->retired->len; i > 0; i--)
		if (loa_cue_list_generation(self->retired->pdata[i - 1]) < oldest)
			g_ptr_array_remove_index(self->retired, i - 1);
}

LoaPlayoutStatus
loa_playout_status(LoaPlayout *self)
{
	LoaPlayoutStatus status;

	loa_cell_read(&self->status_cell, &status, sizeof status);
	return status;
}

void
loa_playout_reset(LoaPlayout *self)
{
	loa_renderer_forget(self->renderer);
	loa_device_tracker_reopen(self->tracker);
	self->expected_sample = 0;
	self->status.renderer = loa_renderer_status(self->renderer);
	self->status.rendered_us = 0;
	loa_cell_write(&self->status_cell, &self->status, sizeof self->status);
	atomic_store(&self->oldest_generation, 0);
}

void
loa_playout_free(LoaPlayout *self)
{
	loa_renderer_free(self->renderer);
	loa_device_tracker_free(self->tracker);
	g_ptr_array_unref(self->retired);
	loa_cue_list_free(atomic_load(&self->list));
	g_free(self);
}

/* Where this block goes, by all that the device has told. */
static LoaPlace
find_place(LoaPlayout *self, const LoaOutputReading *reading)
{
	LoaPlace place = { .sample = reading->next_sample, .us_per_sample = US_PER_SAMPLE };
	gint64 n_late = reading->next_sample - self->expected_sample;

	/* The block before this one came too late: the device put silence first. */
	if (n_late > 0 && self->expected_sample > 0) {
		loa_renderer_shift_last(self->renderer, n_late);
		self->status.n_underruns++;
		place.is_broken = TRUE;
	}
	if (reading->has_position &&
	    loa_device_tracker_add(self->tracker, reading->mono_us, reading->position) ==
		    LOA_TRACK_STEPPED) {
		self->status.n_underruns++;
		place.is_broken = TRUE;
	}
	place.is_known = loa_device_tracker_is_known(self->tracker);
	if (place.is_known) {
		double ppm = loa_device_tracker_rate_ppm(self->tracker);

		place.mono_us =
			loa_device_tracker_mono_us(self->tracker, (double)reading->next_sample);
		place.us_per_sample = US_PER_SAMPLE / (1 + ppm * 1e-6);
	}
	return place;
}

static void
publish_stream(LoaPlayout *self, const LoaPlace *place)
{
	double site_us = place->us_per_sample * self->map.rate;

	self->status.renderer = loa_renderer_status(self->renderer);
	self->status.rate_ppm = (US_PER_SAMPLE / site_us - 1) * 1e6;
	self->status.rendered_us = loa_mono_now_us();
	loa_cell_write(&self->status_cell, &self->status, sizeof self->status);
}

void
loa_playout_render_stream(gpointer data, const LoaOutputReading *reading, gint16 *out, guint n)
{
	LoaPlayout *self = data;
	const LoaCueList *list = atomic_load(&self->list);
	guint64 generation = loa_cue_list_generation(list);
	LoaPlace place = find_place(self, reading);

	/* While the main thread writes a new line the old one is as good. */
	(void)!loa_cell_try_read(&self->map_cell, &self->map, sizeof self->map);
	if (reading->has_position)
		loa_renderer_consumed(self->renderer, (gint64)reading->position);
	loa_renderer_render(self->renderer, list, &self->map, &place, out, n);
	self->expected_sample = reading->next_sample + n;
	publish_stream(self, &place);
	atomic_store(&self->oldest_generation,
		     MIN(generation, loa_renderer_oldest_generation(self->renderer)));
}
