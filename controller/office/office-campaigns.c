/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disclosures, and the proof of them group by group.
 */
#include <string.h>

#include "controller/office/office-internal.h"
#include "controller/plan/care.h"
#include "schedules/broadcast-json.h"

/* Those withdrawn last; the ledger keeps what proves the others. */
#define MAX_WITHDRAWN 200

static void
add_day(JsonObject *object, const char *name, LoaDay day)
{
	g_autofree char *text = loa_day_is_none(day) ? NULL : loa_day_format(day);

	json_object_set_string_member(object, name, text);
}

static void
add_number(JsonObject *object, const char *name, gint32 number)
{
	add_day(object, name, number == 0 ? (LoaDay){ 0 } : loa_day_from_number(number));
}

static void
add_days(JsonObject *object, const char *name, const GArray *days)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < days->len; i++) {
		g_autofree char *day =
			loa_day_format(loa_day_from_number(g_array_index(days, gint32, i)));

		json_array_add_string_element(array, day);
	}
	json_object_set_array_member(object, name, array);
}

/* What the office was told, also of days that a late report proved afterwards. */
static void
add_alarms(LoaOffice *self, JsonObject *object, const GPtrArray *alarms, const char *group)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < alarms->len; i++) {
		const LoaAlarm *alarm = g_ptr_array_index(alarms, i);
		JsonObject *one;

		if (strcmp(alarm->group, group) != 0)
			continue;
		one = json_object_new();
		add_number(one, "day", alarm->day);
		loa_office_add_time(self, one, "raised", alarm->raised_us);
		json_array_add_object_element(array, one);
	}
	json_object_set_array_member(object, "alarms", array);
}

static JsonObject *
describe_group(LoaOffice *self, const LoaCareGroup *one, const GPtrArray *alarms)
{
	const LoaCampaignGroup *judged = one->judged;
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", one->group->id);
	json_object_set_string_member(object, "name", one->group->name);
	json_object_set_string_member(object, "state", loa_campaign_state_name(judged->state));
	json_object_set_int_member(object, "run", judged->run);
	add_days(object, "proven", judged->proven);
	add_days(object, "missed", judged->missed);
	add_number(object, "proven_on", judged->proven_on);
	add_number(object, "plays_until", judged->plays_until);
	add_alarms(self, object, alarms, one->group->id);
	return object;
}

static JsonObject *
describe_campaign(LoaOffice *self, const LoaCaller *caller, const LoaCareCampaign *campaign,
		  const GPtrArray *alarms)
{
	const LoaBroadcast *broadcast = campaign->broadcast;
	JsonObject *object = json_object_new();
	JsonArray *groups = json_array_new();
	guint n_proven = 0;

	json_object_set_string_member(object, "broadcast", broadcast->id);
	json_object_set_string_member(object, "title", broadcast->title);
	json_object_set_string_member(object, "kind", "disclosure");
	json_object_set_int_member(object, "days", broadcast->campaign_days);
	json_object_set_int_member(object, "level", broadcast->campaign_level);
	add_day(object, "from", broadcast->from);
	add_day(object, "until", broadcast->until);
	add_day(object, "expires", broadcast->expires);
	for (guint i = 0; i < campaign->groups->len; i++) {
		const LoaCareGroup *one = g_ptr_array_index(campaign->groups, i);

		if (!loa_caller_may_see_group(caller, one->group->id))
			continue;
		n_proven += one->judged->state == LOA_CAMPAIGN_PROVEN;
		json_array_add_object_element(groups, describe_group(self, one, alarms));
	}
	json_object_set_int_member(object, "n_groups", json_array_get_length(groups));
	json_object_set_int_member(object, "n_proven", n_proven);
	json_object_set_array_member(object, "groups", groups);
	return object;
}

typedef struct {
	LoaOffice *office;
	const LoaCaller *caller;
	const char *wanted; /* (nullable): only this one */
	JsonArray *array;
} Listing;

/* @withdrawn_us: when they were withdrawn, and judged for the last time; 0: they stand */
static gboolean
add_campaigns(const Listing *listing, const GPtrArray *broadcasts, gint64 withdrawn_us,
	      GError **error)
{
	const LoaOfficeParts *parts = &listing->office->parts;
	g_autoptr(GPtrArray) campaigns = loa_care_campaigns(
		parts->store, parts->config, broadcasts,
		withdrawn_us != 0 ? withdrawn_us : loa_office_now_us(listing->office), error);

	for (guint i = 0; campaigns != NULL && i < campaigns->len; i++) {
		const LoaCareCampaign *campaign = g_ptr_array_index(campaigns, i);
		g_autoptr(GPtrArray) alarms = NULL;
		JsonObject *object;

		if (listing->wanted != NULL &&
		    strcmp(campaign->broadcast->id, listing->wanted) != 0)
			continue;
		alarms = loa_store_alarms(parts->store, campaign->broadcast->id, error);
		if (alarms == NULL)
			return FALSE;
		object = describe_campaign(listing->office, listing->caller, campaign, alarms);
		loa_office_add_time(listing->office, object, "withdrawn", withdrawn_us);
		json_array_add_object_element(listing->array, object);
	}
	return campaigns != NULL;
}

/* What was proven before stays proven; what another version wrote and is not understood any more is
 * passed over. */
static gboolean
add_withdrawn(const Listing *listing, GError **error)
{
	g_autoptr(GPtrArray) rows =
		loa_store_withdrawn_campaigns(listing->office->parts.store, MAX_WITHDRAWN, error);

	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const LoaDeclaration *row = g_ptr_array_index(rows, i);
		g_autoptr(LoaBroadcast) broadcast = loa_broadcast_from_json_text(row->json, NULL);
		g_autoptr(GPtrArray) one = g_ptr_array_new();

		if (broadcast == NULL ||
		    (listing->wanted != NULL && strcmp(row->id, listing->wanted) != 0))
			continue;
		g_ptr_array_add(one, broadcast);
		if (!add_campaigns(listing, one, row->since_us, error))
			return FALSE;
	}
	return rows != NULL;
}

/* (transfer full): those asked for, with their groups; %NULL with @error of a part's */
static JsonArray *
list(LoaOffice *self, const LoaCaller *caller, const char *broadcast, GError **error)
{
	g_autoptr(JsonArray) array = json_array_new();
	const Listing listing = { self, caller, broadcast, array };

	if (!add_campaigns(&listing, loa_plan_desk_broadcasts(self->parts.desk), 0, error) ||
	    !add_withdrawn(&listing, error))
		return NULL;
	return g_steal_pointer(&array);
}

JsonNode *
loa_office_campaigns(LoaOffice *self, const LoaCaller *caller, const char *broadcast,
		     GError **error)
{
	GError *cause = NULL;
	JsonArray *array = list(self, caller, broadcast, &cause);
	JsonObject *object;

	if (array == NULL) {
		loa_office_take_error(error, cause);
		return NULL;
	}
	if (broadcast != NULL && json_array_get_length(array) == 0) {
		json_array_unref(array);
		return loa_office_refuse(
			error, LOA_OFFICE_ERROR_NOT_FOUND,
			"there is no campaign \"%s\", and was none: a broadcast is "
			"one when it has the key campaign",
			broadcast);
	}
	object = json_object_new();
	json_object_set_array_member(object, "campaigns", array);
	return loa_office_document(object);
}
