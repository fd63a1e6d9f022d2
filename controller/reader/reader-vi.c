/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/reader/reader-vi.h"

#include <string.h>

#include "controller/reader/reader-scan.h"
#include "controller/reader/reader-words.h"

typedef struct {
	char *written;
	char *spoken;
} Word;

struct LoaReaderVi {
	GPtrArray *rules; /* GRegex, beside the table */
	GRegex *last_rule;
	GArray *own; /* Word: of the office */
};

static GRegex *
compile(const LoaReaderRule *rule)
{
	GRegex *regex = g_regex_new(rule->pattern, G_REGEX_OPTIMIZE, G_REGEX_MATCH_ANCHORED, NULL);

	g_assert(regex != NULL);
	return regex;
}

LoaReaderVi *
loa_reader_vi_new(void)
{
	LoaReaderVi *self = g_new0(LoaReaderVi, 1);

	self->rules = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
	self->own = g_array_new(FALSE, FALSE, sizeof(Word));
	for (gsize i = 0; loa_reader_rules[i].pattern != NULL; i++)
		g_ptr_array_add(self->rules, compile(&loa_reader_rules[i]));
	self->last_rule = compile(&loa_reader_last_rule);
	return self;
}

void
loa_reader_vi_add(LoaReaderVi *self, const char *written, const char *spoken)
{
	Word word = { g_utf8_normalize(written, -1, G_NORMALIZE_NFC),
		      g_utf8_normalize(spoken, -1, G_NORMALIZE_NFC) };

	g_array_append_val(self->own, word);
}

const char *
loa_reader_find_own(const LoaReaderVi *self, const char *written)
{
	for (guint i = 0; i < self->own->len; i++) {
		const Word *word = &g_array_index(self->own, Word, i);

		if (strcmp(word->written, written) == 0)
			return word->spoken;
	}
	return NULL;
}

/* --- one word after the other ----------------------------------------------------------------- */

static void
emit(LoaReaderScan *scan, const char *words, LoaReaderKind kind)
{
	const char *end = scan->out->str + scan->out->len;

	if (end > scan->out->str && loa_reader_is_word_char(g_utf8_get_char(g_utf8_prev_char(end))))
		g_string_append_c(scan->out, ' ');
	g_string_append(scan->out, words);
	scan->needs_space = TRUE;
	scan->last = kind;
	scan->last_end = scan->at;
}

/* Behind a number: its unit, and what it is counted by: 50.000đ/tháng. */
static void
take_unit(LoaReaderScan *scan, GString *words)
{
	const char *at = scan->at + (*scan->at == ' ');

	for (const LoaReaderWord *unit = loa_reader_units; unit->written != NULL; unit++) {
		const gsize n = strlen(unit->written);

		if (strncmp(at, unit->written, n) != 0 ||
		    loa_reader_is_word_char(g_utf8_get_char(at + n)))
			continue;
		g_string_append_printf(words, " %s", unit->spoken);
		scan->at = at + n;
		if (*scan->at == '/' && g_unichar_isalpha(g_utf8_get_char(scan->at + 1))) {
			g_string_append(words, " một");
			scan->at++;
		}
		return;
	}
}

static gboolean
take_rule(LoaReaderScan *scan, const LoaReaderRule *rule, GRegex *regex)
{
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GString) words = NULL;
	gint end;

	if (!g_regex_match_full(regex, scan->text, -1, (gint)(scan->at - scan->text),
				G_REGEX_MATCH_ANCHORED, &match, NULL))
		return FALSE;
	words = g_string_new(NULL);
	if (!rule->say(scan, match, words) || !g_match_info_fetch_pos(match, 0, NULL, &end))
		return FALSE;
	scan->at = scan->text + end;
	if (rule->kind == LOA_READER_NUMBER)
		take_unit(scan, words);
	emit(scan, words->str, rule->kind);
	return TRUE;
}

/* May an abbreviation end at @end? */
static gboolean
is_end(const char *written, const char *end)
{
	const gboolean has_dot = g_str_has_suffix(written, ".");
	const char *next = end + (has_dot && *end == ' ');
	const gunichar c = g_utf8_get_char(next);

	if (has_dot)
		return g_unichar_isdigit(c) || g_unichar_isupper(c);
	return !g_unichar_isalpha(c) && !g_unichar_ismark(c);
}

