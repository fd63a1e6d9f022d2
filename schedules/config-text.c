/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/config-text.h"

#include <libconfig.h>
#include <string.h>

#include "schedules/faults.h"

#define NOWHERE G_MAXSIZE

void
loa_include_free(LoaInclude *self)
{
	if (self == NULL)
		return;
	g_free(self->path);
	g_free(self);
}

/* Walks once over the text, knowing comments, strings and brackets, and blanks what libconfig
 * must not see. */
typedef struct {
	const char *where;
	char *text; /* a copy with a NUL at its end; some bytes become spaces */
	gsize size;
	gsize at;
	guint line;
	guint depth;
	guint n_members[LOA_CONFIG_TEXT_MAX_DEPTH + 1]; /* in each bracket that is open */
	guint n_commas[LOA_CONFIG_TEXT_MAX_DEPTH + 1];
	gsize comma_at; /* the last token was this comma, or NOWHERE */
	gboolean is_line_start;
	GPtrArray *includes; /* borrowed (nullable) */
	GPtrArray *faults;   /* borrowed */
} Scanner;

#define FAULT(scanner, at_line, ...)                                                               \
	(loa_faults_add((scanner)->faults, (scanner)->where, (at_line), __VA_ARGS__), FALSE)

static gboolean
looking_at(const Scanner *scanner, const char *token)
{
	return strncmp(scanner->text + scanner->at, token, strlen(token)) == 0;
}

static void
step(Scanner *scanner)
{
	if (scanner->text[scanner->at] == '\n')
		scanner->line++;
	scanner->at++;
}

static void
skip_line(Scanner *scanner)
{
	while (scanner->at < scanner->size && scanner->text[scanner->at] != '\n')
		scanner->at++;
}

static gboolean
skip_comment(Scanner *scanner)
{
	guint line = scanner->line;

	scanner->at += 2;
	for (; scanner->at < scanner->size; step(scanner)) {
		if (!looking_at(scanner, "*/"))
			continue;
		scanner->at += 2;
		return TRUE;
	}
	return FAULT(scanner, line, "the comment that begins here never ends: \"*/\" is missing");
}

static gboolean
skip_string(Scanner *scanner)
{
	guint line = scanner->line;

	for (scanner->at++; scanner->at < scanner->size; step(scanner)) {
		char c = scanner->text[scanner->at];

		if (c == '"') {
			scanner->at++;
			return TRUE;
		}
		if (c != '\\')
			continue;
		if (looking_at(scanner, "\\x00"))
			return FAULT(scanner, scanner->line, "\\x00 cannot be part of a text");
		if (scanner->at + 1 < scanner->size)
			step(scanner);
	}
	return FAULT(scanner, line, "the text that begins here never ends: a \" is missing");
}

/* @include "PATH", alone on its line, which becomes empty. */
static gboolean
take_include(Scanner *scanner)
{
	gsize start = scanner->at;
	skip_line(scanner);
	g_autofree char *line = g_strndup(scanner->text + start, scanner->at - start);
	const char *rest = g_strstrip(line) + strlen("@include");
	gsize size;

	while (g_ascii_isspace(*rest))
		rest++;
	size = strlen(rest);
	if (size < 3 || rest[0] != '"' || rest[size - 1] != '"' ||
	    strcspn(rest + 1, "\"\\") != size - 2)
		return FAULT(scanner, scanner->line,
			     "want @include \"FILE\" alone on its line, without '\\'");
	if (scanner->includes == NULL)
		return FAULT(scanner, scanner->line, "@include is not possible here");
	if (scanner->depth > 0)
		return FAULT(scanner, scanner->line,
			     "@include stands at the top level only, outside all brackets");

	LoaInclude *include = g_new0(LoaInclude, 1);
	include->path = g_strndup(rest + 1, size - 2);
	include->line = scanner->line;
	g_ptr_array_add(scanner->includes, include);
	memset(scanner->text + start, ' ', scanner->at - start);
	return TRUE;
}

static gboolean
open_bracket(Scanner *scanner)
{
	if (scanner->depth == LOA_CONFIG_TEXT_MAX_DEPTH)
		return FAULT(scanner, scanner->line, "more than %d brackets within each other",
			     LOA_CONFIG_TEXT_MAX_DEPTH);
	scanner->depth++;
	scanner->n_members[scanner->depth] = 0;
	scanner->n_commas[scanner->depth] = 0;
	return TRUE;
}

