/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/broadcast-fields.h"

#include <stdlib.h>
#include <string.h>

#include "schedules/care-reader.h"
#include "schedules/credit-reader.h"
#include "schedules/faults.h"
#include "schedules/reader.h"
#include "schedules/rule-reader.h"
#include "schedules/timetable.h"

#define LONGEST_REPEAT_GAP_S 3600
#define LONGEST_GRACE_S 43200
#define MAX_REPEATS 100
#define MAX_ORDER 9999
#define MANY_FAULTS 3

static void
read_id_field(LoaReader *reader, const LoaValue *value)
{
	const LoaFieldsContext *context = reader->context;
	char *id = loa_reader_id(context, value, value->name, LOA_BROADCAST_ID_MAX);

	if (id == NULL)
		return;
	reader->broadcast->id = id;

	const char *first = g_hash_table_lookup(context->ids, id);
	if (first != NULL) {
		LOA_READER_FAULT(context, value->line, "id \"%s\" is taken by the broadcast at %s",
				 id, first);
		return;
	}
	g_hash_table_insert(context->ids, g_strdup(id),
			    value->line > 0 ? g_strdup_printf("%s:%u", context->where, value->line)
					    : g_strdup(context->where));
}

static void
read_title(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->title = loa_reader_text(reader->context, value, value->name,
						   LOA_BROADCAST_TITLE_MAX, FALSE);
}

static void
read_class(LoaReader *reader, const LoaValue *value)
{
	if (!loa_reader_check_kind(reader->context, value, LOA_VALUE_TEXT, value->name,
				   "\"normal\""))
		return;
	if (!loa_class_from_name(value->text, &reader->broadcast->class))
		LOA_READER_FAULT(reader->context, value->line,
				 "class: \"%s\" is not \"normal\", \"priority\" or \"emergency\"",
				 value->text);
}

static void
read_category(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->category =
		loa_reader_id(reader->context, value, value->name, LOA_ID_MAX);
}

static void
read_audio(LoaReader *reader, const LoaValue *value)
{
	const LoaFieldsContext *context = reader->context;
	g_autofree char *why = NULL;

	/* A file name is bytes: normalised, it might name another file. */
	if (!loa_reader_check_kind(context, value, LOA_VALUE_TEXT, value->name, "\"ban-tin.mp3\""))
		return;
	if (!g_utf8_validate(value->text, -1, NULL) || value->text[0] == '\0' ||
	    strlen(value->text) > 4096 || loa_reader_has_control_characters(value->text, FALSE)) {
		LOA_READER_FAULT(context, value->line, "audio: not the name of a file");
		return;
	}
	if (context->resolve != NULL) {
		reader->broadcast->audio =
			context->resolve(value->text, context->resolve_data, &why);
		if (reader->broadcast->audio == NULL)
			LOA_READER_FAULT(context, value->line, "audio: %s", why);
		return;
	}
	if (!g_path_is_absolute(value->text)) {
		LOA_READER_FAULT(context, value->line, "audio: \"%s\" is not an absolute path",
				 value->text);
		return;
	}
	reader->broadcast->audio = g_strdup(value->text);
}

static void
read_recording(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->recording =
		loa_reader_id(reader->context, value, value->name, LOA_ID_MAX);
}

static void
read_speech(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->text =
		loa_reader_text(reader->context, value, value->name, LOA_BROADCAST_TEXT_MAX, TRUE);
}

static void
read_confidential(LoaReader *reader, const LoaValue *value)
{
	if (loa_reader_check_kind(reader->context, value, LOA_VALUE_BOOL, value->name, "true"))
		reader->broadcast->is_confidential = value->number != 0;
}

static void
read_to(LoaReader *reader, const LoaValue *value)
{
	loa_reader_to(reader->context, value, &reader->broadcast->to_all,
		      reader->broadcast->groups);
}

static void
read_time(LoaReader *reader, const LoaValue *item, const char *key)
{
	GArray *at_s = reader->broadcast->at_s;
	g_autofree char *why = NULL;
	gint32 time_s;

	if (!loa_reader_check_kind(reader->context, item, LOA_VALUE_TEXT, key, "\"05:30\""))
		return;
	if (!loa_time_of_day_parse(item->text, &time_s, &why)) {
		LOA_READER_FAULT(reader->context, item->line, "%s: %s", key, why);
		return;
	}
	for (guint i = 0; i < at_s->len; i++) {
		if (g_array_index(at_s, gint32, i) != time_s)
			continue;
		LOA_READER_FAULT(reader->context, item->line, "%s: \"%s\" stands here twice", key,
				 item->text);
		return;
	}
	g_array_append_val(at_s, time_s);
}

static void
read_at(LoaReader *reader, const LoaValue *value)
{
	loa_reader_for_each(reader, value, LOA_BROADCAST_MAX_TIMES, read_time);
	g_array_sort(reader->broadcast->at_s, loa_reader_compare_numbers);
}

