/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/controller-config.h"

#include <string.h>

#include "controller/access/password.h"
#include "schedules/faults.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"

#define MIN_PLAYOUT_DELAY_MS 150
#define MAX_PLAYOUT_DELAY_MS 5000
#define DEFAULT_SPEECH "espeak-ng", "-v", "vi", "-w", "%o", "-f", "%i"

static gboolean
has_group(const GPtrArray *groups, const char *id)
{
	for (guint i = 0; i < groups->len; i++)
		if (g_strcmp0(((const LoaGroup *)g_ptr_array_index(groups, i))->id, id) == 0)
			return TRUE;
	return FALSE;
}

/* An id, or "" and a fault. */
static const char *
read_id(LoaConfigReader *reader, LoaConfigNode *group, const char *name)
{
	const char *id = loa_config_reader_text(reader, group, name, NULL);

	if (id[0] != '\0' && !loa_id_is_valid(id))
		loa_config_reader_fault(reader, group, name,
					"\"%s\" is no id: use a-z, 0-9, '-' and '.', at most %d "
					"characters",
					id, LOA_ID_MAX);
	return id;
}

static void
read_site(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *site = loa_config_reader_group(reader, root, "site", TRUE);

	self->site_id = g_strdup(read_id(reader, site, "id"));
	self->site_name = g_strdup(loa_config_reader_text(reader, site, "name", NULL));
	self->time_zone =
		g_strdup(loa_config_reader_text(reader, site, "time_zone", "Asia/Ho_Chi_Minh"));
	self->zone = loa_local_time_zone(self->time_zone);
	if (self->zone == NULL)
		loa_config_reader_fault(reader, site, "time_zone",
					"the system knows no time zone \"%s\"; try "
					"\"Asia/Ho_Chi_Minh\" (package tzdata)",
					self->time_zone);
}

static void
read_groups(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *list = loa_config_reader_list(reader, root, "groups", TRUE);
	guint n = loa_config_reader_length(list);

	if (list != NULL && (n == 0 || n > LOA_BROADCAST_MAX_GROUPS))
		loa_config_reader_fault(reader, root, "groups", "name 1 to %d groups",
					LOA_BROADCAST_MAX_GROUPS);
	for (guint i = 0; i < n; i++) {
		LoaConfigNode *group = loa_config_reader_element(reader, list, i);
		const char *id = read_id(reader, group, "id");

		if (id[0] != '\0' && has_group(self->groups, id))
			loa_config_reader_fault(reader, group, "id", "group \"%s\" stands twice",
						id);

		LoaGroup *new_group =
			loa_group_new(id, loa_config_reader_text(reader, group, "name", id));

		new_group->start_offset_ms = (guint)loa_config_reader_int_or(
			reader, group, "start_offset_ms", 0, LOA_GROUP_MAX_OFFSET_MS, 0);
		new_group->turn = (guint)loa_config_reader_int_or(reader, group, "turn", 0,
								  LOA_GROUP_MAX_TURN, 0);
		new_group->language =
			g_strdup(loa_config_reader_text_or_null(reader, group, "language"));
		g_ptr_array_add(self->groups, new_group);
	}
}

static void
read_stagger(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *group = loa_config_reader_group(reader, root, "stagger", FALSE);

	self->stagger.emergency_too =
		loa_config_reader_bool_or(reader, group, "emergency_too", FALSE);
	self->stagger.turn_gap_us =
		1000 * loa_config_reader_int_or(reader, group, "turn_gap_ms", 0,
						LOA_STAGGER_MAX_GAP_US / 1000, 2000);
}

static guint
read_days(LoaConfigReader *reader, LoaConfigNode *window)
{
	LoaConfigNode *list = loa_config_reader_list(reader, window, "days", FALSE);
	guint days = 0;

	if (list == NULL)
		return LOA_BROADCAST_ALL_DAYS;
	for (guint i = 0; i < loa_config_reader_length(list); i++) {
		const char *name = loa_config_reader_element_text(reader, list, i);
		guint day;

		if (name == NULL)
			continue;
		if (loa_weekday_from_name(name, &day))
			days |= 1u << day;
		else
			loa_config_reader_fault(reader, window, "days",
						"\"%s\" is no weekday; use mon tue wed thu fri sat "
						"sun",
						name);
	}
	return days;
}

