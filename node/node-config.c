/* SPDX-License-Identifier: Apache-2.0 */
#include "node/node-config.h"

#include <gio/gio.h>
#include <libconfig.h>
#include <math.h>
#include <string.h>

#include "common/file.h"
#include "common/id.h"
#include "common/text.h"

#define MAX_FILE_BYTES (256 * 1024)
#define MAX_QUIET_HOURS 16
#define MAX_CONTROLLER_KEYS 16
#define DEFAULT_UTC_OFFSET_MIN 420
#define DEFAULT_HOLDOVER_MS 5000
#define DEFAULT_BATTERY_PPM 20
#define DEFAULT_BATTERY_ERROR_MS 1000
#define MAX_MIRRORS 8
#define DEFAULT_BUDGET_MB 1024

G_DEFINE_QUARK(loa_node_config_error, loa_node_config_error)

/* The faults found so far; reading goes on so that all are told in one go. */
typedef struct {
	const char *path;
	GString *faults; /* one line each */
	char *folder;    /* of the file, for relative paths */
} Reader;

static void G_GNUC_PRINTF(3, 4)
	fault(Reader *reader, const config_setting_t *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	if (reader->faults->len > 0)
		g_string_append_c(reader->faults, '\n');
	g_string_append_printf(reader->faults, "%s:%u: %s", reader->path,
			       MAX(config_setting_source_line(at), 1), text);
}

static const char *
type_name(int type)
{
	switch (type) {
	case CONFIG_TYPE_STRING:
		return "a text in quotes";
	case CONFIG_TYPE_INT:
		return "a whole number";
	case CONFIG_TYPE_FLOAT:
		return "a number";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_GROUP:
		return "a group { ... }";
	case CONFIG_TYPE_ARRAY:
		return "an array [ ... ]";
	default: /* libconfig's ints, not an enum of ours */
		return "a list ( ... )";
	}
}

/* (nullable): the member, of that type; %NULL with a fault noted if wrong or, though required,
 * absent */
static config_setting_t *
member(Reader *reader, config_setting_t *group, const char *name, int type, gboolean is_required)
{
	config_setting_t *setting = config_setting_get_member(group, name);

	if (setting == NULL) {
		if (is_required)
			fault(reader, group, "%s is missing: want %s", name, type_name(type));
		return NULL;
	}
	int found = config_setting_type(setting);

	if (found == type || (type == CONFIG_TYPE_FLOAT && found == CONFIG_TYPE_INT))
		return setting;
	fault(reader, setting, "%s must be %s", name, type_name(type));
	return NULL;
}

static void
reject_unknown(Reader *reader, config_setting_t *group, const char *const *known)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);

		if (!g_strv_contains(known, config_setting_name(setting)))
			fault(reader, setting, "unknown key '%s'", config_setting_name(setting));
	}
}

/* (transfer full) (nullable) */
static char *
read_text(Reader *reader, config_setting_t *group, const char *name, gboolean is_required)
{
	config_setting_t *setting = member(reader, group, name, CONFIG_TYPE_STRING, is_required);

	if (setting == NULL)
		return NULL;
	const char *text = config_setting_get_string(setting);

	if (!g_utf8_validate(text, -1, NULL)) {
		fault(reader, setting, "%s is not UTF-8", name);
		return NULL;
	}
	if (is_required && *text == '\0') {
		fault(reader, setting, "%s must not be empty", name);
		return NULL;
	}
	return g_strdup(text);
}

static char *
read_id(Reader *reader, config_setting_t *group, const char *name)
{
	g_autofree char *id = read_text(reader, group, name, TRUE);

	if (id == NULL || loa_id_is_valid(id))
		return g_steal_pointer(&id);
	fault(reader, config_setting_get_member(group, name),
	      "%s '%s' is no id: lower-case letters, digits, '-' and '.', at most %d", name, id,
	      LOA_ID_MAX);
	return NULL;
}

static gint64
read_int(Reader *reader, config_setting_t *group, const char *name, gint64 min, gint64 max,
	 gint64 fallback)
{
	config_setting_t *setting = member(reader, group, name, CONFIG_TYPE_INT, FALSE);

	if (setting == NULL)
		return fallback;
	gint64 value = config_setting_get_int(setting);

	if (value >= min && value <= max)
		return value;
	fault(reader, setting,
	      "%s is %" G_GINT64_FORMAT ": want %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name,
	      value, min, max);
	return fallback;
}

