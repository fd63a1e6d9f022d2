/* SPDX-License-Identifier: Apache-2.0 */
/* A preview as JSON. */
#include "schedules/local-time.h"
#include "schedules/preview.h"
#include "schedules/rule.h"

static void
set_text(JsonBuilder *builder, const char *name, const char *text)
{
	json_builder_set_member_name(builder, name);
	if (text != NULL)
		json_builder_add_string_value(builder, text);
	else
		json_builder_add_null_value(builder);
}

static void
set_int(JsonBuilder *builder, const char *name, gint64 number)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, number);
}

/* start and start_us; @us 0: none */
static void
set_moment(JsonBuilder *builder, LoaLocalTime *local, gint64 us)
{
	g_autofree char *text = us != 0 ? loa_local_time_format(local, us) : NULL;

	set_text(builder, "start", text);
	set_int(builder, "start_us", us);
}

static void
set_to(JsonBuilder *builder, const LoaBroadcast *broadcast)
{
	if (broadcast->to_all) {
		set_text(builder, "to", "all");
		return;
	}
	json_builder_set_member_name(builder, "to");
	json_builder_begin_array(builder);
	for (guint i = 0; i < broadcast->groups->len; i++)
		json_builder_add_string_value(builder, broadcast->groups->pdata[i]);
	json_builder_end_array(builder);
}

static void
set_suspended(JsonBuilder *builder, const LoaPreviewStart *start)
{
	if (start->overlay == NULL) {
		set_text(builder, "suspended", NULL);
		return;
	}
	json_builder_set_member_name(builder, "suspended");
	json_builder_begin_object(builder);
	set_text(builder, "overlay", start->overlay->id);
	set_text(builder, "name", start->overlay->name);
	json_builder_set_member_name(builder, "everywhere");
	json_builder_add_boolean_value(builder, start->is_suspended);
	json_builder_end_object(builder);
}

static void
add_start_to_json(JsonBuilder *builder, LoaLocalTime *local, const LoaPreviewStart *start,
		  const char *occasions)
{
	const LoaBroadcast *broadcast = start->slot.broadcast;
	g_autofree char *day = loa_day_format(start->slot.local_day);
	g_autofree char *time = loa_time_of_day_format(start->slot.local_s);
	g_autofree char *lunar = start->lunar.month != 0 ? loa_lunar_format(&start->lunar) : NULL;

	json_builder_begin_object(builder);
	set_text(builder, "broadcast", broadcast->id);
	set_text(builder, "title", broadcast->title);
	set_text(builder, "class", loa_class_name(broadcast->class));
	set_to(builder, broadcast);
	set_moment(builder, local, start->slot.start_us);
	set_text(builder, "day", day);
	set_text(builder, "weekday", loa_weekday_name(loa_day_weekday(start->slot.local_day)));
	set_text(builder, "time", time);
	set_text(builder, "lunar", lunar);
	set_text(builder, "occasions", occasions);
	if (start->duration_ms >= 0)
		set_int(builder, "duration_ms", start->duration_ms);
	else
		set_text(builder, "duration_ms", NULL);
	set_suspended(builder, start);
	json_builder_end_object(builder);
}

/* "groups" in which they meet, and "choices" */
static void
set_choices(JsonBuilder *builder, const LoaPreview *preview, const LoaPreviewWarning *warning,
	    GTimeZone *zone)
{
	const LoaConflict conflict = loa_preview_conflict(preview, warning);
	g_autoptr(GPtrArray) groups = loa_conflict_groups(&conflict);

	json_builder_set_member_name(builder, "groups");
	json_builder_begin_array(builder);
	for (guint i = 0; i < groups->len; i++)
		json_builder_add_string_value(builder, groups->pdata[i]);
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "choices");
	json_builder_add_value(builder, loa_conflict_to_json(&conflict, zone));
}

static void
add_warning_to_json(JsonBuilder *builder, LoaLocalTime *local, const LoaPreview *preview,
		    const LoaPreviewWarning *warning)
{
	json_builder_begin_object(builder);
	set_text(builder, "kind", loa_preview_kind_name(warning->kind));
	set_text(builder, "broadcast", warning->broadcast->id);
	set_text(builder, "other", warning->other != NULL ? warning->other->id : NULL);
	set_moment(builder, local, warning->first_us);
	set_int(builder, "times", warning->n_times);
	set_text(builder, "text", warning->text);
	if (warning->kind == LOA_PREVIEW_CONFLICT)
		set_choices(builder, preview, warning, local->zone);
	json_builder_end_object(builder);
}

JsonNode *
loa_preview_to_json(const LoaPreview *self, GTimeZone *zone)
{
	g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
	g_autofree char *from = loa_day_format(self->from);
	g_autofree char *occasions = NULL;
	LoaDay known = { 0 };
	LoaLocalTime local;

	loa_local_time_init(&local, zone);
	json_builder_begin_object(builder);
	set_text(builder, "from", from);
	set_int(builder, "days", self->n_days);
	json_builder_set_member_name(builder, "starts");
	json_builder_begin_array(builder);
	for (guint i = 0; i < self->starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(self->starts, LoaPreviewStart, i);

		if (loa_day_compare(known, start->slot.local_day) != 0) {
			known = start->slot.local_day;
			g_free(occasions);
			occasions = loa_rule_occasions_on(known);
		}
		add_start_to_json(builder, &local, start, occasions);
	}
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "warnings");
	json_builder_begin_array(builder);
	for (guint i = 0; i < self->warnings->len; i++)
		add_warning_to_json(builder, &local, self, self->warnings->pdata[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return json_builder_get_root(builder);
}