static void
close_bracket(Scanner *scanner)
{
	if (scanner->comma_at != NOWHERE)
		scanner->text[scanner->comma_at] = ' ';
	if (scanner->depth > 0)
		scanner->depth--;
}

static gboolean
take_token(Scanner *scanner)
{
	char c = scanner->text[scanner->at];
	gboolean ok = TRUE;

	if (c == '@' && scanner->is_line_start && looking_at(scanner, "@include"))
		return take_include(scanner);
	if (strchr("{[(", c) != NULL)
		ok = open_bracket(scanner);
	else if (strchr(")]}", c) != NULL)
		close_bracket(scanner);
	else if ((c == '=' || c == ':') &&
		 ++scanner->n_members[scanner->depth] > LOA_CONFIG_TEXT_MAX_MEMBERS)
		ok = FAULT(scanner, scanner->line, "more than %d settings in one group",
			   LOA_CONFIG_TEXT_MAX_MEMBERS);
	else if (c == ',' && ++scanner->n_commas[scanner->depth] > LOA_CONFIG_TEXT_MAX_ITEMS)
		ok = FAULT(scanner, scanner->line, "more than %d entries in one list",
			   LOA_CONFIG_TEXT_MAX_ITEMS);
	scanner->comma_at = c == ',' ? scanner->at : NOWHERE;
	scanner->is_line_start = FALSE;
	scanner->at++;
	return ok;
}

static gboolean
scan(Scanner *scanner)
{
	while (scanner->at < scanner->size) {
		char c = scanner->text[scanner->at];

		if (c == '\n') {
			step(scanner);
			scanner->is_line_start = TRUE;
		} else if (c == ' ' || c == '\t') {
			scanner->at++;
		} else if (c == '\r' || c == '\f') {
			scanner->text[scanner->at++] = ' ';
		} else if (c == '#' || looking_at(scanner, "//")) {
			skip_line(scanner);
		} else if (looking_at(scanner, "/*")) {
			if (!skip_comment(scanner))
				return FALSE;
		} else if (c == '"') {
			if (!skip_string(scanner))
				return FALSE;
			scanner->comma_at = NOWHERE;
			scanner->is_line_start = FALSE;
		} else if (!take_token(scanner)) {
			return FALSE;
		}
	}
	return TRUE;
}

static guint
line_of(const char *text, const char *end)
{
	guint line = 1;

	for (; text < end; text++)
		if (*text == '\n')
			line++;
	return line;
}

/* A text file at all? */
static gboolean
check_bytes(const char *where, const char *text, gsize size, GPtrArray *faults)
{
	const char *bad = NULL;

	if (size > LOA_CONFIG_TEXT_MAX_SIZE) {
		loa_faults_add(faults, where, 0, "%zu bytes are too many: at most %d", size,
			       LOA_CONFIG_TEXT_MAX_SIZE);
		return FALSE;
	}
	if (g_utf8_validate_len(text, size, &bad))
		return TRUE;
	if (memchr(text, '\0', size) != NULL)
		loa_faults_add(faults, where, 0,
			       "not a text file: write the schedule with a text editor");
	else
		loa_faults_add(faults, where, line_of(text, bad),
			       "not UTF-8: save the file as UTF-8 (Unicode)");
	return FALSE;
}

LoaValue *
loa_config_text_value(const config_setting_t *setting)
{
	static const LoaValueKind kinds[] = {
		[CONFIG_TYPE_NONE] = LOA_VALUE_OTHER,  [CONFIG_TYPE_GROUP] = LOA_VALUE_RECORD,
		[CONFIG_TYPE_INT] = LOA_VALUE_INT,     [CONFIG_TYPE_INT64] = LOA_VALUE_INT,
		[CONFIG_TYPE_FLOAT] = LOA_VALUE_OTHER, [CONFIG_TYPE_STRING] = LOA_VALUE_TEXT,
		[CONFIG_TYPE_BOOL] = LOA_VALUE_BOOL,   [CONFIG_TYPE_ARRAY] = LOA_VALUE_LIST,
		[CONFIG_TYPE_LIST] = LOA_VALUE_LIST,
	};
	LoaValue *value =
		loa_value_new(kinds[config_setting_type(setting)], config_setting_name(setting),
			      config_setting_source_line(setting));

	if (value->kind == LOA_VALUE_TEXT)
		value->text = g_strdup(config_setting_get_string(setting));
	else if (value->kind == LOA_VALUE_BOOL)
		value->number = config_setting_get_bool(setting);
	else if (value->kind == LOA_VALUE_INT)
		value->number = config_setting_get_int64(setting);
	for (gint i = 0; value->items != NULL && i < config_setting_length(setting); i++)
		loa_value_add(value,
			      loa_config_text_value(config_setting_get_elem(setting, (guint)i)));
	return value;
}