static gboolean
is_here(const LoaReaderScan *scan, const char *written)
{
	return g_str_has_prefix(scan->at, written) && is_end(written, scan->at + strlen(written));
}

/* The longest one that stands here; the office's own before the program's. */
static gboolean
take_abbreviation(LoaReaderScan *scan)
{
	const char *written = NULL, *spoken = NULL;
	const GArray *own = scan->reader->own;

	for (guint i = 0; i < own->len; i++) {
		const Word *word = &g_array_index(own, Word, i);

		if (is_here(scan, word->written) &&
		    (written == NULL || strlen(word->written) >= strlen(written))) {
			written = word->written;
			spoken = word->spoken;
		}
	}
	for (const LoaReaderWord *word = loa_reader_abbreviations; word->written != NULL; word++) {
		if (is_here(scan, word->written) &&
		    (written == NULL || strlen(word->written) > strlen(written))) {
			written = word->written;
			spoken = word->spoken;
		}
	}
	if (written == NULL)
		return FALSE;
	scan->at += strlen(written);
	emit(scan, spoken, LOA_READER_WORDS);
	return TRUE;
}

/* "17h-19h", "2026 - 2030": up to. */
static gboolean
take_dash(LoaReaderScan *scan)
{
	const char *at = scan->at;

	if (scan->last_end != at || scan->last == LOA_READER_WORDS)
		return FALSE;
	at += *at == ' ';
	if (*at == '-')
		at++;
	else if (g_str_has_prefix(at, "–"))
		at += strlen("–");
	else
		return FALSE;
	at += *at == ' ';
	if (!g_ascii_isdigit(*at))
		return FALSE;
	g_string_append(scan->out, " đến");
	scan->at = at;
	scan->is_continued = TRUE;
	return TRUE;
}

static gboolean
take_word(LoaReaderScan *scan)
{
	for (guint i = 0; i < scan->reader->rules->len; i++)
		if (take_rule(scan, &loa_reader_rules[i],
			      g_ptr_array_index(scan->reader->rules, i)))
			return TRUE;
	return take_abbreviation(scan) ||
	       take_rule(scan, &loa_reader_last_rule, scan->reader->last_rule);
}

static void
copy_char(LoaReaderScan *scan)
{
	const gunichar c = g_utf8_get_char(scan->at);

	if (scan->needs_space && loa_reader_is_word_char(c))
		g_string_append_c(scan->out, ' ');
	scan->needs_space = FALSE;
	if (c == '&')
		g_string_append(scan->out, "và");
	else
		g_string_append_unichar(scan->out, c);
	scan->at = g_utf8_next_char(scan->at);
}

static gboolean
may_begin(const LoaReaderScan *scan)
{
	const gunichar c = g_utf8_get_char(scan->at);
	const gboolean is_behind_word =
		loa_reader_is_word_char(loa_reader_char_before(scan, scan->at));

	/* behind a number that was said, letters begin anew: "12A" */
	return (!is_behind_word || scan->last_end == scan->at) &&
	       (loa_reader_is_word_char(c) || c == '+' || c == '(' || c == '-');
}

char *
loa_reader_vi_read(const LoaReaderVi *self, const char *text)
{
	g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
	LoaReaderScan scan = { .reader = self,
			       .text = composed != NULL ? composed : "",
			       .out = g_string_new(NULL) };

	scan.at = scan.text;
	while (*scan.at != '\0') {
		if (take_dash(&scan))
			continue;
		if (!may_begin(&scan) || !take_word(&scan))
			copy_char(&scan);
		scan.is_continued = FALSE;
	}
	return g_string_free(scan.out, FALSE);
}

void
loa_reader_vi_free(LoaReaderVi *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < self->own->len; i++) {
		g_free(g_array_index(self->own, Word, i).written);
		g_free(g_array_index(self->own, Word, i).spoken);
	}
	g_array_unref(self->own);
	g_ptr_array_unref(self->rules);
	g_regex_unref(self->last_rule);
	g_free(self);
}