static void
read_window(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *window)
{
	const char *from = loa_config_reader_text(reader, window, "from", NULL);
	const char *to = loa_config_reader_text(reader, window, "to", NULL);
	LoaHours hours = { .days = read_days(reader, window) };
	g_autofree char *why = NULL;

	if (window == NULL || from[0] == '\0' || to[0] == '\0')
		return;
	if (!loa_time_of_day_parse(from, &hours.from_s, &why))
		loa_config_reader_fault(reader, window, "from", "%s", why);
	else if (!loa_hours_parse_end(to, &hours.to_s, &why))
		loa_config_reader_fault(reader, window, "to", "%s", why);
	else if (hours.to_s <= hours.from_s)
		loa_config_reader_fault(reader, window, "to",
					"\"to\" must be after \"from\"; write a night as two "
					"windows");
	else
		g_array_append_val(self->hours, hours);
}

static void
read_hours(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *list = loa_config_reader_list(reader, root, "hours", TRUE);
	guint n = loa_config_reader_length(list);

	if (list != NULL && (n == 0 || n > LOA_HOURS_MAX_WINDOWS))
		loa_config_reader_fault(reader, root, "hours",
					"name 1 to %d windows in which the loudspeakers may sound",
					LOA_HOURS_MAX_WINDOWS);
	for (guint i = 0; i < n; i++)
		read_window(self, reader, loa_config_reader_element(reader, list, i));
}

static void
read_policy(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	g_autoptr(LoaValue) record = loa_config_reader_value(reader, root, "policy");
	g_autoptr(GPtrArray) faults = loa_faults_new();
	g_autoptr(GHashTable) groups = g_hash_table_new(g_str_hash, g_str_equal);
	const LoaFieldsContext context = {
		.where = loa_config_reader_path(reader),
		.faults = faults,
		.groups = groups,
	};

	if (record == NULL)
		return;
	for (guint i = 0; i < self->groups->len; i++)
		g_hash_table_add(groups, ((LoaGroup *)g_ptr_array_index(self->groups, i))->id);
	self->policy = loa_policy_from_value(record, self->hours, &context);
	loa_config_reader_add_faults(reader, faults);
}

static void
read_broker(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *broker = loa_config_reader_group(reader, root, "broker", FALSE);

	self->broker_host = g_strdup(loa_config_reader_text(reader, broker, "host", "127.0.0.1"));
	self->broker_port =
		(guint16)loa_config_reader_int_or(reader, broker, "port", 1, 65535, 1883);
	self->broker_username =
		g_strdup(loa_config_reader_text_or_null(reader, broker, "username"));
	self->broker_password =
		g_strdup(loa_config_reader_text_or_null(reader, broker, "password"));
	if (self->broker_password != NULL && self->broker_username == NULL)
		loa_config_reader_fault(reader, broker, "password",
					"a password needs a \"username\"");
}

static void
read_login(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *http)
{
	LoaConfigNode *login = loa_config_reader_group(reader, http, "login", FALSE);

	self->login_idle_hours =
		(guint)loa_config_reader_int_or(reader, login, "idle_hours", 1, 720, 12);
	self->login_absolute_days =
		(guint)loa_config_reader_int_or(reader, login, "absolute_days", 1, 365, 30);
	self->login_memory_mib = (guint)loa_config_reader_int_or(
		reader, login, "memory_mib", LOA_PASSWORD_MIN_MEMORY_MIB,
		LOA_PASSWORD_MAX_MEMORY_MIB, LOA_PASSWORD_DEFAULT_MEMORY_MIB);
}

static void
read_names(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *http)
{
	LoaConfigNode *list = loa_config_reader_list(reader, http, "names", FALSE);
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < loa_config_reader_length(list); i++) {
		const char *name = loa_config_reader_element_text(reader, list, i);

		if (name == NULL)
			continue;
		if (*name == '\0' || strlen(name) > 253 ||
		    strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-.:") != strlen(name) ||
		    (strchr(name, ':') != NULL && !g_hostname_is_ip_address(name)))
			loa_config_reader_fault(reader, http, "names",
						"\"%s\" is neither a host name nor an address: "
						"\"loa.phuong.example\", \"192.168.1.10\"",
						name);
		else
			g_ptr_array_add(names, g_strdup(name));
	}
	g_ptr_array_add(names, NULL);
	self->http_names = (char **)g_ptr_array_free(names, FALSE);
}

