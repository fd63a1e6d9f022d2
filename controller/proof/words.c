/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/words.h"

#include <string.h>

#include "common/text.h"

typedef const char *Words[LOA_LANGUAGE_LAST + 1];

static const char *const language_names[] = {
	[LOA_LANGUAGE_VI] = "vi",
	[LOA_LANGUAGE_EN] = "en",
};

static const Words results[LOA_LINE_LAST + 1] = {
	[LOA_LINE_COMPLETED] = { "Đã phát hết", "Played to the end" },
	[LOA_LINE_PARTIAL] = { "Phát thiếu", "Played in part" },
	[LOA_LINE_MISSED] = { "Không phát được", "Not played" },
	[LOA_LINE_REFUSED] = { "Cụm thu không mở loa", "The receiver kept the loudspeaker closed" },
	[LOA_LINE_PREEMPTED] = { "Phải nhường loa", "Had to give way" },
	[LOA_LINE_STOPPED] = { "Đã dừng", "Stopped" },
	[LOA_LINE_FAILED] = { "Hỏng, không phát được", "Broken, not played" },
	[LOA_LINE_PLANNED] = { "Chưa đến giờ phát", "Not yet due" },
	[LOA_LINE_ON_AIR] = { "Đang phát", "On air" },
	[LOA_LINE_NOT_REPORTED] = { "Chưa có báo cáo của cụm thu", "No receiver has reported yet" },
	[LOA_LINE_NO_RECEIVER] = { "Chưa lắp cụm thu", "No receiver is installed" },
	[LOA_LINE_SUSPENDED] = { "Tạm ngừng", "Suspended" },
};

static const struct {
	const char *reason;
	Words words;
} reasons[] = {
	{ LOA_REASON_LATE, { "cụm thu bật lên muộn", "the receiver came up late" } },
	{ LOA_REASON_NO_AUDIO,
	  { "âm thanh không về kịp cụm thu", "the sound did not reach the receiver in time" } },
	{ LOA_REASON_POWER,
	  { "cụm thu mất điện hoặc bị tắt", "the receiver had no power or was switched off" } },
	{ LOA_REASON_HOURS, { "ngoài giờ được phép phát", "outside the permitted hours" } },
	{ LOA_REASON_QUIET, { "đang giờ yên tĩnh của cụm thu", "the receiver's quiet hours" } },
	{ LOA_REASON_CLOCK,
	  { "đồng hồ của cụm thu không đáng tin", "the receiver's clock could not be trusted" } },
	{ LOA_REASON_PLAN_EXPIRED,
	  { "lịch phát trong cụm thu đã hết hạn", "the receiver's timetable was out of date" } },
	{ LOA_REASON_PREEMPTED,
	  { "nhường cho chương trình khẩn hơn", "something more urgent took its place" } },
	{ LOA_REASON_STOPPED, { "cán bộ phụ trách cho dừng", "the office stopped it" } },
	{ LOA_REASON_WITHDRAWN,
	  { "cán bộ phụ trách rút khỏi lịch phát", "the office took it out of the timetable" } },
	{ LOA_REASON_DEVICE, { "thiết bị âm thanh trục trặc", "trouble with the sound device" } },
	{ LOA_REASON_DECODE, { "tệp âm thanh bị hỏng", "the audio is damaged" } },
	{ LOA_REASON_SILENT,
	  { "máy chạy nhưng không có tiếng", "the machine ran, but it was silence" } },
};

static const Words levels[LOA_LEVEL_PERSON + 1] = {
	[LOA_LEVEL_PLAN] = { "chưa xác minh: cụm thu mới chỉ nhận lịch",
			     "not verified: the receiver only had the timetable" },
	[LOA_LEVEL_DECODED] = { "chưa xác minh: máy đã đọc âm thanh nhưng chưa ra loa",
				"not verified: the machine read the sound, no more" },
	[LOA_LEVEL_CONSUMED] = { "chưa xác minh: máy báo đã đưa ra loa, chưa ai xác nhận nghe thấy",
				 "not verified: the machine says so, nobody has confirmed it" },
	[LOA_LEVEL_AMPLIFIER] = { "đã kiểm tra ở đầu ra bộ khuếch đại",
				  "verified behind the amplifier" },
	[LOA_LEVEL_MICROPHONE] = { "micrô tại chỗ đã nghe thấy",
				   "a microphone on the spot heard it" },
	[LOA_LEVEL_PERSON] = { "người tại chỗ xác nhận đã nghe",
			       "somebody on the spot confirmed it" },
};