static double
read_double(Reader *reader, config_setting_t *group, const char *name, double min, double max,
	    double fallback)
{
	config_setting_t *setting = member(reader, group, name, CONFIG_TYPE_FLOAT, FALSE);

	if (setting == NULL)
		return fallback;
	double value = config_setting_type(setting) == CONFIG_TYPE_INT
			       ? config_setting_get_int(setting)
			       : config_setting_get_float(setting);

	if (isfinite(value) && value >= min && value <= max)
		return value;
	fault(reader, setting, "%s is %g: want %g to %g", name, value, min, max);
	return fallback;
}

static gboolean
read_bool(Reader *reader, config_setting_t *group, const char *name, gboolean fallback)
{
	config_setting_t *setting = member(reader, group, name, CONFIG_TYPE_BOOL, FALSE);

	return setting != NULL ? config_setting_get_bool(setting) : fallback;
}

static char *
absolute(const Reader *reader, const char *path)
{
	return g_path_is_absolute(path) ? g_strdup(path)
					: g_build_filename(reader->folder, path, NULL);
}

static void
read_keys(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	g_autofree char *seed = read_text(reader, root, "seed", TRUE);

	if (seed != NULL) {
		config->key = loa_signing_key_new_from_seed(seed);
		if (config->key == NULL)
			fault(reader, config_setting_get_member(root, "seed"),
			      "seed must be 64 hexadecimal digits");
		memset(seed, 0, strlen(seed));
	}

	config_setting_t *keys = member(reader, root, "controller_keys", CONFIG_TYPE_ARRAY, TRUE);
	int n = keys != NULL ? config_setting_length(keys) : 0;

	config->controller_keys = loa_key_ring_new();
	if (keys != NULL && (n == 0 || n > MAX_CONTROLLER_KEYS))
		fault(reader, keys, "controller_keys must hold 1 to %d keys", MAX_CONTROLLER_KEYS);
	for (int i = 0; i < n; i++) {
		const char *key = config_setting_get_string_elem(keys, i);

		if (key == NULL || !loa_key_ring_add(config->controller_keys, key))
			fault(reader, config_setting_get_elem(keys, (unsigned)i),
			      "controller_keys[%d] must be a public key of 64 hexadecimal digits",
			      i);
	}
}

static void
read_broker(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	static const char *const known[] = { "host", "port", "username", "password", NULL };
	config_setting_t *group = member(reader, root, "broker", CONFIG_TYPE_GROUP, TRUE);

	if (group == NULL)
		return;
	reject_unknown(reader, group, known);
	config->broker_host = read_text(reader, group, "host", TRUE);
	config->broker_port = (guint)read_int(reader, group, "port", 1, 65535, 1883);
	config->broker_username = read_text(reader, group, "username", FALSE);
	config->broker_password = read_text(reader, group, "password", FALSE);
}

static void
read_output(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	static const char *const known[] = { "sink", "buffer_ms", "trim_us", "volume_db", NULL };
	config_setting_t *group = member(reader, root, "output", CONFIG_TYPE_GROUP, TRUE);

	if (group == NULL)
		return;
	reject_unknown(reader, group, known);
	g_autofree char *sink = read_text(reader, group, "sink", TRUE);

	if (sink != NULL && g_str_has_prefix(sink, "file:")) {
		g_autofree char *path = absolute(reader, sink + strlen("file:"));

		config->output_sink = g_strconcat("file:", path, NULL);
	} else {
		config->output_sink = g_steal_pointer(&sink);
	}
	config->output_buffer_ms = (guint)read_int(reader, group, "buffer_ms", 20, 500, 240);
	config->output_trim_us = read_int(reader, group, "trim_us", -500000, 500000, 0);
	config->output_volume_db = read_double(reader, group, "volume_db", -60, 0, 0);
}

/* The time client's own reading, so that what is told here is what would go wrong there. */
static gboolean
is_host_and_port(const char *text)
{
	g_autoptr(GSocketConnectable) name = g_network_address_parse(text, 0, NULL);

	return name != NULL && g_network_address_get_port(G_NETWORK_ADDRESS(name)) != 0;
}

