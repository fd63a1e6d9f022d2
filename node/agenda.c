/* SPDX-License-Identifier: Apache-2.0 */
#include "node/agenda.h"

#include <string.h>

/* One airing on its way through the sweep. */
typedef struct {
	const LoaAiring *airing;
	guint rank;      /* 0 outranks everything */
	gint64 hard_us;  /* over at this time, come what may */
	gint64 left_us;  /* sound not yet gone by; airings that wait only */
	gint64 end_us;   /* once it is over */
	gboolean is_cut; /* over before its sound was */
} Track;

struct LoaAgenda {
	Track *tracks;     /* owned, in the plan's order */
	GHashTable *by_id; /* id borrowed from the plan -> Track */
	GArray *segments;  /* LoaSegment */
	GArray *open;      /* LoaInterval, a copy */
	gint64 valid_until_us;
};

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

static gint64
us_to_samples(gint64 us)
{
	return us * 6 / 125;
}

static gboolean
is_free(const LoaAiring *airing)
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

/* Fills in what is known of an airing before the sweep. */
static void
track_init(Track *track, const LoaAiring *airing, gint64 valid_until_us)
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
	return is_free(track->airing) ? sweep->free_tracks : sweep->gated_tracks;
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
	LoaSegment segment = { airing, from_us, to_us, us_to_samples(gone_us) };

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

	if (!sweep->is_open && !is_free(track->airing))
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

static void
sweep_all(LoaAgenda *self, guint n_airings)
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

LoaAgenda *
loa_agenda_new(const LoaPlan *plan, const GArray *open)
{
	LoaAgenda *self = g_new0(LoaAgenda, 1);
	guint n = plan->airings->len;

	self->valid_until_us = plan->valid_until_us;
	self->tracks = g_new0(Track, MAX(n, 1));
	self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	self->segments = g_array_new(FALSE, FALSE, sizeof(LoaSegment));
	self->open = g_array_sized_new(FALSE, FALSE, sizeof(LoaInterval), open->len);
	g_array_append_vals(self->open, open->data, open->len);
	for (guint i = 0; i < n; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);

		track_init(&self->tracks[i], airing, plan->valid_until_us);
		g_hash_table_insert(self->by_id, airing->id, &self->tracks[i]);
	}
	sweep_all(self, n);
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
	gint64 us = is_free(fate->airing) ? to_us - from_us : open_us(self->open, from_us, to_us);

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
	const Track *track = g_hash_table_lookup(self->by_id, before->airing->id);

	if (before->to_us == fate->first_us && track->end_us > fate->first_us)
		fate->took_over = before->airing;
}

gboolean
loa_agenda_fate(const LoaAgenda *self, const char *airing_id, LoaFate *fate)
{
	const Track *track = g_hash_table_lookup(self->by_id, airing_id);
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
	return segment->media_sample + us_to_samples(now_us - segment->from_us);
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