static const Words answers[LOA_ANSWER_LAST + 1] = {
	[LOA_ANSWER_HEARD] = { "Nghe rõ", "Heard" },
	[LOA_ANSWER_UNCLEAR] = { "Nghe không rõ", "Unclear" },
	[LOA_ANSWER_TOO_LOUD] = { "Quá to", "Too loud" },
	[LOA_ANSWER_NOT_HEARD] = { "Không nghe thấy", "Not heard" },
};

static const Words classes[LOA_CLASS_EMERGENCY + 1] = {
	[LOA_CLASS_NORMAL] = { "Thông thường", "Normal" },
	[LOA_CLASS_PRIORITY] = { "Ưu tiên", "Priority" },
	[LOA_CLASS_EMERGENCY] = { "Khẩn cấp", "Emergency" },
};

/* In place of a result: however complete, nobody heard it. */
static const Words was_silence = { "Máy chạy nhưng không có tiếng",
				   "The machine ran, but it was silence" };
static const Words heard_share = { "nghe được %d %%", "%d %% was heard" };
static const Words says_unclear = { "người tại chỗ báo nghe không rõ",
				    "people there call it unclear" };
static const Words says_too_loud = { "người tại chỗ báo quá to", "people there call it too loud" };
static const Words says_not_heard = { "nhưng người tại chỗ báo KHÔNG nghe thấy",
				      "but people there did NOT hear it" };
static const Words says_heard = { "nhưng người tại chỗ báo có nghe",
				  "but people there say they heard it" };
static const Words may_change = { "còn chờ báo cáo", "reports are still to come" };

const char *
loa_language_name(LoaLanguage language)
{
	return language_names[language];
}

gboolean
loa_language_from_name(const char *name, LoaLanguage *language)
{
	guint i;

	if (!loa_text_find(language_names, G_N_ELEMENTS(language_names), name, &i))
		return FALSE;
	*language = (LoaLanguage)i;
	return TRUE;
}

const char *
loa_words_result(LoaLineResult result, LoaLanguage language)
{
	return results[result][language];
}

const char *
loa_words_level(LoaLevel level, LoaLanguage language)
{
	return levels[level][language];
}

const char *
loa_words_answer(LoaAnswer answer, LoaLanguage language)
{
	return answers[answer][language];
}

const char *
loa_words_class(LoaClass class, LoaLanguage language)
{
	return classes[class][language];
}

const char *
loa_words_reason(const char *reason, LoaLanguage language)
{
	const gsize n = strcspn(reason, ":"); /* "device: no such card" */

	for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (strlen(reasons[i].reason) == n && strncmp(reasons[i].reason, reason, n) == 0)
			return reasons[i].words[language];
	return NULL;
}

static gint
percent(gint64 heard_ms, gint64 aired_ms)
{
	if (aired_ms <= 0)
		return 0;
	/* 99.9 % is not all of it */
	return (gint)(CLAMP(heard_ms, 0, aired_ms) * 100 / aired_ms);
}

/* Does the result alone leave open how much was heard? */
static gboolean
wants_share(LoaLineResult result)
{
	switch (result) {
	case LOA_LINE_PARTIAL:
	case LOA_LINE_PREEMPTED:
	case LOA_LINE_STOPPED:
	case LOA_LINE_FAILED:
		return TRUE;
	case LOA_LINE_COMPLETED:
	case LOA_LINE_MISSED:
	case LOA_LINE_REFUSED:
	case LOA_LINE_PLANNED:
	case LOA_LINE_ON_AIR:
	case LOA_LINE_NOT_REPORTED:
	case LOA_LINE_NO_RECEIVER:
	case LOA_LINE_SUSPENDED:
		return FALSE;
	}
	return FALSE;
}