static void
read_tls(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *http)
{
	LoaConfigNode *tls = loa_config_reader_group(reader, http, "tls", FALSE);
	g_autoptr(GInetAddress) listen = g_inet_address_new_from_string(self->http_listen);

	self->http_has_tls = tls != NULL;
	self->http_certificate =
		g_strdup(loa_config_reader_text_or_null(reader, tls, "certificate"));
	self->http_key = g_strdup(loa_config_reader_text_or_null(reader, tls, "key"));
	if ((self->http_certificate != NULL) != (self->http_key != NULL))
		loa_config_reader_fault(
			reader, http, "tls",
			"\"certificate\" and \"key\" go together; leave both out to "
			"have one made");
	if (listen == NULL)
		loa_config_reader_fault(reader, http, "listen",
					"\"%s\" is no address of this machine: use \"0.0.0.0\" for "
					"all of them",
					self->http_listen);
	else if (!g_inet_address_get_is_loopback(listen) && tls == NULL)
		loa_config_reader_fault(reader, http, "listen",
					"passwords would cross the network in the clear: add "
					"tls = { }; to http (a certificate is made), or listen on "
					"\"127.0.0.1\"");
	if (tls != NULL && self->http_names[0] == NULL)
		loa_config_reader_fault(reader, http, "tls",
					"say under which names or addresses browsers will ask for "
					"this machine: names = ( \"192.168.1.10\" );");
}

static void
read_http(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *http = loa_config_reader_group(reader, root, "http", FALSE);
	const char *token_file = loa_config_reader_text_or_null(reader, http, "token_file");

	self->http_port = (guint16)loa_config_reader_int_or(reader, http, "port", 0, 65535, 0);
	self->token_file = token_file != NULL ? g_strdup(token_file)
					      : g_build_filename(self->data_dir, "token", NULL);
	self->bootstrap_dir = g_strdup(loa_config_reader_text(reader, http, "bootstrap_dir",
							      "/usr/share/javascript/bootstrap5"));
	self->http_listen = g_strdup(loa_config_reader_text(reader, http, "listen", "127.0.0.1"));
	read_names(self, reader, http);
	read_tls(self, reader, http);
	read_login(self, reader, http);
}

/* What a receiver elsewhere could not reach is not told to it. */
static char *
default_address(const char *listen)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(listen);

	return address != NULL && g_inet_address_get_is_any(address) ? g_strdup(g_get_host_name())
								     : g_strdup(listen);
}

static void
read_receivers(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *group = loa_config_reader_group(reader, root, "receivers", FALSE);
	const char *listen = loa_config_reader_text(reader, group, "listen", "127.0.0.1");
	const char *address = loa_config_reader_text_or_null(reader, group, "address");
	g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(listen);

	if (parsed == NULL)
		loa_config_reader_fault(reader, group, "listen",
					"\"%s\" is no address of this machine: use \"0.0.0.0\" "
					"for all of them",
					listen);
	self->receivers_listen = g_strdup(listen);
	self->receivers_address = address != NULL ? g_strdup(address) : default_address(listen);
	if (address != NULL && (address[0] == '\0' || strpbrk(address, "/[] ") != NULL))
		loa_config_reader_fault(reader, group, "address",
					"\"%s\" is neither a host name nor an address", address);
	self->receivers_time_port =
		(guint16)loa_config_reader_int_or(reader, group, "time_port", 0, 65535, 4460);
	self->receivers_audio_port =
		(guint16)loa_config_reader_int_or(reader, group, "audio_port", 0, 65535, 4461);
	self->ready_warning_min =
		(guint)loa_config_reader_int_or(reader, root, "ready_warning_min", 0, 10080, 60);
}

static void
read_clock(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *group = loa_config_reader_group(reader, root, "clock", FALSE);

	self->clock_trust_system = loa_config_reader_bool_or(reader, group, "trust_system", FALSE);
}

static void
read_ingest(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	LoaConfigNode *ingest = loa_config_reader_group(reader, root, "ingest", FALSE);

	self->ingest_program = g_strdup(loa_config_reader_text_or_null(reader, ingest, "program"));
	self->ingest_lufs = loa_config_reader_double_or(reader, ingest, "lufs", -40.0, -8.0, -16.0);
	self->ingest_true_peak_dbtp =
		loa_config_reader_double_or(reader, ingest, "true_peak_dbtp", -20.0, -0.5, -1.5);
	self->ingest_bitrate =
		(guint)loa_config_reader_int_or(reader, ingest, "bitrate", 6000, 256000, 24000);
	self->ingest_max_minutes =
		(guint)loa_config_reader_int_or(reader, ingest, "max_minutes", 1, 600, 120);
}

