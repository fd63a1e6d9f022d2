/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-summary.h"

#include <string.h>

#include "controller/plan/care.h"
#include "controller/store/store-record.h"
#include "schedules/broadcast-json.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
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
find_period(const LoaBooks *books, const char *id, LoaSummary *summary, GError **error)
{
	const GPtrArray *rules = books->config->reports.periods;
	LoaLocalTime local;
	LoaPeriod period;

	summary->rule = loa_period_find(rules, id, &period);
	if (summary->rule == NULL) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
				  "there is no period \"%s\"; reports/periods lists them", id);
		return FALSE;
	}
	summary->period_id = g_strdup(id);
	loa_local_time_init(&local, books->config->zone);
	summary->from_us = loa_local_time_to_us(&local, period.from, 0);
	summary->to_us = loa_local_time_to_us(&local, period.to, 0);
	return TRUE;
}

/* Of the first rule, the one that has begun last. */
static gboolean
find_running(const LoaBooks *books, LoaSummary *summary, GError **error)
{
	const GPtrArray *rules = books->config->reports.periods;
	g_autofree char *id = NULL;
	LoaLocalTime local;

	if (rules->len > 0) {
		const LoaPeriodRule *rule = g_ptr_array_index(rules, 0);
		LoaPeriod period;

		loa_local_time_init(&local, books->config->zone);
		period = loa_period_at(rule, loa_local_time_from_us(&local, summary->now_us, NULL));
		id = loa_period_id(rule, &period);
	}
	return find_period(books, id != NULL ? id : "", summary, error);
}

static gboolean
find_time(const LoaBooks *books, const LoaBooksQuery *query, LoaSummary *summary, GError **error)
{
	summary->now_us = books->now_us;
	if (query->name != NULL && (query->from_us != 0 || query->to_us != 0)) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "either a period, or from_us and to_us");
		return FALSE;
	}
	if (query->name != NULL)
		return find_period(books, query->name, summary, error);
	if (query->from_us == 0 && query->to_us == 0)
		return find_running(books, summary, error);
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

/* Airing by airing, so that a year takes no more memory than a day. */
static gboolean
count_airings(const LoaBooks *books, LoaHistory *history, const LoaLogbook *book,
	      LoaCredits *credits, LoaStatistics *statistics, GHashTable *said, GError **error)
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
		if (!loa_books_is_wanted(books, error))
			return FALSE;
	}
	return step == LOA_HISTORY_END;
}

static gboolean
count(const LoaBooks *books, LoaSummary *summary, GHashTable *said, GError **error)
{
	const gint64 end_us = MIN(summary->to_us, summary->now_us + 1);
	g_autoptr(LoaHistory) history =
		loa_history_new(books->store, summary->from_us, end_us, error);
	g_autoptr(LoaCredits) credits =
		history == NULL ? NULL : loa_books_credits(books, history, error);
	g_autoptr(GPtrArray) ticks =
		credits == NULL ? NULL
				: loa_office_ticks_load(books->store, books->config->zone, error);
	g_autoptr(GPtrArray) nodes = ticks == NULL ? NULL : loa_store_nodes(books->store, error);
	g_autoptr(LoaLogbook) book = NULL;

	if (nodes == NULL)
		return FALSE;
	book = loa_logbook_new(nodes, ticks, summary->now_us);
	summary->statistics = loa_statistics_new(&books->config->reports);
	if (!count_airings(books, history, book, credits, summary->statistics, said, error))
		return FALSE;
	loa_statistics_sort(summary->statistics);
	summary->is_provisional =
		summary->now_us < summary->to_us || summary->statistics->n_open > 0;
	return TRUE;
}

