/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/outcome-json.h"

#include <string.h>

#include "common/id.h"

#define OUTCOME_MAX_SIZE 4096
#define DURATION_MAX_MS ((gint64)366 * 24 * 3600 * 1000)
#define START_ERROR_MAX_US ((gint64)24 * 3600 * G_USEC_PER_SEC)

static const char *const class_words[] = { "normal", "priority", "emergency", NULL };
static const char *const result_words[] = { "completed", "partial", "missed", "refused",
					    "preempted", "stopped", "failed", NULL };
static const char *const clock_words[] = { "untrusted", "holdover", "synced", NULL };

void
loa_outcome_json_write_time(GString *out, const char *name, gint64 time_us)
{
	if (time_us < LOA_TIME_MIN_US || time_us > LOA_TIME_MAX_US)
		time_us = 0;
	loa_json_writer_int(out, name, time_us, 0, LOA_TIME_MAX_US);
}

gint64
loa_outcome_json_read_time(LoaJsonReader *reader, JsonObject *object, const char *name)
{
	gint64 time_us = loa_json_reader_int(reader, object, name, 0, LOA_TIME_MAX_US);

	if (time_us != 0 && time_us < LOA_TIME_MIN_US)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "member \"%s\" lies before the year 2000 and is not 0", name);
	return time_us;
}

void
loa_outcome_json_write_clock(GString *out, LoaClockState state, const char *source, gint64 bound_us)
{
	/* an error without a bound is as good as unknown */
	if (bound_us < 0 || bound_us > LOA_CLOCK_BOUND_MAX_US)
		bound_us = -1;
	loa_json_writer_begin(out, "clock", '{');
	loa_json_writer_text(out, "state", loa_clock_state_name(state), LOA_ID_MAX);
	loa_json_writer_text(out, "source", loa_id_is_valid(source) ? source : "none", LOA_ID_MAX);
	loa_json_writer_int(out, "bound_us", bound_us, -1, LOA_CLOCK_BOUND_MAX_US);
	loa_json_writer_end(out, '}');
}

void
loa_outcome_json_read_clock(LoaJsonReader *reader, JsonObject *object, LoaClockState *state,
			    char **source, gint64 *bound_us)
{
	JsonObject *clock = loa_json_reader_object(reader, object, "clock");

	*state = (LoaClockState)loa_json_reader_word(reader, clock, "state", clock_words);
	*source = g_strdup(loa_json_reader_id(reader, clock, "source"));
	*bound_us = loa_json_reader_int(reader, clock, "bound_us", -1, LOA_CLOCK_BOUND_MAX_US);
}

static void
write_ms(GString *out, const char *name, gint64 value)
{
	loa_json_writer_int(out, name, value, 0, DURATION_MAX_MS);
}

static gint64
read_ms(LoaJsonReader *reader, JsonObject *object, const char *name)
{
	return loa_json_reader_int(reader, object, name, 0, DURATION_MAX_MS);
}

static guint32
read_u32(LoaJsonReader *reader, JsonObject *object, const char *name)
{
	return (guint32)loa_json_reader_int(reader, object, name, 0, G_MAXUINT32);
}

char *
loa_outcome_to_json(const LoaOutcome *outcome)
{
	GString *out = g_string_sized_new(1024);

	g_assert(loa_id_is_valid(outcome->airing) && loa_id_is_valid(outcome->broadcast));
	g_assert(outcome->gave_way_to == NULL || loa_id_is_valid(outcome->gave_way_to));
	g_assert(outcome->took_over == NULL || loa_id_is_valid(outcome->took_over));

	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_text(out, "airing", outcome->airing, LOA_ID_MAX);
	loa_json_writer_text(out, "broadcast", outcome->broadcast, LOA_ID_MAX);
	loa_json_writer_text(out, "title", outcome->title, LOA_TITLE_MAX);
	loa_json_writer_text(out, "class", loa_class_name(outcome->class), LOA_ID_MAX);
	loa_json_writer_text(out, "result", loa_result_name(outcome->result), LOA_ID_MAX);
	loa_json_writer_text(out, "reason", outcome->reason, LOA_REASON_MAX);
	loa_json_writer_int(out, "level", outcome->level, LOA_LEVEL_PLAN, LOA_LEVEL_PERSON);
	loa_outcome_json_write_time(out, "planned_us", outcome->planned_us);
	loa_outcome_json_write_time(out, "started_us", outcome->started_us);
	loa_outcome_json_write_time(out, "ended_us", outcome->ended_us);
	write_ms(out, "duration_ms", outcome->duration_ms);
	write_ms(out, "heard_ms", outcome->heard_ms);
	write_ms(out, "concealed_ms", outcome->concealed_ms);
	loa_json_writer_int(out, "n_gaps", outcome->n_gaps, 0, G_MAXUINT32);
	write_ms(out, "lost_ms", outcome->lost_ms);
	loa_json_writer_int(out, "n_pauses", outcome->n_pauses, 0, G_MAXUINT32);
	write_ms(out, "paused_ms", outcome->paused_ms);
	loa_json_writer_text_or_none(out, "gave_way_to", outcome->gave_way_to, LOA_ID_MAX);
	loa_json_writer_text_or_none(out, "took_over", outcome->took_over, LOA_ID_MAX);
	loa_json_writer_int(out, "start_error_us", outcome->start_error_us, -START_ERROR_MAX_US,
			    START_ERROR_MAX_US);
	loa_json_writer_double(out, "level_db", outcome->level_db, LOA_LEVEL_MIN_DB,
			       LOA_LEVEL_MAX_DB);
	loa_outcome_json_write_clock(out, outcome->clock_state, outcome->clock_source,
				     outcome->clock_bound_us);
	loa_json_writer_end(out, '}');
	return g_string_free(out, FALSE);
}

