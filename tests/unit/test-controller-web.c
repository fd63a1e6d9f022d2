/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP server over real loopback, with a fake office behind it. Server and client share this
 * thread's main loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "controller/web/web-api.h"
#include "controller/web/web-events.h"
#include "controller/web/web-server.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define MAX_UPLOAD_BYTES 100000
#define WATCHDOG_US (10 * G_USEC_PER_SEC)

/* The fake: writes down the last call, answers {"ok": true} or the error it was told. */
struct LoaOffice {
	GString *calls;
	GError *failure;
	char *upload; /* what the imported file held */
	LoaOfficeChangedFunc changed;
	gpointer changed_data;
	/* of the report that is being made */
	LoaOfficeFileFunc report;
	gpointer report_data;
	GDestroyNotify report_destroy;
	GCancellable *report_gone; /* NULL: nobody has asked */
};

static JsonNode *
answer(LoaOffice *office, const LoaCaller *caller, GError **error)
{
	assert_string_equal(caller->user, "token");
	if (office->failure != NULL) {
		g_propagate_error(error, g_steal_pointer(&office->failure));
		return NULL;
	}
	return json_from_string("{\"ok\":true}", NULL);
}

static JsonNode *
fake_status(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "status");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_log(LoaOffice *office, const LoaCaller *caller, const LoaLogQuery *query, GError **error)
{
	g_string_append_printf(
		office->calls, "log %s %s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %d %d",
		query->group != NULL ? query->group : "-", query->node != NULL ? query->node : "-",
		query->airing != NULL ? query->airing : "-", query->from_us, query->to_us,
		query->limit, (int)query->after_id, query->with_events);
	return answer(office, caller, error);
}

static JsonNode *
fake_agenda(LoaOffice *office, const LoaCaller *caller, gint64 from_us, gint64 to_us,
	    GError **error)
{
	g_string_append_printf(office->calls, "agenda %d %d", (int)from_us, (int)to_us);
	return answer(office, caller, error);
}

static JsonNode *
fake_apply(LoaOffice *office, const LoaCaller *caller, JsonNode *broadcasts, gboolean prune,
	   GError **error)
{
	g_string_append_printf(office->calls, "apply %u %d",
			       json_array_get_length(json_node_get_array(broadcasts)), prune);
	return answer(office, caller, error);
}

static JsonNode *
fake_preview(LoaOffice *office, const LoaCaller *caller, const LoaOfficeDraft *draft,
	     GError **error)
{
	g_autofree char *removed = g_strjoinv(",", (char **)draft->remove);

	g_string_append_printf(office->calls, "preview %u %s %d",
			       json_array_get_length(json_node_get_array(draft->broadcasts)),
			       removed, draft->prune);
	return answer(office, caller, error);
}

static JsonNode *
fake_overlays(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "overlays");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_overlay_put(LoaOffice *office, const LoaCaller *caller, JsonNode *document, GError **error)
{
	g_autofree char *text = json_to_string(document, FALSE);

	g_string_append_printf(office->calls, "overlay-put %s", text);
	return answer(office, caller, error);
}

static JsonNode *
fake_overlay_remove(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "overlay-remove %s", id);
	return answer(office, caller, error);
}

static JsonNode *
fake_policy(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "policy");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_policy_put(LoaOffice *office, const LoaCaller *caller, JsonNode *document, GError **error)
{
	g_autofree char *text = json_to_string(document, FALSE);

	g_string_append_printf(office->calls, "policy-put %s", text);
	return answer(office, caller, error);
}

static JsonNode *
fake_campaigns(LoaOffice *office, const LoaCaller *caller, const char *broadcast, GError **error)
{
	g_string_append_printf(office->calls, "campaigns %s", broadcast != NULL ? broadcast : "-");
	return answer(office, caller, error);
}

static JsonNode *
fake_timetable(LoaOffice *office, const LoaCaller *caller, LoaDay from, guint n_days,
	       const char *group, GError **error)
{
	g_autofree char *day = loa_day_is_none(from) ? g_strdup("today") : loa_day_format(from);

	g_string_append_printf(office->calls, "timetable %s %u %s", day, n_days,
			       group != NULL ? group : "-");
	return answer(office, caller, error);
}

static JsonNode *
fake_occasions(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "occasions");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_calendar_put(LoaOffice *office, const LoaCaller *caller, LoaCalendarList list,
		  JsonNode *document, gboolean is_trial, GError **error)
{
	g_autofree char *text = json_to_string(document, FALSE);

	g_string_append_printf(office->calls, "calendar-put %d %s %d", list, text, is_trial);
	return answer(office, caller, error);
}

static JsonNode *
fake_calendar_remove(LoaOffice *office, const LoaCaller *caller, LoaCalendarList list,
		     const char *key, gboolean is_trial, GError **error)
{
	g_string_append_printf(office->calls, "calendar-remove %d %s %d", list, key, is_trial);
	return answer(office, caller, error);
}

static JsonNode *
fake_broadcast_remove(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "remove %s", id);
	return answer(office, caller, error);
}

static char *
fake_calendar(LoaOffice *office, const LoaCaller *caller, LoaDay from, guint n_days, GError **error)
{
	(void)caller;
	(void)error;
	g_string_append_printf(office->calls, "calendar %d %u", from.day, n_days);
	return g_strdup("BEGIN:VCALENDAR\r\n");
}

static JsonNode *
fake_broadcasts(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "broadcasts");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_import(LoaOffice *office, const LoaCaller *caller, const char *upload_path,
	    const char *file_name, const LoaRecordingWords *words, GError **error)
{
	g_string_append_printf(office->calls, "import %s|%s|%s", file_name, words->title,
			       words->category != NULL ? words->category : "-");
	if (words->author != NULL)
		g_string_append_printf(office->calls, "|%s|%s|%s|%s|%s", words->author, words->kind,
				       words->lead_unit, words->language, words->text);
	g_assert_true(g_file_get_contents(upload_path, &office->upload, NULL, NULL));
	g_unlink(upload_path);
	return answer(office, caller, error);
}

static JsonNode *
fake_speak(LoaOffice *office, const LoaCaller *caller, const LoaRecordingWords *words,
	   GError **error)
{
	g_string_append_printf(office->calls, "speak %s|%s|%s", words->text, words->title,
			       words->category != NULL ? words->category : "-");
	if (words->author != NULL)
		g_string_append_printf(office->calls, "|%s|%s|%s|%s", words->author, words->kind,
				       words->lead_unit, words->language);
	return answer(office, caller, error);
}

static JsonNode *
fake_job(LoaOffice *office, const LoaCaller *caller, const char *job, GError **error)
{
	g_string_append_printf(office->calls, "job %s", job);
	return answer(office, caller, error);
}

static JsonNode *
fake_recordings(LoaOffice *office, const LoaCaller *caller, const char *state, GError **error)
{
	g_string_append_printf(office->calls, "recordings%s%s", state != NULL ? " " : "",
			       state != NULL ? state : "");
	return answer(office, caller, error);
}

static JsonNode *
fake_read_text(LoaOffice *office, const LoaCaller *caller, const char *text)
{
	g_string_append_printf(office->calls, "read %s", text);
	return answer(office, caller, NULL);
}

static JsonNode *
fake_begin_take(LoaOffice *office, const LoaCaller *caller, const LoaRecordingWords *words,
		const char *mime, GError **error)
{
	g_string_append_printf(office->calls, "begin-take %s|%s|%s", words->title, mime,
			       words->text != NULL ? words->text : "-");
	return answer(office, caller, error);
}

static JsonNode *
fake_takes(LoaOffice *office, const LoaCaller *caller, GError **error)
{
	g_string_append(office->calls, "takes");
	return answer(office, caller, error);
}

static JsonNode *
fake_take(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "take %s", id);
	return answer(office, caller, error);
}

static JsonNode *
fake_take_piece(LoaOffice *office, const LoaCaller *caller, const char *id, gint64 seq,
		gboolean begins, const char *upload_path, GError **error)
{
	g_autofree char *piece = NULL;

	g_assert_true(g_file_get_contents(upload_path, &piece, NULL, NULL));
	g_unlink(upload_path);
	g_string_append_printf(office->calls, "piece %s %" G_GINT64_FORMAT "%s %s", id, seq,
			       begins ? " begins" : "", piece);
	return answer(office, caller, error);
}

