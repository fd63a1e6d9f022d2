/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logbook: what the people of each group heard, as JSON and as a table.
 */
#include "controller/office/office-evidence.h"
#include "controller/office/office-record.h"
#include "controller/proof/csv.h"

#define MAX_LINES 50000
#define DEFAULT_US (G_GINT64_CONSTANT(7) * 24 * 3600 * G_USEC_PER_SEC)

/* What one answer is made with. */
typedef struct {
	const LoaBooks *books;
	const char *group; /* (nullable) */
	const LoaEvidence *evidence;
	LoaCoverage coverage; /* of the airing at hand; */
	JsonArray *missing;   /* (owned) names of the groups it did not reach */
} Book;

static gboolean
is_shown(const Book *book, const LoaLine *line)
{
	const char *group = line->planned->group;

	return loa_caller_may_see_group(book->books->caller, group) &&
	       (book->group == NULL || g_strcmp0(book->group, group) == 0);
}

static JsonObject *
words_of(char *vi, char *en)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "vi", vi);
	json_object_set_string_member(object, "en", en);
	g_free(vi);
	g_free(en);
	return object;
}

static JsonObject *
describe_heard(const LoaHeard *heard, gint64 aired_ms)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "node", heard->node);
	json_object_set_string_member(object, "result", loa_result_name(heard->result));
	json_object_set_int_member(object, "level", heard->level);
	json_object_set_int_member(object, "heard_ms", heard->heard_ms);
	json_object_set_string_member(object, "reason", heard->reason);
	json_object_set_object_member(object, "words",
				      words_of(loa_words_heard(heard, aired_ms, LOA_LANGUAGE_VI),
					       loa_words_heard(heard, aired_ms, LOA_LANGUAGE_EN)));
	return object;
}

static JsonArray *
describe_nodes(const Book *book, const LoaLine *line)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < line->n_heard; i++)
		json_array_add_object_element(
			array, describe_heard(g_ptr_array_index(book->evidence->heard,
								line->first_heard + i),
					      line->aired_ms));
	return array;
}

static void
add_tick(const Book *book, JsonObject *object, const LoaTick *tick)
{
	JsonObject *said;

	if (tick == NULL) {
		json_object_set_null_member(object, "tick");
		return;
	}
	said = json_object_new();
	json_object_set_string_member(said, "week", tick->week);
	json_object_set_string_member(said, "airing", tick->airing);
	json_object_set_string_member(said, "answer", loa_answer_name(tick->answer));
	json_object_set_string_member(said, "note", tick->note);
	json_object_set_string_member(said, "by", tick->by);
	loa_books_add_time(book->books, said, "at", tick->at_us);
	json_object_set_object_member(object, "tick", said);
}

/* How many groups were reached, and the names of the others, are nothing for a leader of one. */
static void
add_coverage(const Book *book, JsonObject *object)
{
	JsonObject *coverage;

	if (loa_caller_is_bound_to_groups(book->books->caller)) {
		json_object_set_null_member(object, "coverage");
		return;
	}
	coverage = json_object_new();
	json_object_set_int_member(coverage, "n", book->coverage.n);
	json_object_set_int_member(coverage, "of", book->coverage.of);
	json_object_set_array_member(coverage, "missing", json_array_ref(book->missing));
	json_object_set_object_member(object, "coverage", coverage);
}

static JsonObject *
describe_line(const Book *book, const LoaLine *line)
{
	const LoaAiring *airing = line->planned->airing;
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "airing", airing->id);
	json_object_set_string_member(object, "broadcast", airing->broadcast);
	json_object_set_string_member(object, "title", airing->title);
	json_object_set_string_member(object, "class", loa_class_name(airing->class));
	json_object_set_string_member(object, "category",
				      loa_credits_item(book->evidence->credits, airing)->category);
	loa_books_add_time(book->books, object, "start", airing->start_us);
	json_object_set_int_member(object, "duration_ms",
				   airing->n_samples * 1000 / LOA_SAMPLE_RATE);
	json_object_set_int_member(object, "aired_ms", line->aired_ms);
	json_object_set_string_member(object, "group", line->planned->group);
	json_object_set_string_member(object, "group_name",
				      loa_books_group_name(book->books, line->planned->group));
	json_object_set_string_member(object, "result", loa_line_result_name(line->result));
	json_object_set_string_member(object, "reason", line->reason);
	json_object_set_int_member(object, "level", line->level);
	json_object_set_int_member(object, "heard_ms", line->heard_ms);
	json_object_set_boolean_member(object, "covered", line->is_covered);
	json_object_set_boolean_member(object, "provisional", line->is_provisional);
	json_object_set_boolean_member(object, "contradicted", line->is_contradicted);
	json_object_set_int_member(object, "silent_nodes", line->n_silent);
	json_object_set_object_member(object, "words",
				      words_of(loa_words_line(line, LOA_LANGUAGE_VI),
					       loa_words_line(line, LOA_LANGUAGE_EN)));
	json_object_set_array_member(object, "nodes", describe_nodes(book, line));
	add_tick(book, object, line->tick);
	add_coverage(book, object);
	return object;
}

