/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/plan/care.h - what the declared broadcasts ask of the office today: disclosures that a
 * group missed, what has expired, what wants a review.
 *
 * Everything is made anew from the ledger each time, so that a report that comes late takes an
 * alarm back, and a restart changes nothing. Thread: main.
 */
#pragma once

#include "controller/controller-config.h"
#include "controller/plan/planner.h"
#include "controller/store/store.h"
#include "schedules/campaign.h"

/* A disclosure as it stands in one of its groups. */
typedef struct {
	const LoaGroup *group;    /* borrowed from the configuration */
	LoaCampaignGroup *judged; /* owned */
} LoaCareGroup;

typedef struct {
	const LoaBroadcast *broadcast; /* borrowed */
	GPtrArray *groups;             /* LoaCareGroup, those it is for, in the site's order */
	gint64 next_us;                /* when time alone changes it; G_MAXINT64: never */
} LoaCareCampaign;

/**
 * loa_care_campaigns:
 * @broadcasts: (element-type LoaBroadcast): those that are no campaigns are passed over
 *
 * Returns: (transfer full) (element-type LoaCareCampaign): in the order of @broadcasts, which it
 * borrows from
 */
GPtrArray *loa_care_campaigns(LoaStore *store, const LoaControllerConfig *config,
			      const GPtrArray *broadcasts, gint64 now_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (element-type LoaBroadcast): copies that play on the days after `until`, each for
 * those groups alone that need it */
GPtrArray *loa_care_extensions(const GPtrArray *campaigns);

/* Remembers each missed day, and when the office was first told of it. */
gboolean loa_care_note_alarms(LoaStore *store, const GPtrArray *campaigns, gint64 now_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds LoaPlannerWarning to @warnings, one a broadcast and matter. Pure. */
void loa_care_warn(const GPtrArray *campaigns, const GPtrArray *broadcasts, LoaDay today,
		   GPtrArray *warnings);
