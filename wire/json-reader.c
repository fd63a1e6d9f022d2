/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/json-reader.h"

#include <math.h>
#include <string.h>

#include "common/id.h"
#include "common/text.h"

struct LoaJsonReader {
	const char *what;
	JsonParser *parser; /* owned; holds every object and text handed out */
	JsonObject *root;   /* borrowed from parser */
	GError *fault;      /* the first one */
	guint element;      /* the array element last taken, for messages */
};

LoaJsonReader *
loa_json_reader_new(const char *what, GBytes *body, gsize max_size, GError **error)
{
	gsize size = 0;
	const char *text = g_bytes_get_data(body, &size);

	if (size == 0 || size > max_size) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_LENGTH,
			    "%s: %" G_GSIZE_FORMAT " bytes, want 1 to %" G_GSIZE_FORMAT, what, size,
			    max_size);
		return NULL;
	}
	if (!loa_json_scan(what, text, size, error))
		return NULL;

	g_autoptr(LoaJsonReader) self = g_new0(LoaJsonReader, 1);
	g_autoptr(GError) parse_error = NULL;

	self->what = what;
	self->parser = json_parser_new_immutable();
	if (!json_parser_load_from_data(self->parser, text, (gssize)size, &parse_error)) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SYNTAX, "%s: %s", what,
			    parse_error->message);
		return NULL;
	}

	JsonNode *node = json_parser_get_root(self->parser);

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
		g_set_error(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SYNTAX, "%s: not an object",
			    what);
		return NULL;
	}
	self->root = json_node_get_object(node);
	return g_steal_pointer(&self);
}

JsonObject *
loa_json_reader_root(LoaJsonReader *self)
{
	return self->root;
}

void
loa_json_reader_fault(LoaJsonReader *self, LoaWireError code, const char *format, ...)
{
	va_list args;

	if (self->fault != NULL)
		return;
	va_start(args, format);
	self->fault = g_error_new_valist(LOA_WIRE_ERROR, (int)code, format, args);
	va_end(args);
	g_prefix_error(&self->fault, "%s: ", self->what);
}

static void
fault_member(LoaJsonReader *self, JsonObject *object, const char *name, const char *want)
{
	g_autofree char *where = object != self->root
					 ? g_strdup_printf(" of element %u", self->element)
					 : g_strdup("");

	loa_json_reader_fault(self, LOA_WIRE_ERROR_RANGE, "member \"%s\"%s is not %s", name, where,
			      want);
}

/* Only for reading on after a fault. */
static JsonNode *
member(LoaJsonReader *self, JsonObject *object, const char *name)
{
	if (self->fault != NULL || object == NULL)
		return NULL;
	return json_object_get_member(object, name);
}

static gboolean
holds(JsonNode *node, GType type)
{
	return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
	       json_node_get_value_type(node) == type;
}

