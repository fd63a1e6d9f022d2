/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/reader/spoken-number.h"

#include <string.h>

/* Beyond, nobody says it as a number. */
#define MAX_DIGITS 15
#define LIMIT G_GUINT64_CONSTANT(1000000000000000)

static const char *const names[] = { "không", "một", "hai", "ba",  "bốn",
				     "năm",   "sáu", "bảy", "tám", "chín" };

static void
say(GString *out, const char *word)
{
	if (out->len > 0 && out->str[out->len - 1] != ' ')
		g_string_append_c(out, ' ');
	g_string_append(out, word);
}

static void
say_ones(GString *out, guint tens, guint ones)
{
	if (ones == 0)
		return;
	if (tens >= 2 && ones == 1)
		say(out, "mốt");
	else if (tens >= 2 && ones == 4)
		say(out, "tư");
	else if (tens >= 1 && ones == 5)
		say(out, "lăm");
	else
		say(out, names[ones]);
}

/* 0..999. @is_full: what stands before it is named already: 5 is "không trăm linh năm" */
static void
say_three(GString *out, guint value, gboolean is_full)
{
	const guint hundreds = value / 100, tens = value / 10 % 10, ones = value % 10;
	const gboolean has_hundreds = hundreds > 0 || is_full;

	if (has_hundreds) {
		say(out, names[hundreds]);
		say(out, "trăm");
	}
	if (tens == 0 && ones > 0 && has_hundreds)
		say(out, "linh");
	if (tens == 1)
		say(out, "mười");
	if (tens >= 2) {
		say(out, names[tens]);
		say(out, "mươi");
	}
	say_ones(out, tens, ones);
}

void
loa_spoken_number_of(GString *out, guint64 number)
{
	static const char *const powers[] = { "", "nghìn", "triệu", "tỷ", "nghìn tỷ" };
	g_autoptr(GString) words = g_string_new(NULL);
	guint groups[G_N_ELEMENTS(powers)] = { 0 };
	gint n = 0;

	if (number >= LIMIT) {
		g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);

		loa_spoken_number_digits(out, digits, strlen(digits));
		return;
	}
	if (number == 0)
		g_string_append(words, names[0]);
	for (; number > 0; number /= 1000)
		groups[n++] = (guint)(number % 1000);
	for (gint i = n - 1; i >= 0; i--) {
		if (groups[i] == 0)
			continue;
		say_three(words, groups[i], i < n - 1);
		if (i > 0)
			say(words, powers[i]);
	}
	g_string_append(out, words->str);
}

void
loa_spoken_number_digits(GString *out, const char *digits, gsize n_digits)
{
	for (gsize i = 0; i < n_digits; i++)
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "", names[digits[i] - '0']);
}

void
loa_spoken_number(GString *out, const char *digits, gsize n_digits)
{
	guint64 value = 0;

	if (n_digits > MAX_DIGITS) {
		loa_spoken_number_digits(out, digits, n_digits);
		return;
	}
	for (gsize i = 0; i < n_digits; i++)
		value = value * 10 + (guint64)(digits[i] - '0');
	loa_spoken_number_of(out, value);
}

guint
loa_spoken_number_roman(const char *text, gsize size)
{
	static const struct {
		const char *letters;
		guint value;
	} parts[] = {
		{ "M", 1000 }, { "CM", 900 }, { "D", 500 }, { "CD", 400 }, { "C", 100 },
		{ "XC", 90 },  { "L", 50 },   { "XL", 40 }, { "X", 10 },   { "IX", 9 },
		{ "V", 5 },    { "IV", 4 },   { "I", 1 },
	};
	g_autoptr(GString) again = g_string_new(NULL);
	guint value = 0;
	gsize at = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		const gsize n = strlen(parts[i].letters);

		while (at + n <= size && strncmp(text + at, parts[i].letters, n) == 0) {
			value += parts[i].value;
			at += n;
		}
	}
	if (at != size || value == 0 || value > 3999)
		return 0;
	/* "IIII" and "VX" come this far, too: written anew, they look different */
	for (guint rest = value, i = 0; i < G_N_ELEMENTS(parts); i++) {
		for (; rest >= parts[i].value; rest -= parts[i].value)
			g_string_append(again, parts[i].letters);
	}
	return again->len == size && strncmp(again->str, text, size) == 0 ? value : 0;
}
