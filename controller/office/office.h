/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office.h - what one can ask of the controller: the use cases behind the HTTP
 * API.
 *
 * The page and loactl reach these through controller/web/web.c, which does routing, authentication
 * and limits and nothing else. Answers are JSON documents (docs/api.yaml has every shape); errors
 * are LOA_OFFICE_ERROR with a sentence that names the next step. Times in documents are RFC 3339
 * with the site's offset, plus the same in microseconds as `..._us`.
 *
 * @caller: on whose behalf: what is changed goes into the audit log under that name. That the
 * caller has the right was checked by web-api.c; what may be seen of which group is checked here.
 *
 * Thread: main.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "common/class.h"
#include "controller/caller.h"
#include "controller/store/approval.h"
#include "schedules/calendar-edit.h"
#include "schedules/day.h"

#define LOA_OFFICE_ERROR (loa_office_error_quark())
GQuark loa_office_error_quark(void);

typedef enum {
	LOA_OFFICE_ERROR_BAD_REQUEST, /* the caller's mistake: HTTP 400 */
	LOA_OFFICE_ERROR_WRONG_LOGIN, /* 401: name or password */
	LOA_OFFICE_ERROR_FORBIDDEN,   /* 403: not this caller */
	LOA_OFFICE_ERROR_NOT_FOUND,   /* 404 */
	LOA_OFFICE_ERROR_CONFLICT,    /* 409: not in this state of things */
	LOA_OFFICE_ERROR_THROTTLED,   /* 429: too many attempts; try again later */
	LOA_OFFICE_ERROR_BUSY,        /* 503: too much under way; try again */
	LOA_OFFICE_ERROR_STORAGE,     /* 507: the disk or the database */
} LoaOfficeError;

typedef struct LoaOffice LoaOffice; /* made by the daemon; borrows its parts */

/* {site, now, broker: connected|..., on_air: [...], next: [...], groups: [{id, name, nodes}],
 *  nodes: [{id, group, online, clock, plan_serial, output, on_air, ready: {n, of, missing: []},
 *  last_seen, unreported, refused}], ready: {n, of, missing: [node ids]}, warnings: [...]} */
JsonNode *loa_office_status(LoaOffice *self, const LoaCaller *caller);

/* One outcome or security event, as the log shows it. */
typedef struct {
	const char *group;  /* (nullable) */
	const char *node;   /* (nullable) */
	const char *airing; /* (nullable) */
	gint64 from_us;     /* planned (outcome) or first (event) at or after; 0: any */
	gint64 to_us;       /* before; 0: any */
	guint limit;        /* at most 10000 */
	gint64 after_id;    /* ledger row to go on behind, 0: from the start (paging) */
	gboolean with_events;
} LoaLogQuery;