/* Of all groups, also those where nothing was planned. */
static gboolean
measure_uptime(const LoaBooks *books, LoaSummary *summary, GError **error)
{
	const gint64 end_us = MIN(summary->to_us, summary->now_us);
	g_autoptr(GPtrArray) presence =
		loa_store_presence(books->store, summary->from_us, end_us, error);
	g_autoptr(GPtrArray) nodes = presence == NULL ? NULL : loa_store_nodes(books->store, error);

	if (nodes == NULL)
		return FALSE;
	summary->uptime = loa_uptime_of_groups(presence, nodes, summary->from_us, end_us);
	return TRUE;
}

static gboolean
count_ticks(const LoaBooks *books, LoaSummary *summary, GError **error)
{
	g_autoptr(GPtrArray) ticks =
		loa_office_ticks_load(books->store, books->config->zone, error);

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
ends_within(const LoaBooks *books, const LoaSummary *summary, const LoaBroadcast *broadcast)
{
	LoaLocalTime local;
	gint64 us;

	if (broadcast->campaign_days == 0 || loa_day_is_none(broadcast->until))
		return FALSE;
	loa_local_time_init(&local, books->config->zone);
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

/* Of every broadcast that is declared, what it says now takes the place of what it said. What
 * cannot be read any more is not planned either. */
static gboolean
keep_declared(const LoaBooks *books, GHashTable *said, GError **error)
{
	g_autoptr(GPtrArray) declarations = loa_store_declarations(books->store, error);

	for (guint i = 0; declarations != NULL && i < declarations->len; i++) {
		const LoaDeclaration *declaration = g_ptr_array_index(declarations, i);
		LoaBroadcast *broadcast = loa_broadcast_from_json_text(declaration->json, NULL);

		if (broadcast != NULL)
			g_hash_table_replace(said, broadcast->id, broadcast);
	}
	return declarations != NULL;
}

/* (transfer container): those of the time, as they are declared, or were */
static GPtrArray *
list_disclosures(const LoaBooks *books, const LoaSummary *summary, GHashTable *said)
{
	GPtrArray *list = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, said);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (ends_within(books, summary, value))
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
prove(const LoaBooks *books, LoaSummary *summary, GHashTable *said, GError **error)
{
	g_autoptr(GPtrArray) list = NULL, campaigns = NULL;

	if (!keep_declared(books, said, error))
		return FALSE;
	list = list_disclosures(books, summary, said);
	campaigns = loa_care_campaigns(books->store, books->config, list, summary->now_us, error);

	if (campaigns == NULL)
		return FALSE;
	summary->disclosures = g_ptr_array_new_with_free_func(disclosure_free);
	for (guint i = 0; i < campaigns->len; i++)
		g_ptr_array_add(summary->disclosures,
				describe_campaign(g_ptr_array_index(campaigns, i)));
	return TRUE;
}

gboolean
loa_books_summary(const LoaBooks *books, const LoaBooksQuery *query, LoaSummary *summary,
		  GError **error)
{
	g_auto(LoaSummary) made = { 0 };
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
							   (GDestroyNotify)loa_broadcast_free);
	GError *cause = NULL;

	if (loa_caller_is_bound_to_groups(books->caller)) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
				  "a report shows all groups; the logbook shows yours");
		return FALSE;
	}
	if (!find_time(books, query, &made, error))
		return FALSE;
	if (!count(books, &made, said, &cause) || !measure_uptime(books, &made, &cause) ||
	    !count_ticks(books, &made, &cause) || !prove(books, &made, said, &cause)) {
		loa_office_take_error(error, cause);
		return FALSE;
	}
	*summary = made;
	made = (LoaSummary){ 0 };
	return TRUE;
}

void
loa_summary_clear(LoaSummary *summary)
{
	g_clear_pointer(&summary->period_id, g_free);
	g_clear_pointer(&summary->statistics, loa_statistics_free);
	g_clear_pointer(&summary->uptime, g_hash_table_unref);
	g_clear_pointer(&summary->n_ticks, g_hash_table_unref);
	g_clear_pointer(&summary->disclosures, g_ptr_array_unref);
}

char *
loa_summary_words(const LoaSummary *summary, LoaLanguage language)
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