gint64
loa_json_reader_int(LoaJsonReader *self, JsonObject *object, const char *name, gint64 min,
		    gint64 max)
{
	JsonNode *node = member(self, object, name);
	gint64 value = holds(node, G_TYPE_INT64) ? json_node_get_int(node) : min;

	if (holds(node, G_TYPE_INT64) && value >= min && value <= max)
		return value;

	g_autofree char *want = g_strdup_printf(
		"an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);

	fault_member(self, object, name, want);
	return min;
}

gint64
loa_json_reader_int_or(LoaJsonReader *self, JsonObject *object, const char *name, gint64 min,
		       gint64 max, gint64 fallback)
{
	if (member(self, object, name) == NULL)
		return fallback;
	return loa_json_reader_int(self, object, name, min, max);
}

double
loa_json_reader_double(LoaJsonReader *self, JsonObject *object, const char *name, double min,
		       double max)
{
	JsonNode *node = member(self, object, name);
	double value = NAN;

	if (holds(node, G_TYPE_INT64) || holds(node, G_TYPE_DOUBLE))
		value = json_node_get_double(node);
	if (isfinite(value) && value >= min && value <= max)
		return value;

	g_autofree char *want = g_strdup_printf("a number from %g to %g", min, max);

	fault_member(self, object, name, want);
	return min;
}

gboolean
loa_json_reader_bool(LoaJsonReader *self, JsonObject *object, const char *name)
{
	JsonNode *node = member(self, object, name);

	if (holds(node, G_TYPE_BOOLEAN))
		return json_node_get_boolean(node);
	fault_member(self, object, name, "true or false");
	return FALSE;
}

gboolean
loa_json_reader_bool_or(LoaJsonReader *self, JsonObject *object, const char *name,
			gboolean fallback)
{
	if (member(self, object, name) == NULL)
		return fallback;
	return loa_json_reader_bool(self, object, name);
}

const char *
loa_json_reader_text(LoaJsonReader *self, JsonObject *object, const char *name, gsize max_bytes)
{
	JsonNode *node = member(self, object, name);
	const char *text = holds(node, G_TYPE_STRING) ? json_node_get_string(node) : NULL;

	if (text != NULL && strlen(text) <= max_bytes && loa_text_is_printable(text))
		return text;

	g_autofree char *want = g_strdup_printf("a text of at most %" G_GSIZE_FORMAT
						" bytes without control characters",
						max_bytes);

	fault_member(self, object, name, want);
	return "";
}

const char *
loa_json_reader_text_or_null(LoaJsonReader *self, JsonObject *object, const char *name,
			     gsize max_bytes)
{
	JsonNode *node = member(self, object, name);

	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return NULL;
	return loa_json_reader_text(self, object, name, max_bytes);
}

#define WANT_ID "an id (1 to 64 of a-z, 0-9, '-' and '.')"

const char *
loa_json_reader_id(LoaJsonReader *self, JsonObject *object, const char *name)
{
	JsonNode *node = member(self, object, name);
	const char *id = holds(node, G_TYPE_STRING) ? json_node_get_string(node) : NULL;

	if (loa_id_is_valid(id))
		return id;
	fault_member(self, object, name, WANT_ID);
	return "";
}

const char *
loa_json_reader_id_or_null(LoaJsonReader *self, JsonObject *object, const char *name)
{
	JsonNode *node = member(self, object, name);

	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return NULL;
	return loa_json_reader_id(self, object, name);
}

const char *
loa_json_reader_hex(LoaJsonReader *self, JsonObject *object, const char *name, gsize n_digits)
{
	JsonNode *node = member(self, object, name);
	const char *hex = holds(node, G_TYPE_STRING) ? json_node_get_string(node) : "";

	if (strlen(hex) == n_digits && strspn(hex, "0123456789abcdef") == n_digits)
		return hex;

	g_autofree char *want =
		g_strdup_printf("%" G_GSIZE_FORMAT " lower-case hexadecimal digits", n_digits);

	fault_member(self, object, name, want);
	return "";
}

guint
loa_json_reader_word(LoaJsonReader *self, JsonObject *object, const char *name,
		     const char *const *words)
{
	JsonNode *node = member(self, object, name);
	const char *word = holds(node, G_TYPE_STRING) ? json_node_get_string(node) : NULL;

	for (guint i = 0; word != NULL && words[i] != NULL; i++) {
		if (strcmp(words[i], word) == 0)
			return i;
	}

	g_autofree char *list = g_strjoinv(", ", (char **)words);
	g_autofree char *want = g_strdup_printf("one of: %s", list);

	fault_member(self, object, name, want);
	return 0;
}

JsonArray *
loa_json_reader_array(LoaJsonReader *self, JsonObject *object, const char *name, guint max_length)
{
	JsonNode *node = member(self, object, name);

	if (node != NULL && JSON_NODE_HOLDS_ARRAY(node) &&
	    json_array_get_length(json_node_get_array(node)) <= max_length)
		return json_node_get_array(node);

	g_autofree char *want = g_strdup_printf("an array of at most %u elements", max_length);

	fault_member(self, object, name, want);
	return NULL;
}

/* The node of element @i, where that is still of interest. */
static JsonNode *
element(LoaJsonReader *self, JsonArray *array, guint i)
{
	self->element = i;
	if (self->fault != NULL || array == NULL)
		return NULL;
	return json_array_get_element(array, i);
}

JsonObject *
loa_json_reader_element(LoaJsonReader *self, JsonArray *array, guint i)
{
	JsonNode *node = element(self, array, i);

	if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
		return json_node_get_object(node);
	loa_json_reader_fault(self, LOA_WIRE_ERROR_RANGE, "element %u is not an object", i);
	return NULL;
}

const char *
loa_json_reader_element_id(LoaJsonReader *self, JsonArray *array, guint i)
{
	JsonNode *node = element(self, array, i);
	const char *id = holds(node, G_TYPE_STRING) ? json_node_get_string(node) : NULL;

	if (loa_id_is_valid(id))
		return id;
	loa_json_reader_fault(self, LOA_WIRE_ERROR_RANGE, "element %u is not " WANT_ID, i);
	return "";
}

JsonObject *
loa_json_reader_object(LoaJsonReader *self, JsonObject *object, const char *name)
{
	JsonNode *node = member(self, object, name);

	if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
		return json_node_get_object(node);
	fault_member(self, object, name, "an object");
	return NULL;
}

void
loa_json_reader_version(LoaJsonReader *self)
{
	gint64 version = loa_json_reader_int(self, self->root, "v", 1, LOA_JSON_INT_MAX);

	if (version != 1)
		loa_json_reader_fault(
			self, LOA_WIRE_ERROR_VERSION,
			"version %" G_GINT64_FORMAT ", want 1; is this program too old?", version);
}

gboolean
loa_json_reader_is_faulty(const LoaJsonReader *self)
{
	return self->fault != NULL;
}

gboolean
loa_json_reader_finish(LoaJsonReader *self, GError **error)
{
	if (self->fault == NULL)
		return TRUE;
	g_propagate_error(error, g_error_copy(self->fault));
	return FALSE;
}

void
loa_json_reader_free(LoaJsonReader *self)
{
	if (self == NULL)
		return;
	g_clear_object(&self->parser);
	g_clear_error(&self->fault);
	g_free(self);
}