static JsonNode *
fake_finish_take(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "finish-take %s", id);
	return answer(office, caller, error);
}

static JsonNode *
fake_remove_take(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "remove-take %s", id);
	return answer(office, caller, error);
}

static void
note_groups(LoaOffice *office, const char *const *groups)
{
	g_autofree char *names =
		groups != NULL ? g_strjoinv("+", (char **)groups) : g_strdup("all");

	g_string_append_printf(office->calls, " %s", names);
}

static JsonNode *
fake_play_at_giao_thua(LoaOffice *office, const LoaCaller *caller, const char *recording,
		       const char *const *groups, LoaClass class, gint32 offset_s, GError **error)
{
	g_string_append_printf(office->calls, "giao-thua %s %s %d", recording,
			       loa_class_name(class), offset_s);
	note_groups(office, groups);
	return answer(office, caller, error);
}

static JsonNode *
fake_ask_emergency(LoaOffice *office, const LoaCaller *caller, const char *recording,
		   const char *const *groups, gboolean is_exercise, GError **error)
{
	g_string_append_printf(office->calls, "ask %s %d", recording, is_exercise);
	note_groups(office, groups);
	return answer(office, caller, error);
}

static JsonNode *
fake_emergencies(LoaOffice *office, const LoaCaller *caller, GError **error)
{
	g_string_append(office->calls, "emergencies");
	return answer(office, caller, error);
}

static JsonNode *
fake_confirm_emergency(LoaOffice *office, const LoaCaller *caller, const char *id,
		       gboolean is_exercise, const char *phrase, GError **error)
{
	g_string_append_printf(office->calls, "confirm %s %d %s", id, is_exercise, phrase);
	return answer(office, caller, error);
}

static JsonNode *
fake_refuse_emergency(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "refuse %s", id);
	return answer(office, caller, error);
}

static JsonNode *
fake_recording(LoaOffice *office, const LoaCaller *caller, const char *id, GError **error)
{
	g_string_append_printf(office->calls, "recording %s", id);
	return answer(office, caller, error);
}

static const char *
or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static JsonNode *
fake_set_recording(LoaOffice *office, const LoaCaller *caller, const char *id,
		   const LoaRecordingChange *wanted, GError **error)
{
	g_string_append_printf(office->calls, "set %s %s|%s|%s|%s|%s|%s", id,
			       or_dash(wanted->words.title), or_dash(wanted->words.category),
			       or_dash(wanted->words.kind), or_dash(wanted->words.lead_unit),
			       or_dash(wanted->words.author), or_dash(wanted->words.language));
	if (wanted->expires_us != NULL)
		g_string_append_printf(office->calls, " expires %" G_GINT64_FORMAT,
				       *wanted->expires_us);
	if (wanted->is_confidential != NULL)
		g_string_append_printf(office->calls, " confidential %d", *wanted->is_confidential);
	if (wanted->is_template != NULL)
		g_string_append_printf(office->calls, " template %d", *wanted->is_template);
	return answer(office, caller, error);
}

static JsonNode *
fake_decide(LoaOffice *office, const LoaCaller *caller, const char *id,
	    const LoaRecordingDecision *decision, GError **error)
{
	g_string_append_printf(office->calls, "%s %s %.4s|%s", loa_approval_act_name(decision->act),
			       id, or_dash(decision->sha256), or_dash(decision->reason));
	return answer(office, caller, error);
}

static void
fake_file(LoaOffice *office, const LoaCaller *caller, const char *id, LoaOfficeFileKind kind,
	  LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) unused = NULL;
	LoaOfficeFile file = { .type = "audio/ogg" };

	g_string_append_printf(office->calls, "file %s %d", id, (int)kind);
	unused = answer(office, caller, &error);
	if (unused == NULL) {
		func(NULL, error, user_data);
	} else {
		file.bytes = g_bytes_new_static("0123456789", 10);
		file.name = kind == LOA_OFFICE_FILE_AUDIO ? NULL : g_strdup("Chúc Tết.mp3");
		func(&file, NULL, user_data);
		g_bytes_unref(file.bytes);
		g_free(file.name);
	}
	destroy(user_data);
}

/* Its answer comes later, as from a child. */
typedef struct {
	LoaOfficeAnswerFunc func;
	gpointer user_data;
	GDestroyNotify destroy;
} Later;

static gboolean
on_later(gpointer user_data)
{
	g_autofree Later *later = user_data;
	g_autoptr(JsonNode) peaks = json_from_string("{\"peaks\":[1,2]}", NULL);

	later->func(peaks, NULL, later->user_data);
	later->destroy(later->user_data);
	return G_SOURCE_REMOVE;
}

static void
fake_waveform(LoaOffice *office, const LoaCaller *caller, const char *id, LoaOfficeAnswerFunc func,
	      gpointer user_data, GDestroyNotify destroy)
{
	Later *later = g_new(Later, 1);

	(void)caller;
	*later = (Later){ func, user_data, destroy };
	g_string_append_printf(office->calls, "waveform %s", id);
	g_timeout_add(10, on_later, later);
}

static GCancellable *
fake_report(LoaOffice *office, const LoaCaller *caller, const LoaReportQuery *query,
	    LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	(void)caller;
	g_string_append_printf(office->calls, "report %s", or_dash(query->period));
	office->report = func;
	office->report_data = user_data;
	office->report_destroy = destroy;
	office->report_gone = g_cancellable_new();
	return g_object_ref(office->report_gone);
}

static JsonNode *
fake_play(LoaOffice *office, const LoaCaller *caller, const char *recording,
	  const char *const *groups, LoaClass class, gint64 at_us, GError **error)
{
	g_autofree char *to = groups != NULL ? g_strjoinv("+", (char **)groups) : g_strdup("all");

	g_string_append_printf(office->calls, "play %s %s %s %d", recording, to,
			       loa_class_name(class), (int)at_us);
	return answer(office, caller, error);
}

static JsonNode *
fake_stop(LoaOffice *office, const LoaCaller *caller, const char *airing, GError **error)
{
	g_string_append_printf(office->calls, "stop %s", airing != NULL ? airing : "everything");
	return answer(office, caller, error);
}

static JsonNode *
fake_node_add(LoaOffice *office, const LoaCaller *caller, const char *node, const char *group,
	      GError **error)
{
	g_string_append_printf(office->calls, "node-add %s %s", node, group);
	return answer(office, caller, error);
}

static JsonNode *
fake_node_list(LoaOffice *office, const LoaCaller *caller)
{
	g_string_append(office->calls, "node-list");
	return answer(office, caller, NULL);
}

static JsonNode *
fake_node_revoke(LoaOffice *office, const LoaCaller *caller, const char *node, GError **error)
{
	g_string_append_printf(office->calls, "node-revoke %s", node);
	return answer(office, caller, error);
}

static void
fake_on_changed(LoaOffice *office, LoaOfficeChangedFunc func, gpointer user_data)
{
	office->changed = func;
	office->changed_data = user_data;
}

static const LoaWebHandlers fakes = {
	.status = fake_status,
	.log = fake_log,
	.agenda = fake_agenda,
	.apply = fake_apply,
	.preview = fake_preview,
	.overlays = fake_overlays,
	.overlay_put = fake_overlay_put,
	.overlay_remove = fake_overlay_remove,
	.policy = fake_policy,
	.policy_put = fake_policy_put,
	.campaigns = fake_campaigns,
	.calendar = fake_calendar,
	.broadcasts = fake_broadcasts,
	.timetable = fake_timetable,
	.occasions = fake_occasions,
	.calendar_put = fake_calendar_put,
	.calendar_remove = fake_calendar_remove,
	.broadcast_remove = fake_broadcast_remove,
	.import = fake_import,
	.speak = fake_speak,
	.job = fake_job,
	.recordings = fake_recordings,
	.play_at_giao_thua = fake_play_at_giao_thua,
	.ask_emergency = fake_ask_emergency,
	.emergencies = fake_emergencies,
	.confirm_emergency = fake_confirm_emergency,
	.refuse_emergency = fake_refuse_emergency,
	.read_text = fake_read_text,
	.begin_take = fake_begin_take,
	.takes = fake_takes,
	.take = fake_take,
	.take_piece = fake_take_piece,
	.finish_take = fake_finish_take,
	.remove_take = fake_remove_take,
	.recording = fake_recording,
	.set_recording = fake_set_recording,
	.decide = fake_decide,
	.file = fake_file,
	.waveform = fake_waveform,
	.play = fake_play,
	.stop = fake_stop,
	.node_add = fake_node_add,
	.node_list = fake_node_list,
	.node_revoke = fake_node_revoke,
	.report = fake_report,
	.on_changed = fake_on_changed,
};

