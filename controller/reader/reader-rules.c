/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "controller/reader/reader-days.h"
#include "controller/reader/reader-scan.h"
#include "controller/reader/reader-words.h"
#include "controller/reader/spoken-number.h"

#define MAX_WORD 64   /* bytes: of the word before */
#define MAX_NUMBER 12 /* digits, above: one by one, as on an identity card */
#define END "(?![\\p{L}\\d])"

/* --- looking around --------------------------------------------------------------------------- */

gboolean
loa_reader_is_word_char(gunichar c)
{
	return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

gunichar
loa_reader_char_before(const LoaReaderScan *scan, const char *at)
{
	return at > scan->text ? g_utf8_get_char(g_utf8_prev_char(at)) : 0;
}

/* The word before @at, in small letters; nothing but blanks may stand between. Where it begins. */
static const char *
word_before(const LoaReaderScan *scan, const char *at, char word[MAX_WORD])
{
	const char *end = at, *begin;
	g_autofree char *small = NULL;

	while (end > scan->text && g_unichar_isspace(loa_reader_char_before(scan, end)))
		end = g_utf8_prev_char(end);
	begin = end;
	while (begin > scan->text && loa_reader_is_word_char(loa_reader_char_before(scan, begin)))
		begin = g_utf8_prev_char(begin);
	small = g_utf8_strdown(begin, end - begin);
	g_strlcpy(word, small, MAX_WORD);
	return begin;
}

gboolean
loa_reader_is_after(const LoaReaderScan *scan, const char *const *words)
{
	char before[MAX_WORD];

	word_before(scan, scan->at, before);
	return *before != '\0' && g_strv_contains(words, before);
}

gboolean
loa_reader_is_after_word(const LoaReaderScan *scan, const char *word)
{
	const char *const words[] = { word, NULL };

	return loa_reader_is_after(scan, words);
}

/* --- pieces of a match ------------------------------------------------------------------------ */

char *
loa_reader_part(const GMatchInfo *match, gint i)
{
	char *text = g_match_info_fetch(match, i);

	return text != NULL ? text : g_strdup("");
}

guint
loa_reader_number_of(const GMatchInfo *match, gint i)
{
	g_autofree char *text = loa_reader_part(match, i);

	return (guint)g_ascii_strtoull(text, NULL, 10);
}

void
loa_reader_say_number(GString *words, guint number)
{
	loa_spoken_number_of(words, number);
}

/* In months and weekdays the fourth is "tư". */
void
loa_reader_say_named(GString *words, guint number)
{
	if (number == 4)
		g_string_append(words, "tư");
	else
		loa_reader_say_number(words, number);
}

/* --- numbers to call -------------------------------------------------------------------------- */

static void
say_group(GString *words, const char *digits, gsize n)
{
	if (words->len > 0 && words->str[words->len - 1] != ' ')
		g_string_append(words, ", ");
	loa_spoken_number_digits(words, digits, n);
}

static gboolean
say_phone(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *text = loa_reader_part(match, 0);
	const char *at = text;

	(void)scan;
	if (*at == '+')
		g_string_append(words, "cộng ");
	while (*at != '\0') {
		gsize n = strspn(at, "0123456789");

		/* written in one piece: 4, 3 and the rest, as people say it */
		if (n >= 10) {
			say_group(words, at, 4);
			say_group(words, at + 4, 3);
			say_group(words, at + 7, n - 7);
		} else if (n > 0) {
			say_group(words, at, n);
		}
		at += n + (at[n] != '\0');
	}
	return TRUE;
}

/* "gọi 115", "gọi số 113" */
static gboolean
say_short_phone(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *text = loa_reader_part(match, 1);
	char before[MAX_WORD];
	const char *begin = word_before(scan, scan->at, before);

	if (strcmp(before, "số") == 0)
		word_before(scan, begin, before);
	if (!g_strv_contains(loa_reader_phone_words, before))
		return FALSE;
	loa_spoken_number_digits(words, text, strlen(text));
	return TRUE;
}

/* --- documents -------------------------------------------------------------------------------- */

static void
spell(GString *words, const char *letters)
{
	for (const char *at = letters; *at != '\0'; at = g_utf8_next_char(at)) {
		g_autofree char *letter = g_strndup(at, (gsize)(g_utf8_next_char(at) - at));
		const char *name = loa_reader_words_find(loa_reader_letters, letter);

		g_string_append_printf(words, "%s%s", at > letters ? " " : "",
				       name != NULL ? name : letter);
	}
}

/* One part of "10/2022/QH15", "15/2020/NĐ-CP". */
static void
say_issuer(const LoaReaderScan *scan, GString *words, const char *written)
{
	g_autofree char *letters = g_strndup(written, strcspn(written, "0123456789"));
	const char *session = written + strlen(letters);
	const char *spoken = loa_reader_words_find(loa_reader_issuers, letters);

	if (spoken == NULL)
		spoken = loa_reader_find_own(scan->reader, letters);
	if (spoken == NULL)
		spoken = loa_reader_words_find(loa_reader_abbreviations, letters);
	g_string_append(words, ", ");
	if (spoken != NULL)
		g_string_append(words, spoken);
	else
		spell(words, letters);
	if (*session == '\0')
		return;
	g_string_append(words, g_str_has_suffix(letters, "QH") ? " khóa " : " ");
	loa_spoken_number(words, session, strlen(session));
}

static void
say_issuers(const LoaReaderScan *scan, GString *words, const char *text, const char *separators)
{
	g_auto(GStrv) parts = g_strsplit_set(text, separators, -1);

	for (char **one = parts; *one != NULL; one++)
		if (**one != '\0')
			say_issuer(scan, words, *one);
}

static gboolean
say_document(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *year = loa_reader_part(match, 2);
	g_autofree char *issuers = loa_reader_part(match, 3);

	loa_reader_say_number(words, loa_reader_number_of(match, 1));
	if (*year != '\0') {
		g_string_append(words, ", năm ");
		loa_spoken_number(words, year, strlen(year));
	}
	say_issuers(scan, words, issuers, "-");
	return TRUE;
}

/* The party's: 123-KH/TU */
static gboolean
say_party_document(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *issuers = loa_reader_part(match, 2);

	loa_reader_say_number(words, loa_reader_number_of(match, 1));
	say_issuers(scan, words, issuers, "/");
	return TRUE;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Whole numbers, with dots or commas between groups of three or without. */
static void
say_whole(LoaReaderScan *scan, GString *words, const char *text)
{
	g_autoptr(GString) digits = g_string_new(NULL);

	for (const char *at = text; *at != '\0'; at++)
		if (g_ascii_isdigit(*at))
			g_string_append_c(digits, *at);
	if (digits->len >= MAX_NUMBER || (digits->str[0] == '0' && digits->len > 2))
		loa_spoken_number_digits(words, digits->str, digits->len);
	else if (loa_reader_is_after_word(scan, "thứ") && strcmp(digits->str, "1") == 0)
		g_string_append(words, "nhất");
	else if (loa_reader_is_after_word(scan, "thứ") || loa_reader_is_after_word(scan, "tháng"))
		loa_reader_say_named(words, (guint)g_ascii_strtoull(digits->str, NULL, 10));
	else
		loa_spoken_number(words, digits->str, digits->len);
}

/* Behind the comma: 12,05 is "không năm", 12,25 "hai mươi lăm". */
static void
say_decimals(GString *words, const char *digits)
{
	const gsize n = strlen(digits);

	if (n == 0)
		return;
	g_string_append(words, " phẩy ");
	if (n <= 2 && digits[0] != '0')
		loa_spoken_number(words, digits, n);
	else
		loa_spoken_number_digits(words, digits, n);
}

static gboolean
say_plain_number(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *whole = loa_reader_part(match, 1);
	g_autofree char *decimals = loa_reader_part(match, 2);

	say_whole(scan, words, whole);
	say_decimals(words, decimals);
	return TRUE;
}

static gboolean
say_below_zero(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	if (loa_reader_is_word_char(loa_reader_char_before(scan, scan->at)))
		return FALSE;
	g_string_append(words, "âm ");
	return say_plain_number(scan, match, words);
}

/* --- letters ---------------------------------------------------------------------------------- */

static gboolean
say_roman(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *text = loa_reader_part(match, 1);
	g_autofree char *year = loa_reader_part(match, 2);
	const guint value = loa_spoken_number_roman(text, strlen(text));
	const gboolean is_certain = loa_reader_is_after(scan, loa_reader_roman_words);

	/* alone, "MC" and "CD" are no numbers, and "I" is none either */
	if (value == 0 ||
	    (!is_certain && (strlen(text) < 2 || strspn(text, "IVX") != strlen(text))))
		return FALSE;
	if (loa_reader_is_after_word(scan, "thứ") && value == 1)
		g_string_append(words, "nhất");
	else if (loa_reader_is_after_word(scan, "thứ"))
		loa_reader_say_named(words, value);
	else
		loa_reader_say_number(words, value);
	if (*year == '\0')
		return TRUE;
	g_string_append(words, " năm ");
	loa_spoken_number(words, year, strlen(year));
	return TRUE;
}

static gboolean
say_letters(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *text = loa_reader_part(match, 0);

	(void)scan;
	spell(words, text);
	return TRUE;
}

/* www.phuong1.gov.vn, ubnd@phuong1.vn */
static gboolean
say_address(LoaReaderScan *scan, const GMatchInfo *match, GString *words)
{
	g_autofree char *text = loa_reader_part(match, 1);

	(void)scan;
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '.')
			g_string_append(words, " chấm ");
		else if (*at == '@')
			g_string_append(words, " a còng ");
		else if (*at == '/')
			g_string_append(words, " xẹt ");
		else if (*at == '-' || *at == '_')
			g_string_append(words, " gạch ");
		else
			g_string_append_c(words, *at);
	}
	return TRUE;
}

