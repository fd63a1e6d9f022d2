/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-handlers.h - the office as a table of functions.
 *
 * web.c fills it with office.h; a test fills it with fakes and needs no database, no broker and
 * no keys. Every member has the meaning of the function of office.h with the same name.
 */
#pragma once

#include "controller/office/office-groups.h"
#include "controller/office/office-record.h"
#include "controller/office/office.h"

typedef struct {
	JsonNode *(*status)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*log)(LoaOffice *office, const LoaCaller *caller, const LoaLogQuery *query,
			 GError **error);
	JsonNode *(*agenda)(LoaOffice *office, const LoaCaller *caller, gint64 from_us,
			    gint64 to_us, GError **error);
	JsonNode *(*apply)(LoaOffice *office, const LoaCaller *caller, JsonNode *broadcasts,
			   gboolean prune, GError **error);
	JsonNode *(*preview)(LoaOffice *office, const LoaCaller *caller,
			     const LoaOfficeDraft *draft, GError **error);
	JsonNode *(*overlays)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*overlay_put)(LoaOffice *office, const LoaCaller *caller, JsonNode *document,
				 GError **error);
	JsonNode *(*overlay_remove)(LoaOffice *office, const LoaCaller *caller, const char *id,
				    GError **error);
	JsonNode *(*policy)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*policy_put)(LoaOffice *office, const LoaCaller *caller, JsonNode *document,
				GError **error);
	JsonNode *(*campaigns)(LoaOffice *office, const LoaCaller *caller, const char *broadcast,
			       GError **error);
	char *(*calendar)(LoaOffice *office, const LoaCaller *caller, LoaDay from, guint n_days,
			  GError **error);
	JsonNode *(*broadcasts)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*timetable)(LoaOffice *office, const LoaCaller *caller, LoaDay from,
			       guint n_days, const char *group, GError **error);
	JsonNode *(*occasions)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*calendar_put)(LoaOffice *office, const LoaCaller *caller, LoaCalendarList list,
				  JsonNode *document, gboolean is_trial, GError **error);
	JsonNode *(*calendar_remove)(LoaOffice *office, const LoaCaller *caller,
				     LoaCalendarList list, const char *key, gboolean is_trial,
				     GError **error);
	JsonNode *(*broadcast_remove)(LoaOffice *office, const LoaCaller *caller, const char *id,
				      GError **error);
	JsonNode *(*import)(LoaOffice *office, const LoaCaller *caller, const char *upload_path,
			    const char *file_name, const LoaRecordingWords *words, GError **error);
	JsonNode *(*speak)(LoaOffice *office, const LoaCaller *caller,
			   const LoaRecordingWords *words, GError **error);
	JsonNode *(*read_text)(LoaOffice *office, const LoaCaller *caller, const char *text);
	JsonNode *(*begin_take)(LoaOffice *office, const LoaCaller *caller,
				const LoaRecordingWords *words, const char *mime, GError **error);
	JsonNode *(*takes)(LoaOffice *office, const LoaCaller *caller, GError **error);
	JsonNode *(*take)(LoaOffice *office, const LoaCaller *caller, const char *id,
			  GError **error);
	JsonNode *(*take_piece)(LoaOffice *office, const LoaCaller *caller, const char *id,
				gint64 seq, gboolean begins, const char *upload_path,
				GError **error);
	JsonNode *(*finish_take)(LoaOffice *office, const LoaCaller *caller, const char *id,
				 GError **error);
	JsonNode *(*remove_take)(LoaOffice *office, const LoaCaller *caller, const char *id,
				 GError **error);
	JsonNode *(*job)(LoaOffice *office, const LoaCaller *caller, const char *job,
			 GError **error);
	JsonNode *(*recordings)(LoaOffice *office, const LoaCaller *caller, const char *state,
				GError **error);
	JsonNode *(*recording)(LoaOffice *office, const LoaCaller *caller, const char *id,
			       GError **error);
	JsonNode *(*set_recording)(LoaOffice *office, const LoaCaller *caller, const char *id,
				   const LoaRecordingChange *wanted, GError **error);
	JsonNode *(*decide)(LoaOffice *office, const LoaCaller *caller, const char *id,
			    const LoaRecordingDecision *decision, GError **error);
	void (*file)(LoaOffice *office, const LoaCaller *caller, const char *id,
		     LoaOfficeFileKind kind, LoaOfficeFileFunc func, gpointer user_data,
		     GDestroyNotify destroy);
	void (*waveform)(LoaOffice *office, const LoaCaller *caller, const char *id,
			 LoaOfficeAnswerFunc func, gpointer user_data, GDestroyNotify destroy);
	JsonNode *(*play)(LoaOffice *office, const LoaCaller *caller, const char *recording,
			  const char *const *groups, LoaClass class, gint64 at_us, GError **error);
	JsonNode *(*play_at_giao_thua)(LoaOffice *office, const LoaCaller *caller,
				       const char *recording, const char *const *groups,
				       LoaClass class, gint32 offset_s, GError **error);
	JsonNode *(*ask_emergency)(LoaOffice *office, const LoaCaller *caller,
				   const char *recording, const char *const *groups,
				   gboolean is_exercise, GError **error);
	JsonNode *(*emergencies)(LoaOffice *office, const LoaCaller *caller, GError **error);
	JsonNode *(*confirm_emergency)(LoaOffice *office, const LoaCaller *caller, const char *id,
				       gboolean is_exercise, const char *phrase, GError **error);
	JsonNode *(*refuse_emergency)(LoaOffice *office, const LoaCaller *caller, const char *id,
				      GError **error);
	JsonNode *(*stop)(LoaOffice *office, const LoaCaller *caller, const char *airing,
			  GError **error);
	JsonNode *(*node_add)(LoaOffice *office, const LoaCaller *caller, const char *node,
			      const char *group, GError **error);
	JsonNode *(*node_list)(LoaOffice *office, const LoaCaller *caller);
	JsonNode *(*node_revoke)(LoaOffice *office, const LoaCaller *caller, const char *node,
				 GError **error);
	GCancellable *(*logbook)(LoaOffice *office, const LoaCaller *caller,
				 const LoaLogbookQuery *query, LoaOfficeFileFunc func,
				 gpointer user_data, GDestroyNotify destroy);
	GCancellable *(*logbook_csv)(LoaOffice *office, const LoaCaller *caller,
				     const LoaLogbookQuery *query, LoaLanguage language,
				     LoaOfficeFileFunc func, gpointer user_data,
				     GDestroyNotify destroy);
	JsonNode *(*tick)(LoaOffice *office, const LoaCaller *caller, const LoaTickOrder *order,
			  GError **error);
	JsonNode *(*ticks)(LoaOffice *office, const LoaCaller *caller, const LoaLogbookQuery *query,
			   GError **error);
	JsonNode *(*report_periods)(LoaOffice *office, const LoaCaller *caller);
	GCancellable *(*report)(LoaOffice *office, const LoaCaller *caller,
				const LoaReportQuery *query, LoaOfficeFileFunc func,
				gpointer user_data, GDestroyNotify destroy);
	GCancellable *(*report_csv)(LoaOffice *office, const LoaCaller *caller,
				    const LoaReportQuery *query, LoaReportPart part,
				    LoaLanguage language, LoaOfficeFileFunc func,
				    gpointer user_data, GDestroyNotify destroy);
	JsonNode *(*groups)(LoaOffice *office, const LoaCaller *caller, GError **error);
	JsonNode *(*group_set)(LoaOffice *office, const LoaCaller *caller, const char *id,
			       const char *name, const char *language, GError **error);
	JsonNode *(*node_volume)(LoaOffice *office, const LoaCaller *caller, const char *node,
				 double volume_db, GError **error);
	JsonNode *(*node_test)(LoaOffice *office, const LoaCaller *caller, const char *node,
			       GError **error);
	void (*on_changed)(LoaOffice *office, LoaOfficeChangedFunc func, gpointer user_data);
} LoaWebHandlers;
