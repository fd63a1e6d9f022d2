/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <string.h>

#include "common/id.h"
#include "controller/loactl/loactl-json.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-time.h"
#include "controller/office/office-record.h"

typedef struct {
	char *period, *from, *to, *part, *language;
	gboolean is_csv;
} Options;

static void
options_clear(Options *self)
{
	g_free(self->period);
	g_free(self->from);
	g_free(self->to);
	g_free(self->part);
	g_free(self->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* (transfer full): "97.5", "-" for nothing */
static char *
number(JsonObject *object, const char *name)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	const double value = loa_loactl_json_double(object, name, -1.0);

	return g_strdup(value < 0.0 ? "-" : g_ascii_formatd(text, sizeof text, "%.1f", value));
}

/* (transfer full) */
static char *
whole(JsonObject *object, const char *name)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, loa_loactl_json_int(object, name));
}

static void
print_table(const char *title, LoaLoactlTable *table)
{
	if (loa_loactl_table_n_rows(table) == 0)
		return;
	loa_loactl_output_format("\n%s\n", title);
	loa_loactl_output_table(table);
}

static void
print_groups(JsonArray *rows)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"GROUP", "~NAME", ">AIRINGS", ">MINUTES", ">TO THE END", ">IN PART", ">MISSED",
		">COVERAGE %", ">UPTIME %", ">TICKS", NULL });

	for (guint i = 0; i < loa_loactl_json_length(rows); i++) {
		JsonObject *row = loa_loactl_json_element(rows, i);
		g_autofree char *airings = whole(row, "airings");
		g_autofree char *minutes = number(row, "minutes");
		g_autofree char *completed = whole(row, "completed");
		g_autofree char *partial = whole(row, "partial");
		g_autofree char *missed = whole(row, "missed");
		g_autofree char *coverage = number(row, "coverage_pct");
		g_autofree char *uptime = number(row, "uptime_pct");
		g_autofree char *ticks = whole(row, "ticks");

		loa_loactl_table_add(
			table, (const char *const[]){ loa_loactl_json_text(row, "group"),
						      loa_loactl_json_text(row, "name"), airings,
						      minutes, completed, partial, missed, coverage,
						      uptime, ticks, NULL });
	}
	print_table("By group (minutes heard)", table);
}

/* @name: the member with the name */
static void
print_figures(const char *title, const char *heading, const char *name, JsonArray *rows)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		heading, ">AIRINGS", ">ITEMS", ">MINUTES", ">COVERAGE %", NULL });

	for (guint i = 0; i < loa_loactl_json_length(rows); i++) {
		JsonObject *row = loa_loactl_json_element(rows, i);
		const char *text = loa_loactl_json_text(row, name);
		g_autofree char *airings = whole(row, "airings");
		g_autofree char *items = whole(row, "items");
		g_autofree char *minutes = number(row, "minutes");
		g_autofree char *coverage = number(row, "coverage_pct");

		loa_loactl_table_add(table,
				     (const char *const[]){ *text != '\0' ? text : "-", airings,
							    items, minutes, coverage, NULL });
	}
	print_table(title, table);
}

static void
print_disclosures(JsonArray *rows)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"BROADCAST", "~TITLE", "UNTIL", ">PROVEN", ">OF", "~MISSING", NULL });

	for (guint i = 0; i < loa_loactl_json_length(rows); i++) {
		JsonObject *row = loa_loactl_json_element(rows, i);
		g_autofree char *proven = whole(row, "proven");
		g_autofree char *of = whole(row, "of");
		g_autofree char *missing =
			loa_loactl_json_join(loa_loactl_json_array(row, "groups_missing"), ", ");

		loa_loactl_table_add(table,
				     (const char *const[]){ loa_loactl_json_text(row, "broadcast"),
							    loa_loactl_json_text(row, "title"),
							    loa_loactl_json_text(row, "until"),
							    proven, of, missing, NULL });
	}
	print_table("Disclosures", table);
}

static void
print_pay(JsonArray *rows)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(
		(const char *const[]){ "AUTHOR", "~ITEM", "KIND", ">AIRINGS", ">FEE (VND)", NULL });

	for (guint i = 0; i < loa_loactl_json_length(rows); i++) {
		JsonObject *row = loa_loactl_json_element(rows, i);
		g_autofree char *airings = whole(row, "airings");
		g_autofree char *fee = whole(row, "fee");

		loa_loactl_table_add(table,
				     (const char *const[]){ loa_loactl_json_text(row, "author"),
							    loa_loactl_json_text(row, "item"),
							    loa_loactl_json_text(row, "kind"),
							    airings, fee, NULL });
	}
	print_table("Remuneration", table);
}

static void
print_report(JsonObject *report, GTimeZone *zone)
{
	JsonObject *coverage = loa_loactl_json_object(report, "coverage");
	g_autofree char *from =
		loa_loactl_time_format(loa_loactl_json_int(report, "from_us"), zone);
	g_autofree char *to = loa_loactl_time_format(loa_loactl_json_int(report, "to_us"), zone);
	g_autofree char *minutes = number(report, "minutes");
	g_autofree char *percent = number(coverage, "pct");

	loa_loactl_output_format(
		"%s to %s: %" G_GINT64_FORMAT " airings, %s minutes, %" G_GINT64_FORMAT
		" items; reached %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " (%s %%)\n%s\n",
		from, to, loa_loactl_json_int(report, "airings"), minutes,
		loa_loactl_json_int(report, "items"), loa_loactl_json_int(coverage, "n"),
		loa_loactl_json_int(coverage, "of"), percent,
		loa_loactl_json_text(loa_loactl_json_object(report, "words"), "en"));
	print_groups(loa_loactl_json_array(report, "by_group"));
	print_figures("By category", "CATEGORY", "category",
		      loa_loactl_json_array(report, "by_category"));
	print_figures("By lead unit", "~UNIT", "unit", loa_loactl_json_array(report, "by_unit"));
	print_disclosures(loa_loactl_json_array(report, "disclosures"));
	print_pay(loa_loactl_json_array(report, "remuneration"));
}