/* Tried in this order, each where a word begins. */
const LoaReaderRule loa_reader_rules[] = {
	{ "(?:https?://)?((?:www\\.)[a-z0-9._/-]*[a-z0-9]|[a-z0-9._-]+@[a-z0-9-]+(?:\\.[a-z0-9-]+)+"
	  "|[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.(?:gov|com|net|org|edu)?\\.?vn(?:/[a-z0-9._/"
	  "-]*[a-z0-9])?)" END,
	  say_address, LOA_READER_WORDS },
	{ "0\\d{9,10}" END, say_phone, LOA_READER_WORDS },
	{ "(?:0\\d{2,3}|\\(0\\d{1,3}\\))[ .-]?\\d{3,4}[ .-]\\d{3,4}" END, say_phone,
	  LOA_READER_WORDS },
	{ "(?:0\\d{2,3}[ .-]|\\(0\\d{1,3}\\) ?)\\d{7,8}" END, say_phone, LOA_READER_WORDS },
	{ "0\\d{2,3}(?:[ .-]\\d{2}){3,4}" END, say_phone, LOA_READER_WORDS },
	{ "\\+84[ .-]?\\d{2,3}[ .-]?\\d{3}[ .-]?\\d{3,4}" END, say_phone, LOA_READER_WORDS },
	{ "1[89]00[ .]?\\d{4}(?:\\d{2})?" END, say_phone, LOA_READER_WORDS },
	{ "(\\d{3,4})(?![\\p{L}\\d/:-]|[.,]\\d)", say_short_phone, LOA_READER_WORDS },
	{ "(\\d{1,5})/(?:(\\d{4})/)?(\\p{Lu}[\\p{L}]+\\d{0,2}(?:-\\p{Lu}[\\p{L}]*\\d{0,2})*)" END,
	  say_document, LOA_READER_WORDS },
	{ "(\\d{1,5})-(\\p{Lu}{1,5}[a-z]?/\\p{Lu}{2,6})" END, say_party_document,
	  LOA_READER_WORDS },
	{ "(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4})" END, loa_reader_say_whole_date,
	  LOA_READER_DATE },
	{ "(\\d{4})-(\\d{2})-(\\d{2})" END, loa_reader_say_iso_date, LOA_READER_DATE },
	{ "(\\d{1,2}) ?[-–] ?(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}))?(?![\\p{L}\\d/])",
	  loa_reader_say_days, LOA_READER_DATE },
	{ "(\\d{1,2})/(\\d{4})(?![\\p{L}\\d/])", loa_reader_say_month_of_year, LOA_READER_DATE },
	{ "(\\d{1,3})/(\\d{1,3})(?![\\p{L}\\d/])", loa_reader_say_slash, LOA_READER_DATE },
	{ "(\\d{1,2}) ?(?:h|g|giờ) ?(\\d{2})(?: ?(?:'|’|ph|p|phút))?" END, loa_reader_say_time,
	  LOA_READER_NUMBER },
	{ "(\\d{1,2})[hg]" END, loa_reader_say_time, LOA_READER_NUMBER },
	{ "(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?![\\p{L}\\d:])", loa_reader_say_time,
	  LOA_READER_NUMBER },
	{ "-(\\d{1,2})(?:,(\\d+))?(?= ?[°º]C)", say_below_zero, LOA_READER_NUMBER },
	{ "(\\d{1,3}(?:\\.\\d{3})+)(?:,(\\d+))?(?!\\d|\\.\\d)", say_plain_number,
	  LOA_READER_NUMBER },
	{ "(\\d{1,3}(?:,\\d{3}){2,})(?:\\.(\\d+))?(?!\\d|,\\d)", say_plain_number,
	  LOA_READER_NUMBER },
	{ "(\\d+)(?:[,.](\\d+))(?!\\d|[.,]\\d)", say_plain_number, LOA_READER_NUMBER },
	{ "(\\d+)(?!\\d)", say_plain_number, LOA_READER_NUMBER },
	{ "([IVXLCM]+)(?:/(\\d{4}))?" END, say_roman, LOA_READER_WORDS },
	{ NULL, NULL, LOA_READER_WORDS },
};

const LoaReaderRule loa_reader_last_rule = { "[BCDĐFGHJKLMNPQRSTVWXZ]{2,6}(?!\\p{L})", say_letters,
					     LOA_READER_WORDS };
