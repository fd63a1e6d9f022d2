/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/logbook.h"

#include <string.h>

static const char *const result_names[LOA_LINE_LAST + 1] = {
	[LOA_LINE_COMPLETED] = "completed",     [LOA_LINE_PARTIAL] = "partial",
	[LOA_LINE_MISSED] = "missed",           [LOA_LINE_REFUSED] = "refused",
	[LOA_LINE_PREEMPTED] = "preempted",     [LOA_LINE_STOPPED] = "stopped",
	[LOA_LINE_FAILED] = "failed",           [LOA_LINE_PLANNED] = "planned",
	[LOA_LINE_ON_AIR] = "on-air",           [LOA_LINE_NOT_REPORTED] = "not-reported",
	[LOA_LINE_NO_RECEIVER] = "no-receiver", [LOA_LINE_SUSPENDED] = "suspended",
};

/* A receiver's result is a line's. */
G_STATIC_ASSERT((int)LOA_LINE_COMPLETED == (int)LOA_RESULT_COMPLETED);
G_STATIC_ASSERT((int)LOA_LINE_FAILED == (int)LOA_RESULT_FAILED);

struct LoaLogbook {
	/* group id (borrowed) to GPtrArray (owned) of LoaNodeRecord (borrowed) */
	GHashTable *nodes;
	GHashTable *ticks; /* and of LoaTick */
	gint64 now_us;
};

/* Lines in the making. */
typedef struct {
	const LoaLogbook *book;
	const GPtrArray *heard;
	guint at; /* in heard */
} Run;

const char *
loa_line_result_name(LoaLineResult result)
{
	return result_names[result];
}

gboolean
loa_logbook_is_sounding(LoaLevel level, gint64 heard_ms)
{
	return level >= LOA_LEVEL_CONSUMED && heard_ms > 0;
}

static void
file(GHashTable *by_group, const char *group, gpointer value)
{
	GPtrArray *list = g_hash_table_lookup(by_group, group);

	if (list == NULL) {
		list = g_ptr_array_new();
		g_hash_table_insert(by_group, (gpointer)group, list);
	}
	g_ptr_array_add(list, value);
}

static GHashTable *
by_group_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				     (GDestroyNotify)g_ptr_array_unref);
}

/* When nothing more of it was to be heard. */
static gint64
end_us(const LoaPlannedRow *row)
{
	const gint64 end = loa_airing_end_us(row->airing);

	if (row->withdrawn_us == 0)
		return end;
	return CLAMP(row->withdrawn_us, row->airing->start_us, MAX(end, row->airing->start_us));
}

/* Did people hear more of @a than of @b? Sound that was silence is none, however complete. */
static gboolean
is_better(const LoaHeard *a, const LoaHeard *b)
{
	const gboolean a_sounds = loa_logbook_is_sounding(a->level, a->heard_ms);
	const gboolean b_sounds = loa_logbook_is_sounding(b->level, b->heard_ms);

	if (a_sounds != b_sounds)
		return a_sounds;
	if ((a->result == LOA_RESULT_COMPLETED) != (b->result == LOA_RESULT_COMPLETED))
		return a->result == LOA_RESULT_COMPLETED;
	if (a->heard_ms != b->heard_ms)
		return a->heard_ms > b->heard_ms;
	return a->level > b->level;
}

static gboolean
is_of(const LoaHeard *heard, const LoaPlannedRow *row)
{
	return strcmp(heard->airing, row->airing->id) == 0 && strcmp(heard->group, row->group) == 0;
}

/* (nullable): the one that was heard best; the run goes on behind this group's */
static const LoaHeard *
take_heard(Run *run, LoaLine *line)
{
	const GPtrArray *all = run->heard;
	const LoaHeard *best = NULL;

	line->first_heard = run->at;
	for (; run->at < all->len && is_of(g_ptr_array_index(all, run->at), line->planned);
	     run->at++) {
		const LoaHeard *heard = g_ptr_array_index(all, run->at);

		if (best == NULL || is_better(heard, best))
			best = heard;
	}
	line->n_heard = run->at - line->first_heard;
	return best;
}