typedef struct {
	LoaOffice office;
	LoaWebServer *server;
	SoupSession *session;
	char *folder, *uploads, *page;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->office.calls = g_string_new(NULL);
	f->folder = g_dir_make_tmp("loa-web-XXXXXX", NULL);
	f->uploads = g_build_filename(f->folder, "uploads", NULL);
	f->page = g_build_filename(f->folder, "page", NULL);
	g_mkdir(f->uploads, 0700);
	g_mkdir(f->page, 0700);

	g_autofree char *index = g_build_filename(f->page, "index.html", NULL);
	g_autofree char *secret = g_build_filename(f->folder, "secret.html", NULL);
	g_autofree char *stale = g_build_filename(f->uploads, "upload-stale1", NULL);
	g_autofree char *hidden = g_build_filename(f->page, ".hidden.html", NULL);

	g_assert_true(g_file_set_contents(index, "<p>Loa</p>", -1, NULL));
	g_assert_true(g_file_set_contents(secret, "secret", -1, NULL));
	g_assert_true(g_file_set_contents(hidden, "secret", -1, NULL));
	g_assert_true(g_file_set_contents(stale, "left by a crash", -1, NULL));

	LoaWebConfig config = {
		.token = TOKEN,
		.upload_dir = f->uploads,
		.max_upload_bytes = MAX_UPLOAD_BYTES,
		.page_dir = f->page,
	};

	f->server = loa_web_server_new(&fakes, &f->office, &config, NULL);
	g_assert_nonnull(f->server);
	f->session = soup_session_new();
	*state = f;
	return 0;
}

static guint
n_uploads(Fixture *f)
{
	g_autoptr(GDir) dir = g_dir_open(f->uploads, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	return n;
}

static int
teardown(void **state)
{
	Fixture *f = *state;
	g_autofree char *index = g_build_filename(f->page, "index.html", NULL);
	g_autofree char *secret = g_build_filename(f->folder, "secret.html", NULL);

	g_object_unref(f->session);
	loa_web_server_free(f->server);
	g_assert_null(f->office.changed);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpuint(n_uploads(f), ==, 0);
	g_autofree char *hidden = g_build_filename(f->page, ".hidden.html", NULL);

	g_unlink(hidden);
	g_unlink(index);
	g_unlink(secret);
	g_rmdir(f->page);
	g_rmdir(f->uploads);
	g_rmdir(f->folder);
	g_string_free(f->office.calls, TRUE);
	g_clear_error(&f->office.failure);
	g_free(f->office.upload);
	g_free(f->folder);
	g_free(f->uploads);
	g_free(f->page);
	g_free(f);
	return 0;
}

static gboolean
wake(gpointer user_data)
{
	(void)user_data;
	return G_SOURCE_CONTINUE;
}

/* Turns the loop until @done; FALSE when the watchdog barks. */
static gboolean
turn_until(gboolean (*done)(gpointer data), gpointer data)
{
	const gint64 end_us = g_get_monotonic_time() + WATCHDOG_US;
	guint waker = g_timeout_add(20, wake, NULL); /* for conditions without a source */

	while (!done(data) && g_get_monotonic_time() < end_us)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(waker);
	return done(data);
}

typedef struct {
	SoupMessage *message;
	GBytes *bytes;
	GError *error;
	gboolean is_done;
	char *text;
} Reply;

static void
reply_clear(Reply *reply)
{
	g_clear_object(&reply->message);
	g_clear_pointer(&reply->bytes, g_bytes_unref);
	g_clear_error(&reply->error);
	g_clear_pointer(&reply->text, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Reply *reply = user_data;

	reply->bytes =
		soup_session_send_and_read_finish(SOUP_SESSION(source), result, &reply->error);
	reply->is_done = TRUE;
}

static gboolean
is_replied(gpointer data)
{
	return ((Reply *)data)->is_done;
}

/* With the token, unless @headers ("Name: value" lines) say otherwise. */
static guint
ask(Fixture *f, Reply *reply, const char *method, const char *target, const char *headers,
    const char *type, const char *body)
{
	g_autofree char *uri =
		g_strdup_printf("http://127.0.0.1:%u%s", loa_web_server_port(f->server), target);
	g_auto(GStrv) lines = g_strsplit(headers != NULL ? headers : "", "\n", -1);

	reply_clear(reply);
	*reply = (Reply){ .message = soup_message_new(method, uri) };
	soup_message_add_flags(reply->message, SOUP_MESSAGE_NO_REDIRECT);
	if (headers == NULL)
		soup_message_headers_append(soup_message_get_request_headers(reply->message),
					    "Authorization", "Bearer " TOKEN);
	for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], ": ", 2);

		soup_message_headers_replace(soup_message_get_request_headers(reply->message),
					     parts[0], parts[1]);
	}
	if (body != NULL) {
		g_autoptr(GBytes) bytes = g_bytes_new(body, strlen(body));

		soup_message_set_request_body_from_bytes(reply->message, type, bytes);
	}
	g_string_truncate(f->office.calls, 0);
	soup_session_send_and_read_async(f->session, reply->message, G_PRIORITY_DEFAULT, NULL,
					 on_reply, reply);
	assert_true(turn_until(is_replied, reply));
	if (reply->bytes == NULL)
		return 0;
	reply->text = g_bytes_get_size(reply->bytes) > 0
			      ? g_strndup(g_bytes_get_data(reply->bytes, NULL),
					  g_bytes_get_size(reply->bytes))
			      : g_strdup("");
	return soup_message_get_status(reply->message);
}

static const char *
reply_header(Reply *reply, const char *name)
{
	return soup_message_headers_get_one(soup_message_get_response_headers(reply->message),
					    name);
}

static void
assert_error_code(Reply *reply, const char *code)
{
	g_autoptr(JsonNode) node = json_from_string(reply->text, NULL);

	assert_non_null(node);

	JsonObject *error = json_object_get_object_member(json_node_get_object(node), "error");

	assert_non_null(error);
	assert_string_equal(json_object_get_string_member(error, "code"), code);
	assert_true(strlen(json_object_get_string_member(error, "message")) > 0);
}

static void
other_forms_come_when_they_are_made(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(ask(f, &reply, "GET", "/api/v1/recordings/r1/waveform", NULL, NULL, NULL),
			 200);
	assert_string_equal(f->office.calls->str, "waveform r1");
	assert_string_equal(reply.text, "{\"peaks\":[1,2]}");
	assert_int_equal(
		ask(f, &reply, "GET", "/api/v1/recordings/r1/master.mp3", NULL, NULL, NULL), 200);
	assert_string_equal(f->office.calls->str, "file r1 2");
	assert_int_equal(
		ask(f, &reply, "GET", "/api/v1/recordings/r1/master.wav", NULL, NULL, NULL), 200);
	assert_string_equal(f->office.calls->str, "file r1 3");
}

static void
a_moment_that_is_none_is_refused(void **state)
{
	static const char *const moments[] = {
		"{\"giao_thua\":\"00:10\"}",
		"{\"giao_thua\":\"+24:00\"}",
		"{\"giao_thua\":\"+00:60\"}",
		"{\"giao_thua\":\"+0:10\"}",
		"{\"giao_thua\":\"+00:1a\"}",
		"{\"giao_thua\":\"+00:100\"}",
		"{\"giao_thua\":7}",
		"{\"giao_thua\":\"+00:10\",\"x\":1}",
		"{}",
		"\"now\"",
		"{\"giao_thua\":\"+00:10\"},\"at_us\":7",
	};
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(moments); i++) {
		g_autofree char *body = g_strdup_printf(
			"{\"recording\":\"r1\",\"to\":\"all\",\"at\":%s}", moments[i]);

		if (ask(f, &reply, "POST", "/api/v1/play", NULL, "application/json", body) != 400)
			fail_msg("%s: %s", moments[i], reply.text);
		assert_string_equal(f->office.calls->str, "");
	}
}

