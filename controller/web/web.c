/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/web/web.h"

#include "controller/web/web-server.h"

static const LoaWebHandlers handlers = {
	.status = loa_office_status,
	.log = loa_office_log,
	.agenda = loa_office_agenda,
	.apply = loa_office_apply,
	.preview = loa_office_preview,
	.overlays = loa_office_overlays,
	.overlay_put = loa_office_overlay_put,
	.overlay_remove = loa_office_overlay_remove,
	.policy = loa_office_policy,
	.policy_put = loa_office_policy_put,
	.campaigns = loa_office_campaigns,
	.calendar = loa_office_calendar,
	.broadcasts = loa_office_broadcasts,
	.timetable = loa_office_timetable,
	.occasions = loa_office_occasions,
	.calendar_put = loa_office_calendar_put,
	.calendar_remove = loa_office_calendar_remove,
	.broadcast_remove = loa_office_broadcast_remove,
	.import = loa_office_import,
	.speak = loa_office_speak,
	.read_text = loa_office_read_text,
	.begin_take = loa_office_begin_take,
	.takes = loa_office_takes,
	.take = loa_office_take,
	.take_piece = loa_office_take_piece,
	.finish_take = loa_office_finish_take,
	.remove_take = loa_office_remove_take,
	.job = loa_office_job,
	.recordings = loa_office_recordings,
	.recording = loa_office_recording,
	.set_recording = loa_office_set_recording,
	.decide = loa_office_decide,
	.file = loa_office_file,
	.waveform = loa_office_waveform,
	.play = loa_office_play,
	.play_at_giao_thua = loa_office_play_at_giao_thua,
	.ask_emergency = loa_office_ask_emergency,
	.emergencies = loa_office_emergencies,
	.confirm_emergency = loa_office_confirm_emergency,
	.refuse_emergency = loa_office_refuse_emergency,
	.stop = loa_office_stop,
	.node_add = loa_office_node_add,
	.node_list = loa_office_node_list,
	.node_revoke = loa_office_node_revoke,
	.logbook = loa_office_logbook,
	.logbook_csv = loa_office_logbook_csv,
	.tick = loa_office_tick,
	.ticks = loa_office_ticks,
	.report_periods = loa_office_report_periods,
	.report = loa_office_report,
	.report_csv = loa_office_report_csv,
	.groups = loa_office_groups,
	.group_set = loa_office_group_set,
	.node_volume = loa_office_node_volume,
	.node_test = loa_office_node_test,
	.on_changed = loa_office_on_changed,
};

struct LoaWeb {
	LoaWebServer *server;
};

LoaWeb *
loa_web_new(LoaOffice *office, const LoaWebConfig *config, GError **error)
{
	g_autoptr(LoaWebServer) server = loa_web_server_new(&handlers, office, config, error);

	if (server == NULL)
		return NULL;

	LoaWeb *self = g_new0(LoaWeb, 1);

	self->server = g_steal_pointer(&server);
	return self;
}

char *
loa_web_find_page_dir(void)
{
	static const char *const places[] = { "controller/page", "share/loa-phuong/page" };
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : NULL;

	for (gsize i = 0; folder != NULL && i < G_N_ELEMENTS(places); i++) {
		g_autofree char *dir = g_build_filename(folder, "..", places[i], NULL);

		if (g_file_test(dir, G_FILE_TEST_IS_DIR))
			return g_steal_pointer(&dir);
	}
	return NULL;
}

guint16
loa_web_port(LoaWeb *self)
{
	return loa_web_server_port(self->server);
}

guint16
loa_web_tls_port(LoaWeb *self)
{
	return loa_web_server_tls_port(self->server);
}

gboolean
loa_web_is_watched(const LoaWeb *self)
{
	return loa_web_server_n_listeners(self->server) > 0;
}

void
loa_web_free(LoaWeb *self)
{
	if (self == NULL)
		return;
	loa_web_server_free(self->server);
	g_free(self);
}
