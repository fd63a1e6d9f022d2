/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/ingest-line.h"

#include <math.h>
#include <string.h>

#include "common/id.h"
#include "wire/json-reader.h"
#include "wire/json-writer.h"

/* Loudness of silence is minus infinity, which JSON cannot say. */
#define MIN_DB (-200.0)
#define MAX_DB 200.0
#define MAX_PRE_SKIP 65535

G_DEFINE_QUARK(loa_ingest_line_error, loa_ingest_line_error)

static void
write_number(GString *out, const char *name, double value)
{
	char digits[G_ASCII_DTOSTR_BUF_SIZE];
	double clean = isnan(value) ? MIN_DB : CLAMP(value, MIN_DB, MAX_DB);

	g_ascii_formatd(digits, sizeof digits, "%.3f", clean);
	loa_json_writer_raw(out, name, digits);
}

static void
write_done(GString *out, const LoaIngestResult *result)
{
	g_autofree char *trimmed =
		g_strdup_printf("[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "]",
				result->trimmed_lead_ms, result->trimmed_tail_ms);

	loa_json_writer_begin(out, "done", '{');
	loa_json_writer_text(out, "sha256", result->sha256, 64);
	loa_json_writer_int(out, "size", result->size, 0, G_MAXINT64);
	loa_json_writer_int(out, "n_samples", result->n_samples, 0, G_MAXINT64);
	loa_json_writer_int(out, "pre_skip", result->pre_skip, 0, MAX_PRE_SKIP);
	loa_json_writer_int(out, "duration_ms", result->duration_ms, 0, G_MAXINT64);
	loa_json_writer_text(out, "original_sha256", result->original_sha256, 64);
	loa_json_writer_text(out, "original_file", result->original_file,
			     sizeof result->original_file - 1);
	write_number(out, "input_lufs", result->input_lufs);
	write_number(out, "lufs", result->lufs);
	write_number(out, "true_peak_dbtp", result->true_peak_dbtp);
	loa_json_writer_raw(out, "trimmed_ms", trimmed);
	loa_json_writer_end(out, '}');
}

char *
loa_ingest_line_encode(const LoaIngestLine *line)
{
	GString *out = g_string_new(NULL);

	loa_json_writer_begin(out, NULL, '{');
	switch (line->kind) {
	case LOA_INGEST_LINE_PROGRESS:
		write_number(out, "progress", line->progress);
		loa_json_writer_text(out, "stage", line->stage, sizeof line->stage - 1);
		break;
	case LOA_INGEST_LINE_DONE:
		write_done(out, &line->result);
		break;
	case LOA_INGEST_LINE_FAILED:
		loa_json_writer_text(out, "error", line->message, sizeof line->message - 1);
		loa_json_writer_text(out, "code", loa_ingest_error_name(line->code), 32);
		break;
	}
	loa_json_writer_end(out, '}');
	return g_string_free(out, FALSE);
}

static void
read_sha256(LoaJsonReader *reader, JsonObject *object, const char *name, char sha256[65])
{
	const char *text = loa_json_reader_text(reader, object, name, 64);

	if (!loa_sha256_is_valid(text))
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE, "%s: not a SHA-256", name);
	g_strlcpy(sha256, text, 65);
}

/* The name is joined to a folder later: it must be SHA.ENDING and nothing else. */
static void
read_original_file(LoaJsonReader *reader, JsonObject *object, LoaIngestResult *result)
{
	const char *text = loa_json_reader_text(reader, object, "original_file",
						sizeof result->original_file - 1);
	gboolean ok = strlen(text) > 65 && text[64] == '.' &&
		      memcmp(text, result->original_sha256, 64) == 0;

	for (const char *at = ok ? text + 65 : ""; *at != '\0'; at++)
		ok = ok && (g_ascii_islower(*at) || g_ascii_isdigit(*at));
	if (!ok)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE,
				      "original_file: not SHA256.ENDING");
	g_strlcpy(result->original_file, text, sizeof result->original_file);
}