static void
a_piece_of_a_take_comes_with_its_number(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(
		ask(f, &reply, "POST", "/api/v1/takes/k1/chunk?seq=3", NULL, "audio/webm", "tiếng"),
		200);
	assert_string_equal(f->office.calls->str, "piece k1 3 tiếng");
	assert_int_equal(
		ask(f, &reply, "POST", "/api/v1/takes/k1/chunk", NULL, "audio/webm", "tiếng"), 400);
	assert_int_equal(ask(f, &reply, "POST", "/api/v1/takes/k1/chunk?seq=-1", NULL, "audio/webm",
			     "tiếng"),
			 400);
	assert_string_equal(f->office.calls->str, "");
}

static void
a_player_may_seek_and_a_download_has_its_name(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) whole = { 0 };

	assert_int_equal(ask(f, &whole, "GET", "/api/v1/recordings/r1/original", NULL, NULL, NULL),
			 200);
	assert_string_equal(f->office.calls->str, "file r1 1");
	assert_string_equal(whole.text, "0123456789");
	assert_string_equal(reply_header(&whole, "Accept-Ranges"), "bytes");
	assert_non_null(strstr(reply_header(&whole, "Content-Disposition"),
			       "filename*=UTF-8''Ch%C3%BAc%20T%E1%BA%BFt.mp3"));
	assert_null(strchr(reply_header(&whole, "Content-Disposition"), '\n'));

	g_auto(Reply) part = { 0 };

	assert_int_equal(ask(f, &part, "GET", "/api/v1/recordings/r1/audio",
			     "Authorization: Bearer " TOKEN "\nRange: bytes=2-4", NULL, NULL),
			 206);
	assert_string_equal(f->office.calls->str, "file r1 0");
	assert_string_equal(part.text, "234");
	assert_string_equal(reply_header(&part, "Content-Range"), "bytes 2-4/10");
	assert_null(reply_header(&part, "Content-Disposition"));
}

static void
every_route_reaches_its_use_case(void **state)
{
	Fixture *f = *state;
	static const struct {
		const char *method, *target, *body, *call;
		guint status;
	} cases[] = {
		{ "GET", "/api/v1/status", NULL, "status", 200 },
		{ "HEAD", "/api/v1/status", NULL, "status", 200 },
		{ "GET", "/api/v1/log", NULL, "log - - - 0 0 1000 0 0", 200 },
		{ "GET",
		  "/api/v1/log?group=to-1&node=n1&airing=a.1&from_us=5&to_us=9&limit=7&after=3"
		  "&events=1",
		  NULL, "log to-1 n1 a.1 5 9 7 3 1", 200 },
		{ "GET", "/api/v1/agenda?from_us=1&to_us=2", NULL, "agenda 1 2", 200 },
		{ "GET", "/api/v1/broadcasts", NULL, "broadcasts", 200 },
		{ "POST", "/api/v1/apply", "{\"broadcasts\":[{},{}],\"prune\":true}", "apply 2 1",
		  200 },
		{ "POST", "/api/v1/apply", "{\"broadcasts\":[]}", "apply 0 0", 200 },
		{ "POST", "/api/v1/preview", "{}", "preview 0  0", 200 },
		{ "POST", "/api/v1/preview", "{\"broadcast\":{}}", "preview 1  0", 200 },
		{ "POST", "/api/v1/preview",
		  "{\"broadcasts\":[{},1],\"remove\":[\"a\",\"b\"],\"prune\":true}",
		  "preview 2 a,b 1", 200 },
		{ "DELETE", "/api/v1/broadcasts/ban-tin", NULL, "remove ban-tin", 200 },
		{ "GET", "/api/v1/timetable", NULL, "timetable today 7 -", 200 },
		{ "GET", "/api/v1/timetable?from=2027-02-05&days=42&group=to-1", NULL,
		  "timetable 2027-02-05 42 to-1", 200 },
		{ "GET", "/api/v1/occasions", NULL, "occasions", 200 },
		{ "POST", "/api/v1/occasions", "{\"occasion\":{\"id\":\"a\"},\"dry_run\":true}",
		  "calendar-put 0 {\"id\":\"a\"} 1", 200 },
		{ "POST", "/api/v1/occasions/tet/remove", "{}", "calendar-remove 0 tet 0", 200 },
		{ "POST", "/api/v1/new-moons", "{\"new_moon\":{\"computed\":\"2054-05-08\"}}",
		  "calendar-put 1 {\"computed\":\"2054-05-08\"} 0", 200 },
		{ "POST", "/api/v1/new-moons/2054-05-08/remove", "{\"dry_run\":true}",
		  "calendar-remove 1 2054-05-08 1", 200 },
		{ "GET", "/api/v1/overlays", NULL, "overlays", 200 },
		{ "POST", "/api/v1/overlays", "{\"overlay\":{\"id\":\"a\"}}",
		  "overlay-put {\"id\":\"a\"}", 200 },
		{ "POST", "/api/v1/overlays/a/remove", "{}", "overlay-remove a", 200 },
		{ "GET", "/api/v1/policy", NULL, "policy", 200 },
		{ "POST", "/api/v1/policy", "{\"policy\":null}", "policy-put null", 200 },
		{ "POST", "/api/v1/policy", "{\"policy\":{}}", "policy-put {}", 200 },
		{ "GET", "/api/v1/campaigns", NULL, "campaigns -", 200 },
		{ "GET", "/api/v1/campaigns?broadcast=ck.1", NULL, "campaigns ck.1", 200 },
		{ "GET", "/api/v1/recordings", NULL, "recordings", 200 },
		{ "GET", "/api/v1/recordings?state=draft", NULL, "recordings draft", 200 },
		{ "POST", "/api/v1/speech", "{\"text\":\"Kính thưa\\nbà con\",\"title\":\"Tin\"}",
		  "speak Kính thưa\nbà con|Tin|-", 202 },
		{ "GET", "/api/v1/jobs/j-1", NULL, "job j-1", 200 },
		{ "POST", "/api/v1/play",
		  "{\"recording\":\"r1\",\"to\":\"all\",\"at\":{\"giao_thua\":\"+00:10\"}}",
		  "giao-thua r1 normal 600 all", 201 },
		{ "POST", "/api/v1/play",
		  "{\"recording\":\"r1\",\"to\":[\"to-1\"],\"class\":\"priority\","
		  "\"at\":{\"giao_thua\":\"-01:05\"}}",
		  "giao-thua r1 priority -3900 to-1", 201 },
		{ "GET", "/api/v1/emergencies", NULL, "emergencies", 200 },
		{ "POST", "/api/v1/emergencies",
		  "{\"recording\":\"r1\",\"to\":[\"to-1\",\"to-2\"],\"exercise\":true}",
		  "ask r1 1 to-1+to-2", 201 },
		{ "POST", "/api/v1/emergencies/e1/confirm",
		  "{\"exercise\":false,\"phrase\":\"KHẨN CẤP\"}", "confirm e1 0 KHẨN CẤP", 200 },
		{ "POST", "/api/v1/emergencies/e1/refuse", "{}", "refuse e1", 200 },
		{ "POST", "/api/v1/speech/read", "{\"text\":\"17h\\n30/4\"}", "read 17h\n30/4",
		  200 },
		{ "GET", "/api/v1/takes", NULL, "takes", 200 },
		{ "POST", "/api/v1/takes",
		  "{\"title\":\"Tết\",\"mime\":\"audio/webm;codecs=opus\",\"text\":\"a\\nb\"}",
		  "begin-take Tết|audio/webm;codecs=opus|a\nb", 201 },
		{ "GET", "/api/v1/takes/k1", NULL, "take k1", 200 },
		{ "DELETE", "/api/v1/takes/k1", NULL, "remove-take k1", 200 },
		{ "POST", "/api/v1/takes/k1/finish", "{}", "finish-take k1", 202 },
		{ "GET", "/api/v1/recordings/r1", NULL, "recording r1", 200 },
		{ "POST", "/api/v1/recordings/r1/set", "{}", "set r1 -|-|-|-|-|-", 200 },
		{ "POST", "/api/v1/recordings/r1/set",
		  "{\"title\":\"Tết\",\"category\":null,\"kind\":\"tin\",\"lead_unit\":\"\","
		  "\"author\":\"Lan\",\"language\":\"vi\",\"expires_us\":7,\"confidential\":true,"
		  "\"template\":false}",
		  "set r1 Tết||tin||Lan|vi expires 7 confidential 1 template 0", 200 },
		{ "POST", "/api/v1/recordings/r1/submit", "{}", "submit r1 -|-", 200 },
		{ "POST", "/api/v1/recordings/r1/approve",
		  "{\"sha256\":"
		  "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}",
		  "approve r1 0123|-", 200 },
		{ "POST", "/api/v1/recordings/r1/reject", "{\"reason\":\"sai tên\"}",
		  "reject r1 -|sai tên", 200 },
		{ "POST", "/api/v1/recordings/r1/withdraw", "{\"reason\":\"cũ\"}",
		  "withdraw r1 -|cũ", 200 },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\",\"to\":\"all\"}",
		  "play r1 all normal 0", 201 },
		{ "POST", "/api/v1/play",
		  "{\"recording\":\"r1\",\"to\":[\"to-1\",\"to-2\"],\"class\":\"emergency\","
		  "\"at_us\":77}",
		  "play r1 to-1+to-2 emergency 77", 201 },
		{ "POST", "/api/v1/stop", "{\"airing\":\"a.1\"}", "stop a.1", 200 },
		{ "POST", "/api/v1/stop", "{\"all\":true}", "stop everything", 200 },
		{ "GET", "/api/v1/nodes", NULL, "node-list", 200 },
		{ "POST", "/api/v1/nodes", "{\"id\":\"n1\",\"group\":\"to-1\"}", "node-add n1 to-1",
		  201 },
		{ "POST", "/api/v1/nodes/n1/revoke", "{}", "node-revoke n1", 200 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(Reply) reply = { 0 };
		guint status = ask(f, &reply, cases[i].method, cases[i].target, NULL,
				   "application/json", cases[i].body);

		assert_string_equal(f->office.calls->str, cases[i].call);
		assert_int_equal(status, cases[i].status);
		assert_string_equal(reply_header(&reply, "Content-Type"),
				    "application/json; charset=utf-8");
		if (strcmp(cases[i].method, "HEAD") != 0)
			assert_string_equal(reply.text, "{\"ok\":true}");
	}
}