static void
print_periods(JsonObject *answer)
{
	JsonArray *periods = loa_loactl_json_array(answer, "periods");
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new(
		(const char *const[]){ "PERIOD", "UNTIL", "DUE", "", "~NAME", NULL });

	for (guint i = 0; i < loa_loactl_json_length(periods); i++) {
		JsonObject *period = loa_loactl_json_element(periods, i);
		g_autofree char *to = g_strndup(loa_loactl_json_text(period, "to"), 10);

		loa_loactl_table_add(
			table, (const char *const[]){
				       loa_loactl_json_text(period, "id"), to,
				       loa_loactl_json_text(period, "due"),
				       loa_loactl_json_bool(period, "is_over") ? "" : "running",
				       loa_loactl_json_text(period, "name_vi"), NULL });
	}
	loa_loactl_output_table(table);
}

/* (transfer full) (nullable): what follows the '?' */
static char *
make_query(LoaLoactl *ctl, const Options *options, GError **error)
{
	gint64 from_us, to_us;

	if (options->period != NULL) {
		if (options->from != NULL || options->to != NULL ||
		    !loa_id_is_valid(options->period)) {
			loa_loactl_error(error, EX_USAGE,
					 "--period stands alone, with one of those that loactl "
					 "report lists");
			return NULL;
		}
		return g_strdup_printf("period=%s", options->period);
	}
	if (options->from == NULL || options->to == NULL) {
		loa_loactl_error(error, EX_USAGE, "Both --from and --to, or a --period");
		return NULL;
	}
	if (!loa_loactl_context_time(ctl, "--from", options->from, &from_us, error) ||
	    !loa_loactl_context_time(ctl, "--to", options->to, &to_us, error))
		return NULL;
	return g_strdup_printf("from_us=%" G_GINT64_FORMAT "&to_us=%" G_GINT64_FORMAT, from_us,
			       to_us);
}

static gboolean
show_csv(LoaLoactlClient *client, const Options *options, const char *query, GError **error)
{
	const char *part = options->part != NULL ? options->part : "groups";
	const char *language = options->language != NULL ? options->language : "vi";
	LoaReportPart known_part;
	LoaLanguage known_language;

	if (!loa_report_part_from_name(part, &known_part))
		return loa_loactl_error(error, EX_USAGE,
					"--part: groups, categories, units, disclosures or "
					"remuneration");
	if (!loa_language_from_name(language, &known_language))
		return loa_loactl_error(error, EX_USAGE, "--lang: vi or en");

	g_autofree char *path = g_strdup_printf("/reports.csv?%s&part=%s&lang=%s", query,
						loa_report_part_name(known_part),
						loa_language_name(known_language));
	g_autofree char *text = loa_loactl_client_get_text(client, path, error);

	if (text == NULL)
		return FALSE;
	loa_loactl_output_text(text);
	return TRUE;
}

static gboolean
show(LoaLoactl *ctl, const Options *options, GError **error)
{
	const gboolean is_list =
		options->period == NULL && options->from == NULL && options->to == NULL;
	g_autofree char *query = is_list ? NULL : make_query(ctl, options, error);

	if (!is_list && query == NULL)
		return FALSE;

	GTimeZone *zone = loa_loactl_context_zone(ctl, error);
	LoaLoactlClient *client = zone != NULL ? loa_loactl_context_client(ctl, error) : NULL;

	if (client == NULL)
		return FALSE;
	if (!is_list && options->is_csv)
		return show_csv(client, options, query, error);

	g_autofree char *path =
		is_list ? g_strdup("/reports/periods") : g_strdup_printf("/reports?%s", query);
	g_autoptr(JsonNode) answer = loa_loactl_client_get(client, path, error);

	if (answer == NULL)
		return FALSE;
	if (ctl->is_json)
		loa_loactl_output_json(answer);
	else if (is_list)
		print_periods(json_node_get_object(answer));
	else
		print_report(json_node_get_object(answer), zone);
	return TRUE;
}

gboolean
loa_loactl_report(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	const GOptionEntry entries[] = {
		{ "period", 'p', 0, G_OPTION_ARG_FILENAME, &options.period,
		  "Of this period: loactl report alone lists them", "PERIOD" },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
		  "From then on: 2026-11-14, -30d, ...", "TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Before then", "TIME" },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &options.is_csv, "One part for a spreadsheet",
		  NULL },
		{ "part", 0, 0, G_OPTION_ARG_FILENAME, &options.part,
		  "With --csv: groups (default), categories, units, disclosures, remuneration",
		  "PART" },
		{ "lang", 0, 0, G_OPTION_ARG_FILENAME, &options.language,
		  "With --csv: headings in vi (default) or en", "LANG" },
		{ NULL },
	};

	if (!loa_loactl_context_parse(
		    ctl, "report [--period PERIOD | --from TIME --to TIME]",
		    "A time in figures: airings, minutes, coverage and uptime by group, category "
		    "and unit,\n"
		    "disclosures proven, the remuneration sheet. Times that touch add up.",
		    entries, &argc, &argv, error))
		return FALSE;
	if (argc != 1)
		return loa_loactl_error(error, EX_USAGE,
					"loactl report takes options only: see loactl report "
					"--help");
	if (options.is_csv && ctl->is_json)
		return loa_loactl_error(error, EX_USAGE, "Either --json or --csv");
	return show(ctl, &options, error);
}
