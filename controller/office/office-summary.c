/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-summary.h"

#include <string.h>

#include "controller/plan/care.h"
#include "controller/store/store-record.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* Counting holds the main loop up. What takes longer than a moment waits until nobody would miss
 * a packet. */
#define QUICK_LINES 25000
#define SOON_US (60 * G_USEC_PER_SEC)
#define MAX_DAYS (3 * 366)

static void
disclosure_free(gpointer data)
{
	LoaDisclosure *disclosure = data;

	loa_broadcast_free(disclosure->broadcast);
	g_ptr_array_unref(disclosure->missing);
	g_free(disclosure);
}

static gboolean
find_period(LoaOffice *self, const char *id, LoaSummary *summary, GError **error)
{
	const GPtrArray *rules = self->parts.config->reports.periods;
	LoaLocalTime local;
	LoaPeriod period;

	summary->rule = loa_period_find(rules, id, &period);
	if (summary->rule == NULL) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
				  "there is no period \"%s\"; reports/periods lists them", id);
		return FALSE;
	}
	summary->period_id = g_strdup(id);
	loa_local_time_init(&local, self->parts.config->zone);
	summary->from_us = loa_local_time_to_us(&local, period.from, 0);
	summary->to_us = loa_local_time_to_us(&local, period.to, 0);
	return TRUE;
}

/* Of the first rule, the one that has begun last. */
static gboolean
find_running(LoaOffice *self, LoaSummary *summary, GError **error)
{
	const GPtrArray *rules = self->parts.config->reports.periods;
	g_autofree char *id = NULL;
	LoaLocalTime local;

	if (rules->len > 0) {
		const LoaPeriodRule *rule = g_ptr_array_index(rules, 0);
		LoaPeriod period;

		loa_local_time_init(&local, self->parts.config->zone);
		period = loa_period_at(rule, loa_local_time_from_us(&local, summary->now_us, NULL));
		id = loa_period_id(rule, &period);
	}
	return find_period(self, id != NULL ? id : "", summary, error);
}

static gboolean
find_time(LoaOffice *self, const LoaReportQuery *query, LoaSummary *summary, GError **error)
{
	summary->now_us = loa_office_now_us(self);
	if (query->period != NULL && (query->from_us != 0 || query->to_us != 0)) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "either a period, or from_us and to_us");
		return FALSE;
	}
	if (query->period != NULL)
		return find_period(self, query->period, summary, error);
	if (query->from_us == 0 && query->to_us == 0)
		return find_running(self, summary, error);
	summary->from_us = query->from_us;
	summary->to_us = query->to_us;
	if (query->from_us < query->to_us && query->to_us - query->from_us <= MAX_DAYS * DAY_US)
		return TRUE;
	loa_office_refuse(
		error, LOA_OFFICE_ERROR_BAD_REQUEST,
		"say which period, or from_us and to_us, the earlier first, at most three "
		"years apart");
	return FALSE;
}

/* Keeps what was declared as a disclosure at the time, whatever became of it. */
static void
keep_disclosure(const LoaItem *item, GHashTable *said)
{
	if (item->is_disclosure && !g_hash_table_contains(said, item->said->id)) {
		LoaBroadcast *copy = loa_broadcast_copy(item->said);

		g_hash_table_insert(said, copy->id, copy);
	}
}

/* Is something on air, or about to be? */
static gboolean
is_on_air(LoaOffice *self, gint64 now_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		for (guint j = 0; j < plan->airings->len; j++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->start_us < now_us + SOON_US &&
			    loa_airing_end_us(airing) > now_us)
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean
may_take_its_time(LoaOffice *self, const LoaSummary *summary, GError **error)
{
	gint64 n = 0;

	if (!loa_store_count_planned(self->parts.store, summary->from_us,
				     MIN(summary->to_us, summary->now_us), &n, error))
		return FALSE;
	if (n <= QUICK_LINES || !is_on_air(self, summary->now_us))
		return TRUE;
	loa_office_refuse(
		error, LOA_OFFICE_ERROR_BUSY,
		"a report over so long a time holds the loudspeakers up, and something is "
		"on air or about to be: ask again when it is over, or for a shorter time");
	return FALSE;
}

/* Airing by airing, so that a year takes no more memory than a day. */
static gboolean
count_airings(LoaHistory *history, const LoaLogbook *book, LoaCredits *credits,
	      LoaStatistics *statistics, GHashTable *said, GError **error)
{
	g_autoptr(GPtrArray) planned =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_planned_row_free);
	g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func((GDestroyNotify)loa_heard_free);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LoaLine));
	LoaHistoryStep step;

	while ((step = loa_history_next(history, planned, heard, error)) == LOA_HISTORY_AIRING) {
		const LoaPlannedRow *head = g_ptr_array_index(planned, 0);

		loa_logbook_add_lines(book, planned, heard, lines);
		loa_statistics_add(statistics, lines, credits);
		keep_disclosure(loa_credits_item(credits, head->airing), said);
		g_array_set_size(lines, 0);
		g_ptr_array_set_size(planned, 0);
		g_ptr_array_set_size(heard, 0);
	}
	return step == LOA_HISTORY_END;
}

