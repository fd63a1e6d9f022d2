/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-groups.h"
#include "controller/office/office-internal.h"

gint64
loa_office_now_us(LoaOffice *self)
{
	return loa_clock_now_us(self->parts.clock);
}

gpointer
loa_office_refuse(GError **error, LoaOfficeError code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, LOA_OFFICE_ERROR, (int)code, message);
	return NULL;
}

static LoaOfficeError
code_of(const GError *cause)
{
	if (g_error_matches(cause, LOA_STUDIO_ERROR, LOA_STUDIO_ERROR_BUSY) ||
	    g_error_matches(cause, LOA_RENDERINGS_ERROR, LOA_RENDERINGS_ERROR_BUSY))
		return LOA_OFFICE_ERROR_BUSY;
	if (cause->domain == LOA_PLAN_DESK_ERROR || cause->domain == LOA_TIMETABLE_ERROR)
		return LOA_OFFICE_ERROR_BAD_REQUEST;
	return LOA_OFFICE_ERROR_STORAGE;
}

void
loa_office_take_error(GError **error, GError *cause)
{
	if (cause->domain == LOA_OFFICE_ERROR) {
		g_propagate_error(error, cause);
		return;
	}
	g_set_error_literal(error, LOA_OFFICE_ERROR, (int)code_of(cause), cause->message);
	g_error_free(cause);
}

gboolean
loa_office_begin(LoaOffice *self, GError **error)
{
	GError *cause = NULL;

	if (loa_store_begin(self->parts.store, &cause))
		return TRUE;
	loa_office_take_error(error, cause);
	return FALSE;
}

void
loa_office_undo(LoaOffice *self, GError **error, GError *cause)
{
	loa_store_rollback(self->parts.store);
	loa_plan_desk_discard(self->parts.desk);
	loa_office_take_error(error, cause);
}

gboolean
loa_office_end(LoaOffice *self, GError **error)
{
	GError *cause = NULL;

	if (!loa_plan_desk_prepare(self->parts.desk, loa_office_now_us(self), &cause) ||
	    !loa_store_commit(self->parts.store, &cause)) {
		loa_office_undo(self, error, cause);
		return FALSE;
	}
	loa_plan_desk_release(self->parts.desk);
	self->parts.on_plans(self->parts.user_data);
	loa_office_changed(self, "status");
	return TRUE;
}

gboolean
loa_office_replan(LoaOffice *self, GError **error)
{
	if (!loa_office_begin(self, error) || !loa_office_end(self, error))
		return FALSE;
	loa_office_make_speech(self, NULL);
	return TRUE;
}

gboolean
loa_office_audit(LoaOffice *self, const LoaCaller *caller, const char *action, const char *subject,
		 const char *detail, GError **error)
{
	return loa_store_audit(self->parts.store, loa_office_now_us(self), caller->user,
			       caller->address, action, subject, detail, error);
}

const char *const *
loa_office_bound_groups(const LoaCaller *caller)
{
	static const char *const none[] = { NULL };

	if (!loa_caller_is_bound_to_groups(caller))
		return NULL;
	return caller->groups != NULL ? caller->groups : none;
}

char *
loa_office_format_time(LoaOffice *self, gint64 us)
{
	LoaLocalTime local;

	loa_local_time_init(&local, self->parts.config->zone);
	return loa_local_time_format(&local, us);
}

void
loa_office_set_time(JsonObject *object, GTimeZone *zone, const char *name, gint64 us)
{
	g_autofree char *number = g_strdup_printf("%s_us", name);
	LoaLocalTime local;

	loa_local_time_init(&local, zone);

	g_autofree char *text = us == 0 ? NULL : loa_local_time_format(&local, us);

	json_object_set_string_member(object, name, text);
	json_object_set_int_member(object, number, us);
}

void
loa_office_add_time(LoaOffice *self, JsonObject *object, const char *name, gint64 us)
{
	loa_office_set_time(object, self->parts.config->zone, name, us);
}

JsonNode *
loa_office_document(JsonObject *object)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, object);
	return node;
}

JsonArray *
loa_office_add_array(JsonObject *object, const char *name)
{
	JsonArray *array = json_array_new();

	json_object_set_array_member(object, name, array);
	return array;
}

JsonObject *
loa_office_airing(LoaOffice *self, const LoaAiring *airing, JsonArray *groups, const char *state)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "id", airing->id);
	json_object_set_string_member(object, "broadcast", airing->broadcast);
	json_object_set_string_member(object, "title", airing->title);
	json_object_set_string_member(object, "class", loa_class_name(airing->class));
	json_object_set_array_member(object, "groups", groups);
	loa_office_add_time(self, object, "start", airing->start_us);
	json_object_set_int_member(object, "duration_ms",
				   airing->n_samples * 1000 / LOA_SAMPLE_RATE);
	json_object_set_string_member(object, "state", state);
	return object;
}

void
loa_office_set_page(LoaOffice *self, const char *url, const char *fingerprint)
{
	g_free(self->page_url);
	self->page_url = g_strdup(url);
	g_free(self->page_fingerprint);
	self->page_fingerprint = g_strdup(fingerprint);
}

void
loa_office_on_changed(LoaOffice *self, LoaOfficeChangedFunc func, gpointer user_data)
{
	self->changed = func;
	self->changed_data = user_data;
}

void
loa_office_changed(LoaOffice *self, const char *topic)
{
	if (self->changed != NULL)
		self->changed(topic, self->changed_data);
}

static void
on_job(const char *id, gpointer user_data)
{
	LoaOffice *self = user_data;
	LoaJob job;

	if (loa_studio_find(self->studio, id, &job))
		loa_office_take_job_over(self, &job);
	loa_office_changed(self, "job");
}

static gint64
studio_now_us(gpointer user_data)
{
	return loa_office_now_us(user_data);
}

LoaOffice *
loa_office_new(const LoaOfficeParts *parts, GError **error)
{
	static const LoaStudioEvents events = { loa_office_keep, on_job };
	g_autoptr(LoaOffice) self = g_new0(LoaOffice, 1);
	g_autofree char *abbreviations =
		g_build_filename(parts->config->data_dir, "abbreviations.cfg", NULL);
	g_autofree char *takes_dir = g_build_filename(parts->config->data_dir, "takes", NULL);

	self->parts = *parts;
	self->record = loa_record_desk_new(parts->store);
	self->speech_tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->makings = loa_office_new_makings();
	self->studio = loa_studio_new(parts->config, studio_now_us, &events, self, error);
	if (self->studio == NULL)
		return NULL;
	self->takes = loa_takes_new(parts->store, takes_dir, error);
	if (self->takes == NULL)
		return NULL;
	self->renderings = loa_office_new_renderings(self, error);
	if (self->renderings == NULL)
		return NULL;
	self->reader = loa_reader_file_new(abbreviations);
	if (!loa_office_load_groups(self, error))
		return NULL;
	loa_office_resume_takes(self);
	return g_steal_pointer(&self);
}

void
loa_office_free(LoaOffice *self)
{
	if (self == NULL)
		return;
	loa_record_desk_free(self->record);
	loa_studio_free(self->studio);
	loa_renderings_free(self->renderings);
	loa_reader_file_free(self->reader);
	loa_takes_free(self->takes);
	g_hash_table_unref(self->makings);
	g_hash_table_unref(self->speech_tried);
	g_free(self->page_url);
	g_free(self->page_fingerprint);
	g_free(self);
}