static void
read_weekday(LoaReader *reader, const LoaValue *item, const char *key)
{
	loa_reader_weekdays(reader->context, item, key, &reader->broadcast->days);
}

static void
read_days(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->days = 0;
	loa_reader_for_each(reader, value, 14, read_weekday);
}

static void
read_day(LoaReader *reader, const LoaValue *value, LoaDay *day)
{
	g_autofree char *why = NULL;

	if (!loa_reader_check_kind(reader->context, value, LOA_VALUE_TEXT, value->name,
				   "\"2026-09-02\""))
		return;
	if (!loa_day_parse(value->text, day, &why))
		LOA_READER_FAULT(reader->context, value->line, "%s: %s", value->name, why);
}

static void
read_date(LoaReader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->date);
}

static void
read_from(LoaReader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->from);
}

static void
read_until(LoaReader *reader, const LoaValue *value)
{
	read_day(reader, value, &reader->broadcast->until);
}

static void
read_repeats(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->n_repeats = loa_reader_number(reader->context, value, 1, MAX_REPEATS);
}

static void
read_repeat_gap(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->repeat_gap_s =
		loa_reader_number(reader->context, value, 0, LONGEST_REPEAT_GAP_S);
}

static void
read_in_turn(LoaReader *reader, const LoaValue *value)
{
	if (loa_reader_check_kind(reader->context, value, LOA_VALUE_BOOL, value->name, "true"))
		reader->broadcast->in_turn = value->number != 0;
}

static void
read_resume(LoaReader *reader, const LoaValue *value)
{
	if (!loa_reader_check_kind(reader->context, value, LOA_VALUE_TEXT, value->name,
				   "\"pause\""))
		return;
	if (!loa_resume_from_name(value->text, &reader->broadcast->resume))
		LOA_READER_FAULT(reader->context, value->line,
				 "resume: \"%s\" is not \"pause\" or \"rejoin\"", value->text);
}

static void
read_grace(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->grace_s = loa_reader_number(reader->context, value, 0, LONGEST_GRACE_S);
}

static void
read_order(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->order = loa_reader_number(reader->context, value, 0, MAX_ORDER);
}

static void
read_exception(LoaReader *reader, const LoaValue *value)
{
	static const char *const names[] = { "by", "why", NULL };
	const LoaFieldsContext *context = reader->context;

	if (!loa_reader_check_kind(context, value, LOA_VALUE_RECORD, value->name,
				   "{ by = \"...\"; why = \"...\"; }"))
		return;
	loa_reader_check_members(context, value, "exception", names);

	const LoaValue *by = loa_reader_need_member(context, value, "exception", "by");
	const LoaValue *why = loa_reader_need_member(context, value, "exception", "why");

	if (by != NULL)
		reader->broadcast->exception_by =
			loa_reader_text(context, by, "exception.by", LOA_BROADCAST_BY_MAX, FALSE);
	if (why != NULL)
		reader->broadcast->exception_why = loa_reader_text(context, why, "exception.why",
								   LOA_BROADCAST_WHY_MAX, FALSE);
}

static const struct {
	const char *name;
	void (*read)(LoaReader *reader, const LoaValue *value);
} fields[] = {
	{ "id", read_id_field },
	{ "title", read_title },
	{ "class", read_class },
	{ "category", read_category },
	{ "audio", read_audio },
	{ "recording", read_recording },
	{ "text", read_speech },
	{ "confidential", read_confidential },
	{ "to", read_to },
	{ "at", read_at },
	{ "days", read_days },
	{ "date", read_date },
	{ "from", read_from },
	{ "until", read_until },
	{ "rrule", loa_rule_reader_rrule },
	{ "lunar", loa_rule_reader_lunar },
	{ "giao_thua", loa_rule_reader_eve },
	{ "occasion", loa_rule_reader_occasion },
	{ "event", loa_care_reader_event },
	{ "except", loa_rule_reader_except },
	{ "also", loa_rule_reader_also },
	{ "campaign", loa_care_reader_campaign },
	{ "expires", loa_care_reader_expires },
	{ "review_by", loa_care_reader_review_by },
	{ "repeats", read_repeats },
	{ "repeat_gap_s", read_repeat_gap },
	{ "in_turn", read_in_turn },
	{ "resume", read_resume },
	{ "grace_s", read_grace },
	{ "order", read_order },
	{ "kind", loa_credit_reader_kind },
	{ "lead_unit", loa_credit_reader_lead_unit },
	{ "units", loa_credit_reader_units },
	{ "author", loa_credit_reader_author },
	{ "fee", loa_credit_reader_fee },
	{ "exception", read_exception },
};

