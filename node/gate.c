/* SPDX-License-Identifier: Apache-2.0 */
#include "node/gate.h"

#define MINUTE_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define DAY_MIN (24 * 60)
#define DAY_US (DAY_MIN * MINUTE_US)

const char *
loa_verdict_code(LoaVerdict verdict)
{
	switch (verdict) {
	case LOA_GATE_OPEN:
	case LOA_GATE_SAME:
		return "";
	case LOA_GATE_ADDRESS:
		return loa_wire_error_name(LOA_WIRE_ERROR_ADDRESS);
	case LOA_GATE_SERIAL:
		return "serial";
	case LOA_GATE_EXPIRED:
		return "expired";
	case LOA_GATE_FUTURE:
	case LOA_GATE_CLOCK:
		return "clock";
	case LOA_GATE_HOURS:
	case LOA_GATE_QUIET:
		return "hours";
	}
	return "";
}

const char *
loa_verdict_reason(LoaVerdict verdict)
{
	switch (verdict) {
	case LOA_GATE_OPEN:
	case LOA_GATE_SAME:
	case LOA_GATE_ADDRESS:
	case LOA_GATE_SERIAL:
	case LOA_GATE_FUTURE:
		return "";
	case LOA_GATE_EXPIRED:
		return LOA_REASON_PLAN_EXPIRED;
	case LOA_GATE_CLOCK:
		return LOA_REASON_CLOCK;
	case LOA_GATE_HOURS:
		return LOA_REASON_HOURS;
	case LOA_GATE_QUIET:
		return LOA_REASON_QUIET;
	}
	return "";
}

const char *
loa_verdict_text(LoaVerdict verdict)
{
	switch (verdict) {
	case LOA_GATE_OPEN:
		return "in order";
	case LOA_GATE_SAME:
		return "the plan is held already";
	case LOA_GATE_ADDRESS:
		return "signed, but for another site or group";
	case LOA_GATE_SERIAL:
		return "not newer than the plan held";
	case LOA_GATE_EXPIRED:
		return "the plan is no longer valid";
	case LOA_GATE_FUTURE:
		return "issued more than a day ahead of this node's clock";
	case LOA_GATE_CLOCK:
		return "this node's clock cannot be trusted";
	case LOA_GATE_HOURS:
		return "outside the permitted hours";
	case LOA_GATE_QUIET:
		return "in this node's quiet hours";
	}
	return "";
}

LoaVerdict
loa_gate_check_plan(const LoaHeldPlan *held, const LoaPlan *plan, GBytes *message, gint64 now_us,
		    LoaClockState clock)
{
	gboolean is_trusted = clock != LOA_CLOCK_UNTRUSTED;

	if (g_strcmp0(plan->site, held->site) != 0 || g_strcmp0(plan->group, held->group) != 0)
		return LOA_GATE_ADDRESS;
	if (plan->serial == held->serial && held->message != NULL &&
	    g_bytes_equal(message, held->message))
		return LOA_GATE_SAME;
	if (plan->serial <= held->serial)
		return LOA_GATE_SERIAL;
	if (is_trusted && plan->valid_until_us <= now_us)
		return LOA_GATE_EXPIRED;
	if (is_trusted && plan->issued_us - now_us > LOA_GATE_MAX_FUTURE_US)
		return LOA_GATE_FUTURE;
	return LOA_GATE_OPEN;
}

static gint64
floor_to_day(gint64 us)
{
	gint64 rest = us % DAY_US;

	return us - (rest < 0 ? rest + DAY_US : rest);
}

static gint
compare_from(gconstpointer a, gconstpointer b)
{
	const LoaInterval *x = a, *y = b;

	return (x->from_us > y->from_us) - (x->from_us < y->from_us);
}

