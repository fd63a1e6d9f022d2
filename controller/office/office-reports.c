/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports as JSON, and the periods they are asked for.
 */
#include "controller/office/office-summary.h"

#include <math.h>

#include "common/text.h"

static const char *const part_names[LOA_REPORT_LAST + 1] = {
	[LOA_REPORT_GROUPS] = "groups",
	[LOA_REPORT_CATEGORIES] = "categories",
	[LOA_REPORT_UNITS] = "units",
	[LOA_REPORT_DISCLOSURES] = "disclosures",
	[LOA_REPORT_REMUNERATION] = "remuneration",
};

const char *
loa_report_part_name(LoaReportPart part)
{
	return part_names[part];
}

gboolean
loa_report_part_from_name(const char *name, LoaReportPart *part)
{
	guint i;

	if (!loa_text_find(part_names, G_N_ELEMENTS(part_names), name, &i))
		return FALSE;
	*part = (LoaReportPart)i;
	return TRUE;
}

static JsonObject *
describe_period(LoaOffice *self, LoaLocalTime *local, const LoaPeriodRule *rule,
		const LoaPeriod *period)
{
	JsonObject *object = json_object_new();
	g_autofree char *id = loa_period_id(rule, period);
	g_autofree char *due = loa_day_format(period->due);
	const gint64 to_us = loa_local_time_to_us(local, period->to, 0);

	json_object_set_string_member(object, "id", id);
	json_object_set_string_member(object, "kind", rule->id);
	json_object_set_string_member(object, "name_vi", rule->name_vi);
	json_object_set_string_member(object, "name_en", rule->name_en);
	loa_office_add_time(self, object, "from", loa_local_time_to_us(local, period->from, 0));
	loa_office_add_time(self, object, "to", to_us);
	json_object_set_string_member(object, "due", due);
	json_object_set_boolean_member(object, "is_over", loa_office_now_us(self) >= to_us);
	return object;
}

JsonNode *
loa_office_report_periods(LoaOffice *self, const LoaCaller *caller)
{
	const GPtrArray *rules = self->parts.config->reports.periods;
	JsonArray *array = json_array_new();
	JsonObject *object = json_object_new();
	LoaLocalTime local;
	LoaDay today;

	(void)caller;
	loa_local_time_init(&local, self->parts.config->zone);
	today = loa_local_time_from_us(&local, loa_office_now_us(self), NULL);
	for (guint i = 0; i < rules->len; i++) {
		const LoaPeriodRule *rule = g_ptr_array_index(rules, i);
		LoaPeriod period = loa_period_at(rule, today);

		/* this one, and those of the twelve months before it */
		for (guint n = 0; n <= 12 / rule->every_months; n++) {
			json_array_add_object_element(array,
						      describe_period(self, &local, rule, &period));
			period = loa_period_before(rule, &period);
		}
	}
	json_object_set_array_member(object, "periods", array);
	return loa_office_document(object);
}

/* To a tenth: what people read. */
static void
add_minutes(JsonObject *object, const char *name, gint64 ms)
{
	json_object_set_double_member(object, name, round((double)ms / 6000.0) / 10.0);
}

static void
add_percent(JsonObject *object, const char *name, gint permille)
{
	if (permille >= 0)
		json_object_set_double_member(object, name, permille / 10.0);
	else
		json_object_set_null_member(object, name);
}

/* @name: of the member that has the figures' name */
static JsonObject *
describe_figures(const LoaFigures *figures, const char *name)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, name, figures->name);
	json_object_set_int_member(object, "airings", figures->n_airings);
	add_minutes(object, "minutes", figures->aired_ms);
	json_object_set_int_member(object, "items", figures->n_items);
	add_percent(object, "coverage_pct", loa_figures_coverage_permille(figures));
	return object;
}