static void
the_calendar_is_a_file(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	g_auto(Reply) later = { 0 };

	assert_int_equal(ask(f, &reply, "GET", "/api/v1/calendar.ics", NULL, NULL, NULL), 200);
	assert_string_equal(f->office.calls->str, "calendar 0 366");
	assert_string_equal(reply_header(&reply, "Content-Type"), "text/calendar; charset=utf-8");
	assert_string_equal(reply.text, "BEGIN:VCALENDAR\r\n");
	assert_int_equal(ask(f, &later, "GET", "/api/v1/calendar.ics?from=2026-12-24&days=3700",
			     NULL, NULL, NULL),
			 200);
	assert_string_equal(f->office.calls->str, "calendar 24 3700");
}

static void
a_bad_request_is_refused_before_the_office_hears_of_it(void **state)
{
	Fixture *f = *state;
	static const struct {
		const char *method, *target, *body;
		guint status;
		const char *code;
	} cases[] = {
		{ "GET", "/api/v1/nothing", NULL, 404, "not-found" },
		{ "GET", "/api/v1/jobs/", NULL, 404, "not-found" },
		{ "GET", "/api/v1/jobs/a/b", NULL, 404, "not-found" },
		{ "GET", "/api/v1/jobs/..", NULL, 404, "not-found" },
		{ "POST", "/api/v1/nodes/N%2F1/revoke", "{}", 404, "not-found" },
		{ "GET", "/api/v1/status?colour=red", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/log?limit=10001", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/log?limit=0", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/log?limit=ten", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/log?group=T%E1%BB%95", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/agenda?from_us=2&to_us=2", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/agenda?to_us=2", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/agenda?from_us=2", NULL, 400, "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\"}", 400, "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\",\"to\":[]}", 400, "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\",\"to\":[\"a\",1]}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\",\"to\":\"to-1\"}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"R 1\",\"to\":\"all\"}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/play", "{\"recording\":\"r1\",\"to\":\"all\",\"class\":\"x\"}",
		  400, "bad-request" },
		{ "POST", "/api/v1/play",
		  "{\"recording\":\"r1\",\"to\":\"all\",\"clas\":\"emergency\"}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/stop", "{}", 400, "bad-request" },
		{ "POST", "/api/v1/stop", "{\"airing\":\"a\",\"all\":true}", 400, "bad-request" },
		{ "POST", "/api/v1/stop", "{\"all\":\"yes\"}", 400, "bad-request" },
		{ "POST", "/api/v1/apply", "{\"broadcasts\":{}}", 400, "bad-request" },
		{ "POST", "/api/v1/apply", "{\"broadcasts\":[1]}", 400, "bad-request" },
		{ "POST", "/api/v1/apply", "[]", 400, "bad-request" },
		{ "POST", "/api/v1/preview", "{\"broadcasts\":{}}", 400, "bad-request" },
		{ "POST", "/api/v1/preview", "{\"broadcasts\":[],\"broadcast\":{}}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/preview", "{\"remove\":\"a\"}", 400, "bad-request" },
		{ "POST", "/api/v1/preview", "{\"remove\":[\"a\",1]}", 400, "bad-request" },
		{ "GET", "/api/v1/calendar.ics?days=3701", NULL, 400, "bad-request" },
		{ "GET", "/api/v1/calendar.ics?from=2026-02-30", NULL, 400, "bad-request" },
		{ "POST", "/api/v1/preview", "{\"to\":\"all\"}", 400, "bad-request" },
		{ "POST", "/api/v1/apply", "{", 400, "bad-request" },
		{ "POST", "/api/v1/apply", "", 400, "bad-request" },
		{ "POST", "/api/v1/speech", "{\"text\":\"\",\"title\":\"a\"}", 400, "bad-request" },
		{ "POST", "/api/v1/speech", "{\"text\":\"a\\u0001\",\"title\":\"a\"}", 400,
		  "bad-request" },
		{ "POST", "/api/v1/speech", "{\"text\":\"a\",\"title\":\"a\",\"category\":\"A\"}",
		  400, "bad-request" },
		{ "POST", "/api/v1/nodes", "{\"id\":\"n 1\",\"group\":\"g\"}", 400, "bad-request" },
		{ "GET", "/api/v1/status", "{}", 400, "bad-request" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(Reply) reply = { 0 };
		guint status = ask(f, &reply, cases[i].method, cases[i].target, NULL,
				   "application/json", cases[i].body);

		assert_string_equal(f->office.calls->str, "");
		assert_int_equal(status, cases[i].status);
		assert_error_code(&reply, cases[i].code);
	}
}

static void
json_nested_10000_deep_is_a_bad_request(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	g_autoptr(GString) body = g_string_new("{\"broadcasts\":");

	for (int i = 0; i < 10000; i++)
		g_string_append_c(body, '[');
	assert_int_equal(
		ask(f, &reply, "POST", "/api/v1/apply", NULL, "application/json", body->str), 400);
	assert_error_code(&reply, "bad-request");
}

static void
the_token_is_needed_on_every_route(void **state)
{
	Fixture *f = *state;
	static const char *const wrong[] = {
		"X-Nothing: 1",
		"Authorization: Bearer 0123456789abcdef0123456789abcdeF",
		"Authorization: Bearer 0123456789abcdef",
		"Authorization: Basic MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		"Cookie: loa=0123456789abcdef0123456789abcdef",
	};
	gsize n_routes;
	const LoaWebRoute *routes = loa_web_api_routes(&n_routes);

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		for (gsize r = 0; r < n_routes; r++) {
			g_auto(Reply) reply = { 0 };

			/* signing in is for those who have no session yet */
			if (routes[r].right == LOA_RIGHT_ANYONE &&
			    !g_str_has_prefix(wrong[i], "Authorization"))
				continue;
			assert_int_equal(ask(f, &reply, routes[r].method, routes[r].pattern,
					     wrong[i], "application/json",
					     strcmp(routes[r].method, "POST") == 0 ? "{}" : NULL),
					 401);
			assert_error_code(&reply, "unauthorized");
			assert_string_equal(f->office.calls->str, "");
		}
	}

	g_auto(Reply) reply = { 0 };

	/* a stranger does not learn which routes there are */
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/nothing", wrong[0], NULL, NULL), 401);
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/status?token=" TOKEN, wrong[0], NULL, NULL),
			 401);
}