/* {entries: [{id, kind: outcome|security, node, group, group_name, ...}], next: id|null} */
JsonNode *loa_office_log(LoaOffice *self, const LoaCaller *caller, const LoaLogQuery *query,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {airings: [{id, broadcast, title, class, groups, start, duration_ms, state}]} */
JsonNode *loa_office_agenda(LoaOffice *self, const LoaCaller *caller, gint64 from_us, gint64 to_us,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @broadcasts: a JSON array as schedules/broadcast-json.h reads it. All or nothing; @prune
 * removes those that are not in it. {added, changed, unchanged, removed, warnings: []} */
JsonNode *loa_office_apply(LoaOffice *self, const LoaCaller *caller, JsonNode *broadcasts,
			   gboolean prune, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An edit that is not saved, for a form that asks while somebody types. */
typedef struct {
	JsonNode *broadcasts;      /* an array as for apply; @audio need not be imported */
	const char *const *remove; /* (nullable): ids of broadcasts to withdraw */
	gboolean prune;            /* withdraw all that are not in @broadcasts */
} LoaOfficeDraft;

/* {faults: [], starts: [the drafts' next ten], warnings: [...], until, changes: [what becomes
 * different in the next 24 hours]}. Faults in the draft are part of the answer. */
JsonNode *loa_office_preview(LoaOffice *self, const LoaCaller *caller, const LoaOfficeDraft *draft,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {overlays: [{id, name, kind, from, until, to, suspends, keeps, keeps_priority, hours, state:
 *  ahead|holds|over, since, airings}]} */
JsonNode *loa_office_overlays(LoaOffice *self, const LoaCaller *caller);
/* @document: an object as schedules/overlay.h reads it; one with the same id is replaced. Answers
 * with one as above */
JsonNode *loa_office_overlay_put(LoaOffice *self, const LoaCaller *caller, JsonNode *document,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {removed: id} */
JsonNode *loa_office_overlay_remove(LoaOffice *self, const LoaCaller *caller, const char *id,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {policy: {...}, source: office|controller.cfg} */
JsonNode *loa_office_policy(LoaOffice *self, const LoaCaller *caller);
/* @document: an object as schedules/policy.h reads it, or null: that of controller.cfg holds again
 */
JsonNode *loa_office_policy_put(LoaOffice *self, const LoaCaller *caller, JsonNode *document,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Disclosures and their proof; @broadcast: (nullable): only this one. {campaigns: [{broadcast,
 * title, kind, days, level, from, until, expires, n_groups, n_proven, groups: [{id, name, state,
 * run, proven: [days], missed: [days], proven_on, plays_until, alarms: [{day, raised}]}]}]} */
JsonNode *loa_office_campaigns(LoaOffice *self, const LoaCaller *caller, const char *broadcast,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The timetable of so many days as an iCalendar file (schedules/ics-writer.h). @from: none: today.
 * (transfer full) */
char *loa_office_calendar(LoaOffice *self, const LoaCaller *caller, LoaDay from, guint n_days,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* So many days of it, with lunar dates, great days and every start. @from: none: today; @group:
 * (nullable): only what this one hears. {days: [{date, weekday, lunar, occasions, overlays,
 * starts: [{broadcast, airing, title, class, groups, start, duration_ms, state, warnings}]}]} */
JsonNode *loa_office_timetable(LoaOffice *self, const LoaCaller *caller, LoaDay from, guint n_days,
			       const char *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {occasions: [{id, name, solar|lunar|before|dates, since, day_off, origin: national|local|
 * replaced, next: {date, lunar}}], new_moons: [of the office]; null: its file is faulty} */
JsonNode *loa_office_occasions(LoaOffice *self, const LoaCaller *caller);
/* @document: an entry of @list as schedules/occasions.h or lunar.h reads it; one with the same key
 * is replaced. @is_trial: nothing is saved. {occasion|new_moon, until, changes, saved}: what is
 * different in the next 24 hours, as for a preview */
JsonNode *loa_office_calendar_put(LoaOffice *self, const LoaCaller *caller, LoaCalendarList list,
				  JsonNode *document, gboolean is_trial,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for one of the office that goes away; its document is what holds then, or null. */
JsonNode *loa_office_calendar_remove(LoaOffice *self, const LoaCaller *caller, LoaCalendarList list,
				     const char *key, gboolean is_trial,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {removed} */
JsonNode *loa_office_broadcast_remove(LoaOffice *self, const LoaCaller *caller, const char *id,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {broadcasts: [...]} */
JsonNode *loa_office_broadcasts(LoaOffice *self, const LoaCaller *caller);

/* What people say about a recording. Strings borrowed, (nullable) but for the title. */
typedef struct {
	const char *title;
	const char *category; /* id */
	const char *kind;     /* tin, bai, chuyen-muc, loi-chao, thong-bao, khan-cap */
	const char *lead_unit;
	const char *author;
	const char *language;
	const char *text; /* as it was written; an import may bring what is said in it */
} LoaRecordingWords;

/* Takes over @upload_path (it is moved or deleted) and starts a job. {job: id}. What comes in by
 * the token is approved with it; what a user brings is a draft. */
JsonNode *loa_office_import(LoaOffice *self, const LoaCaller *caller, const char *upload_path,
			    const char *file_name, const LoaRecordingWords *words,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The speech command makes the audio of words->text. {job: id} */
JsonNode *loa_office_speak(LoaOffice *self, const LoaCaller *caller, const LoaRecordingWords *words,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How @text will be spoken: {read, warnings: [about the office's abbreviations]} */
JsonNode *loa_office_read_text(LoaOffice *self, const LoaCaller *caller, const char *text);

/* Recording piece by piece: what a browser sends while somebody speaks (takes.h). Everybody sees
 * the own takes. {take, title, text, mime, next, size, parts, state: recording|making|done|failed,
 * recording, job, message, created, touched} */
JsonNode *loa_office_begin_take(LoaOffice *self, const LoaCaller *caller,
				const LoaRecordingWords *words, const char *mime,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {takes: [...]}: those that are no recordings yet */
JsonNode *loa_office_takes(LoaOffice *self, const LoaCaller *caller,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *loa_office_take(LoaOffice *self, const LoaCaller *caller, const char *id,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over @upload_path. @begins: the first piece of another recording, which goes on with the
 * take after its recorder was cut off. {next}: the number of the piece that is wanted then */
JsonNode *loa_office_take_piece(LoaOffice *self, const LoaCaller *caller, const char *id,
				gint64 seq, gboolean begins, const char *upload_path,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {job} */
JsonNode *loa_office_finish_take(LoaOffice *self, const LoaCaller *caller, const char *id,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *loa_office_remove_take(LoaOffice *self, const LoaCaller *caller, const char *id,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {id, state: waiting|running|done|failed, progress: 0..1, recording: id|null, message: text} */
JsonNode *loa_office_job(LoaOffice *self, const LoaCaller *caller, const char *job,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {recordings: [{id, title, state, approved, used_by, warnings, ...}]}, see docs/api.yaml.
 * @state: (nullable): only those: "draft", "submitted", ... */
JsonNode *loa_office_recordings(LoaOffice *self, const LoaCaller *caller, const char *state,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One of them. */
JsonNode *loa_office_recording(LoaOffice *self, const LoaCaller *caller, const char *id,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is %NULL stays as it is; an empty word goes away. The text is not among them: it is what was
 * spoken. */
typedef struct {
	LoaRecordingWords words;
	const gint64 *expires_us; /* 0: never */
	const gboolean *is_confidential;
	const gboolean *is_template;
} LoaRecordingChange;

/* The recording as it is then, as do the next. */
JsonNode *loa_office_set_recording(LoaOffice *self, const LoaCaller *caller, const char *id,
				   const LoaRecordingChange *wanted,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	LoaApprovalAct act;
	const char *sha256; /* (nullable): approve: of the audio that was heard */
	const char *reason; /* (nullable): reject, withdraw */
} LoaRecordingDecision;

JsonNode *loa_office_decide(LoaOffice *self, const LoaCaller *caller, const char *id,
			    const LoaRecordingDecision *decision,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	LOA_OFFICE_FILE_AUDIO,    /* exactly what the loudspeakers play: Ogg Opus */
	LOA_OFFICE_FILE_ORIGINAL, /* as it came in */
	LOA_OFFICE_FILE_MP3,      /* what the loudspeakers play, for other media */
	LOA_OFFICE_FILE_WAV,
} LoaOfficeFileKind;

typedef struct {
	GBytes *bytes;    /* owned */
	const char *type; /* media type */
	char *name;       /* owned (nullable): to be saved under */
} LoaOfficeFile;

/* @file: (nullable): its members may be taken; or @error */
typedef void (*LoaOfficeFileFunc)(LoaOfficeFile *file, const GError *error, gpointer user_data);
/* @answer: (nullable) (transfer none); or @error */
typedef void (*LoaOfficeAnswerFunc)(JsonNode *answer, const GError *error, gpointer user_data);

/* @func is called once, perhaps before this returns, perhaps when a child has made the file; not at
 * all when the office ends before. @destroy: of @user_data, in any case. */
void loa_office_file(LoaOffice *self, const LoaCaller *caller, const char *id,
		     LoaOfficeFileKind kind, LoaOfficeFileFunc func, gpointer user_data,
		     GDestroyNotify destroy);
/* {duration_ms, peaks: [0..255, at most 1000]}; the same way */
void loa_office_waveform(LoaOffice *self, const LoaCaller *caller, const char *id,
			 LoaOfficeAnswerFunc func, gpointer user_data, GDestroyNotify destroy);

/* @groups: %NULL for all; @at_us: 0 for now. {airing, start, groups} */
JsonNode *loa_office_play(LoaOffice *self, const LoaCaller *caller, const char *recording,
			  const char *const *groups, LoaClass class, gint64 at_us,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* At the next midnight that begins Tết, @offset_s later (or earlier). May be months ahead; outside
 * the permitted hours it carries the caller's name. */
JsonNode *loa_office_play_at_giao_thua(LoaOffice *self, const LoaCaller *caller,
				       const char *recording, const char *const *groups,
				       LoaClass class, gint32 offset_s,
				       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Two people for an emergency (emergency.h). {id, state: waiting|aired|refused|expired, recording,
 * title, to, exercise, asked_by, asked_name, asked, expires, confirmed_by, refused_by, decided,
 * airing} */
JsonNode *loa_office_ask_emergency(LoaOffice *self, const LoaCaller *caller, const char *recording,
				   const char *const *groups, gboolean is_exercise,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {emergencies: [...]}: of the last 30 days, the newest first */
JsonNode *loa_office_emergencies(LoaOffice *self, const LoaCaller *caller,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *loa_office_confirm_emergency(LoaOffice *self, const LoaCaller *caller, const char *id,
				       gboolean is_exercise, const char *phrase,
				       GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *loa_office_refuse_emergency(LoaOffice *self, const LoaCaller *caller, const char *id,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @airing: %NULL stops everything on air. {stopped: [airing ids]} */
JsonNode *loa_office_stop(LoaOffice *self, const LoaCaller *caller, const char *airing,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the node's key and answers with {id, group, config: "the whole node.cfg"}: the only
 * time the secret is seen. */
JsonNode *loa_office_node_add(LoaOffice *self, const LoaCaller *caller, const char *node,
			      const char *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {nodes: [{id, group, added, revoked, last_seen, volume_set_db, volume_db}]} */
JsonNode *loa_office_node_list(LoaOffice *self, const LoaCaller *caller);
JsonNode *loa_office_node_revoke(LoaOffice *self, const LoaCaller *caller, const char *node,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How loud it shall be from now on, -60..0 dB, kept in tenths. Answers as one of node_list. */
JsonNode *loa_office_node_volume(LoaOffice *self, const LoaCaller *caller, const char *node,
				 double volume_db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Called whenever something that a viewer may show has changed (on air, a node, an outcome);
 * @topic: "status", "log", "job". At most one callback. */
typedef void (*LoaOfficeChangedFunc)(const char *topic, gpointer user_data);
void loa_office_on_changed(LoaOffice *self, LoaOfficeChangedFunc func, gpointer user_data);
