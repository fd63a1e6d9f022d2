/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/campaign.h"

#include "schedules/local-time.h"

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
	return *(const gint32 *)a - *(const gint32 *)b;
}

/* (transfer full): rising, unique, none before @first and none after @last */
static GArray *
tidy(const GArray *days, gint32 first, gint32 last)
{
	g_autoptr(GArray) sorted = g_array_copy((GArray *)days);
	GArray *tidied = g_array_new(FALSE, FALSE, sizeof(gint32));

	g_array_sort(sorted, compare_numbers);
	for (guint i = 0; i < sorted->len; i++) {
		gint32 n = g_array_index(sorted, gint32, i);
		gboolean is_double =
			tidied->len > 0 && g_array_index(tidied, gint32, tidied->len - 1) == n;

		if (n >= first && n <= last && !is_double)
			g_array_append_val(tidied, n);
	}
	return tidied;
}

/* Day by day, up to the last of which something is known. */
static void
walk(LoaCampaignGroup *self, const LoaBroadcast *broadcast, gint32 first, gint32 settled)
{
	guint at = 0;
	guint run = 0;

	for (gint32 n = first; n <= settled || at < self->proven->len; n++) {
		gboolean is_proven =
			at < self->proven->len && g_array_index(self->proven, gint32, at) == n;

		if (is_proven)
			at++;
		run = is_proven ? run + 1 : 0;
		if (self->proven_on == 0 && run == broadcast->campaign_days)
			self->proven_on = n;
		if (self->proven_on == 0 && !is_proven)
			g_array_append_val(self->missed, n);
	}
	self->run = self->proven_on != 0 ? broadcast->campaign_days : run;
}

/* The last day that is needed if all goes well from now on. */
static gint32
needed_until(const LoaCampaignGroup *self, const LoaBroadcast *broadcast, gint32 first,
	     gint32 settled)
{
	gint32 next = MAX(first, settled + 1);

	if (self->proven->len > 0)
		next = MAX(next, g_array_index(self->proven, gint32, self->proven->len - 1) + 1);
	return next + (gint32)(broadcast->campaign_days - self->run) - 1;
}

static LoaCampaignState
state_of(const LoaCampaignGroup *self, gint32 needed, gint32 latest)
{
	if (self->proven_on != 0)
		return LOA_CAMPAIGN_PROVEN;
	if (needed > latest)
		return LOA_CAMPAIGN_FAILED;
	if (self->missed->len > 0)
		return LOA_CAMPAIGN_BROKEN;
	return self->proven->len > 0 ? LOA_CAMPAIGN_RUNNING : LOA_CAMPAIGN_WAITING;
}

LoaCampaignGroup *
loa_campaign_judge(const LoaBroadcast *broadcast, const GArray *proven, gint32 settled)
{
	LoaCampaignGroup *self = g_new0(LoaCampaignGroup, 1);
	gint32 first = loa_day_to_number(broadcast->from);
	gint32 until = loa_day_to_number(broadcast->until);
	gint32 latest = until + LOA_CAMPAIGN_MAX_EXTENSION;
	gint32 needed;

	/* what happens after it was given up changes nothing */
	settled = MIN(settled, latest);
	if (!loa_day_is_none(broadcast->expires))
		latest = MIN(latest, loa_day_to_number(broadcast->expires));
	self->proven = tidy(proven, first, MAX(settled + 1, first));
	self->missed = g_array_new(FALSE, FALSE, sizeof(gint32));
	walk(self, broadcast, first, settled);
	needed = needed_until(self, broadcast, first, settled);
	self->state = state_of(self, needed, latest);
	self->plays_until = MIN(until, latest);
	if (self->state == LOA_CAMPAIGN_RUNNING || self->state == LOA_CAMPAIGN_BROKEN)
		self->plays_until = MAX(self->plays_until, needed);
	return self;
}

/* When everything of that day should be known. */
static gint64
over_us(const LoaBroadcast *broadcast, LoaLocalTime *local, gint64 length_us, gint32 day)
{
	gint32 last_s = 0;

	if (broadcast->at_s->len > 0)
		last_s = g_array_index(broadcast->at_s, gint32, broadcast->at_s->len - 1);
	return loa_local_time_to_us(local, loa_day_from_number(day), last_s) + length_us +
	       LOA_CAMPAIGN_REPORT_S * LOA_SECOND_US;
}

gint32
loa_campaign_settled_day(const LoaBroadcast *broadcast, GTimeZone *zone, gint64 length_us,
			 gint64 now_us, gint64 *next_us)
{
	LoaLocalTime local;
	gint32 day;

	loa_local_time_init(&local, zone);
	day = loa_day_to_number(loa_local_time_from_us(&local, now_us, NULL));
	/* an airing late in the evening is over on the next day */
	while (now_us < over_us(broadcast, &local, length_us, day))
		day--;
	if (next_us != NULL)
		*next_us = over_us(broadcast, &local, length_us, day + 1);
	return day;
}

const char *
loa_campaign_state_name(LoaCampaignState state)
{
	switch (state) {
	case LOA_CAMPAIGN_WAITING:
		return "waiting";
	case LOA_CAMPAIGN_RUNNING:
		return "running";
	case LOA_CAMPAIGN_BROKEN:
		return "broken";
	case LOA_CAMPAIGN_PROVEN:
		return "proven";
	case LOA_CAMPAIGN_FAILED:
		return "failed";
	}
	g_assert_not_reached();
}

void
loa_campaign_group_free(LoaCampaignGroup *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->proven);
	g_array_unref(self->missed);
	g_free(self);
}