static void
check_source(const LoaFieldsContext *context, const LoaValue *record)
{
	static const char *const sources[] = { "audio", "recording", "text" };
	const LoaValue *found = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
		const LoaValue *value = loa_value_member(record, sources[i]);

		if (value == NULL)
			continue;
		if (found != NULL)
			LOA_READER_FAULT(
				context, value->line,
				"both \"%s\" and \"%s\": a broadcast has one of audio, recording, "
				"text",
				found->name, value->name);
		found = value;
	}
	if (found == NULL)
		LOA_READER_FAULT(context, record->line,
				 "nothing to play: a broadcast has one of audio (a file), "
				 "recording (an id), "
				 "text (to be spoken)");
}

static void
check_number(const LoaFieldsContext *context, const LoaValue *record, const LoaBroadcast *broadcast)
{
	guint n = MAX(broadcast->at_s->len, broadcast->eve_s->len) * broadcast->n_repeats;

	if (n > LOA_BROADCAST_MAX_A_DAY)
		LOA_READER_FAULT(
			context, record->line,
			"repeats: %u times a day with %u repeats are %u airings on one day, at "
			"most %d are allowed",
			n / broadcast->n_repeats, broadcast->n_repeats, n, LOA_BROADCAST_MAX_A_DAY);
}

LoaBroadcast *
loa_broadcast_from_value(const LoaValue *record, const LoaFieldsContext *context)
{
	static const char *const needed[] = { "id", "title", "to" };
	const char *names[G_N_ELEMENTS(fields) + 1] = { NULL };
	guint n_faults = context->faults->len;

	if (!loa_reader_check_kind(context, record, LOA_VALUE_RECORD, "broadcast",
				   "{ id = \"...\"; ... }"))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		names[i] = fields[i].name;
	loa_reader_check_members(context, record, "a broadcast", names);
	for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
		(void)loa_reader_need_member(context, record, "the broadcast", needed[i]);

	g_autoptr(LoaBroadcast) broadcast = loa_broadcast_new();
	LoaReader reader = { .broadcast = broadcast, .context = context };

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		const LoaValue *value = loa_value_member(record, fields[i].name);

		if (value != NULL)
			fields[i].read(&reader, value);
	}
	check_source(context, record);
	check_number(context, record, broadcast);
	loa_rule_reader_check(context, record, broadcast);
	loa_care_reader_check(context, record, broadcast);
	if (context->faults->len > n_faults)
		return NULL;
	/* libical takes a second to be sure of that. After some faults nothing is used anyway, and
	 * the rest of them may wait for the next reading. */
	if (broadcast->rrule != NULL && context->faults->len < MANY_FAULTS &&
	    loa_timetable_never_plays(broadcast)) {
		LOA_READER_FAULT(context, record->line, "rrule: no day fits \"%s\"",
				 broadcast->rrule);
		return NULL;
	}
	broadcast->origin = record->line > 0
				    ? g_strdup_printf("%s:%u", context->where, record->line)
				    : g_strdup(context->where);
	return g_steal_pointer(&broadcast);
}

/* 0 where it is absent. */
static guint
read_group_number(const LoaFieldsContext *context, const LoaValue *record, const char *name,
		  guint max)
{
	const LoaValue *value = loa_value_member(record, name);

	return value != NULL ? loa_reader_number(context, value, 0, max) : 0;
}

LoaGroup *
loa_group_from_value(const LoaValue *record, const LoaFieldsContext *context)
{
	static const char *const names[] = { "id", "name", "start_offset_ms", "turn", NULL };
	guint n_faults = context->faults->len;

	if (!loa_reader_check_kind(context, record, LOA_VALUE_RECORD, "group",
				   "{ id = \"to-1\"; name = \"Tổ dân phố 1\"; }"))
		return NULL;
	loa_reader_check_members(context, record, "a group", names);

	const LoaValue *id_value = loa_reader_need_member(context, record, "the group", "id");
	const LoaValue *name_value = loa_reader_need_member(context, record, "the group", "name");
	g_autofree char *id =
		id_value != NULL ? loa_reader_id(context, id_value, "id", LOA_ID_MAX) : NULL;
	g_autofree char *name = name_value != NULL ? loa_reader_text(context, name_value, "name",
								     LOA_BROADCAST_TITLE_MAX, FALSE)
						   : NULL;

	if (id != NULL && strcmp(id, "all") == 0)
		LOA_READER_FAULT(context, id_value->line,
				 "id: \"all\" means every group and cannot be one");

	guint start_offset_ms =
		read_group_number(context, record, "start_offset_ms", LOA_GROUP_MAX_OFFSET_MS);
	guint turn = read_group_number(context, record, "turn", LOA_GROUP_MAX_TURN);

	if (context->faults->len > n_faults)
		return NULL;

	LoaGroup *group = loa_group_new(id, name);

	group->start_offset_ms = start_offset_ms;
	group->turn = turn;
	return group;
}