static void
a_host_that_is_not_loopback_is_refused(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	static const char *const targets[] = { "/", "/api/v1/status" };

	for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
		assert_int_equal(ask(f, &reply, "GET", targets[i],
				     "Authorization: Bearer " TOKEN "\nHost: evil.example", NULL,
				     NULL),
				 403);
		assert_error_code(&reply, "forbidden-host");
		assert_string_equal(f->office.calls->str, "");
	}
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/status",
			     "Authorization: Bearer " TOKEN "\nHost: localhost:8080", NULL, NULL),
			 200);
}

static void
a_wrong_method_is_405_and_names_the_right_ones(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(ask(f, &reply, "DELETE", "/api/v1/nodes", NULL, NULL, NULL), 405);
	assert_error_code(&reply, "method-not-allowed");
	assert_string_equal(reply_header(&reply, "Allow"), "GET, POST");
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/play", NULL, NULL, NULL), 405);
	assert_string_equal(reply_header(&reply, "Allow"), "POST");
	assert_int_equal(ask(f, &reply, "POST", "/", NULL, "text/plain", "x"), 405);
}

static void
a_body_of_another_type_is_415(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	static const char *const json_types[] = { "text/plain", "application/x-www-form-urlencoded",
						  "application/jsonx" };

	for (gsize i = 0; i < G_N_ELEMENTS(json_types); i++) {
		assert_int_equal(ask(f, &reply, "POST", "/api/v1/stop", NULL, json_types[i],
				     "{\"all\":true}"),
				 415);
		assert_error_code(&reply, "unsupported-type");
		assert_string_equal(f->office.calls->str, "");
	}
	assert_int_equal(ask(f, &reply, "POST", "/api/v1/recordings?title=a", NULL,
			     "multipart/form-data", "x"),
			 415);
	assert_int_equal(ask(f, &reply, "POST", "/api/v1/stop",
			     "Authorization: Bearer " TOKEN "\nContent-Encoding: gzip",
			     "application/json", "{\"all\":true}"),
			 415);
	assert_int_equal(ask(f, &reply, "POST", "/api/v1/stop", NULL,
			     "application/json; charset=utf-8", "{\"all\":true}"),
			 200);
}

static char *
text_of(gsize n_bytes)
{
	return g_strnfill(n_bytes, 'x');
}

static void
json_beyond_4_megabytes_is_413(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	g_autofree char *body = text_of(LOA_WEB_API_MAX_JSON + 1);

	assert_int_equal(ask(f, &reply, "POST", "/api/v1/apply", NULL, "application/json", body),
			 413);
	assert_error_code(&reply, "too-large");
}

static void
an_upload_becomes_a_file_and_the_office_gets_it(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	g_autofree char *body = text_of(MAX_UPLOAD_BYTES);

	assert_int_equal(ask(f, &reply, "POST",
			     "/api/v1/recordings?title=Ch%C3%A0o%20m%E1%BB%ABng&category=tin"
			     "&file_name=..%2F..%2Fb%C3%A0i.mp3",
			     NULL, "audio/mpeg", body),
			 202);
	assert_string_equal(f->office.calls->str, "import bài.mp3|Chào mừng|tin");
	assert_string_equal(f->office.upload, body);
	assert_int_equal(n_uploads(f), 0);
}

static void
an_upload_beyond_the_limit_is_413_and_leaves_nothing(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };
	g_autofree char *body = text_of(MAX_UPLOAD_BYTES + 1);

	assert_int_equal(
		ask(f, &reply, "POST", "/api/v1/recordings?title=a", NULL, "audio/wav", body), 413);
	assert_error_code(&reply, "too-large");
	assert_string_equal(f->office.calls->str, "");
	assert_int_equal(n_uploads(f), 0);
}

static void
an_upload_that_is_refused_for_its_query_leaves_nothing(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(ask(f, &reply, "POST", "/api/v1/recordings", NULL, "audio/wav", "RIFF"),
			 400);
	assert_int_equal(
		ask(f, &reply, "POST", "/api/v1/recordings?title=a&x=1", NULL, "audio/wav", "RIFF"),
		400);
	assert_string_equal(f->office.calls->str, "");
	assert_int_equal(n_uploads(f), 0);
}

/* ---- a client of bare bytes, for what a well-behaved one does not do ---- */

typedef struct {
	Fixture *fixture;
	GSocketConnection *connection;
	GString *received;
	char chunk[4096];
	gboolean is_closed;
	const char *awaited;
	guint n_awaited;
} Raw;

static void raw_read(Raw *raw);

static void
on_raw_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Raw *raw = user_data;
	gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

	if (n <= 0) {
		raw->is_closed = TRUE;
		return;
	}
	g_string_append_len(raw->received, raw->chunk, n);
	raw_read(raw);
}

static void
raw_read(Raw *raw)
{
	g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(raw->connection)),
				  raw->chunk, sizeof raw->chunk, G_PRIORITY_DEFAULT, NULL,
				  on_raw_read, raw);
}

static Raw *
raw_open(Fixture *f)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	Raw *raw = g_new0(Raw, 1);

	raw->fixture = f;
	raw->received = g_string_new(NULL);
	raw->connection = g_socket_client_connect_to_host(
		client, "127.0.0.1", loa_web_server_port(f->server), NULL, NULL);
	assert_non_null(raw->connection);
	raw_read(raw);
	return raw;
}

static void
raw_write(Raw *raw, const char *text)
{
	assert_true(g_output_stream_write_all(
		g_io_stream_get_output_stream(G_IO_STREAM(raw->connection)), text, strlen(text),
		NULL, NULL, NULL));
}

static gboolean
raw_is_closed(gpointer data)
{
	return ((Raw *)data)->is_closed;
}

static gboolean
raw_has_received(gpointer data)
{
	Raw *raw = data;
	guint n = 0;

	for (const char *p = raw->received->str; (p = strstr(p, raw->awaited)) != NULL; p++)
		n++;
	return n >= raw->n_awaited;
}

static gboolean
raw_receives(Raw *raw, const char *text, guint n_times)
{
	raw->awaited = text;
	raw->n_awaited = n_times;
	return turn_until(raw_has_received, raw);
}

/* Hangs up, and lets the server see it. */
static void
raw_close(Raw *raw)
{
	(void)g_socket_shutdown(g_socket_connection_get_socket(raw->connection), TRUE, TRUE, NULL);
	assert_true(turn_until(raw_is_closed, raw));
	g_object_unref(raw->connection);
	g_string_free(raw->received, TRUE);
	g_free(raw);
}

static gboolean
a_report_is_asked_for(gpointer data)
{
	return ((Fixture *)data)->office.report_gone != NULL;
}

static gboolean
nobody_waits_for_it(gpointer data)
{
	return g_cancellable_is_cancelled(((Fixture *)data)->office.report_gone);
}

static Raw *
ask_for_report(Fixture *f)
{
	Raw *raw = raw_open(f);

	raw_write(raw, "GET /api/v1/reports?period=thang.2026-11-01 HTTP/1.1\r\nHost: localhost\r\n"
		       "Authorization: Bearer " TOKEN "\r\n\r\n");
	assert_true(turn_until(a_report_is_asked_for, f));
	assert_string_equal(f->office.calls->str, "report thang.2026-11-01");
	return raw;
}