static gboolean
has_reported(const Run *run, const LoaLine *line, const char *node)
{
	for (guint i = 0; i < line->n_heard; i++) {
		const LoaHeard *heard = g_ptr_array_index(run->heard, line->first_heard + i);

		if (strcmp(heard->node, node) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Receivers of the group that were enrolled from its start to its end. What was over before a
 * receiver came is none of its concern, and a revoked one is not believed any more. */
static guint
count_silent(const Run *run, const LoaLine *line)
{
	const GPtrArray *nodes = g_hash_table_lookup(run->book->nodes, line->planned->group);
	const gint64 over_us = end_us(line->planned);
	guint n = 0;

	for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		n += node->added_us <= line->planned->airing->start_us &&
		     (node->revoked_us == 0 || node->revoked_us >= over_us) &&
		     !has_reported(run, line, node->id);
	}
	return n;
}

/* (nullable): of this airing; else of its week, said after it was on air: nobody can confirm on
 * Wednesday what comes on Friday */
static const LoaTick *
find_tick(const Run *run, const LoaPlannedRow *row)
{
	const GPtrArray *ticks = g_hash_table_lookup(run->book->ticks, row->group);
	const gint64 start_us = row->airing->start_us;
	const LoaTick *of_week = NULL;

	for (guint i = 0; ticks != NULL && i < ticks->len; i++) {
		const LoaTick *tick = g_ptr_array_index(ticks, i);

		if (tick->airing != NULL && strcmp(tick->airing, row->airing->id) == 0)
			return tick;
		if (tick->airing == NULL && tick->from_us <= start_us && start_us < tick->to_us &&
		    start_us <= tick->at_us)
			of_week = tick;
	}
	return of_week;
}

static LoaLineResult
result_without_report(const Run *run, const LoaLine *line)
{
	if (run->book->now_us < line->planned->airing->start_us)
		return LOA_LINE_PLANNED;
	if (line->n_silent == 0)
		return LOA_LINE_NO_RECEIVER;
	return run->book->now_us < end_us(line->planned) ? LOA_LINE_ON_AIR : LOA_LINE_NOT_REPORTED;
}

static gboolean
is_provisional(const Run *run, const LoaLine *line)
{
	const gint64 over_us = end_us(line->planned);

	if (run->book->now_us < over_us)
		return TRUE;
	if (line->result == LOA_LINE_COMPLETED && line->level >= LOA_LEVEL_CONSUMED)
		return FALSE;
	return line->n_silent > 0 && run->book->now_us < over_us + LOA_LOGBOOK_SETTLE_US;
}

/* A person's word against or beside that of the receivers. */
static void
weigh_tick(LoaLine *line)
{
	const gboolean sounds = loa_logbook_is_sounding(line->level, line->heard_ms);
	const gboolean is_special = line->tick->airing != NULL;
	const gboolean is_unknown = line->result == LOA_LINE_NOT_REPORTED ||
				    line->result == LOA_LINE_NO_RECEIVER ||
				    line->result == LOA_LINE_ON_AIR;

	switch (line->tick->answer) {
	case LOA_ANSWER_HEARD:
	case LOA_ANSWER_TOO_LOUD:
		if (sounds || (is_special && is_unknown))
			line->level = LOA_LEVEL_PERSON;
		if (is_special && is_unknown)
			line->is_covered = TRUE;
		line->is_contradicted = is_special && !sounds && !is_unknown;
		break;
	case LOA_ANSWER_UNCLEAR:
		break;
	case LOA_ANSWER_NOT_HEARD:
		line->is_contradicted = sounds;
		line->is_covered = FALSE;
		break;
	}
}

/* On purpose, and for good: nobody was to hear it, and no receiver or tick changes that. */
static LoaLine
suspended_line(Run *run, const LoaPlannedRow *row)
{
	LoaLine line = { .planned = row,
			 .result = LOA_LINE_SUSPENDED,
			 .level = LOA_LEVEL_PLAN,
			 .reason = row->suspended_name != NULL ? row->suspended_name
							       : row->suspended_by };

	(void)take_heard(run, &line);
	line.is_provisional = run->book->now_us < row->airing->start_us;
	return line;
}

static LoaLine
make_line(Run *run, const LoaPlannedRow *row)
{
	if (row->suspended_by != NULL)
		return suspended_line(run, row);

	LoaLine line = { .planned = row, .level = LOA_LEVEL_PLAN, .reason = "" };
	const LoaHeard *best = take_heard(run, &line);

	line.aired_ms = (end_us(row) - row->airing->start_us) / 1000;
	line.n_silent = count_silent(run, &line);
	line.result =
		best != NULL ? (LoaLineResult)best->result : result_without_report(run, &line);
	if (best != NULL) {
		line.level = best->level;
		line.reason = best->reason;
		line.heard_ms = best->heard_ms;
	}
	line.is_covered = loa_logbook_is_sounding(line.level, line.heard_ms) &&
			  line.heard_ms * 100 >= line.aired_ms * LOA_LOGBOOK_COVERED_PERCENT;
	line.is_provisional = is_provisional(run, &line);
	line.tick = line.result == LOA_LINE_PLANNED ? NULL : find_tick(run, row);
	if (line.tick != NULL)
		weigh_tick(&line);
	return line;
}

LoaLogbook *
loa_logbook_new(const GPtrArray *nodes, const GPtrArray *ticks, gint64 now_us)
{
	LoaLogbook *self = g_new0(LoaLogbook, 1);

	self->nodes = by_group_new();
	self->ticks = by_group_new();
	self->now_us = now_us;
	for (guint i = 0; i < nodes->len; i++) {
		LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		file(self->nodes, node->group, node);
	}
	for (guint i = 0; i < ticks->len; i++) {
		LoaTick *tick = g_ptr_array_index(ticks, i);

		file(self->ticks, tick->group, tick);
	}
	return self;
}

void
loa_logbook_add_lines(const LoaLogbook *self, const GPtrArray *planned, const GPtrArray *heard,
		      GArray *lines)
{
	Run run = { .book = self, .heard = heard };

	for (guint i = 0; i < planned->len; i++) {
		LoaLine line = make_line(&run, g_ptr_array_index(planned, i));

		g_array_append_val(lines, line);
	}
}

void
loa_logbook_free(LoaLogbook *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->nodes);
	g_hash_table_unref(self->ticks);
	g_free(self);
}

LoaCoverage
loa_logbook_coverage(const GArray *lines, guint first)
{
	const char *airing = g_array_index(lines, LoaLine, first).planned->airing->id;
	LoaCoverage coverage = { 0 };

	for (guint i = first; i < lines->len; i++) {
		const LoaLine *line = &g_array_index(lines, LoaLine, i);

		if (strcmp(line->planned->airing->id, airing) != 0)
			break;
		coverage.of += line->result != LOA_LINE_SUSPENDED;
		coverage.n += line->is_covered;
		coverage.n_lines++;
	}
	return coverage;
}