/* Before the first line of an airing. */
static void
turn_to_airing(Book *book, guint first)
{
	const GArray *lines = book->evidence->lines;

	book->coverage = loa_logbook_coverage(lines, first);
	g_clear_pointer(&book->missing, json_array_unref);
	book->missing = json_array_new();
	for (guint i = first; i < first + book->coverage.n_lines; i++) {
		const LoaLine *line = &g_array_index(lines, LoaLine, i);

		if (!line->is_covered && line->result != LOA_LINE_SUSPENDED)
			json_array_add_string_element(
				book->missing,
				loa_books_group_name(book->books, line->planned->group));
	}
}

/* Calls @each with every line that may be shown, as long as somebody waits. */
static gboolean
for_each(Book *book, void (*each)(const Book *book, const LoaLine *line, gpointer user_data),
	 gpointer user_data, GError **error)
{
	const GArray *lines = book->evidence->lines;
	gboolean is_wanted = TRUE;
	guint next = 0;

	for (guint i = 0; i < lines->len && is_wanted; i++) {
		const LoaLine *line = &g_array_index(lines, LoaLine, i);

		if (i == next) {
			turn_to_airing(book, i);
			next += book->coverage.n_lines;
			is_wanted = loa_books_is_wanted(book->books, error);
		}
		if (is_shown(book, line))
			each(book, line, user_data);
	}
	g_clear_pointer(&book->missing, json_array_unref);
	return is_wanted;
}

static void
add_to_array(const Book *book, const LoaLine *line, gpointer user_data)
{
	json_array_add_object_element(user_data, describe_line(book, line));
}

/* The query with its defaults. */
static gboolean
complete(const LoaBooks *books, LoaBooksQuery *query, GError **error)
{
	if (query->to_us == 0)
		query->to_us = books->now_us;
	if (query->from_us == 0)
		query->from_us = query->to_us - DEFAULT_US;
	if (query->from_us >= query->to_us) {
		loa_office_refuse(error, LOA_OFFICE_ERROR_BAD_REQUEST,
				  "from_us must be earlier than to_us");
		return FALSE;
	}
	if (query->name == NULL || loa_caller_may_see_group(books->caller, query->name))
		return TRUE;
	loa_office_refuse(error, LOA_OFFICE_ERROR_FORBIDDEN,
			  "the logbook of group %s is not yours to see; leave out group to see "
			  "your own",
			  query->name);
	return FALSE;
}

static GBytes *
answer_json_worker(const LoaBooks *books, const LoaBooksQuery *asked, GError **error)
{
	LoaBooksQuery query = *asked;
	g_auto(LoaEvidence) evidence = { 0 };
	g_autoptr(JsonArray) airings = json_array_new();
	JsonObject *logbook;

	if (!complete(books, &query, error) ||
	    !loa_books_evidence(books, query.from_us, query.to_us, MAX_LINES, &evidence, error))
		return NULL;

	Book book = { .books = books, .group = query.name, .evidence = &evidence };

	if (!for_each(&book, add_to_array, airings, error))
		return NULL;
	logbook = json_object_new();
	loa_books_add_time(books, logbook, "from", query.from_us);
	loa_books_add_time(books, logbook, "to", query.to_us);
	json_object_set_array_member(logbook, "airings", g_steal_pointer(&airings));
	return loa_books_document(logbook);
}

GCancellable *
loa_office_logbook(LoaOffice *self, const LoaCaller *caller, const LoaLogbookQuery *query,
		   LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	const LoaBooksQuery asked = { query->group, query->from_us, query->to_us, 0, 0 };

	return loa_office_ask_books(self, caller, &asked, answer_json_worker, LOA_BOOKS_JSON, NULL,
				    func, user_data, destroy);
}

