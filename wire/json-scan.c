/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/json-scan.h"

#include <math.h>
#include <string.h>

typedef struct {
	const char *at;
	gsize size;
} Name;

/* One open object or array. */
typedef struct {
	gboolean is_object;
	guint n; /* members or elements so far */
	Name names[LOA_JSON_MAX_MEMBERS];
} Level;

typedef struct {
	const char *what;
	const char *start;
	const char *at;
	const char *end;
	guint depth;
	GError **error;
	Level levels[LOA_JSON_MAX_DEPTH];
} Scan;

static gboolean
refuse(Scan *scan, LoaWireError code, const char *message)
{
	g_set_error(scan->error, LOA_WIRE_ERROR, (int)code, "%s: at byte %" G_GSSIZE_FORMAT ": %s",
		    scan->what, (gssize)(scan->at - scan->start), message);
	return FALSE;
}

/* The next byte, NUL at the end: no NUL is left in the text when this is asked. */
static char
peek(const Scan *scan)
{
	return scan->at < scan->end ? *scan->at : '\0';
}

static void
skip_blanks(Scan *scan)
{
	while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) != NULL)
		scan->at++;
}

static gboolean
take(Scan *scan, char c)
{
	if (peek(scan) != c)
		return FALSE;
	scan->at++;
	return TRUE;
}

static gboolean
read_hex4(Scan *scan, guint *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++, scan->at++) {
		int digit = g_ascii_xdigit_value(peek(scan));

		if (digit < 0)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "a \\u without four digits");
		*value = *value << 4 | (guint)digit;
	}
	return TRUE;
}

/* Behind "\u". */
static gboolean
scan_unicode_escape(Scan *scan)
{
	guint high, low;

	if (!read_hex4(scan, &high))
		return FALSE;
	if (high == 0)
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "\\u0000");
	if (high < 0xd800 || high > 0xdfff)
		return TRUE;
	if (high > 0xdbff || !take(scan, '\\') || !take(scan, 'u'))
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "half a surrogate pair");
	if (!read_hex4(scan, &low))
		return FALSE;
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "half a surrogate pair");
	return TRUE;
}

/* Behind the opening quote, up to and with the closing one. */
static gboolean
scan_string(Scan *scan, gboolean may_escape)
{
	while (scan->at < scan->end) {
		guchar c = (guchar)*scan->at++;

		if (c == '"')
			return TRUE;
		if (c < 0x20)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "a control character");
		if (c != '\\')
			continue;
		if (!may_escape)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "an escape in a member's name");
		if (scan->at < scan->end && strchr("\"\\/bfnrt", *scan->at) != NULL)
			scan->at++;
		else if (!take(scan, 'u'))
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "an unknown escape");
		else if (!scan_unicode_escape(scan))
			return FALSE;
	}
	return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "a text without end");
}

static guint
skip_digits(Scan *scan)
{
	const char *from = scan->at;

	while (g_ascii_isdigit(peek(scan)))
		scan->at++;
	return (guint)MIN(scan->at - from, G_MAXINT);
}

/* @from: the first digit of an integer without its sign; at most LOA_JSON_MAX_NUMBER of them */
static gboolean
is_small_integer(const char *from, const char *end)
{
	guint64 value = 0;

	for (; from < end; from++) {
		value = value * 10 + (guint64)(*from - '0');
		if (value > LOA_JSON_INT_MAX)
			return FALSE;
	}
	return TRUE;
}

/* "1e999" is JSON, and would be infinity here, which nobody can write as JSON again. */
static gboolean
is_finite(const char *from, const char *end)
{
	char number[LOA_JSON_MAX_NUMBER + 1] = { 0 };

	memcpy(number, from, (gsize)(end - from));
	return isfinite(g_ascii_strtod(number, NULL));
}

static gboolean
scan_number(Scan *scan)
{
	const char *from = scan->at;
	gboolean is_integer = TRUE;

	take(scan, '-');

	const char *digits = scan->at;

	if (!take(scan, '0') && skip_digits(scan) == 0)
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "neither a value nor its end");
	if (take(scan, '.')) {
		is_integer = FALSE;
		if (skip_digits(scan) == 0)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "a point without digits");
	}
	if (take(scan, 'e') || take(scan, 'E')) {
		is_integer = FALSE;
		if (!take(scan, '+'))
			take(scan, '-');
		if (skip_digits(scan) == 0)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "an exponent without digits");
	}
	if (scan->at - from > LOA_JSON_MAX_NUMBER)
		return refuse(scan, LOA_WIRE_ERROR_RANGE, "a number of too many digits");
	if (is_integer && !is_small_integer(digits, scan->at))
		return refuse(scan, LOA_WIRE_ERROR_RANGE, "an integer beyond 2^53");
	if (!is_integer && !is_finite(from, scan->at))
		return refuse(scan, LOA_WIRE_ERROR_RANGE, "a number beyond all bounds");
	return TRUE;
}