static void
read_trimmed(LoaJsonReader *reader, JsonObject *object, LoaIngestResult *result)
{
	JsonNode *node = json_object_get_member(object, "trimmed_ms");
	JsonArray *array =
		node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
	gint64 values[2] = { -1, -1 };

	for (guint i = 0; array != NULL && json_array_get_length(array) == 2 && i < 2; i++) {
		JsonNode *element = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_VALUE(element) &&
		    json_node_get_value_type(element) == G_TYPE_INT64)
			values[i] = json_node_get_int(element);
	}
	if (values[0] < 0 || values[1] < 0)
		loa_json_reader_fault(reader, LOA_WIRE_ERROR_SYNTAX,
				      "trimmed_ms: not two whole numbers");
	result->trimmed_lead_ms = values[0];
	result->trimmed_tail_ms = values[1];
}

static void
read_done(LoaJsonReader *reader, JsonObject *object, LoaIngestResult *result)
{
	read_sha256(reader, object, "sha256", result->sha256);
	result->size = loa_json_reader_int(reader, object, "size", 1, G_MAXINT64);
	result->n_samples = loa_json_reader_int(reader, object, "n_samples", 1, G_MAXINT64);
	result->pre_skip =
		(guint32)loa_json_reader_int(reader, object, "pre_skip", 0, MAX_PRE_SKIP);
	result->duration_ms = loa_json_reader_int(reader, object, "duration_ms", 0, G_MAXINT64);
	read_sha256(reader, object, "original_sha256", result->original_sha256);
	read_original_file(reader, object, result);
	result->input_lufs = loa_json_reader_double(reader, object, "input_lufs", MIN_DB, MAX_DB);
	result->lufs = loa_json_reader_double(reader, object, "lufs", MIN_DB, MAX_DB);
	result->true_peak_dbtp =
		loa_json_reader_double(reader, object, "true_peak_dbtp", MIN_DB, MAX_DB);
	read_trimmed(reader, object, result);
}

static void
read_line(LoaJsonReader *reader, LoaIngestLine *line)
{
	JsonObject *root = loa_json_reader_root(reader);

	if (json_object_has_member(root, "done")) {
		JsonObject *done = loa_json_reader_object(reader, root, "done");

		line->kind = LOA_INGEST_LINE_DONE;
		if (done != NULL)
			read_done(reader, done, &line->result);
	} else if (json_object_has_member(root, "error")) {
		line->kind = LOA_INGEST_LINE_FAILED;
		g_strlcpy(line->message,
			  loa_json_reader_text(reader, root, "error", sizeof line->message - 1),
			  sizeof line->message);
		if (!loa_ingest_error_from_name(loa_json_reader_text(reader, root, "code", 32),
						&line->code))
			loa_json_reader_fault(reader, LOA_WIRE_ERROR_RANGE, "code: unknown word");
	} else {
		line->kind = LOA_INGEST_LINE_PROGRESS;
		line->progress = loa_json_reader_double(reader, root, "progress", 0, 1);
		g_strlcpy(line->stage,
			  loa_json_reader_text(reader, root, "stage", sizeof line->stage - 1),
			  sizeof line->stage);
	}
}

gboolean
loa_ingest_line_decode(const char *text, LoaIngestLine *line, GError **error)
{
	gsize size = strlen(text);
	g_autoptr(GError) cause = NULL;
	LoaIngestLine read = { .kind = LOA_INGEST_LINE_PROGRESS };

	if (size > 0 && text[size - 1] == '\n')
		size--;

	g_autoptr(GBytes) bytes = g_bytes_new(text, size);
	g_autoptr(LoaJsonReader) reader =
		loa_json_reader_new("ingest", bytes, LOA_INGEST_LINE_MAX, &cause);

	if (reader != NULL) {
		read_line(reader, &read);
		if (loa_json_reader_finish(reader, &cause)) {
			*line = read;
			return TRUE;
		}
	}
	g_set_error_literal(error, LOA_INGEST_LINE_ERROR, LOA_INGEST_LINE_ERROR_BAD,
			    cause->message);
	return FALSE;
}