/* @text: %NULL: it was given up */
static void
answer_report(Fixture *f, const char *text)
{
	g_autoptr(GError) error =
		g_error_new_literal(LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_STORAGE, "gone");
	LoaOfficeFile file = { .type = "application/json" };

	if (text != NULL)
		file.bytes = g_bytes_new_static(text, strlen(text));
	f->office.report(text != NULL ? &file : NULL, text != NULL ? NULL : error,
			 f->office.report_data);
	f->office.report_destroy(f->office.report_data);
	g_clear_pointer(&file.bytes, g_bytes_unref);
	g_object_unref(f->office.report_gone);
}

static void
a_report_comes_when_it_is_counted(void **state)
{
	Fixture *f = *state;
	Raw *raw = ask_for_report(f);

	answer_report(f, "{\"airings\":7}");
	assert_true(raw_receives(raw, "{\"airings\":7}", 1));
	assert_true(g_str_has_prefix(raw->received->str, "HTTP/1.1 200 OK"));
	raw_close(raw);
}

static void
a_report_is_given_up_when_its_client_hangs_up(void **state)
{
	Fixture *f = *state;
	Raw *raw = ask_for_report(f);

	assert_false(nobody_waits_for_it(f));
	raw_close(raw);
	assert_true(turn_until(nobody_waits_for_it, f));
	answer_report(f, NULL);
}

static gboolean
there_is_an_upload(gpointer data)
{
	return n_uploads(data) == 1;
}

static gboolean
there_is_no_upload(gpointer data)
{
	return n_uploads(data) == 0;
}

static void
an_upload_that_breaks_off_leaves_nothing(void **state)
{
	Fixture *f = *state;
	Raw *raw = raw_open(f);

	raw_write(raw, "POST /api/v1/recordings?title=a HTTP/1.1\r\nHost: localhost\r\n"
		       "Authorization: Bearer " TOKEN "\r\nContent-Type: audio/wav\r\n"
		       "Content-Length: 1000\r\n\r\nhalf of it");
	assert_true(turn_until(there_is_an_upload, f));
	raw_close(raw);
	assert_true(turn_until(there_is_no_upload, f));
	assert_string_equal(f->office.calls->str, "");
}

static void
a_chunked_upload_is_counted_as_it_comes(void **state)
{
	Fixture *f = *state;
	Raw *raw = raw_open(f);
	g_autofree char *chunk = text_of(0x4000);

	raw_write(raw, "POST /api/v1/recordings?title=a HTTP/1.1\r\nHost: localhost\r\n"
		       "Authorization: Bearer " TOKEN "\r\nContent-Type: audio/wav\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < MAX_UPLOAD_BYTES / 0x4000 + 1; i++) {
		raw_write(raw, "4000\r\n");
		raw_write(raw, chunk);
		raw_write(raw, "\r\n");
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
	raw_write(raw, "0\r\n\r\n");
	assert_true(raw_receives(raw, "HTTP/1.1 413", 1));
	assert_string_equal(f->office.calls->str, "");
	assert_int_equal(n_uploads(f), 0);
	raw_close(raw);
}

static void
what_is_announced_as_too_large_is_refused_before_it_is_sent(void **state)
{
	Fixture *f = *state;
	static const char *const heads[] = {
		"POST /api/v1/recordings?title=a HTTP/1.1\r\nContent-Type: audio/wav\r\n"
		"Content-Length: 100001\r\n",
		"POST /api/v1/apply HTTP/1.1\r\nContent-Type: application/json\r\n"
		"Content-Length: 4194305\r\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
		Raw *raw = raw_open(f);

		raw_write(raw, heads[i]);
		raw_write(raw, "Host: localhost\r\nAuthorization: Bearer " TOKEN "\r\n"
			       "Expect: 100-continue\r\n\r\n");
		assert_true(raw_receives(raw, "HTTP/1.1 ", 1));
		assert_true(g_str_has_prefix(raw->received->str, "HTTP/1.1 413"));
		assert_int_equal(n_uploads(f), 0);
		raw_close(raw);
	}
}

static void
an_endless_refused_body_ends_the_connection(void **state)
{
	Fixture *f = *state;
	Raw *raw = raw_open(f);
	g_autofree char *block = text_of(0x10000);
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(raw->connection));
	guint64 n_sent = 0;

	raw_write(raw, "POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\n"
		       "Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n");
	while (!raw->is_closed && n_sent < 100000000) {
		gssize n = g_pollable_output_stream_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(out),
								      block, 0x10000, NULL, NULL);

		n_sent += n > 0 ? (guint64)n : 0;
		g_main_context_iteration(NULL, FALSE);
	}
	assert_true(raw->is_closed);
	assert_in_range(n_sent, 16 * 1024 * 1024, 32 * 1024 * 1024);
	raw_close(raw);
}

/* A connection that is kept open is never freed by libsoup 3.2 when the client leaves it. */
static void
every_answer_ends_its_connection(void **state)
{
	Fixture *f = *state;
	static const char *const requests[] = {
		"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " TOKEN
		"\r\n\r\n",
		"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
		Raw *raw = raw_open(f);

		raw_write(raw, requests[i]);
		assert_true(turn_until(raw_is_closed, raw));
		assert_true(g_str_has_prefix(raw->received->str, "HTTP/1.1 "));
		raw_close(raw);
	}
}

static void
a_request_without_a_host_is_refused(void **state)
{
	Fixture *f = *state;
	Raw *raw = raw_open(f);

	raw_write(raw, "GET /api/v1/status HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n\r\n");
	assert_true(raw_receives(raw, "403", 1));
	assert_string_equal(f->office.calls->str, "");
	raw_close(raw);
}

static void
nonsense_is_answered_and_the_server_lives(void **state)
{
	Fixture *f = *state;
	static const char *const nonsense[] = {
		"\r\n\r\n\r\n",
		"GET\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n",
		"POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(nonsense); i++) {
		g_auto(Reply) reply = { 0 };
		Raw *raw = raw_open(f);

		if (strstr(nonsense[i], "-5") != NULL) /* a complaint of libsoup's own making */
			g_test_expect_message("GLib-GObject", G_LOG_LEVEL_WARNING,
					      "*content-length*");
		raw_write(raw, nonsense[i]);
		while (g_main_context_iteration(NULL, FALSE))
			;
		assert_null(strstr(raw->received->str, " 200 "));
		raw_close(raw);
		assert_int_equal(ask(f, &reply, "GET", "/api/v1/status", NULL, NULL, NULL), 200);
	}
}

static void
an_error_of_the_office_has_its_own_status(void **state)
{
	Fixture *f = *state;
	static const struct {
		int code;
		guint status;
		const char *name;
	} cases[] = {
		{ LOA_OFFICE_ERROR_BAD_REQUEST, 400, "bad-request" },
		{ LOA_OFFICE_ERROR_NOT_FOUND, 404, "not-found" },
		{ LOA_OFFICE_ERROR_CONFLICT, 409, "conflict" },
		{ LOA_OFFICE_ERROR_BUSY, 503, "busy" },
		{ LOA_OFFICE_ERROR_STORAGE, 507, "storage" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(Reply) reply = { 0 };

		f->office.failure =
			g_error_new_literal(LOA_OFFICE_ERROR, cases[i].code, "do that first");
		assert_int_equal(ask(f, &reply, "GET", "/api/v1/jobs/j", NULL, NULL, NULL),
				 cases[i].status);
		assert_error_code(&reply, cases[i].name);
		assert_non_null(strstr(reply.text, "do that first"));
	}
}

static void
an_unforeseen_error_tells_a_stranger_nothing(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	g_test_expect_message("loa-controller", G_LOG_LEVEL_WARNING, "*secret detail*");
	f->office.failure = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "secret detail");
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/jobs/j", NULL, NULL, NULL), 500);
	g_test_assert_expected_messages();
	assert_error_code(&reply, "internal");
	assert_null(strstr(reply.text, "secret"));
}