static const char *const headings[][LOA_LANGUAGE_LAST + 1] = {
	{ "Giờ phát", "Start" },
	{ "Tổ", "Group" },
	{ "Tiêu đề", "Title" },
	{ "Loại", "Class" },
	{ "Chuyên mục", "Category" },
	{ "Thời lượng (giây)", "Length (s)" },
	{ "Kết quả", "Result" },
	{ "Đã nghe (giây)", "Heard (s)" },
	{ "Mức xác minh", "Level" },
	{ "Diễn giải", "In words" },
	{ "Phản hồi của tổ", "Tick" },
	{ "Ghi chú của tổ", "Note" },
	{ "Tạm tính", "Provisional" },
	{ "Số tổ nghe được", "Groups reached" },
	{ "Tổng số tổ", "Groups in all" },
	{ "Các tổ không nghe được", "Groups not reached" },
	{ "Mã lần phát", "Airing" },
	{ "Mã tổ", "Group id" },
};

typedef struct {
	GString *csv;
	LoaLanguage language;
} Table;

static char *
seconds(gint64 ms)
{
	return g_strdup_printf("%" G_GINT64_FORMAT ".%03d", ms / 1000, (int)(ms % 1000));
}

/* A date to every spreadsheet, which RFC 3339 is not. */
static char *
moment(const LoaBooks *books, gint64 us)
{
	LoaLocalTime local;
	char *text;

	loa_local_time_init(&local, books->config->zone);
	text = loa_local_time_format(&local, us);
	text[10] = ' ';
	text[19] = '\0';
	return text;
}

static char *
join(JsonArray *names)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < json_array_get_length(names); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "; " : "",
				       json_array_get_string_element(names, i));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
add_to_table(const Book *book, const LoaLine *line, gpointer user_data)
{
	static const char *const yes[] = { "có", "yes" };
	const Table *table = user_data;
	const LoaAiring *airing = line->planned->airing;
	const gboolean is_bound = loa_caller_is_bound_to_groups(book->books->caller);
	const char *category = loa_credits_item(book->evidence->credits, airing)->category;
	g_autofree char *start = moment(book->books, airing->start_us);
	g_autofree char *length = seconds(airing->n_samples * 1000 / LOA_SAMPLE_RATE);
	g_autofree char *heard = seconds(line->heard_ms);
	g_autofree char *level = g_strdup_printf("L%d", (int)line->level);
	g_autofree char *words = loa_words_line(line, table->language);
	g_autofree char *n = is_bound ? g_strdup("") : g_strdup_printf("%u", book->coverage.n);
	g_autofree char *of = is_bound ? g_strdup("") : g_strdup_printf("%u", book->coverage.of);
	g_autofree char *missing = is_bound ? g_strdup("") : join(book->missing);
	const char *const cells[] = {
		start,
		loa_books_group_name(book->books, line->planned->group),
		airing->title,
		loa_words_class(airing->class, table->language),
		category != NULL ? category : "",
		length,
		loa_words_result(line->result, table->language),
		heard,
		level,
		words,
		line->tick != NULL ? loa_words_answer(line->tick->answer, table->language) : "",
		line->tick != NULL ? line->tick->note : "",
		line->is_provisional ? yes[table->language] : "",
		n,
		of,
		missing,
		airing->id,
		line->planned->group,
		NULL,
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(cells) == G_N_ELEMENTS(headings) + 1);
	loa_csv_append_row(table->csv, cells);
}

static GBytes *
answer_csv_worker(const LoaBooks *books, const LoaBooksQuery *asked, GError **error)
{
	LoaBooksQuery query = *asked;
	g_auto(LoaEvidence) evidence = { 0 };
	const char *cells[G_N_ELEMENTS(headings) + 1] = { NULL };

	if (!complete(books, &query, error) ||
	    !loa_books_evidence(books, query.from_us, query.to_us, MAX_LINES, &evidence, error))
		return NULL;

	Book book = { .books = books, .group = query.name, .evidence = &evidence };
	Table table = { g_string_new(LOA_CSV_BOM), query.language };

	for (gsize i = 0; i < G_N_ELEMENTS(headings); i++)
		cells[i] = headings[i][query.language];
	loa_csv_append_row(table.csv, cells);
	if (for_each(&book, add_to_table, &table, error))
		return g_string_free_to_bytes(table.csv);
	g_string_free(table.csv, TRUE);
	return NULL;
}

GCancellable *
loa_office_logbook_csv(LoaOffice *self, const LoaCaller *caller, const LoaLogbookQuery *query,
		       LoaLanguage language, LoaOfficeFileFunc func, gpointer user_data,
		       GDestroyNotify destroy)
{
	const LoaBooksQuery asked = { query->group, query->from_us, query->to_us, language, 0 };

	return loa_office_ask_books(self, caller, &asked, answer_csv_worker, LOA_BOOKS_CSV,
				    "nhat-ky.csv", func, user_data, destroy);
}