static void
read_clock(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	static const char *const known[] = { "controller", "trust_system", "holdover_max_ms",
					     "battery",    "battery_ppm",  "battery_error_ms",
					     NULL };
	config_setting_t *group = member(reader, root, "clock", CONFIG_TYPE_GROUP, FALSE);

	config->clock_holdover_max_us = DEFAULT_HOLDOVER_MS * 1000;
	config->clock_battery_ppm = DEFAULT_BATTERY_PPM;
	config->clock_battery_error_us = DEFAULT_BATTERY_ERROR_MS * 1000;
	if (group == NULL)
		return;
	reject_unknown(reader, group, known);
	config->clock_controller = read_text(reader, group, "controller", FALSE);
	if (g_strcmp0(config->clock_controller, "") == 0) /* none */
		g_clear_pointer(&config->clock_controller, g_free);
	config->clock_trust_system = read_bool(reader, group, "trust_system", FALSE);
	config->clock_holdover_max_us =
		1000 * read_int(reader, group, "holdover_max_ms", 1, 3600000, DEFAULT_HOLDOVER_MS);
	config->clock_battery = read_text(reader, group, "battery", FALSE);
	if (g_strcmp0(config->clock_battery, "") == 0) /* none */
		g_clear_pointer(&config->clock_battery, g_free);
	config->clock_battery_ppm =
		read_double(reader, group, "battery_ppm", 1, 500, DEFAULT_BATTERY_PPM);
	config->clock_battery_error_us = 1000 * read_int(reader, group, "battery_error_ms", 1000,
							 60000, DEFAULT_BATTERY_ERROR_MS);
	if (config->clock_battery != NULL && config->clock_battery[0] != '/')
		fault(reader, config_setting_get_member(group, "battery"),
		      "battery '%s' must be an absolute path, such as \"/sys/class/rtc/rtc0\"",
		      config->clock_battery);
	if (config->clock_controller != NULL && !is_host_and_port(config->clock_controller))
		fault(reader, config_setting_get_member(group, "controller"),
		      "controller '%s' must be \"HOST:PORT\"", config->clock_controller);
}

static void
read_mirrors(Reader *reader, config_setting_t *group, GPtrArray *mirrors)
{
	config_setting_t *list =
		group != NULL ? member(reader, group, "mirrors", CONFIG_TYPE_ARRAY, FALSE) : NULL;
	int n = list != NULL ? config_setting_length(list) : 0;

	if (n > MAX_MIRRORS) {
		fault(reader, list, "mirrors has %d addresses: want at most %d", n, MAX_MIRRORS);
		return;
	}
	for (int i = 0; i < n; i++) {
		const char *url = config_setting_get_string_elem(list, i);

		if (url == NULL || !g_str_has_suffix(url, "/") ||
		    !(g_str_has_prefix(url, "http://") || g_str_has_prefix(url, "https://")) ||
		    !g_uri_is_valid(url, G_URI_FLAGS_NONE, NULL))
			fault(reader, config_setting_get_elem(list, (unsigned)i),
			      "mirrors[%d] must be like \"http://HOST:PORT/audio/\", with the "
			      "'/' at its end",
			      i);
		else
			g_ptr_array_add(mirrors, g_strdup(url));
	}
}

static void
read_audio(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	static const char *const known[] = { "mirrors", "budget_mb", "max_kbit_s", NULL };
	config_setting_t *group = member(reader, root, "audio", CONFIG_TYPE_GROUP, FALSE);
	g_autoptr(GPtrArray) mirrors = g_ptr_array_new();
	gint64 budget_mb = DEFAULT_BUDGET_MB;

	if (group != NULL) {
		reject_unknown(reader, group, known);
		budget_mb = read_int(reader, group, "budget_mb", 1, 1048576, DEFAULT_BUDGET_MB);
		config->audio_max_kbit_s =
			(guint)read_int(reader, group, "max_kbit_s", 0, 1000000, 0);
	}
	read_mirrors(reader, group, mirrors);
	config->audio_budget_bytes = budget_mb * 1000000;
	g_ptr_array_add(mirrors, NULL);
	config->audio_mirrors = (char **)g_ptr_array_steal(mirrors, NULL);
}

/* "HH:MM" as minutes of the day, 24:00 included; -1 with a fault noted. */
static int
read_minutes(Reader *reader, config_setting_t *group, const char *name)
{
	g_autofree char *text = read_text(reader, group, name, TRUE);
	int hours = 0, minutes = 0;

	if (text == NULL)
		return -1;
	if (strlen(text) == 5 && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
	    text[2] == ':' && g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4])) {
		hours = g_ascii_digit_value(text[0]) * 10 + g_ascii_digit_value(text[1]);
		minutes = g_ascii_digit_value(text[3]) * 10 + g_ascii_digit_value(text[4]);
		if (minutes < 60 && hours * 60 + minutes <= 24 * 60)
			return hours * 60 + minutes;
	}
	fault(reader, config_setting_get_member(group, name),
	      "%s '%s' is no time of day: want \"HH:MM\", 00:00 to 24:00", name, text);
	return -1;
}

