/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-internal.h - what the files of the office share.
 */
#pragma once

#include "controller/office/office-parts.h"
#include "controller/office/record-desk.h"
#include "controller/reader/reader-file.h"
#include "controller/studio/renderings.h"
#include "controller/studio/takes.h"
#include "schedules/local-time.h"

struct LoaOffice {
	LoaOfficeParts parts;
	LoaStudio *studio;     /* owned */
	LoaRecordDesk *record; /* owned */
	LoaOfficeChangedFunc changed;
	gpointer changed_data;
	LoaReaderFile *reader;     /* owned */
	LoaTakes *takes;           /* owned */
	GHashTable *makings;       /* job id to the take that it makes a recording of */
	char *page_url;            /* NULL: not known yet */
	char *page_fingerprint;    /* NULL: no TLS */
	GHashTable *speech_tried;  /* recording id (owned) to gint64 * (owned): last attempt */
	LoaRenderings *renderings; /* owned */
};

gint64 loa_office_now_us(LoaOffice *self);

/* An error of the parts as one of ours: the store's become STORAGE. */
void loa_office_take_error(GError **error, GError *cause);
/* Sets @error; always %NULL, so that a use case can return it. */
gpointer loa_office_refuse(GError **error, LoaOfficeError code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* A change to the store and the plans that follow from it: write within begin() and end(), which
 * plans, commits and publishes. After a failure of either, nothing has changed. */
gboolean loa_office_begin(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean loa_office_end(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One line of the audit log, within begin() and end(). @error: the store's */
gboolean loa_office_audit(LoaOffice *self, const LoaCaller *caller, const char *action,
			  const char *subject, const char *detail,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Undoes what was written since begin(); takes @cause. */
void loa_office_undo(LoaOffice *self, GError **error, GError *cause);

/* What only the controller can know of @broadcasts: their recordings are here, say. Adds to
 * @faults, one line each. */
gboolean loa_office_check_broadcasts(LoaOffice *self, const GPtrArray *broadcasts,
				     GPtrArray *faults, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every start of the next 24 hours as declared, by the calendars that hold now. (transfer full)
 * (nullable) (element-type LoaSlot): of the broadcasts of the desk, as long as they are there */
GArray *loa_office_next_day(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is different between two of them, as "changes", with "until". */
void loa_office_add_changes(LoaOffice *self, JsonObject *object, const GArray *before,
			    const GArray *after);
/* (transfer full) (nullable): {day, month, year, leap, text} */
JsonObject *loa_office_describe_lunar(LoaDay day);

/* Asks for the speech of those broadcasts that have none yet. The jobs' ids are added to @jobs
 * (nullable). */
void loa_office_make_speech(LoaOffice *self, JsonArray *jobs);

/* LoaStudioEvents.keep, with the office as its user data. */
gboolean loa_office_keep(const LoaRecording *made, gpointer user_data,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does the file that the loudspeakers play lie on this disk? */
gboolean loa_office_has_audio(const LoaOffice *self, const LoaRecording *recording);
/* Within begin() and end(), for the token: approves @recording, unless somebody has decided about
 * it already. %TRUE if there is none, too. */
gboolean loa_office_vouch(LoaOffice *self, const LoaCaller *caller, const char *recording,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* %NULL members are right, and empty ones but for the title. */
gboolean loa_office_check_words(const LoaRecordingWords *words,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (nullable): what is confidential is there only for those who may read it */
LoaRecording *loa_office_find_recording(LoaOffice *self, const LoaCaller *caller, const char *id,
					GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full) (nullable) */
LoaRenderings *loa_office_new_renderings(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As /recordings shows it. (transfer full) */
JsonObject *loa_office_describe_recording(LoaOffice *self, const LoaCaller *caller,
					  const LoaRecording *recording);
/* May @recording go on air at @start_us? Otherwise @error says what to do. */
gboolean loa_office_check_bar(const LoaRecording *recording, gint64 start_us,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @wanted: (nullable): all. @groups: (out) (transfer full): sorted, each once */
gboolean loa_office_check_groups(LoaOffice *self, const char *const *wanted, char ***groups,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Do the rules let any of its groups hear it? Otherwise a refusal that says which rule, and when
 * there is room. Groups in which they do not are left out by the planner. */
gboolean loa_office_check_hours(LoaOffice *self, const LoaOneOff *one_off, gint64 duration_us,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For all groups; (transfer full) */
LoaOneOff *loa_office_new_one_off(LoaOffice *self, const LoaRecording *recording, LoaClass class,
				  gint64 start_us);
/* Within begin() and end(). @error: the store's */
gboolean loa_office_put_one_off(LoaOffice *self, const LoaCaller *caller, const LoaOneOff *one_off,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

GHashTable *loa_office_new_makings(void);
/* Something about @job is new: is it over, and was it a take's? */
void loa_office_take_job_over(LoaOffice *self, const LoaJob *job);
/* Once, at the start. */
void loa_office_resume_takes(LoaOffice *self);

/* (transfer none): a new array in @object */
JsonArray *loa_office_add_array(JsonObject *object, const char *name);

/* (nullable) (transfer none): the only groups that @caller may see; %NULL: all */
const char *const *loa_office_bound_groups(const LoaCaller *caller);

/* "start": RFC 3339 in @zone (null for 0), "start_us". Thread: any. */
void loa_office_set_time(JsonObject *object, GTimeZone *zone, const char *name, gint64 us);
/* The same in the site's zone. */
void loa_office_add_time(LoaOffice *self, JsonObject *object, const char *name, gint64 us);
/* "volume_set_db": as it shall be; "volume_db": as it said last, null if it did not */
void loa_office_add_volume(LoaOffice *self, JsonObject *object, const LoaNodeRecord *node);
/* (transfer full) */
char *loa_office_format_time(LoaOffice *self, gint64 us);
JsonNode *loa_office_document(JsonObject *object);

/* One airing as /agenda and /status show it; @groups: (transfer full) */
JsonObject *loa_office_airing(LoaOffice *self, const LoaAiring *airing, JsonArray *groups,
			      const char *state);