static JsonObject *
describe_group(const LoaBooks *books, const LoaSummary *summary, const char *group)
{
	static const LoaFigures none = { 0 };
	static const LoaUptime unknown = { 0 };
	const LoaFigures *found = loa_statistics_find(summary->statistics->groups, group);
	const LoaFigures *figures = found != NULL ? found : &none;
	const LoaUptime *known = g_hash_table_lookup(summary->uptime, group);
	const LoaUptime *uptime = known != NULL ? known : &unknown;
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "group", group);
	json_object_set_string_member(object, "name", loa_books_group_name(books, group));
	json_object_set_int_member(object, "airings", figures->n_airings);
	add_minutes(object, "minutes", figures->heard_ms);
	add_minutes(object, "aired_minutes", figures->aired_ms);
	json_object_set_int_member(object, "covered", figures->n_covered);
	json_object_set_int_member(object, "completed", figures->n_completed);
	json_object_set_int_member(object, "partial", figures->n_partial);
	json_object_set_int_member(object, "missed", figures->n_missed);
	json_object_set_int_member(object, "confirmed", figures->n_confirmed);
	add_percent(object, "coverage_pct", loa_figures_coverage_permille(figures));
	add_percent(object, "uptime_pct", loa_uptime_permille(uptime));
	add_percent(object, "uptime_known_pct", loa_uptime_known_permille(uptime));
	json_object_set_int_member(object, "ticks",
				   GPOINTER_TO_UINT(g_hash_table_lookup(summary->n_ticks, group)));
	return object;
}

/* The site's in their order, then those that are not in its configuration any more. */
static JsonArray *
list_groups(const LoaBooks *books, const LoaSummary *summary)
{
	const GPtrArray *groups = books->config->groups;
	JsonArray *array = json_array_new();

	for (guint i = 0; i < groups->len; i++)
		json_array_add_object_element(
			array,
			describe_group(books, summary,
				       ((const LoaGroup *)g_ptr_array_index(groups, i))->id));
	for (guint i = 0; i < summary->statistics->groups->len; i++) {
		const LoaFigures *figures = g_ptr_array_index(summary->statistics->groups, i);

		if (loa_controller_config_group(books->config, figures->name) == NULL)
			json_array_add_object_element(
				array, describe_group(books, summary, figures->name));
	}
	return array;
}

static JsonArray *
list_figures(const GPtrArray *figures, const char *name, gboolean with_shared)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < figures->len; i++) {
		const LoaFigures *one = g_ptr_array_index(figures, i);
		JsonObject *object = describe_figures(one, name);

		if (with_shared)
			json_object_set_int_member(object, "shared_items", one->n_shared);
		json_array_add_object_element(array, object);
	}
	return array;
}

static JsonArray *
list_disclosures(const LoaSummary *summary)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < summary->disclosures->len; i++) {
		const LoaDisclosure *one = g_ptr_array_index(summary->disclosures, i);
		JsonObject *object = json_object_new();
		JsonArray *missing = json_array_new();
		g_autofree char *from = loa_day_format(one->broadcast->from);
		g_autofree char *until = loa_day_format(one->broadcast->until);

		for (guint n = 0; n < one->missing->len; n++)
			json_array_add_string_element(missing, g_ptr_array_index(one->missing, n));
		json_object_set_string_member(object, "broadcast", one->broadcast->id);
		json_object_set_string_member(object, "title", one->broadcast->title);
		json_object_set_int_member(object, "days", one->broadcast->campaign_days);
		json_object_set_string_member(object, "from", from);
		json_object_set_string_member(object, "until", until);
		json_object_set_int_member(object, "proven", one->n_proven);
		json_object_set_int_member(object, "of", one->n_groups);
		json_object_set_array_member(object, "groups_missing", missing);
		json_array_add_object_element(array, object);
	}
	return array;
}