static void
read_quiet_stretch(Reader *reader, config_setting_t *group, LoaNodeConfig *config)
{
	static const char *const known[] = { "from", "to", NULL };

	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		fault(reader, group, "quiet_hours must hold groups { from = ...; to = ...; }");
		return;
	}
	reject_unknown(reader, group, known);
	int from_min = read_minutes(reader, group, "from");
	int to_min = read_minutes(reader, group, "to");

	if (from_min < 0 || to_min < 0)
		return;
	if (from_min == to_min || from_min == 24 * 60) {
		fault(reader, group,
		      "quiet hours must end at another time than they begin; "
		      "the whole day is 00:00 to 24:00");
		return;
	}
	LoaQuietHours hours = { (guint)from_min, (guint)to_min };

	g_array_append_val(config->quiet_hours, hours);
}

static void
read_quiet_hours(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	config_setting_t *list = member(reader, root, "quiet_hours", CONFIG_TYPE_LIST, FALSE);
	int n = list != NULL ? config_setting_length(list) : 0;

	config->quiet_hours = g_array_new(FALSE, FALSE, sizeof(LoaQuietHours));
	if (n > MAX_QUIET_HOURS) {
		fault(reader, list, "quiet_hours has %d stretches: want at most %d", n,
		      MAX_QUIET_HOURS);
		n = 0;
	}
	for (int i = 0; i < n; i++)
		read_quiet_stretch(reader, config_setting_get_elem(list, (unsigned)i), config);
	config->utc_offset_min =
		(int)read_int(reader, root, "utc_offset_min", -840, 840, DEFAULT_UTC_OFFSET_MIN);
}

static void
read_all(Reader *reader, config_setting_t *root, LoaNodeConfig *config)
{
	static const char *const known[] = {
		"site",   "node",  "group", "seed",        "controller_keys", "data_dir", "broker",
		"output", "clock", "audio", "quiet_hours", "utc_offset_min",  NULL
	};

	reject_unknown(reader, root, known);
	config->site = read_id(reader, root, "site");
	config->node = read_id(reader, root, "node");
	config->group = read_id(reader, root, "group");
	read_keys(reader, root, config);
	g_autofree char *data_dir = read_text(reader, root, "data_dir", TRUE);

	if (data_dir != NULL)
		config->data_dir = absolute(reader, data_dir);
	read_broker(reader, root, config);
	read_output(reader, root, config);
	read_clock(reader, root, config);
	read_audio(reader, root, config);
	read_quiet_hours(reader, root, config);
}

static LoaNodeConfig *
parse(const char *path, const char *text, GError **error)
{
	g_autoptr(LoaNodeConfig) config = g_new0(LoaNodeConfig, 1);
	g_autoptr(GString) faults = g_string_new(NULL);
	g_autofree char *absolute_path = g_canonicalize_filename(path, NULL);
	g_autofree char *folder = g_path_get_dirname(absolute_path);
	Reader reader = { path, faults, folder };
	config_t tree;

	guint include_line = loa_text_line_with(text, "@include");

	config_init(&tree);
	if (include_line > 0)
		g_string_printf(faults, "%s:%u: " LOA_TEXT_NO_INCLUDE, path, include_line);
	else if (config_read_string(&tree, text) == CONFIG_TRUE)
		read_all(&reader, config_root_setting(&tree), config);
	else
		g_string_printf(faults, "%s:%d: %s", path, config_error_line(&tree),
				config_error_text(&tree));
	config_destroy(&tree);
	if (faults->len == 0)
		return g_steal_pointer(&config);
	g_set_error_literal(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_FAULTS,
			    faults->str);
	return NULL;
}

LoaNodeConfig *
loa_node_config_read(const char *path, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = loa_file_read_text(path, MAX_FILE_BYTES, &cause);

	if (text != NULL)
		return parse(path, text, error);
	g_set_error(error, LOA_NODE_CONFIG_ERROR, LOA_NODE_CONFIG_ERROR_READ,
		    "%s; `loactl node add` writes one", cause->message);
	return NULL;
}

void
loa_node_config_free(LoaNodeConfig *self)
{
	if (self == NULL)
		return;
	g_free(self->site);
	g_free(self->node);
	g_free(self->group);
	g_clear_pointer(&self->key, loa_signing_key_free);
	g_clear_pointer(&self->controller_keys, loa_key_ring_free);
	g_free(self->data_dir);
	g_free(self->broker_host);
	g_free(self->broker_username);
	g_free(self->broker_password);
	g_free(self->output_sink);
	g_free(self->clock_controller);
	g_free(self->clock_battery);
	g_strfreev(self->audio_mirrors);
	g_clear_pointer(&self->quiet_hours, g_array_unref);
	g_free(self);
}