static void
the_page_is_served_with_its_headers(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(ask(f, &reply, "GET", "/", "X-Nothing: 1", NULL, NULL), 200);
	assert_string_equal(reply.text, "<p>Loa</p>");
	assert_string_equal(reply_header(&reply, "Content-Type"), "text/html; charset=utf-8");
	assert_non_null(
		strstr(reply_header(&reply, "Content-Security-Policy"), "default-src 'none'"));
	assert_string_equal(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(reply_header(&reply, "Referrer-Policy"), "no-referrer");

	g_autofree char *condition =
		g_strdup_printf("If-None-Match: %s", reply_header(&reply, "ETag"));

	assert_int_equal(ask(f, &reply, "GET", "/index.html", condition, NULL, NULL), 304);
}

static void
no_file_outside_the_page_is_served(void **state)
{
	Fixture *f = *state;
	static const char *const targets[] = { "/secret.html",      "/../secret.html",
					       "/..%2Fsecret.html", "/%2e%2e/secret.html",
					       "/page/index.html",  "/index.html/",
					       "/.hidden.html",     "/index" };

	for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
		g_auto(Reply) reply = { 0 };

		guint status = ask(f, &reply, "GET", targets[i], NULL, NULL, NULL);

		/* the library itself refuses some of them */
		assert_true(status == 404 || status == 400);
		assert_null(strstr(reply.text, "secret"));
		assert_null(strstr(reply.text, "Loa"));
	}
}

static void
the_token_in_an_address_opens_nothing(void **state)
{
	Fixture *f = *state;
	g_auto(Reply) reply = { 0 };

	assert_int_equal(ask(f, &reply, "GET", "/?token=" TOKEN, "X-Nothing: 1", NULL, NULL), 200);
	assert_null(reply_header(&reply, "Set-Cookie"));
}

#define LISTEN                                                                                     \
	"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " TOKEN "\r\n\r"  \
	"\n"

static void
changes_reach_every_listener(void **state)
{
	Fixture *f = *state;
	Raw *a = raw_open(f), *b = raw_open(f);

	raw_write(a, LISTEN);
	raw_write(b, LISTEN);
	/* once for the beginning: what changed before is not known here */
	assert_true(raw_receives(a, "event: log\ndata:\n\n", 1));
	assert_true(raw_receives(b, "event: log\ndata:\n\n", 1));
	assert_non_null(strstr(a->received->str, "Content-Type: text/event-stream"));
	f->office.changed("log", f->office.changed_data);
	assert_true(raw_receives(a, "event: log\ndata:\n\n", 2));
	assert_true(raw_receives(b, "event: log\ndata:\n\n", 2));
	f->office.changed("no such topic", f->office.changed_data);
	raw_close(a);
	f->office.changed("status", f->office.changed_data);
	assert_true(raw_receives(b, "event: status\ndata:\n\n", 2));
	assert_null(strstr(b->received->str, "no such"));
	raw_close(b);
}

static void
listeners_are_bounded_and_make_room_when_they_leave(void **state)
{
	Fixture *f = *state;
	Raw *raws[LOA_WEB_EVENTS_MAX];
	g_auto(Reply) reply = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(raws); i++) {
		raws[i] = raw_open(f);
		raw_write(raws[i], LISTEN);
		assert_true(raw_receives(raws[i], "event: log", 1));
	}
	assert_int_equal(ask(f, &reply, "GET", "/api/v1/events", NULL, NULL, NULL), 503);
	assert_error_code(&reply, "busy");
	raw_close(raws[0]);

	const gint64 end_us = g_get_monotonic_time() + WATCHDOG_US; /* before any heartbeat */

	for (;;) {
		assert_true(g_get_monotonic_time() < end_us);
		raws[0] = raw_open(f);
		raw_write(raws[0], LISTEN);
		assert_true(raw_receives(raws[0], "\r\n\r\n", 1));
		if (strstr(raws[0]->received->str, "200 OK") != NULL)
			break;
		raw_close(raws[0]); /* the server has not seen the other one leave yet */
	}
	for (gsize i = 0; i < G_N_ELEMENTS(raws); i++)
		raw_close(raws[i]);
}

static void
a_taken_port_is_an_error(void **state)
{
	Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	LoaOffice office = { 0 };
	LoaWebConfig config = {
		.port = loa_web_server_port(f->server),
		.token = TOKEN,
		.upload_dir = f->uploads,
		.max_upload_bytes = 1,
	};

	assert_null(loa_web_server_new(&fakes, &office, &config, &error));
	assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE));
}

static void
a_short_token_is_an_error(void **state)
{
	Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	LoaOffice office = { 0 };
	LoaWebConfig config = { .token = "short", .upload_dir = f->uploads };

	assert_null(loa_web_server_new(&fakes, &office, &config, &error));
	assert_non_null(strstr(error->message, "token"));
}

static void
the_server_can_go_while_clients_hang_on(void **state)
{
	Fixture *f = *state;
	Raw *listener = raw_open(f), *uploader = raw_open(f);

	raw_write(listener, LISTEN);
	assert_true(raw_receives(listener, "event: log", 1));
	raw_write(uploader, "POST /api/v1/recordings?title=a HTTP/1.1\r\nHost: localhost\r\n"
			    "Authorization: Bearer " TOKEN "\r\nContent-Type: audio/wav\r\n"
			    "Content-Length: 1000\r\n\r\nhalf of it");
	assert_true(turn_until(there_is_an_upload, f));
	loa_web_server_free(g_steal_pointer(&f->server));
	assert_true(turn_until(there_is_no_upload, f));
	assert_true(turn_until(raw_is_closed, listener));
	raw_close(listener);
	raw_close(uploader);
}

int
main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_SERVER(every_route_reaches_its_use_case),
		WITH_SERVER(the_calendar_is_a_file),
		WITH_SERVER(a_player_may_seek_and_a_download_has_its_name),
		WITH_SERVER(a_piece_of_a_take_comes_with_its_number),
		WITH_SERVER(a_moment_that_is_none_is_refused),
		WITH_SERVER(other_forms_come_when_they_are_made),
		WITH_SERVER(a_report_comes_when_it_is_counted),
		WITH_SERVER(a_report_is_given_up_when_its_client_hangs_up),
		WITH_SERVER(a_bad_request_is_refused_before_the_office_hears_of_it),
		WITH_SERVER(json_nested_10000_deep_is_a_bad_request),
		WITH_SERVER(the_token_is_needed_on_every_route),
		WITH_SERVER(a_host_that_is_not_loopback_is_refused),
		WITH_SERVER(a_wrong_method_is_405_and_names_the_right_ones),
		WITH_SERVER(a_body_of_another_type_is_415),
		WITH_SERVER(json_beyond_4_megabytes_is_413),
		WITH_SERVER(an_upload_becomes_a_file_and_the_office_gets_it),
		WITH_SERVER(an_upload_beyond_the_limit_is_413_and_leaves_nothing),
		WITH_SERVER(an_upload_that_is_refused_for_its_query_leaves_nothing),
		WITH_SERVER(an_upload_that_breaks_off_leaves_nothing),
		WITH_SERVER(a_chunked_upload_is_counted_as_it_comes),
		WITH_SERVER(what_is_announced_as_too_large_is_refused_before_it_is_sent),
		WITH_SERVER(an_endless_refused_body_ends_the_connection),
		WITH_SERVER(every_answer_ends_its_connection),
		WITH_SERVER(a_request_without_a_host_is_refused),
		WITH_SERVER(nonsense_is_answered_and_the_server_lives),
		WITH_SERVER(an_error_of_the_office_has_its_own_status),
		WITH_SERVER(an_unforeseen_error_tells_a_stranger_nothing),
		WITH_SERVER(the_page_is_served_with_its_headers),
		WITH_SERVER(no_file_outside_the_page_is_served),
		WITH_SERVER(the_token_in_an_address_opens_nothing),
		WITH_SERVER(changes_reach_every_listener),
		WITH_SERVER(listeners_are_bounded_and_make_room_when_they_leave),
		WITH_SERVER(a_taken_port_is_an_error),
		WITH_SERVER(a_short_token_is_an_error),
		WITH_SERVER(the_server_can_go_while_clients_hang_on),
	};

	return cmocka_run_group_tests_name("controller/web", tests, NULL, NULL);
}