static gboolean
count(LoaOffice *self, LoaSummary *summary, GHashTable *said, GError **error)
{
	const gint64 end_us = MIN(summary->to_us, summary->now_us + 1);
	g_autoptr(LoaHistory) history =
		loa_history_new(self->parts.store, summary->from_us, end_us, error);
	g_autoptr(LoaCredits) credits =
		history == NULL ? NULL : loa_office_credits_load(self, history, error);
	g_autoptr(GPtrArray) ticks = credits == NULL ? NULL : loa_office_ticks_load(self, error);
	g_autoptr(LoaLogbook) book = NULL;

	if (ticks == NULL)
		return FALSE;
	book = loa_logbook_new(loa_registry_nodes(self->parts.registry), ticks, summary->now_us);
	summary->statistics = loa_statistics_new(&self->parts.config->reports);
	if (!count_airings(history, book, credits, summary->statistics, said, error))
		return FALSE;
	loa_statistics_sort(summary->statistics);
	summary->is_provisional =
		summary->now_us < summary->to_us || summary->statistics->n_open > 0;
	return TRUE;
}

/* Of all groups, also those where nothing was planned. */
static gboolean
measure_uptime(LoaOffice *self, LoaSummary *summary, GError **error)
{
	const gint64 end_us = MIN(summary->to_us, summary->now_us);
	g_autoptr(GPtrArray) presence =
		loa_store_presence(self->parts.store, summary->from_us, end_us, error);

	if (presence == NULL)
		return FALSE;
	summary->uptime = loa_uptime_of_groups(presence, loa_registry_nodes(self->parts.registry),
					       summary->from_us, end_us);
	return TRUE;
}

static gboolean
count_ticks(LoaOffice *self, LoaSummary *summary, GError **error)
{
	g_autoptr(GPtrArray) ticks = loa_office_ticks_load(self, error);

	if (ticks == NULL)
		return FALSE;
	summary->n_ticks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < ticks->len; i++) {
		const LoaTick *tick = g_ptr_array_index(ticks, i);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(summary->n_ticks, tick->group));

		if (tick->airing == NULL && tick->from_us >= summary->from_us &&
		    tick->from_us < summary->to_us)
			g_hash_table_replace(summary->n_ticks, g_strdup(tick->group),
					     GUINT_TO_POINTER(n + 1));
	}
	return TRUE;
}

/* Its last day as declared begins in the time: each run is in one report of adjacent ones. */
static gboolean
ends_within(LoaOffice *self, const LoaSummary *summary, const LoaBroadcast *broadcast)
{
	LoaLocalTime local;
	gint64 us;

	if (broadcast->campaign_days == 0 || loa_day_is_none(broadcast->until))
		return FALSE;
	loa_local_time_init(&local, self->parts.config->zone);
	us = loa_local_time_to_us(&local, broadcast->until, 0);
	return summary->from_us <= us && us < summary->to_us;
}

static gint
compare_ends(gconstpointer a, gconstpointer b)
{
	const LoaBroadcast *x = *(const LoaBroadcast *const *)a;
	const LoaBroadcast *y = *(const LoaBroadcast *const *)b;
	const gint order = loa_day_compare(x->until, y->until);

	return order != 0 ? order : strcmp(x->id, y->id);
}