/* The quiet stretches of every day that touches [from_us, to_us), sorted; they may overlap. */
static GArray *
lay_out_quiet(const GArray *quiet, int utc_offset_min, gint64 from_us, gint64 to_us)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(LoaInterval));
	gint64 offset_us = utc_offset_min * MINUTE_US;
	/* the night before may reach into the first day */
	gint64 day_us = floor_to_day(from_us + offset_us) - DAY_US - offset_us;

	for (; day_us < to_us; day_us += DAY_US) {
		for (guint i = 0; i < quiet->len; i++) {
			const LoaQuietHours *hours = &g_array_index(quiet, LoaQuietHours, i);
			guint to_min = hours->to_min;

			if (to_min <= hours->from_min)
				to_min += DAY_MIN;
			LoaInterval interval = { day_us + hours->from_min * MINUTE_US,
						 day_us + to_min * MINUTE_US };

			g_array_append_val(all, interval);
		}
	}
	g_array_sort(all, compare_from);
	return all;
}

/* Appends [from_us, to_us) without the quiet stretches. *@next: the first of them that may
 * still matter. */
static void
append_without(GArray *open, gint64 from_us, gint64 to_us, const GArray *quiet, guint *next)
{
	/* those behind do not matter again; one that reaches over the gap to the next permitted
	 * interval must be kept, hence only the leading ones are dropped */
	while (*next < quiet->len && g_array_index(quiet, LoaInterval, *next).to_us <= from_us)
		(*next)++;
	for (guint i = *next; i < quiet->len && from_us < to_us; i++) {
		const LoaInterval *hush = &g_array_index(quiet, LoaInterval, i);

		if (hush->from_us >= to_us)
			break;
		if (hush->from_us > from_us) {
			LoaInterval part = { from_us, hush->from_us };

			g_array_append_val(open, part);
		}
		from_us = MAX(from_us, hush->to_us);
	}
	if (from_us < to_us) {
		LoaInterval rest = { from_us, to_us };

		g_array_append_val(open, rest);
	}
}

GArray *
loa_gate_open_hours(const LoaPlan *plan, const GArray *quiet, int utc_offset_min)
{
	GArray *open = g_array_new(FALSE, FALSE, sizeof(LoaInterval));

	if (plan->airings->len == 0)
		return open;
	const LoaAiring *first = g_ptr_array_index(plan->airings, 0);
	gint64 from_us = first->start_us;
	gint64 to_us = MIN(plan->valid_until_us, from_us + LOA_GATE_MAX_SPAN_US);
	g_autoptr(GArray) hush = lay_out_quiet(quiet, utc_offset_min, from_us, to_us);
	guint next = 0;

	for (guint i = 0; i < plan->permitted->len; i++) {
		const LoaInterval *interval = &g_array_index(plan->permitted, LoaInterval, i);

		append_without(open, MAX(interval->from_us, from_us), MIN(interval->to_us, to_us),
			       hush, &next);
	}
	return open;
}

static gboolean
is_within(const GArray *open, gint64 now_us)
{
	guint low = 0, high = open->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(open, LoaInterval, middle).to_us <= now_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low < open->len && g_array_index(open, LoaInterval, low).from_us <= now_us;
}

double
loa_gate_volume_db(const LoaPlan *plan, const char *node, LoaClass class, double ceiling_db)
{
	double volume_db = loa_plan_volume_db(plan, node);

	if (class == LOA_CLASS_EMERGENCY)
		volume_db = MAX(volume_db, LOA_VOLUME_EMERGENCY_DB);
	return MIN(volume_db, ceiling_db);
}

LoaVerdict
loa_gate_check_airing(const LoaPlan *plan, const LoaAiring *airing, const GArray *open,
		      gint64 now_us, LoaClockState clock)
{
	if (clock == LOA_CLOCK_UNTRUSTED)
		return LOA_GATE_CLOCK;
	if (now_us >= plan->valid_until_us)
		return LOA_GATE_EXPIRED;
	if (airing->class == LOA_CLASS_EMERGENCY || airing->exception != NULL)
		return LOA_GATE_OPEN;
	if (is_within(open, now_us))
		return LOA_GATE_OPEN;
	return is_within(plan->permitted, now_us) ? LOA_GATE_QUIET : LOA_GATE_HOURS;
}