LoaOutcome *
loa_outcome_json_read(LoaJsonReader *reader, JsonObject *object)
{
	LoaOutcome *self = loa_outcome_new();

	self->airing = g_strdup(loa_json_reader_id(reader, object, "airing"));
	self->broadcast = g_strdup(loa_json_reader_id(reader, object, "broadcast"));
	self->title = g_strdup(loa_json_reader_text(reader, object, "title", LOA_TITLE_MAX));
	self->class = (LoaClass)loa_json_reader_word(reader, object, "class", class_words);
	self->result = (LoaResult)loa_json_reader_word(reader, object, "result", result_words);
	self->reason = g_strdup(loa_json_reader_text(reader, object, "reason", LOA_REASON_MAX));
	self->level = (LoaLevel)loa_json_reader_int(reader, object, "level", LOA_LEVEL_PLAN,
						    LOA_LEVEL_PERSON);
	self->planned_us = loa_outcome_json_read_time(reader, object, "planned_us");
	self->started_us = loa_outcome_json_read_time(reader, object, "started_us");
	self->ended_us = loa_outcome_json_read_time(reader, object, "ended_us");
	self->duration_ms = read_ms(reader, object, "duration_ms");
	self->heard_ms = read_ms(reader, object, "heard_ms");
	self->concealed_ms = read_ms(reader, object, "concealed_ms");
	self->n_gaps = read_u32(reader, object, "n_gaps");
	self->lost_ms = read_ms(reader, object, "lost_ms");
	self->n_pauses = read_u32(reader, object, "n_pauses");
	self->paused_ms = read_ms(reader, object, "paused_ms");
	self->gave_way_to = g_strdup(loa_json_reader_id_or_null(reader, object, "gave_way_to"));
	self->took_over = g_strdup(loa_json_reader_id_or_null(reader, object, "took_over"));
	self->start_error_us = loa_json_reader_int(reader, object, "start_error_us",
						   -START_ERROR_MAX_US, START_ERROR_MAX_US);
	self->level_db = loa_json_reader_double(reader, object, "level_db", LOA_LEVEL_MIN_DB,
						LOA_LEVEL_MAX_DB);
	loa_outcome_json_read_clock(reader, object, &self->clock_state, &self->clock_source,
				    &self->clock_bound_us);
	return self;
}

LoaOutcome *
loa_outcome_from_json(const char *json, GError **error)
{
	g_autoptr(GBytes) body = g_bytes_new_static(json, strlen(json));
	g_autoptr(LoaJsonReader) reader =
		loa_json_reader_new("outcome", body, OUTCOME_MAX_SIZE, error);

	if (reader == NULL)
		return NULL;

	g_autoptr(LoaOutcome) self = loa_outcome_json_read(reader, loa_json_reader_root(reader));

	return loa_json_reader_finish(reader, error) ? g_steal_pointer(&self) : NULL;
}

char *
loa_security_event_to_json(const LoaSecurityEvent *event)
{
	GString *out = g_string_sized_new(512);

	g_assert(loa_id_is_valid(event->code));
	loa_json_writer_begin(out, NULL, '{');
	loa_json_writer_text(out, "code", event->code, LOA_ID_MAX);
	loa_json_writer_text(out, "topic", event->topic, LOA_EVENT_TOPIC_MAX);
	loa_json_writer_text(out, "detail", event->detail, LOA_EVENT_DETAIL_MAX);
	loa_outcome_json_write_time(out, "first_us", event->first_us);
	loa_outcome_json_write_time(out, "last_us", event->last_us);
	loa_json_writer_int(out, "count", event->count, 1, LOA_JSON_INT_MAX);
	loa_json_writer_end(out, '}');
	return g_string_free(out, FALSE);
}

LoaSecurityEvent *
loa_outcome_json_read_event(LoaJsonReader *reader, JsonObject *object)
{
	LoaSecurityEvent *self = loa_security_event_new();

	self->code = g_strdup(loa_json_reader_id(reader, object, "code"));
	self->topic = g_strdup(loa_json_reader_text(reader, object, "topic", LOA_EVENT_TOPIC_MAX));
	self->detail =
		g_strdup(loa_json_reader_text(reader, object, "detail", LOA_EVENT_DETAIL_MAX));
	self->first_us = loa_outcome_json_read_time(reader, object, "first_us");
	self->last_us = loa_outcome_json_read_time(reader, object, "last_us");
	self->count = loa_json_reader_int(reader, object, "count", 1, LOA_JSON_INT_MAX);
	return self;
}

LoaSecurityEvent *
loa_security_event_from_json(const char *json, GError **error)
{
	g_autoptr(GBytes) body = g_bytes_new_static(json, strlen(json));
	g_autoptr(LoaJsonReader) reader =
		loa_json_reader_new("event", body, OUTCOME_MAX_SIZE, error);

	if (reader == NULL)
		return NULL;

	g_autoptr(LoaSecurityEvent) self =
		loa_outcome_json_read_event(reader, loa_json_reader_root(reader));

	return loa_json_reader_finish(reader, error) ? g_steal_pointer(&self) : NULL;
}