static gboolean
has_argument(char **argv, const char *wanted)
{
	for (char **arg = argv; *arg != NULL; arg++)
		if (strstr(*arg, wanted) != NULL)
			return TRUE;
	return FALSE;
}

static void
read_speech(LoaControllerConfig *self, LoaConfigReader *reader, LoaConfigNode *root)
{
	static const char *const fallback[] = { DEFAULT_SPEECH, NULL };
	LoaConfigNode *speech = loa_config_reader_group(reader, root, "speech", FALSE);
	LoaConfigNode *list = loa_config_reader_list(reader, speech, "command", FALSE);
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

	if (list == NULL) {
		self->speech_command = g_strdupv((char **)fallback);
		return;
	}
	for (guint i = 0; i < loa_config_reader_length(list); i++) {
		const char *arg = loa_config_reader_element_text(reader, list, i);

		if (arg != NULL)
			g_ptr_array_add(argv, g_strdup(arg));
	}
	g_ptr_array_add(argv, NULL);
	self->speech_command = (char **)g_ptr_array_steal(argv, NULL);
	if (!has_argument(self->speech_command, "%o") || !has_argument(self->speech_command, "%i"))
		loa_config_reader_fault(reader, speech, "command",
					"the command needs %%i (file with the text) and %%o (WAV "
					"file to write)");
}

static void
read_all(LoaControllerConfig *self, LoaConfigReader *reader)
{
	LoaConfigNode *root = loa_config_reader_root(reader);

	read_site(self, reader, root);
	read_groups(self, reader, root);
	read_stagger(self, reader, root);
	loa_report_config_read(&self->reports, reader,
			       loa_config_reader_group(reader, root, "reports", FALSE));
	self->data_dir = g_strdup(loa_config_reader_text(reader, root, "data_dir", NULL));
	read_broker(self, reader, root);
	read_http(self, reader, root);
	read_clock(self, reader, root);
	read_receivers(self, reader, root);
	self->playout_delay_us =
		1000 * loa_config_reader_int_or(reader, root, "playout_delay_ms",
						MIN_PLAYOUT_DELAY_MS, MAX_PLAYOUT_DELAY_MS, 1000);
	self->horizon_days =
		(guint)loa_config_reader_int_or(reader, root, "horizon_days", 2, 60, 14);
	read_hours(self, reader, root);
	read_policy(self, reader, root);
	read_ingest(self, reader, root);
	read_speech(self, reader, root);
}

LoaControllerConfig *
loa_controller_config_load(const char *path, GError **error)
{
	g_autoptr(LoaConfigReader) reader = loa_config_reader_open(path, error);
	g_autoptr(LoaControllerConfig) self = NULL;

	if (reader == NULL)
		return NULL;
	self = g_new0(LoaControllerConfig, 1);
	self->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	self->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	read_all(self, reader);
	return loa_config_reader_finish(reader, error) ? g_steal_pointer(&self) : NULL;
}

const LoaGroup *
loa_controller_config_group(const LoaControllerConfig *self, const char *id)
{
	for (guint i = 0; i < self->groups->len; i++) {
		const LoaGroup *group = g_ptr_array_index(self->groups, i);

		if (g_strcmp0(group->id, id) == 0)
			return group;
	}
	return NULL;
}

LoaPolicy *
loa_controller_config_policy(const LoaControllerConfig *self)
{
	LoaPolicy *policy;

	if (self->policy != NULL)
		return loa_policy_copy(self->policy);
	policy = loa_policy_new();
	g_array_append_vals(policy->hours, self->hours->data, self->hours->len);
	return policy;
}

void
loa_controller_config_free(LoaControllerConfig *self)
{
	if (self == NULL)
		return;
	g_free(self->site_id);
	g_free(self->site_name);
	g_free(self->time_zone);
	g_clear_pointer(&self->zone, g_time_zone_unref);
	g_ptr_array_unref(self->groups);
	g_free(self->data_dir);
	g_free(self->broker_host);
	g_free(self->broker_username);
	g_free(self->broker_password);
	g_free(self->token_file);
	g_free(self->http_listen);
	g_strfreev(self->http_names);
	g_free(self->http_certificate);
	g_free(self->http_key);
	g_free(self->bootstrap_dir);
	g_free(self->receivers_listen);
	g_free(self->receivers_address);
	g_array_unref(self->hours);
	loa_report_config_clear(&self->reports);
	loa_policy_free(self->policy);
	g_free(self->ingest_program);
	g_strfreev(self->speech_command);
	g_free(self);
}
