/* SPDX-License-Identifier: Apache-2.0 */
/* From starts and ends to who has the output when. */
#include <string.h>

#include "node/agenda-private.h"

typedef LoaAgendaTrack Track;

/* What the sweep needs besides the agenda itself. */
typedef struct {
	LoaAgenda *agenda;
	GPtrArray *starts; /* Track, by start */
	GPtrArray *ends;   /* Track, by hard end */
	guint next_start;
	guint next_end;
	guint next_open; /* interval that is open or comes next */
	gboolean is_open;
	gint64 closed_us;    /* since when the hours are closed */
	GTree *free_tracks;  /* rank + 1 -> Track: present, heard at any hour */
	GTree *gated_tracks; /* the same, heard only while open */
	gint64 now_us;
} Sweep;

static gint64
samples_to_us(gint64 n_samples)
{
	/* rounded up: the last sample is within the time */
	return (n_samples * 125 + 5) / 6;
}

gint64
loa_agenda_us_to_samples(gint64 us)
{
	return us * 6 / 125;
}

gboolean
loa_agenda_is_free(const LoaAiring *airing)
{
	return airing->class == LOA_CLASS_EMERGENCY || airing->exception != NULL;
}

static gint
compare_rank(gconstpointer a, gconstpointer b)
{
	const LoaAiring *x = (*(Track *const *)a)->airing;
	const LoaAiring *y = (*(Track *const *)b)->airing;

	if (x->class != y->class)
		return x->class > y->class ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return strcmp(x->id, y->id);
}

static gint
compare_start(gconstpointer a, gconstpointer b)
{
	const Track *x = *(Track *const *)a;
	const Track *y = *(Track *const *)b;

	return (x->airing->start_us > y->airing->start_us) -
	       (x->airing->start_us < y->airing->start_us);
}

static gint
compare_end(gconstpointer a, gconstpointer b)
{
	const Track *x = *(Track *const *)a;
	const Track *y = *(Track *const *)b;

	return (x->hard_us > y->hard_us) - (x->hard_us < y->hard_us);
}

static gint
compare_key(gconstpointer a, gconstpointer b)
{
	guint x = GPOINTER_TO_UINT(a), y = GPOINTER_TO_UINT(b);

	return (x > y) - (x < y);
}

void
loa_agenda_track_init(LoaAgendaTrack *track, const LoaAiring *airing, gint64 valid_until_us)
{
	gint64 length_us = samples_to_us(airing->n_samples);
	gint64 hard_us = valid_until_us;

	if (airing->stop_us != 0)
		hard_us = MIN(hard_us, airing->stop_us);
	if (airing->resume == LOA_RESUME_REJOIN)
		hard_us = MIN(hard_us, airing->start_us + length_us);
	*track = (Track){
		.airing = airing,
		.hard_us = hard_us,
		.left_us = length_us,
		.end_us = airing->start_us,
		.is_cut = hard_us < airing->start_us + length_us,
	};
}

static GTree *
tree_of(Sweep *sweep, const Track *track)
{
	return loa_agenda_is_free(track->airing) ? sweep->free_tracks : sweep->gated_tracks;
}

static gboolean
is_present(Sweep *sweep, const Track *track)
{
	return g_tree_lookup(tree_of(sweep, track), GUINT_TO_POINTER(track->rank + 1)) != NULL;
}

static void
leave(Sweep *sweep, Track *track, gint64 end_us, gboolean is_cut)
{
	g_tree_remove(tree_of(sweep, track), GUINT_TO_POINTER(track->rank + 1));
	track->end_us = end_us;
	track->is_cut = is_cut;
}

static Track *
first_of(GTree *tree)
{
	GTreeNode *node = g_tree_node_first(tree);

	return node != NULL ? g_tree_node_value(node) : NULL;
}

static Track *
highest(Sweep *sweep)
{
	Track *best = first_of(sweep->free_tracks);
	Track *gated = sweep->is_open ? first_of(sweep->gated_tracks) : NULL;

	if (best == NULL || (gated != NULL && gated->rank < best->rank))
		best = gated;
	return best;
}

/* When the sound of @track runs out if it keeps the output from now on. */
static gint64
runs_out_us(const Sweep *sweep, const Track *track)
{
	if (track->airing->resume == LOA_RESUME_REJOIN)
		return track->hard_us;
	return MIN(sweep->now_us + track->left_us, track->hard_us);
}

static gint64
boundary_us(const Sweep *sweep)
{
	const GArray *open = sweep->agenda->open;

	if (sweep->next_open >= open->len)
		return G_MAXINT64;
	const LoaInterval *interval = &g_array_index(open, LoaInterval, sweep->next_open);

	return sweep->is_open ? interval->to_us : interval->from_us;
}

static gint64
next_event_us(const Sweep *sweep, const Track *playing)
{
	gint64 at_us = boundary_us(sweep);

	if (sweep->next_start < sweep->starts->len) {
		const Track *track = g_ptr_array_index(sweep->starts, sweep->next_start);

		at_us = MIN(at_us, track->airing->start_us);
	}
	if (sweep->next_end < sweep->ends->len) {
		const Track *track = g_ptr_array_index(sweep->ends, sweep->next_end);

		at_us = MIN(at_us, track->hard_us);
	}
	if (playing != NULL)
		at_us = MIN(at_us, runs_out_us(sweep, playing));
	return at_us;
}

