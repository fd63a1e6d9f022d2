/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/campaign.h - disclosure: heard on so many days in a row, in every group, with proof.
 *
 * A public disclosure must be broadcast on at least three consecutive days (Law 10/2022/QH15,
 * Article 13.3). A group that misses a day begins its run anew: it is told on that day, and the
 * broadcast goes on for that group alone until its run is complete. A day counts when an outcome
 * of at least the campaign's level says that an airing was completed there.
 *
 * Everything follows from the outcomes there are: a receiver that reports late takes its alarm
 * back. Pure. Thread: any.
 */
#pragma once

#include "schedules/broadcast.h"

/* A loudspeaker that is dead for so long after `until` needs a technician, not more airings. */
#define LOA_CAMPAIGN_MAX_EXTENSION 30 /* days */
/* A receiver has so long after the end of the day's last airing to report it. */
#define LOA_CAMPAIGN_REPORT_S 600

typedef enum {
	LOA_CAMPAIGN_WAITING, /* its first day is not over, and nothing is proven yet */
	LOA_CAMPAIGN_RUNNING, /* every day so far is proven */
	LOA_CAMPAIGN_BROKEN,  /* a day was missed, and the run is not complete */
	LOA_CAMPAIGN_PROVEN,
	LOA_CAMPAIGN_FAILED, /* it cannot become complete any more: expired, or too long broken */
} LoaCampaignState;

/* What there is to say of one group. Days are day numbers (day.h). */
typedef struct {
	LoaCampaignState state;
	GArray *proven;     /* gint32, rising: as given, from the campaign's first day on */
	GArray *missed;     /* gint32, rising: those without proof before the run was complete */
	guint run;          /* days in a row up to now; with PROVEN, as many as are wanted */
	gint32 proven_on;   /* the day that completed it; 0: none did */
	gint32 plays_until; /* the last day on which it is played for this group */
} LoaCampaignGroup;

/**
 * loa_campaign_judge:
 * @broadcast: with campaign_days, from and until
 * @proven: (element-type gint32): days with a proof, in any order; doubles do no harm
 * @settled: the last day of which everything is known, see loa_campaign_settled_day()
 *
 * Returns: (transfer full)
 */
LoaCampaignGroup *loa_campaign_judge(const LoaBroadcast *broadcast, const GArray *proven,
				     gint32 settled);

/* Today once its last airing is over and had the time to be reported, else yesterday. @length_us:
 * how long one airing sounds, repeats included. @next_us: (out) (optional): when the answer
 * changes. */
gint32 loa_campaign_settled_day(const LoaBroadcast *broadcast, GTimeZone *zone, gint64 length_us,
				gint64 now_us, gint64 *next_us);

/* "waiting", "running", "broken", "proven", "failed" */
const char *loa_campaign_state_name(LoaCampaignState state);

void loa_campaign_group_free(LoaCampaignGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCampaignGroup, loa_campaign_group_free)
