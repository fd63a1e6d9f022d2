/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a report as tables for a spreadsheet. They are written from the JSON: a table says
 * what the page says, or both are wrong.
 */
#include "controller/office/office-summary.h"
#include "controller/proof/csv.h"

#define MAX_COLUMNS 14

/* A column: the member of the row's object, and its heading. */
typedef struct {
	const char *member;
	const char *heading[LOA_LANGUAGE_LAST + 1];
} Column;

static const Column groups[] = {
	{ "group", { "Mã tổ", "Group id" } },
	{ "name", { "Tổ", "Group" } },
	{ "airings", { "Số lần phát", "Airings" } },
	{ "aired_minutes", { "Số phút đã phát", "Minutes aired" } },
	{ "minutes", { "Số phút nghe được", "Minutes heard" } },
	{ "covered", { "Số lần nghe được", "Airings that reached people" } },
	{ "completed", { "Phát hết", "To the end" } },
	{ "partial", { "Phát thiếu", "In part" } },
	{ "missed", { "Không phát được", "Not at all" } },
	{ "coverage_pct", { "Tỷ lệ phủ sóng (%)", "Coverage (%)" } },
	{ "uptime_pct", { "Tỷ lệ hoạt động (%)", "Uptime (%)" } },
	{ "uptime_known_pct", { "Thời gian có số liệu (%)", "Time with a record (%)" } },
	{ "ticks", { "Số tuần có phản hồi", "Weeks answered for" } },
	{ NULL, { NULL } },
};

static const Column categories[] = {
	{ "category", { "Chuyên mục", "Category" } },
	{ "airings", { "Số lần phát", "Airings" } },
	{ "items", { "Số tin, bài", "Items" } },
	{ "minutes", { "Số phút đã phát", "Minutes aired" } },
	{ "coverage_pct", { "Tỷ lệ phủ sóng (%)", "Coverage (%)" } },
	{ NULL, { NULL } },
};

static const Column units[] = {
	{ "unit", { "Đơn vị chủ trì", "Lead unit" } },
	{ "items", { "Số tin, bài", "Items" } },
	{ "shared_items", { "Số tin, bài phối hợp", "Items of others worked on" } },
	{ "airings", { "Số lần phát", "Airings" } },
	{ "minutes", { "Số phút đã phát", "Minutes aired" } },
	{ "coverage_pct", { "Tỷ lệ phủ sóng (%)", "Coverage (%)" } },
	{ NULL, { NULL } },
};

static const Column disclosures[] = {
	{ "broadcast", { "Mã chương trình", "Broadcast" } },
	{ "title", { "Nội dung công khai", "Disclosure" } },
	{ "from", { "Từ ngày", "From" } },
	{ "until", { "Đến ngày", "Until" } },
	{ "days", { "Số ngày liên tiếp", "Days in a row" } },
	{ "proven", { "Số tổ đủ ngày", "Groups proven" } },
	{ "of", { "Tổng số tổ", "Groups in all" } },
	{ "groups_missing", { "Các tổ chưa đủ", "Groups missing" } },
	{ NULL, { NULL } },
};

static const Column remuneration[] = {
	{ "author", { "Tác giả", "Author" } },
	{ "item", { "Tin, bài", "Item" } },
	{ "kind", { "Thể loại", "Kind" } },
	{ "airings", { "Số lần phát", "Airings" } },
	{ "is_new", { "Tin, bài mới", "New" } },
	{ "fee", { "Nhuận bút (đồng)", "Fee (VND)" } },
	{ NULL, { NULL } },
};

static const struct {
	const char *list; /* of the report */
	const Column *columns;
} parts[LOA_REPORT_LAST + 1] = {
	[LOA_REPORT_GROUPS] = { "by_group", groups },
	[LOA_REPORT_CATEGORIES] = { "by_category", categories },
	[LOA_REPORT_UNITS] = { "by_unit", units },
	[LOA_REPORT_DISCLOSURES] = { "disclosures", disclosures },
	[LOA_REPORT_REMUNERATION] = { "remuneration", remuneration },
};

static const char *const yes[] = { "có", "yes" };
static const char *const provisional[] = { "Tạm tính", "Provisional" };

/* (transfer full) */
static char *
join(JsonArray *texts)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < json_array_get_length(texts); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "; " : "",
				       json_array_get_string_element(texts, i));
	return g_string_free(text, FALSE);
}

/* (transfer full): "" for null */
static char *
cell(JsonNode *value, LoaLanguage language)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	if (JSON_NODE_HOLDS_ARRAY(value))
		return join(json_node_get_array(value));
	if (JSON_NODE_HOLDS_NULL(value))
		return g_strdup("");
	switch (json_node_get_value_type(value)) {
	case G_TYPE_STRING:
		return json_node_dup_string(value);
	case G_TYPE_BOOLEAN:
		return g_strdup(json_node_get_boolean(value) ? yes[language] : "");
	case G_TYPE_INT64:
		return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(value));
	default:
		return g_strdup(g_ascii_formatd(number, sizeof number, "%.1f",
						json_node_get_double(value)));
	}
}

static void
append_headings(GString *csv, const Column *columns, LoaLanguage language)
{
	const char *cells[MAX_COLUMNS + 1] = { NULL };
	guint n = 0;

	for (; columns[n].member != NULL; n++)
		cells[n] = columns[n].heading[language];
	cells[n] = provisional[language];
	loa_csv_append_row(csv, cells);
}

static void
append_row(GString *csv, const Column *columns, JsonObject *row, gboolean is_provisional,
	   LoaLanguage language)
{
	char *cells[MAX_COLUMNS + 1] = { NULL };
	guint n = 0;

	for (; columns[n].member != NULL; n++)
		cells[n] = cell(json_object_get_member(row, columns[n].member), language);
	cells[n] = g_strdup(is_provisional ? yes[language] : "");
	loa_csv_append_row(csv, (const char *const *)cells);
	for (guint i = 0; i <= n; i++)
		g_free(cells[i]);
}

static GBytes *
answer_worker(const LoaBooks *books, const LoaBooksQuery *query, GError **error)
{
	const Column *columns = parts[query->part].columns;
	g_autoptr(JsonObject) report = loa_books_report(books, query, error);
	JsonArray *rows;
	GString *csv;

	if (report == NULL)
		return NULL;
	rows = json_object_get_array_member(report, parts[query->part].list);
	csv = g_string_new(LOA_CSV_BOM);
	append_headings(csv, columns, query->language);
	for (guint i = 0; i < json_array_get_length(rows); i++)
		append_row(csv, columns, json_array_get_object_element(rows, i),
			   json_object_get_boolean_member(report, "provisional"), query->language);
	return g_string_free_to_bytes(csv);
}

GCancellable *
loa_office_report_csv(LoaOffice *self, const LoaCaller *caller, const LoaReportQuery *query,
		      LoaReportPart part, LoaLanguage language, LoaOfficeFileFunc func,
		      gpointer user_data, GDestroyNotify destroy)
{
	const LoaBooksQuery asked = { query->period, query->from_us, query->to_us, language, part };
	g_autofree char *name = g_strdup_printf("bao-cao-%s.csv", loa_report_part_name(part));

	return loa_office_ask_books(self, caller, &asked, answer_worker, LOA_BOOKS_CSV, name, func,
				    user_data, destroy);
}
