/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controller/reader/reader-vi.h"
#include "controller/reader/reader-words.h"
#include "controller/reader/spoken-number.h"

typedef struct {
	const char *written, *spoken;
} Case;

/* All that differ, then fails: one look shows every one of them. */
static void
assert_read(const Case *cases, gsize n)
{
	g_autoptr(LoaReaderVi) reader = loa_reader_vi_new();
	g_autoptr(GString) faults = g_string_new(NULL);

	for (gsize i = 0; i < n; i++) {
		g_autofree char *spoken = loa_reader_vi_read(reader, cases[i].written);

		if (strcmp(spoken, cases[i].spoken) != 0)
			g_string_append_printf(faults, "\n%s\n  is    %s\n  not   %s",
					       cases[i].written, spoken, cases[i].spoken);
	}
	if (faults->len > 0)
		fail_msg("%s", faults->str);
}

static void
numbers_are_said_as_people_say_them(void **state)
{
	static const Case cases[] = {
		{ "0", "không" },
		{ "1", "một" },
		{ "4", "bốn" },
		{ "10", "mười" },
		{ "11", "mười một" },
		{ "14", "mười bốn" },
		{ "15", "mười lăm" },
		{ "20", "hai mươi" },
		{ "21", "hai mươi mốt" },
		{ "24", "hai mươi tư" },
		{ "25", "hai mươi lăm" },
		{ "31", "ba mươi mốt" },
		{ "44", "bốn mươi tư" },
		{ "55", "năm mươi lăm" },
		{ "100", "một trăm" },
		{ "101", "một trăm linh một" },
		{ "104", "một trăm linh bốn" },
		{ "105", "một trăm linh năm" },
		{ "110", "một trăm mười" },
		{ "115", "một trăm mười lăm" },
		{ "121", "một trăm hai mươi mốt" },
		{ "999", "chín trăm chín mươi chín" },
		{ "1000", "một nghìn" },
		{ "1005", "một nghìn không trăm linh năm" },
		{ "1050", "một nghìn không trăm năm mươi" },
		{ "2026", "hai nghìn không trăm hai mươi sáu" },
		{ "10.000", "mười nghìn" },
		{ "1.234.567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy" },
		{ "1,234,567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy" },
		{ "1.000.000", "một triệu" },
		{ "1.000.001", "một triệu không trăm linh một" },
		{ "2.000.000.000", "hai tỷ" },
		{ "56.251 người", "năm mươi sáu nghìn hai trăm năm mươi mốt người" },
		{ "12,5", "mười hai phẩy năm" },
		{ "12,05", "mười hai phẩy không năm" },
		{ "12,25", "mười hai phẩy hai mươi lăm" },
		{ "3.5", "ba phẩy năm" },
		{ "1.500,75", "một nghìn năm trăm phẩy bảy mươi lăm" },
		{ "07", "bảy" },
		{ "tháng 07", "tháng bảy" },
		{ "tháng 4", "tháng tư" },
		{ "4 tháng", "bốn tháng" },
		{ "thứ 4", "thứ tư" },
		{ "thứ 1", "thứ nhất" },
		{ "thứ 2", "thứ hai" },
		{ "Có 3 tổ.", "Có ba tổ." },
		{ "(5)", "(năm)" },
		{ "12A", "mười hai A" },
		{ "001203004567", "không không một hai không ba không không bốn năm sáu bảy" },
		{ "007", "không không bảy" },
		{ "5-10 người", "năm đến mười người" },
		{ "2026 - 2030",
		  "hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm ba mươi" },
		{ "2026–2027", "hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm hai "
			       "mươi bảy" },
		{ "3 - Giữ vệ sinh", "ba - Giữ vệ sinh" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

#define Y2026 "hai nghìn không trăm hai mươi sáu"
#define Y2027 "hai nghìn không trăm hai mươi bảy"

static void
days_are_said_as_days(void **state)
{
	static const Case cases[] = {
		{ "24/11/2026", "ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "ngày 24/11/2026", "ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "Ngày 24/11/2026", "Ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "24-11-2026", "ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "24.11.2026", "ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "2026-11-24", "ngày hai mươi tư tháng mười một năm " Y2026 },
		{ "05/01/2027", "ngày năm tháng một năm " Y2027 },
		{ "ngày 5/1", "ngày năm tháng một" },
		{ "mùng 5/1", "mùng năm tháng một" },
		{ "lễ 30/4", "lễ ba mươi tháng tư" },
		{ "lễ 30/4 và 1/5", "lễ ba mươi tháng tư và ngày một tháng năm" },
		{ "2/9", "ngày hai tháng chín" },
		{ "dịp 20/11", "dịp ngày hai mươi tháng mười một" },
		{ "sáng 12/3", "sáng ngày mười hai tháng ba" },
		{ "từ 3/5 đến 7/5", "từ ngày ba tháng năm đến ngày bảy tháng năm" },
		{ "3/5-7/5", "ba phần năm đến ngày bảy tháng năm" },
		{ "ngày 3/5-7/5", "ngày ba tháng năm đến ngày bảy tháng năm" },
		{ "24-26/11/2026", "ngày hai mươi tư đến hai mươi sáu tháng mười một năm " Y2026 },
		{ "ngày 24-26/11", "ngày hai mươi tư đến hai mươi sáu tháng mười một" },
		{ "ngày 24/11-26/11/2026", "ngày hai mươi tư tháng mười một đến ngày hai mươi sáu "
					   "tháng mười một năm " Y2026 },
		{ "tháng 11/2026", "tháng mười một năm " Y2026 },
		{ "11/2026", "tháng mười một năm " Y2026 },
		{ "tháng 4/2027", "tháng tư năm " Y2027 },
		{ "3/11", "ngày ba tháng mười một" },
		{ "2/3 dân số", "hai phần ba dân số" },
		{ "1/2", "một phần hai" },
		{ "3/4 số hộ", "ba phần tư số hộ" },
		{ "nhà số 5/12", "nhà số năm trên mười hai" },
		{ "ngõ 7/3", "ngõ bảy trên ba" },
		{ "15/13", "mười lăm trên mười ba" },
		{ "31/4", "ba mươi mốt trên bốn" },
		{ "32/11/2026", "ba mươi hai/tháng mười một năm " Y2026 },
		{ "năm 2026", "năm " Y2026 },
		{ "năm học 2026-2027", "năm học " Y2026 " đến " Y2027 },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
hours_are_said_as_hours(void **state)
{
	static const Case cases[] = {
		{ "17h30", "mười bảy giờ ba mươi phút" },
		{ "17h00", "mười bảy giờ" },
		{ "17h", "mười bảy giờ" },
		{ "7h05", "bảy giờ năm phút" },
		{ "7g30", "bảy giờ ba mươi phút" },
		{ "7:05", "bảy giờ năm phút" },
		{ "07:30", "bảy giờ ba mươi phút" },
		{ "17:30:15", "mười bảy giờ ba mươi phút mười lăm giây" },
		{ "17h30'", "mười bảy giờ ba mươi phút" },
		{ "17h30p", "mười bảy giờ ba mươi phút" },
		{ "17 giờ 30", "mười bảy giờ ba mươi phút" },
		{ "17 giờ 30 phút", "mười bảy giờ ba mươi phút" },
		{ "17 giờ", "mười bảy giờ" },
		{ "7h-9h", "bảy giờ đến chín giờ" },
		{ "7h30 - 11h30", "bảy giờ ba mươi phút đến mười một giờ ba mươi phút" },
		{ "lúc 17h30 ngày 24/11",
		  "lúc mười bảy giờ ba mươi phút ngày hai mươi tư tháng mười một" },
		{ "0h", "không giờ" },
		{ "25:10", "hai mươi lăm:mười" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
numbers_to_call_are_said_digit_by_digit(void **state)
{
	static const Case cases[] = {
		{ "0912345678", "không chín một hai, ba bốn năm, sáu bảy tám" },
		{ "0912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám" },
		{ "0912.345.678", "không chín một hai, ba bốn năm, sáu bảy tám" },
		{ "0912-345-678", "không chín một hai, ba bốn năm, sáu bảy tám" },
		{ "0912.34.56.78", "không chín một hai, ba bốn, năm sáu, bảy tám" },
		{ "024 3825 1234", "không hai bốn, ba tám hai năm, một hai ba bốn" },
		{ "(024) 3825 1234", "không hai bốn, ba tám hai năm, một hai ba bốn" },
		{ "024.38251234", "không hai bốn, ba tám hai năm một hai ba bốn" },
		{ "+84 912 345 678", "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám" },
		{ "1900 1234", "một chín không không, một hai ba bốn" },
		{ "18001091", "một tám không không một không chín một" },
		{ "gọi 115", "gọi một một năm" },
		{ "gọi số 113", "gọi số một một ba" },
		{ "tổng đài 1022", "tổng đài một không hai hai" },
		{ "có 115 hộ", "có một trăm mười lăm hộ" },
		{ "Gọi 0912345678 trước 17h.",
		  "Gọi không chín một hai, ba bốn năm, sáu bảy tám trước mười bảy giờ." },
		{ "0912 345 678 15 người",
		  "không chín một hai, ba bốn năm, sáu bảy tám mười lăm người" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
units_have_names_behind_a_number(void **state)
{
	static const Case cases[] = {
		{ "40,86 km2", "bốn mươi phẩy tám mươi sáu ki lô mét vuông" },
		{ "40,86km²", "bốn mươi phẩy tám mươi sáu ki lô mét vuông" },
		{ "100m2", "một trăm mét vuông" },
		{ "15 m3", "mười lăm mét khối" },
		{ "15m³", "mười lăm mét khối" },
		{ "5 km", "năm ki lô mét" },
		{ "40km/h", "bốn mươi ki lô mét trên giờ" },
		{ "5kg", "năm ki lô gam" },
		{ "2 ha", "hai héc ta" },
		{ "12,5%", "mười hai phẩy năm phần trăm" },
		{ "100%", "một trăm phần trăm" },
		{ "5-10%", "năm đến mười phần trăm" },
		{ "50.000đ", "năm mươi nghìn đồng" },
		{ "50.000 đồng", "năm mươi nghìn đồng" },
		{ "50.000 VNĐ", "năm mươi nghìn đồng" },
		{ "50.000đ/tháng", "năm mươi nghìn đồng một tháng" },
		{ "3kg/người", "ba ki lô gam một người" },
		{ "100 USD", "một trăm đô la Mỹ" },
		{ "38°C", "ba mươi tám độ xê" },
		{ "-5°C", "âm năm độ xê" },
		{ "220V", "hai trăm hai mươi vôn" },
		{ "300 kWh", "ba trăm ki lô oát giờ" },
		{ "mưa 50mm", "mưa năm mươi mi li mét" },
		{ "1,5m", "một phẩy năm mét" },
		{ "5 mẹ", "năm mẹ" },
		{ "2 lần", "hai lần" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
roman_numbers_are_said_where_they_are_numbers(void **state)
{
	static const Case cases[] = {
		{ "khóa XIV", "khóa mười bốn" },
		{ "Đại hội XIII", "Đại hội mười ba" },
		{ "quý I", "quý một" },
		{ "quý IV/2026", "quý bốn năm " Y2026 },
		{ "lần thứ I", "lần thứ nhất" },
		{ "lần thứ IV", "lần thứ tư" },
		{ "thế kỷ XXI", "thế kỷ hai mươi mốt" },
		{ "chương V", "chương năm" },
		{ "XIV", "mười bốn" },
		{ "I", "I" },
		{ "MC", "em xê" },
		{ "IIII", "IIII" },
		{ "Nguyễn Văn V", "Nguyễn Văn V" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
abbreviations_are_said_in_full(void **state)
{
	static const Case cases[] = {
		{ "UBND", "Ủy ban nhân dân" },
		{ "UBND phường", "Ủy ban nhân dân phường" },
		{ "Chủ tịch UBND.", "Chủ tịch Ủy ban nhân dân." },
		{ "HĐND, UBND", "Hội đồng nhân dân, Ủy ban nhân dân" },
		{ "HĐND-UBND", "Hội đồng nhân dân-Ủy ban nhân dân" },
		{ "TTHC", "thủ tục hành chính" },
		{ "MTTQ", "Mặt trận Tổ quốc" },
		{ "BHYT", "bảo hiểm y tế" },
		{ "CCCD", "căn cước công dân" },
		{ "THPT", "trung học phổ thông" },
		{ "TH", "tiểu học" },
		{ "TP. Hồ Chí Minh", "thành phố Hồ Chí Minh" },
		{ "TP.HCM", "Thành phố Hồ Chí Minh" },
		{ "TP Hà Nội", "thành phố Hà Nội" },
		{ "Q. 1", "quận một" },
		{ "Q.1", "quận một" },
		{ "P.5", "phường năm" },
		{ "P. Tân An, Q. 3", "phường Tân An, quận ba" },
		{ "vitamin P.", "vitamin P." },
		{ "QL1A", "quốc lộ một A" },
		{ "KT-XH", "kinh tế - xã hội" },
		{ "v.v...", "vân vân..." },
		{ "UBNDX", "UBNDX" },
		{ "aUBND", "aUBND" },
		{ "ĐTXD", "đê tê ích dê" },
		{ "KTX", "ca tê ích" },
		{ "THÔNG BÁO", "THÔNG BÁO" },
		{ "COVID-19", "cô vít mười chín" },
		{ "nước & điện", "nước và điện" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
documents_are_said_with_who_made_them(void **state)
{
	static const Case cases[] = {
		{ "24/KH-UBND", "hai mươi tư, kế hoạch, Ủy ban nhân dân" },
		{ "số 24/KH-UBND", "số hai mươi tư, kế hoạch, Ủy ban nhân dân" },
		{ "10/2022/QH15",
		  "mười, năm hai nghìn không trăm hai mươi hai, Quốc hội khóa mười lăm" },
		{ "15/2020/NĐ-CP",
		  "mười lăm, năm hai nghìn không trăm hai mươi, nghị định, Chính phủ" },
		{ "01/CT-TTg", "một, chỉ thị, Thủ tướng Chính phủ" },
		{ "123-KH/TU", "một trăm hai mươi ba, kế hoạch, Thành ủy" },
		{ "05/2021/TT-BYT",
		  "năm, năm hai nghìn không trăm hai mươi mốt, thông tư, Bộ Y tế" },
		{ "7/QĐ-XYZ", "bảy, quyết định, ích Y dét" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
whole_sentences_keep_their_words_and_stops(void **state)
{
	static const Case cases[] = {
		{ "", "" },
		{ "Kính thưa bà con!", "Kính thưa bà con!" },
		{ "Kính thưa\nbà con,\n\ncảm ơn.", "Kính thưa\nbà con,\n\ncảm ơn." },
		{ "17h30 ngày 24/11/2026, UBND phường tổ chức họp tại NVH tổ 5.",
		  "mười bảy giờ ba mươi phút ngày hai mươi tư tháng mười một năm " Y2026
		  ", Ủy ban nhân dân phường tổ chức họp tại nhà văn hóa tổ năm." },
		{ "Tỷ lệ đạt 98,5% (tăng 2% so với năm 2025).",
		  "Tỷ lệ đạt chín mươi tám phẩy năm phần trăm (tăng hai phần trăm so với năm hai "
		  "nghìn không trăm hai mươi lăm)." },
		{ "“17h”", "“mười bảy giờ”" },
		{ "Xem www.phuong.gov.vn.", "Xem www chấm phuong chấm gov chấm vn." },
		{ "Thư: lan@phuong.vn", "Thư: lan a còng phuong chấm vn" },
		/* decomposed, as some keyboards write it */
		{ "kho\xcc\x81"
		  "a XIV",
		  "khóa mười bốn" },
	};

	(void)state;
	assert_read(cases, G_N_ELEMENTS(cases));
}

static void
the_office_adds_and_overrules_abbreviations(void **state)
{
	g_autoptr(LoaReaderVi) reader = loa_reader_vi_new();
	g_autofree char *read = NULL;

	(void)state;
	loa_reader_vi_add(reader, "TDP", "tổ dân phố văn hóa");
	loa_reader_vi_add(reader, "XYZ", "xanh, sạch, đẹp");
	loa_reader_vi_add(reader, "K.", "khóm");
	read = loa_reader_vi_read(reader, "TDP 5, XYZ, K. 7, 3/KH-XYZ");
	assert_string_equal(read, "tổ dân phố văn hóa năm, xanh, sạch, đẹp, khóm bảy, "
				  "ba, kế hoạch, xanh, sạch, đẹp");
}

/* What was said in words stays as it is when it is read again. */
static void
reading_twice_is_reading_once(void **state)
{
	g_autoptr(LoaReaderVi) reader = loa_reader_vi_new();

	(void)state;
	for (const LoaReaderWord *word = loa_reader_abbreviations; word->written != NULL; word++) {
		g_autofree char *again = loa_reader_vi_read(reader, word->spoken);

		assert_string_equal(again, word->spoken);
	}
}

static void
any_text_is_read_without_harm(void **state)
{
	static const char *const pieces[] = { "1",   "0",  "9",   "/",    "-",    ".",   ",",
					      ":",   "h",  "+84", "(0",   "UBND", "TP.", "X",
					      "I",   " ",  "\n",  "%",    "đ",    "ế",   "–",
					      "km2", "QH", "@",   "www.", "'" };
	g_autoptr(LoaReaderVi) reader = loa_reader_vi_new();
	g_autoptr(GRand) rand = g_rand_new_with_seed(2026);

	(void)state;
	for (guint i = 0; i < 3000; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *read = NULL;

		for (gint n = g_rand_int_range(rand, 0, 20); n > 0; n--)
			g_string_append(
				text,
				pieces[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(pieces))]);
		read = loa_reader_vi_read(reader, text->str);
		assert_true(g_utf8_validate(read, -1, NULL));
	}
}

static void
roman_numbers_are_canonical(void **state)
{
	static const struct {
		const char *text;
		guint value;
	} cases[] = {
		{ "I", 1 },    { "IV", 4 },        { "IX", 9 },
		{ "XIV", 14 }, { "XL", 40 },       { "XC", 90 },
		{ "CD", 400 }, { "MMXXVI", 2026 }, { "MMMCMXCIX", 3999 },
		{ "", 0 },     { "IIII", 0 },      { "VX", 0 },
		{ "IC", 0 },   { "VV", 0 },        { "MMMM", 0 },
		{ "XIVI", 0 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_int_equal(loa_spoken_number_roman(cases[i].text, strlen(cases[i].text)),
				 cases[i].value);
}

static void
numbers_beyond_saying_come_digit_by_digit(void **state)
{
	g_autoptr(GString) words = g_string_new(NULL);
	g_autoptr(GString) digits = g_string_new(NULL);

	(void)state;
	loa_spoken_number_of(words, G_GUINT64_CONSTANT(1000000000005));
	assert_string_equal(words->str, "một nghìn tỷ không trăm linh năm");
	g_string_truncate(words, 0);
	loa_spoken_number_of(words, G_GUINT64_CONSTANT(1000000000000005));
	assert_string_equal(words->str, "một không không không không không không không không không "
					"không không không không không năm");
	loa_spoken_number(digits, "1234567890123456", 16);
	assert_string_equal(digits->str, "một hai ba bốn năm sáu bảy tám chín không một hai ba "
					 "bốn năm sáu");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_said_as_people_say_them),
		cmocka_unit_test(days_are_said_as_days),
		cmocka_unit_test(hours_are_said_as_hours),
		cmocka_unit_test(numbers_to_call_are_said_digit_by_digit),
		cmocka_unit_test(units_have_names_behind_a_number),
		cmocka_unit_test(roman_numbers_are_said_where_they_are_numbers),
		cmocka_unit_test(abbreviations_are_said_in_full),
		cmocka_unit_test(documents_are_said_with_who_made_them),
		cmocka_unit_test(whole_sentences_keep_their_words_and_stops),
		cmocka_unit_test(the_office_adds_and_overrules_abbreviations),
		cmocka_unit_test(reading_twice_is_reading_once),
		cmocka_unit_test(any_text_is_read_without_harm),
		cmocka_unit_test(roman_numbers_are_canonical),
		cmocka_unit_test(numbers_beyond_saying_come_digit_by_digit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