static gboolean
scan_literal(Scan *scan, const char *literal)
{
	gsize size = strlen(literal);

	if ((gsize)(scan->end - scan->at) < size || memcmp(scan->at, literal, size) != 0)
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "neither a value nor its end");
	scan->at += size;
	return TRUE;
}

/* Up to and with the colon. */
static gboolean
scan_name(Scan *scan, Level *level)
{
	skip_blanks(scan);
	if (!take(scan, '"'))
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "no member's name");

	Name name = { .at = scan->at };

	if (!scan_string(scan, FALSE))
		return FALSE;
	name.size = (gsize)(scan->at - 1 - name.at);
	for (guint i = 0; i < level->n; i++) {
		if (level->names[i].size == name.size &&
		    memcmp(level->names[i].at, name.at, name.size) == 0)
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "a member that stands twice");
	}
	level->names[level->n] = name;
	skip_blanks(scan);
	if (!take(scan, ':'))
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "no colon behind a member's name");
	return TRUE;
}

/* One more member or element is about to be read. */
static gboolean
enter_item(Scan *scan)
{
	Level *level = &scan->levels[scan->depth - 1];

	if (level->n >= (level->is_object ? LOA_JSON_MAX_MEMBERS : LOA_JSON_MAX_ELEMENTS))
		return refuse(scan, LOA_WIRE_ERROR_RANGE,
			      level->is_object ? "too many members" : "too many elements");
	if (level->is_object && !scan_name(scan, level))
		return FALSE;
	level->n++;
	return TRUE;
}

/* Behind the bracket. @is_value_next is %FALSE where the brackets are empty. */
static gboolean
open_level(Scan *scan, gboolean is_object, gboolean *is_value_next)
{
	if (scan->depth >= LOA_JSON_MAX_DEPTH)
		return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "nested too deep");

	Level *level = &scan->levels[scan->depth++];

	level->is_object = is_object;
	level->n = 0;
	skip_blanks(scan);
	*is_value_next = peek(scan) != (is_object ? '}' : ']');
	return !*is_value_next || enter_item(scan);
}

static gboolean
scan_value(Scan *scan, gboolean *is_value_next)
{
	*is_value_next = FALSE;
	skip_blanks(scan);
	if (take(scan, '{'))
		return open_level(scan, TRUE, is_value_next);
	if (take(scan, '['))
		return open_level(scan, FALSE, is_value_next);
	if (take(scan, '"'))
		return scan_string(scan, TRUE);
	switch (peek(scan)) {
	case 't':
		return scan_literal(scan, "true");
	case 'f':
		return scan_literal(scan, "false");
	case 'n':
		return scan_literal(scan, "null");
	default:
		return scan_number(scan);
	}
}

/* Behind a value or an opening bracket: closes what ends here, up to the next value. */
static gboolean
scan_after_value(Scan *scan)
{
	while (scan->depth > 0) {
		Level *level = &scan->levels[scan->depth - 1];

		skip_blanks(scan);
		if (take(scan, ','))
			return enter_item(scan);
		if (!take(scan, level->is_object ? '}' : ']'))
			return refuse(scan, LOA_WIRE_ERROR_SYNTAX, "neither a comma nor an end");
		scan->depth--;
	}
	return TRUE;
}

gboolean
loa_json_scan(const char *what, const char *text, gsize size, GError **error)
{
	Scan scan; /* large, and every level is set when it is opened */

	scan.what = what;
	scan.start = scan.at = text;
	scan.end = text + size;
	scan.depth = 0;
	scan.error = error;

	const char *bad = NULL;

	if (!g_utf8_validate_len(text, size, &bad)) {
		scan.at = bad;
		return refuse(&scan, LOA_WIRE_ERROR_SYNTAX, "not UTF-8");
	}
	do {
		gboolean is_value_next;

		do {
			if (!scan_value(&scan, &is_value_next))
				return FALSE;
		} while (is_value_next);
		if (!scan_after_value(&scan))
			return FALSE;
	} while (scan.depth > 0);

	skip_blanks(&scan);
	if (scan.at != scan.end)
		return refuse(&scan, LOA_WIRE_ERROR_SYNTAX, "something behind the end");
	return TRUE;
}
