/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A test tone on one receiver.
 */
#include "controller/office/office-groups.h"
#include "controller/office/office-internal.h"
#include "controller/on-air.h"
#include "controller/receivers/test-tone.h"

#include <string.h>

/* Beyond the playout delay: the plan must have arrived before its start. */
#define AHEAD_US (G_USEC_PER_SEC)
#define BROADCAST "test"

/* Is anything heard in that group that the tone would have to wait for? */
static gboolean
is_on_air(LoaOffice *self, const char *group, gint64 from_us, gint64 to_us)
{
	const GPtrArray *plans = loa_plan_desk_plans(self->parts.desk);

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(plans, i);

		if (strcmp(plan->group, group) != 0)
			continue;
		for (guint j = 0; j < plan->airings->len; j++) {
			const LoaAiring *airing = g_ptr_array_index(plan->airings, j);

			if (airing->start_us < to_us && loa_airing_end_us(airing) > from_us)
				return TRUE;
		}

		g_autoptr(GArray) waiting = loa_on_air_at(plan, from_us);

		return waiting->len > 0;
	}
	return FALSE;
}

/* (nullable): with @error */
static const LoaNodeRecord *
find_ready(LoaOffice *self, const char *id, GError **error)
{
	const LoaNodeRecord *node = loa_registry_find(self->parts.registry, id);

	if (node == NULL || node->revoked_us != 0)
		return loa_office_refuse(error, LOA_OFFICE_ERROR_NOT_FOUND,
					 "there is no receiver \"%s\"; node list shows them", id);
	if (!loa_fleet_is_online(self->parts.fleet, id))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "receiver %s is offline: it cannot hear of the test; look "
					 "at its power and network first",
					 id);
	return node;
}

static LoaAiring *
make_airing(LoaOffice *self, const LoaNodeRecord *node, gint64 start_us, GError **error)
{
	g_autofree char *audio_dir = g_build_filename(self->parts.config->data_dir, "audio", NULL);
	g_autoptr(LoaAiring) airing = loa_airing_new();
	GError *cause = NULL;
	gint32 at_s;
	LoaLocalTime local;
	LoaDay day;

	if (!loa_test_tone_prepare(audio_dir, airing, &cause)) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	loa_local_time_init(&local, self->parts.config->zone);
	day = loa_local_time_from_us(&local, start_us, &at_s);
	airing->id = g_strdup_printf(BROADCAST ".%04d%02d%02dt%02d%02d%02d.%04x", day.year,
				     day.month, day.day, at_s / 3600, at_s / 60 % 60, at_s % 60,
				     g_random_int_range(0, 0x10000));
	airing->broadcast = g_strdup(BROADCAST);
	airing->title = g_strdup_printf("Thử loa %s", node->id);
	airing->node = g_strdup(node->id);
	airing->start_us = start_us;
	airing->resume = LOA_RESUME_REJOIN;
	return g_steal_pointer(&airing);
}

JsonNode *
loa_office_node_test(LoaOffice *self, const LoaCaller *caller, const char *id, GError **error)
{
	const gint64 now_us = loa_office_now_us(self);
	const gint64 start_us = now_us + self->parts.config->playout_delay_us + AHEAD_US;
	const gint64 length_us = LOA_TEST_TONE_S * G_USEC_PER_SEC;
	const LoaOneOff when = { .start_us = start_us, .class = LOA_CLASS_NORMAL };
	const LoaNodeRecord *node = find_ready(self, id, error);
	g_autoptr(LoaAiring) airing = NULL;
	GError *cause = NULL;
	JsonObject *object;

	if (node == NULL || !loa_office_check_hours(self, &when, length_us, error))
		return NULL;
	if (is_on_air(self, node->group, now_us, start_us + length_us))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
					 "group %s has something on air now, or in a moment: test "
					 "when it is over",
					 node->group);
	airing = make_airing(self, node, start_us, error);
	if (airing == NULL)
		return NULL;
	object = json_object_new();
	json_object_set_string_member(object, "airing", airing->id);
	json_object_set_string_member(object, "node", id);
	loa_office_add_time(self, object, "start", start_us);

	g_autoptr(JsonNode) document = loa_office_document(object);

	if (!loa_plan_desk_add_test(self->parts.desk, node->group, g_steal_pointer(&airing),
				    now_us))
		return loa_office_refuse(error, LOA_OFFICE_ERROR_BUSY,
					 "too many tests at a time: wait a few seconds");
	if (!loa_office_begin(self, error))
		return NULL;
	if (!loa_office_audit(self, caller, "node-test", id, node->group, &cause)) {
		loa_office_undo(self, error, cause);
		return NULL;
	}
	return loa_office_end(self, error) ? g_steal_pointer(&document) : NULL;
}