static void
add_reason(GString *text, LoaLineResult result, const char *reason, LoaLanguage language)
{
	const char *words = loa_words_reason(reason, language);

	/* "stopped: stopped" says nothing more; what is not known is shown as it is */
	if (*reason == '\0' || (result == LOA_LINE_PREEMPTED && words != NULL))
		return;
	g_string_append_printf(text, ": %s", words != NULL ? words : reason);
}

/* Result, reason, share and level. */
static GString *
begin(LoaLineResult result, const char *reason, LoaLevel level, gint64 heard_ms, gint64 aired_ms,
      LoaLanguage language)
{
	const gboolean is_silent = strcmp(reason, LOA_REASON_SILENT) == 0;
	GString *text = g_string_new(is_silent ? was_silence[language] : results[result][language]);

	if (!is_silent)
		add_reason(text, result, reason, language);
	if (heard_ms > 0 && !is_silent && wants_share(result)) {
		g_string_append(text, ", ");
		g_string_append_printf(text, heard_share[language], percent(heard_ms, aired_ms));
	}
	if (heard_ms > 0 || level == LOA_LEVEL_PERSON)
		g_string_append_printf(text, " (%s)", levels[level][language]);
	return text;
}

static void
add_tick(GString *text, const LoaLine *line, LoaLanguage language)
{
	const char *words = NULL;

	switch (line->tick->answer) {
	case LOA_ANSWER_HEARD: /* a level of its own, unless it contradicts */
		words = line->is_contradicted ? says_heard[language] : NULL;
		break;
	case LOA_ANSWER_UNCLEAR:
		words = says_unclear[language];
		break;
	case LOA_ANSWER_TOO_LOUD:
		words = says_too_loud[language];
		break;
	case LOA_ANSWER_NOT_HEARD:
		words = says_not_heard[language];
		break;
	}
	if (words != NULL)
		g_string_append_printf(text, "; %s", words);
}

char *
loa_words_line(const LoaLine *line, LoaLanguage language)
{
	GString *text = begin(line->result, line->reason, line->level, line->heard_ms,
			      line->aired_ms, language);
	const gboolean is_over =
		line->result != LOA_LINE_PLANNED && line->result != LOA_LINE_ON_AIR;

	if (line->tick != NULL)
		add_tick(text, line, language);
	if (line->is_provisional && is_over)
		g_string_append_printf(text, "; %s", may_change[language]);
	g_string_append_c(text, '.');
	return g_string_free(text, FALSE);
}

char *
loa_words_heard(const LoaHeard *heard, gint64 aired_ms, LoaLanguage language)
{
	GString *text = begin((LoaLineResult)heard->result, heard->reason, heard->level,
			      heard->heard_ms, aired_ms, language);

	g_string_append_c(text, '.');
	return g_string_free(text, FALSE);
}

static const Words silenced_suspended = { "Tạm ngừng: %s", "Suspended: %s" };
static const Words silenced_hours = { "Ngoài khung giờ được phép phát",
				      "Outside the permitted hours" };
static const Words silenced_sessions = { "Quá số phiên phát trong ngày: nhiều nhất %u",
					 "One session too many that day: %u at most" };
static const Words silenced_length = { "Phiên phát sẽ dài quá %u phút",
				       "Its session would last longer than %u min" };

char *
loa_words_silenced(LoaPermitVerdict verdict, const LoaPermitWhy *why, const char *where,
		   LoaLanguage language)
{
	GString *text = g_string_new(NULL);

	switch (verdict) {
	case LOA_PERMIT_OPEN:
		break;
	case LOA_PERMIT_SUSPENDED:
		g_string_append_printf(text, silenced_suspended[language], why->overlay->name);
		break;
	case LOA_PERMIT_HOURS:
		g_string_append(text, silenced_hours[language]);
		break;
	case LOA_PERMIT_TOO_MANY_SESSIONS:
		g_string_append_printf(text, silenced_sessions[language], why->limit);
		break;
	case LOA_PERMIT_SESSION_TOO_LONG:
		g_string_append_printf(text, silenced_length[language], why->limit);
		break;
	}
	if (where != NULL)
		g_string_append_printf(text, " (%s)", where);
	return g_string_free(text, FALSE);
}
