/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An office with everything behind it but a broker, for the tests of its use cases.
 */
#pragma once

#include "common/main-thread.h"
#include "controller/office/office-parts.h"
#include "schedules/hours.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"

typedef struct {
	Folder *folder;
	LoaControllerConfig *config;
	LoaClock *clock;
	LoaSigningKey *key;
	LoaStore *store;
	LoaRegistry *registry;
	LoaFleet *fleet;
	LoaReadiness *readiness;
	LoaPlanDesk *desk;
	LoaOffice *office;
	guint n_plans; /* on_plans calls */
} Ward;

static inline void
on_plans(gpointer user_data)
{
	Ward *w = user_data;

	w->n_plans++;
	loa_readiness_set_plans(w->readiness, loa_plan_desk_plans(w->desk));
}

static inline const char *
broker_state(gpointer user_data)
{
	(void)user_data;
	return "connected";
}

static inline void
permit(Ward *w, gint32 from_s, gint32 to_s)
{
	LoaHours hours = { LOA_BROADCAST_ALL_DAYS, from_s, to_s };

	g_array_set_size(w->config->hours, 0);
	g_array_append_val(w->config->hours, hours);
}

static inline void
open_office(Ward *w)
{
	g_autoptr(GError) error = NULL;
	LoaOfficeParts parts = { .on_plans = on_plans,
				 .broker_state = broker_state,
				 .user_data = w };

	parts.config = w->config;
	parts.clock = w->clock;
	parts.key = w->key;
	parts.store = w->store = open_store(w->folder);
	parts.registry = w->registry = loa_registry_new(w->store, NULL);
	parts.fleet = w->fleet = loa_fleet_new(w->registry, "phuong-mau");
	parts.readiness = w->readiness = loa_readiness_new(w->registry, w->fleet);
	parts.desk = w->desk = loa_plan_desk_new(w->config, w->store, w->key);
	w->office = loa_office_new(&parts, &error);
	if (w->office == NULL || !loa_office_replan(w->office, &error))
		fail_msg("%s", error->message);
}

static inline void
close_office(Ward *w)
{
	loa_office_free(w->office);
	loa_plan_desk_free(w->desk);
	loa_readiness_free(w->readiness);
	loa_fleet_free(w->fleet);
	loa_registry_free(w->registry);
	loa_store_close(w->store);
}

static inline int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	const char *const speech[] = { "/bin/false", "%i", "%o", NULL };

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	loa_main_thread_claim();
	w->key = loa_signing_key_new();
	w->clock = loa_clock_new_test(0, NOON_US);
	w->config = g_new0(LoaControllerConfig, 1);
	w->config->site_id = g_strdup("phuong-mau");
	w->config->site_name = g_strdup("Phường Mẫu");
	w->config->time_zone = g_strdup("Asia/Ho_Chi_Minh");
	w->config->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	w->config->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(w->config->groups, loa_group_new("to-1", "Tổ 1"));
	g_ptr_array_add(w->config->groups, loa_group_new("to-2", "Tổ 2"));
	w->config->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	permit(w, 5 * 3600, 21 * 3600);
	w->config->data_dir = g_strdup(w->folder->folder);
	w->config->broker_host = g_strdup("127.0.0.1");
	w->config->playout_delay_us = SECOND_US;
	w->config->horizon_days = 14;
	w->config->reports.periods = loa_periods_usual();
	w->config->speech_command = g_strdupv((char **)speech);
	open_office(w);
	*state = w;
	return 0;
}

static inline int
teardown(void **state)
{
	Ward *w = *state;

	close_office(w);
	loa_controller_config_free(w->config);
	loa_signing_key_free(w->key);
	loa_clock_free(w->clock);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

static inline void
set_time(Ward *w, gint64 now_us)
{
	loa_clock_test_set(w->clock, now_us - NOON_US, now_us);
}

/* r1, @seconds long */
static inline void
have_recording(Ward *w, gint64 seconds)
{
	g_autoptr(LoaRecording) r = sample_recording("r1", seconds);

	assert_true(loa_store_put_recording(w->store, r, NULL));
}

/* The value at "a.b" of a document, written as JSON. */
static inline char *
at(JsonNode *document, const char *path)
{
	g_auto(GStrv) names = g_strsplit(path, ".", -1);
	JsonNode *node = document;

	assert_non_null(document);
	for (char **name = names; *name != NULL; name++) {
		if (JSON_NODE_HOLDS_ARRAY(node)) {
			JsonArray *array = json_node_get_array(node);
			guint i = (guint)atoi(*name);

			node = i < json_array_get_length(array) ? json_array_get_element(array, i)
								: NULL;
		} else {
			node = json_object_get_member(json_node_get_object(node), *name);
		}
		if (node == NULL)
			return g_strdup("(absent)");
	}
	return json_to_string(node, FALSE);
}

static inline void
assert_at(JsonNode *document, const char *path, const char *want)
{
	g_autofree char *is = at(document, path);

	if (strcmp(is, want) != 0)
		fail_msg("%s is %s, not %s", path, is, want);
}

static inline JsonNode *
must(JsonNode *document, GError *error)
{
	if (document == NULL)
		fail_msg("%s", error->message);
	return document;
}