/* @total_vnd: (out) */
static JsonArray *
list_pay(const LoaSummary *summary, gint64 *total_vnd)
{
	JsonArray *array = json_array_new();

	*total_vnd = 0;
	for (guint i = 0; i < summary->statistics->pay->len; i++) {
		const LoaPay *pay = g_ptr_array_index(summary->statistics->pay, i);
		JsonObject *object = json_object_new();

		json_object_set_string_member(object, "author", pay->author);
		json_object_set_string_member(object, "item", pay->title);
		json_object_set_string_member(object, "kind", pay->kind);
		json_object_set_int_member(object, "airings", pay->n_airings);
		json_object_set_boolean_member(object, "is_new", pay->is_new);
		json_object_set_int_member(object, "fee", pay->fee_vnd);
		json_array_add_object_element(array, object);
		*total_vnd += pay->fee_vnd;
	}
	return array;
}

static JsonObject *
describe_words(const LoaSummary *summary)
{
	g_autofree char *vi = loa_summary_words(summary, LOA_LANGUAGE_VI);
	g_autofree char *en = loa_summary_words(summary, LOA_LANGUAGE_EN);
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "vi", vi);
	json_object_set_string_member(object, "en", en);
	return object;
}

static void
add_whole(JsonObject *object, const LoaSummary *summary)
{
	const LoaFigures *whole = &summary->statistics->whole;
	JsonObject *coverage = json_object_new();

	json_object_set_int_member(object, "airings", whole->n_airings);
	json_object_set_int_member(object, "items", whole->n_items);
	add_minutes(object, "minutes", whole->aired_ms);
	json_object_set_int_member(coverage, "n", whole->n_covered);
	json_object_set_int_member(coverage, "of", whole->n_lines);
	add_percent(coverage, "pct", loa_figures_coverage_permille(whole));
	json_object_set_object_member(object, "coverage", coverage);
}

JsonObject *
loa_books_report(const LoaBooks *books, const LoaBooksQuery *query, GError **error)
{
	g_auto(LoaSummary) summary = { 0 };
	JsonObject *object;
	gint64 total_vnd;

	if (!loa_books_summary(books, query, &summary, error))
		return NULL;
	object = json_object_new();
	json_object_set_string_member(object, "period", summary.period_id);
	json_object_set_string_member(object, "name_vi",
				      summary.rule != NULL ? summary.rule->name_vi : NULL);
	json_object_set_string_member(object, "name_en",
				      summary.rule != NULL ? summary.rule->name_en : NULL);
	loa_books_add_time(books, object, "from", summary.from_us);
	loa_books_add_time(books, object, "to", summary.to_us);
	loa_books_add_time(books, object, "made", summary.now_us);
	json_object_set_boolean_member(object, "provisional", summary.is_provisional);
	json_object_set_int_member(object, "open", summary.statistics->n_open);
	json_object_set_object_member(object, "words", describe_words(&summary));
	add_whole(object, &summary);
	json_object_set_array_member(object, "by_group", list_groups(books, &summary));
	json_object_set_array_member(
		object, "by_category",
		list_figures(summary.statistics->categories, "category", FALSE));
	json_object_set_array_member(object, "by_unit",
				     list_figures(summary.statistics->units, "unit", TRUE));
	json_object_set_array_member(object, "disclosures", list_disclosures(&summary));
	json_object_set_array_member(object, "remuneration", list_pay(&summary, &total_vnd));
	json_object_set_int_member(object, "remuneration_total", total_vnd);
	return object;
}

static GBytes *
answer_worker(const LoaBooks *books, const LoaBooksQuery *query, GError **error)
{
	JsonObject *report = loa_books_report(books, query, error);

	return report == NULL ? NULL : loa_books_document(report);
}

GCancellable *
loa_office_report(LoaOffice *self, const LoaCaller *caller, const LoaReportQuery *query,
		  LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	const LoaBooksQuery asked = { query->period, query->from_us, query->to_us, 0, 0 };

	return loa_office_ask_books(self, caller, &asked, answer_worker, LOA_BOOKS_JSON, NULL, func,
				    user_data, destroy);
}