/* (transfer container): those of the time, as they are declared, or were */
static GPtrArray *
list_disclosures(LoaOffice *self, const LoaSummary *summary, GHashTable *said)
{
	const GPtrArray *declared = loa_plan_desk_broadcasts(self->parts.desk);
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < declared->len; i++) {
		LoaBroadcast *broadcast = g_ptr_array_index(declared, i);

		g_hash_table_remove(said, broadcast->id);
		if (ends_within(self, summary, broadcast))
			g_ptr_array_add(list, broadcast);
	}
	g_hash_table_iter_init(&iter, said);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (ends_within(self, summary, value))
			g_ptr_array_add(list, value);
	g_ptr_array_sort(list, compare_ends);
	return list;
}

static LoaDisclosure *
describe_campaign(const LoaCareCampaign *campaign)
{
	LoaDisclosure *disclosure = g_new0(LoaDisclosure, 1);

	disclosure->broadcast = loa_broadcast_copy(campaign->broadcast);
	disclosure->missing = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < campaign->groups->len; i++) {
		const LoaCareGroup *one = g_ptr_array_index(campaign->groups, i);

		disclosure->n_groups++;
		if (one->judged->state == LOA_CAMPAIGN_PROVEN)
			disclosure->n_proven++;
		else
			g_ptr_array_add(disclosure->missing, g_strdup(one->group->name));
	}
	return disclosure;
}

static gboolean
prove(LoaOffice *self, LoaSummary *summary, GHashTable *said, GError **error)
{
	g_autoptr(GPtrArray) list = list_disclosures(self, summary, said);
	g_autoptr(GPtrArray) campaigns = loa_care_campaigns(self->parts.store, self->parts.config,
							    list, summary->now_us, error);

	if (campaigns == NULL)
		return FALSE;
	summary->disclosures = g_ptr_array_new_with_free_func(disclosure_free);
	for (guint i = 0; i < campaigns->len; i++)
		g_ptr_array_add(summary->disclosures,
				describe_campaign(g_ptr_array_index(campaigns, i)));
	return TRUE;
}

gboolean
loa_office_summary_make(LoaOffice *self, const LoaCaller *caller, const LoaReportQuery *query,
			LoaSummary *summary, GError **error)
{
	g_auto(LoaSummary) made = { 0 };
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
							   (GDestroyNotify)loa_broadcast_free);
	GError *cause = NULL;

	if (loa_caller_is_bound_to_groups(caller)) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
				  "a report shows all groups; the logbook shows yours");
		return FALSE;
	}
	if (!find_time(self, query, &made, error))
		return FALSE;
	if (!may_take_its_time(self, &made, &cause) || !count(self, &made, said, &cause) ||
	    !measure_uptime(self, &made, &cause) || !count_ticks(self, &made, &cause) ||
	    !prove(self, &made, said, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}
	*summary = made;
	made = (LoaSummary){ 0 };
	return TRUE;
}

void
loa_office_summary_clear(LoaSummary *summary)
{
	g_clear_pointer(&summary->period_id, g_free);
	g_clear_pointer(&summary->statistics, loa_statistics_free);
	g_clear_pointer(&summary->uptime, g_hash_table_unref);
	g_clear_pointer(&summary->n_ticks, g_hash_table_unref);
	g_clear_pointer(&summary->disclosures, g_ptr_array_unref);
}

char *
loa_office_summary_words(const LoaSummary *summary, LoaLanguage language)
{
	static const char *const final[] = { "Số liệu đã đầy đủ.", "The figures are complete." };
	static const char *const running[] = { "Tạm tính: kỳ báo cáo chưa kết thúc",
					       "Provisional: the period is not over" };
	static const char *const waiting[] = { "Tạm tính", "Provisional" };
	static const char *const open[] = { "còn %u dòng nhật ký chờ báo cáo của cụm thu",
					    "%u lines of the logbook wait for reports" };
	GString *text;

	if (!summary->is_provisional)
		return g_strdup(final[language]);
	text = g_string_new(summary->now_us < summary->to_us ? running[language]
							     : waiting[language]);
	if (summary->statistics->n_open > 0) {
		g_string_append(text, "; ");
		g_string_append_printf(text, open[language], summary->statistics->n_open);
	}
	g_string_append_c(text, '.');
	return g_string_free(text, FALSE);
}