static LoaValue *
parse_clean(const char *where, const char *text, GPtrArray *faults)
{
	config_t config;
	LoaValue *value = NULL;

	config_init(&config);
	if (config_read_string(&config, text) == CONFIG_TRUE) {
		value = loa_config_text_value(config_root_setting(&config));
	} else if (g_strcmp0(config_error_text(&config), "syntax error") == 0) {
		loa_faults_add(faults, where, (guint)config_error_line(&config),
			       "cannot be read: in this line or the one above, a quote, a bracket, "
			       "a comma or a semicolon is missing or too many");
	} else {
		loa_faults_add(faults, where, (guint)config_error_line(&config),
			       "cannot be read: %s", config_error_text(&config));
	}
	config_destroy(&config);
	return value;
}

LoaValue *
loa_config_text_parse(const char *where, const char *text, gsize size, GPtrArray *includes,
		      GPtrArray *faults)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf"; /* Windows editors begin with it */

	if (!check_bytes(where, text, size, faults))
		return NULL;
	if (size >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
		text += 3;
		size -= 3;
	}

	g_autofree char *copy = g_strndup(text, size);
	Scanner scanner = {
		.where = where,
		.text = copy,
		.size = size,
		.line = 1,
		.comma_at = NOWHERE,
		.is_line_start = TRUE,
		.includes = includes,
		.faults = faults,
	};

	return scan(&scanner) ? parse_clean(where, copy, faults) : NULL;
}

static void
write_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_printf(out, "\\%c", *text);
		else if (*text == '\n')
			g_string_append(out, "\\n");
		else if (g_ascii_iscntrl(*text))
			g_string_append_printf(out, "\\x%02x", (guchar)*text);
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static void write_value(GString *out, const LoaValue *value, guint indent);

static void
write_line_start(GString *out, guint indent)
{
	g_string_append_c(out, '\n');
	for (guint i = 0; i < indent; i++)
		g_string_append_c(out, '\t');
}

static void
write_members(GString *out, const LoaValue *record, guint indent)
{
	for (guint i = 0; i < record->items->len; i++) {
		const LoaValue *item = record->items->pdata[i];

		write_line_start(out, indent);
		g_string_append_printf(out, "%s = ", item->name);
		write_value(out, item, indent);
		g_string_append_c(out, ';');
	}
}

/* Texts lie in one line; records each in their own. */
static void
write_list(GString *out, const LoaValue *list, guint indent)
{
	const LoaValue *first = list->items->len > 0 ? list->items->pdata[0] : NULL;
	gboolean has_records = first != NULL && first->kind == LOA_VALUE_RECORD;

	g_string_append(out, has_records ? "(" : "[ ");
	for (guint i = 0; i < list->items->len; i++) {
		if (i > 0)
			g_string_append(out, has_records ? "," : ", ");
		if (has_records)
			write_line_start(out, indent + 1);
		write_value(out, list->items->pdata[i], indent + 1);
	}
	if (has_records)
		write_line_start(out, indent);
	g_string_append(out, has_records ? ")" : " ]");
}

static void
write_value(GString *out, const LoaValue *value, guint indent)
{
	switch (value->kind) {
	case LOA_VALUE_BOOL:
		g_string_append(out, value->number != 0 ? "true" : "false");
		return;
	case LOA_VALUE_INT:
		g_string_append_printf(out, "%" G_GINT64_FORMAT, value->number);
		return;
	case LOA_VALUE_TEXT:
		write_text(out, value->text);
		return;
	case LOA_VALUE_LIST:
		write_list(out, value, indent);
		return;
	case LOA_VALUE_RECORD:
		g_string_append_c(out, '{');
		write_members(out, value, indent + 1);
		write_line_start(out, indent);
		g_string_append_c(out, '}');
		return;
	case LOA_VALUE_OTHER:
		break;
	}
	g_assert_not_reached();
}

char *
loa_config_text_write(const LoaValue *record)
{
	GString *out = g_string_new(NULL);

	write_members(out, record, 0);
	if (out->len > 0)
		g_string_erase(out, 0, 1); /* the line break before the first */
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}
