/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/care.h"

#include <string.h>

#include "schedules/local-time.h"

/* So many groups stand in a sentence; the list of all is GET /api/v1/campaigns. */
#define MAX_NAMES 6

static void
care_group_free(gpointer data)
{
	LoaCareGroup *self = data;

	loa_campaign_group_free(self->judged);
	g_free(self);
}

static void
campaign_free(gpointer data)
{
	LoaCareCampaign *self = data;

	g_ptr_array_unref(self->groups);
	g_free(self);
}

/* (transfer full): the days that outcomes proved for @group */
static GArray *
days_of(const GPtrArray *proofs, const char *group, LoaLocalTime *local)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(gint32));

	for (guint i = 0; i < proofs->len; i++) {
		const LoaProof *proof = g_ptr_array_index(proofs, i);
		gint32 n;

		if (strcmp(proof->group, group) != 0)
			continue;
		n = loa_day_to_number(loa_local_time_from_us(local, proof->planned_us, NULL));
		g_array_append_val(days, n);
	}
	return days;
}

static gboolean
is_open(const LoaCampaignGroup *judged)
{
	return judged->state != LOA_CAMPAIGN_PROVEN && judged->state != LOA_CAMPAIGN_FAILED;
}

static LoaCareCampaign *
look(const LoaControllerConfig *config, const LoaBroadcast *broadcast, const GPtrArray *proofs,
     gint64 length_us, gint64 now_us)
{
	guint32 turns = loa_stagger_turns(&config->stagger, config->groups, broadcast);
	LoaCareCampaign *self = g_new0(LoaCareCampaign, 1);
	LoaLocalTime local;

	loa_local_time_init(&local, config->zone);
	self->broadcast = broadcast;
	self->groups = g_ptr_array_new_with_free_func(care_group_free);
	self->next_us = G_MAXINT64;
	for (guint i = 0; i < config->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(config->groups, i);
		g_autoptr(GArray) days = NULL;
		gint64 next_us, later_us;
		gint32 settled;
		LoaCareGroup *one;

		if (!loa_broadcast_is_for(broadcast, group->id))
			continue;
		later_us = loa_stagger_offset_us(&config->stagger, group, broadcast->class, turns,
						 length_us);
		settled = loa_campaign_settled_day(broadcast, config->zone, length_us + later_us,
						   now_us, &next_us);
		days = days_of(proofs, group->id, &local);
		one = g_new0(LoaCareGroup, 1);
		one->group = group;
		one->judged = loa_campaign_judge(broadcast, days, settled);
		g_ptr_array_add(self->groups, one);
		if (is_open(one->judged))
			self->next_us = MIN(self->next_us, next_us);
	}
	return self;
}

/* With repeats and the silence between them; 0 as long as there is no recording. */
static gint64
length_us(const GPtrArray *recordings, const LoaBroadcast *broadcast)
{
	g_autofree char *id = loa_planner_recording_id(broadcast);

	for (guint i = 0; i < recordings->len; i++) {
		const LoaRecording *recording = g_ptr_array_index(recordings, i);

		if (g_strcmp0(recording->id, id) != 0)
			continue;
		return broadcast->n_repeats * loa_recording_duration_us(recording) +
		       (gint64)(broadcast->n_repeats - 1) * broadcast->repeat_gap_s *
			       G_USEC_PER_SEC;
	}
	return 0;
}

GPtrArray *
loa_care_campaigns(LoaStore *store, const LoaControllerConfig *config, const GPtrArray *broadcasts,
		   gint64 now_us, GError **error)
{
	g_autoptr(GPtrArray) campaigns = g_ptr_array_new_with_free_func(campaign_free);
	g_autoptr(GPtrArray) recordings = NULL;

	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *broadcast = g_ptr_array_index(broadcasts, i);
		g_autoptr(GPtrArray) proofs = NULL;
		LoaLocalTime local;

		if (broadcast->campaign_days == 0 || broadcast->is_confidential)
			continue;
		if (recordings == NULL)
			recordings = loa_store_recordings(store, error);
		if (recordings == NULL)
			return NULL;
		loa_local_time_init(&local, config->zone);
		proofs = loa_store_proofs(store, broadcast->id, broadcast->campaign_level,
					  loa_local_time_to_us(&local, broadcast->from, 0), error);
		if (proofs == NULL)
			return NULL;
		g_ptr_array_add(campaigns, look(config, broadcast, proofs,
						length_us(recordings, broadcast), now_us));
	}
	return g_steal_pointer(&campaigns);
}

static LoaBroadcast *
extend(const LoaBroadcast *broadcast, gint32 first, gint32 last)
{
	LoaBroadcast *copy = loa_broadcast_copy(broadcast);

	copy->to_all = FALSE;
	g_ptr_array_set_size(copy->groups, 0);
	copy->from = loa_day_from_number(first);
	copy->until = loa_day_from_number(last);
	return copy;
}