static void
emit(Sweep *sweep, Track *track, gint64 to_us)
{
	GArray *segments = sweep->agenda->segments;
	const LoaAiring *airing = track->airing;
	gint64 from_us = sweep->now_us;
	gint64 gone_us = airing->resume == LOA_RESUME_REJOIN
				 ? from_us - airing->start_us
				 : samples_to_us(airing->n_samples) - track->left_us;

	if (airing->resume == LOA_RESUME_PAUSE)
		track->left_us -= to_us - from_us;
	if (segments->len > 0) {
		LoaSegment *last = &g_array_index(segments, LoaSegment, segments->len - 1);

		if (last->airing == airing && last->to_us == from_us) {
			last->to_us = to_us;
			return;
		}
	}
	LoaSegment segment = { airing, from_us, to_us, loa_agenda_us_to_samples(gone_us) };

	g_array_append_val(segments, segment);
}

/* The sound of an airing that needs the hours went by unheard while they were closed. */
static gint64
ran_out_while_closed_us(const Sweep *sweep, const Track *track)
{
	return MAX(sweep->closed_us, track->airing->start_us) + track->left_us;
}

static void
open_hours(Sweep *sweep)
{
	g_autoptr(GPtrArray) gone = g_ptr_array_new();

	for (GTreeNode *node = g_tree_node_first(sweep->gated_tracks); node != NULL;
	     node = g_tree_node_next(node)) {
		Track *track = g_tree_node_value(node);

		if (track->airing->resume == LOA_RESUME_REJOIN)
			continue;
		if (ran_out_while_closed_us(sweep, track) <= sweep->now_us)
			g_ptr_array_add(gone, track);
		else
			track->left_us -=
				sweep->now_us - MAX(sweep->closed_us, track->airing->start_us);
	}
	for (guint i = 0; i < gone->len; i++) {
		Track *track = g_ptr_array_index(gone, i);

		leave(sweep, track, ran_out_while_closed_us(sweep, track), FALSE);
	}
	sweep->is_open = TRUE;
}

static void
pass_boundaries(Sweep *sweep)
{
	while (boundary_us(sweep) <= sweep->now_us) {
		if (!sweep->is_open) {
			open_hours(sweep);
			continue;
		}
		sweep->is_open = FALSE;
		sweep->closed_us = sweep->now_us;
		sweep->next_open++;
	}
}

static void
pass_hard_end(Sweep *sweep, Track *track)
{
	gint64 length_us = samples_to_us(track->airing->n_samples);

	if (!is_present(sweep, track))
		return;
	if (track->airing->resume == LOA_RESUME_REJOIN) {
		leave(sweep, track, track->hard_us,
		      track->hard_us < track->airing->start_us + length_us);
		return;
	}
	gint64 end_us = track->hard_us;

	if (!sweep->is_open && !loa_agenda_is_free(track->airing))
		end_us = MIN(end_us, ran_out_while_closed_us(sweep, track));
	leave(sweep, track, end_us, end_us == track->hard_us && track->left_us > 0);
}

static void
pass_ends(Sweep *sweep)
{
	for (; sweep->next_end < sweep->ends->len; sweep->next_end++) {
		Track *track = g_ptr_array_index(sweep->ends, sweep->next_end);

		if (track->hard_us > sweep->now_us)
			return;
		pass_hard_end(sweep, track);
	}
}

static void
pass_starts(Sweep *sweep)
{
	for (; sweep->next_start < sweep->starts->len; sweep->next_start++) {
		Track *track = g_ptr_array_index(sweep->starts, sweep->next_start);

		if (track->airing->start_us > sweep->now_us)
			return;
		g_tree_insert(tree_of(sweep, track), GUINT_TO_POINTER(track->rank + 1), track);
	}
}

static gboolean
is_over(const Sweep *sweep)
{
	return sweep->next_start >= sweep->starts->len && g_tree_nnodes(sweep->free_tracks) == 0 &&
	       g_tree_nnodes(sweep->gated_tracks) == 0;
}

static void
run_sweep(Sweep *sweep)
{
	sweep->now_us = G_MININT64;
	sweep->closed_us = G_MININT64 / 2;
	while (!is_over(sweep)) {
		Track *playing = highest(sweep);
		gint64 at_us = next_event_us(sweep, playing);

		if (playing != NULL && at_us > sweep->now_us)
			emit(sweep, playing, at_us);
		sweep->now_us = at_us;
		if (playing != NULL && playing->airing->resume == LOA_RESUME_PAUSE &&
		    playing->left_us <= 0)
			leave(sweep, playing, at_us, FALSE);
		pass_boundaries(sweep);
		pass_ends(sweep);
		pass_starts(sweep);
	}
}

void
loa_agenda_sweep(LoaAgenda *self, guint n_airings)
{
	g_autoptr(GPtrArray) by_rank = g_ptr_array_sized_new(n_airings);
	g_autoptr(GPtrArray) starts = g_ptr_array_sized_new(n_airings);
	g_autoptr(GPtrArray) ends = g_ptr_array_sized_new(n_airings);

	for (guint i = 0; i < n_airings; i++) {
		Track *track = &self->tracks[i];

		/* never present: stopped before it began, or past the plan's validity */
		if (track->hard_us <= track->airing->start_us)
			continue;
		g_ptr_array_add(by_rank, track);
		g_ptr_array_add(starts, track);
		g_ptr_array_add(ends, track);
	}
	g_ptr_array_sort(by_rank, compare_rank);
	g_ptr_array_sort(starts, compare_start);
	g_ptr_array_sort(ends, compare_end);
	for (guint i = 0; i < by_rank->len; i++)
		((Track *)g_ptr_array_index(by_rank, i))->rank = i;

	g_autoptr(GTree) free_tracks = g_tree_new(compare_key);
	g_autoptr(GTree) gated_tracks = g_tree_new(compare_key);
	Sweep sweep = { .agenda = self,
			.starts = starts,
			.ends = ends,
			.free_tracks = free_tracks,
			.gated_tracks = gated_tracks };

	run_sweep(&sweep);
}