/* One copy a stretch of days: the groups that need at least its last day hear it. */
static void
extend_campaign(const LoaCareCampaign *campaign, GPtrArray *extensions)
{
	gint32 first = loa_day_to_number(campaign->broadcast->until) + 1;

	for (;;) {
		gint32 last = G_MAXINT32;
		LoaBroadcast *copy;

		for (guint i = 0; i < campaign->groups->len; i++) {
			const LoaCareGroup *one = g_ptr_array_index(campaign->groups, i);

			if (one->judged->plays_until >= first)
				last = MIN(last, one->judged->plays_until);
		}
		if (last == G_MAXINT32)
			return;
		copy = extend(campaign->broadcast, first, last);
		for (guint i = 0; i < campaign->groups->len; i++) {
			const LoaCareGroup *one = g_ptr_array_index(campaign->groups, i);

			if (one->judged->plays_until >= last)
				g_ptr_array_add(copy->groups, g_strdup(one->group->id));
		}
		g_ptr_array_add(extensions, copy);
		first = last + 1;
	}
}

GPtrArray *
loa_care_extensions(const GPtrArray *campaigns)
{
	GPtrArray *extensions = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);

	for (guint i = 0; i < campaigns->len; i++)
		extend_campaign(g_ptr_array_index(campaigns, i), extensions);
	return extensions;
}

gboolean
loa_care_note_alarms(LoaStore *store, const GPtrArray *campaigns, gint64 now_us, GError **error)
{
	for (guint i = 0; i < campaigns->len; i++) {
		const LoaCareCampaign *campaign = g_ptr_array_index(campaigns, i);

		for (guint j = 0; j < campaign->groups->len; j++) {
			const LoaCareGroup *one = g_ptr_array_index(campaign->groups, j);
			const GArray *missed = one->judged->missed;

			for (guint k = 0; k < missed->len; k++)
				if (!loa_store_note_alarm(
					    store, campaign->broadcast->id, one->group->id,
					    g_array_index(missed, gint32, k), now_us, error))
					return FALSE;
		}
	}
	return TRUE;
}

static void
add_warning(GPtrArray *warnings, LoaPlannerFinding finding, const LoaBroadcast *broadcast,
	    char *message)
{
	LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

	*warning = (LoaPlannerWarning){ finding, g_strdup(broadcast->id), message };
	g_ptr_array_add(warnings, warning);
}

/* (transfer full) (nullable): "to-2 (Tổ 2) missed 2026-11-22, ..." of the groups in @state */
static char *
name_groups(const LoaCareCampaign *campaign, LoaCampaignState state)
{
	GString *names = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < campaign->groups->len; i++) {
		const LoaCareGroup *one = g_ptr_array_index(campaign->groups, i);
		const GArray *missed = one->judged->missed;
		g_autofree char *day = NULL;

		if (one->judged->state != state || n++ >= MAX_NAMES)
			continue;
		if (missed->len > 0)
			day = loa_day_format(loa_day_from_number(
				g_array_index(missed, gint32, missed->len - 1)));
		g_string_append_printf(names, "%s%s (%s)%s%s", n > 1 ? ", " : "", one->group->id,
				       one->group->name, day != NULL ? " missed " : "",
				       day != NULL ? day : "");
	}
	if (n > MAX_NAMES)
		g_string_append_printf(names, " and %u more", n - MAX_NAMES);
	return g_string_free(names, n == 0);
}

static void
warn_campaign(const LoaCareCampaign *campaign, GPtrArray *warnings)
{
	const LoaBroadcast *broadcast = campaign->broadcast;
	g_autofree char *broken = name_groups(campaign, LOA_CAMPAIGN_BROKEN);
	g_autofree char *failed = name_groups(campaign, LOA_CAMPAIGN_FAILED);

	if (broken != NULL)
		add_warning(warnings, LOA_PLANNER_CAMPAIGN, broadcast,
			    g_strdup_printf("%s must be heard on %u days in a row, and was not: "
					    "%s; it goes on for these groups alone until it was: "
					    "see to their receivers (loactl campaign %s)",
					    broadcast->id, broadcast->campaign_days, broken,
					    broadcast->id));
	if (failed != NULL)
		add_warning(warnings, LOA_PLANNER_CAMPAIGN, broadcast,
			    g_strdup_printf("%s was not heard on %u days in a row, and is given "
					    "up: %s; declare it again with another id, or make it "
					    "known there by other means",
					    broadcast->id, broadcast->campaign_days, failed));
}

void
loa_care_warn(const GPtrArray *campaigns, const GPtrArray *broadcasts, LoaDay today,
	      GPtrArray *warnings)
{
	for (guint i = 0; i < campaigns->len; i++)
		warn_campaign(g_ptr_array_index(campaigns, i), warnings);
	for (guint i = 0; i < broadcasts->len; i++) {
		const LoaBroadcast *b = g_ptr_array_index(broadcasts, i);

		if (loa_broadcast_is_expired(b, today)) {
			g_autofree char *day = loa_day_format(b->expires);

			add_warning(warnings, LOA_PLANNER_EXPIRED, b,
				    g_strdup_printf("%s expired on %s and is not aired any more: "
						    "withdraw it, or give it another day",
						    b->id, day));
		} else if (loa_broadcast_needs_review(b, today)) {
			g_autofree char *day = loa_day_format(b->review_by);

			add_warning(warnings, LOA_PLANNER_REVIEW, b,
				    g_strdup_printf("%s (%s) was to be reviewed by %s: see "
						    "whether it is still true, and set review_by "
						    "anew",
						    b->id, b->title, day));
		}
	}
}
