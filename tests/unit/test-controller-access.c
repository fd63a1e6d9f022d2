/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/main-thread.h"
#include "controller/access/access.h"
#include "controller/access/login-throttle.h"
#include "controller/access/password.h"
#include "schedules/local-time.h"
#include "tests/unit/controller-sample.h"

#define PASSWORD "ngày mưa bão"
#define OTHER "xe đạp ơi đi"
#define ADDRESS "192.0.2.7"
#define WATCHDOG_MS 10000

typedef struct {
	Folder *folder;
	LoaControllerConfig config;
	LoaStore *store;
	LoaClock *clock;
	LoaAccess *access;
	gint64 now_us;
} Fixture;

static void
open_access(Fixture *f)
{
	f->store = open_store(f->folder);
	f->access = loa_access_new(&(LoaAccessParts){ &f->config, f->store, f->clock });
}

static void
close_access(Fixture *f)
{
	loa_access_free(f->access);
	loa_store_close(f->store);
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	folder_setup((void **)&f->folder);
	f->config.login_memory_mib = LOA_PASSWORD_MIN_MEMORY_MIB;
	f->config.site_id = f->config.site_name = f->config.time_zone = (char *)"x";
	f->config.login_idle_hours = 12;
	f->config.login_absolute_days = 30;
	f->config.zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	f->config.groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	g_ptr_array_add(f->config.groups, loa_group_new("to-1", "Tổ dân phố 1"));
	g_ptr_array_add(f->config.groups, loa_group_new("to-2", "Tổ dân phố 2"));
	f->now_us = NOON_US;
	f->clock = loa_clock_new_test(SECOND_US, f->now_us);
	open_access(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	close_access(f);
	loa_clock_free(f->clock);
	g_time_zone_unref(f->config.zone);
	g_ptr_array_unref(f->config.groups);
	folder_teardown((void **)&f->folder);
	g_free(f);
	return 0;
}

static void
turn_clock(Fixture *f, gint64 us)
{
	f->now_us += us;
	loa_clock_test_set(f->clock, SECOND_US + f->now_us - NOON_US, f->now_us);
}

/* What a call that takes a while ended with. */
typedef struct {
	JsonNode *answer;
	char *token;
	GError *error;
	guint retry_after_s;
	guint n_calls;
	gboolean is_destroyed;
} Result;

static void
result_clear(Result *result)
{
	g_clear_pointer(&result->answer, json_node_unref);
	g_clear_pointer(&result->token, g_free);
	g_clear_error(&result->error);
	*result = (Result){ 0 };
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static void
on_done(JsonNode *answer, const char *token, const GError *error, gpointer user_data)
{
	Result *result = user_data;

	result->n_calls++;
	result->answer = answer != NULL ? json_node_ref(answer) : NULL;
	result->token = g_strdup(token);
	result->error = error != NULL ? g_error_copy(error) : NULL;
}

static void
on_destroyed(gpointer user_data)
{
	((Result *)user_data)->is_destroyed = TRUE;
}

static LoaAccessDone
into(Result *result)
{
	result_clear(result);
	return (LoaAccessDone){ on_done, result, on_destroyed };
}

static gboolean
bark(gpointer user_data)
{
	*(gboolean *)user_data = TRUE;
	return G_SOURCE_REMOVE;
}

static void
wait_for(Result *result, gboolean is_begun)
{
	gboolean has_barked = FALSE;
	guint watchdog = g_timeout_add(WATCHDOG_MS, bark, &has_barked);

	while (is_begun && !result->is_destroyed && !has_barked)
		g_main_context_iteration(NULL, TRUE);
	assert_false(has_barked);
	g_source_remove(watchdog);
	if (is_begun)
		assert_int_equal(result->n_calls, 1);
	assert_true((result->answer != NULL) != (result->error != NULL));
}

static void
add_by(Fixture *f, const LoaCaller *caller, Result *result, const char *id, const LoaUserWish *wish,
       const char *password)
{
	LoaAccessDone done = into(result);

	wait_for(result,
		 loa_access_add_user(f->access, caller, id, wish, password, done, &result->error));
}

static void
add(Fixture *f, const char *id, const char *role, const char *group)
{
	const char *const roles[] = { role, NULL }, *const groups[] = { group, NULL };
	LoaUserWish wish = { .name = "Nguyễn Văn A", .roles = roles, .groups = groups };
	g_auto(Result) result = { 0 };

	add_by(f, &loa_caller_token, &result, id, &wish, PASSWORD);
	if (result.error != NULL)
		fail_msg("%s", result.error->message);
}

static void
log_in(Fixture *f, Result *result, const char *user, const char *password)
{
	LoaAccessDone done = into(result);

	wait_for(result, loa_access_log_in(f->access, user, password, ADDRESS, done,
					   &result->retry_after_s, &result->error));
}

/* A session that must begin: its token. */
static char *
session_of(Fixture *f, const char *user)
{
	g_auto(Result) result = { 0 };

	log_in(f, &result, user, PASSWORD);
	if (result.error != NULL)
		fail_msg("%s", result.error->message);
	return g_steal_pointer(&result.token);
}

static gboolean
is_alive(Fixture *f, const char *token)
{
	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, token, ADDRESS);

	return who != NULL;
}

static void
assert_refused(const Result *result, LoaOfficeError code)
{
	assert_non_null(result->error);
	if (!g_error_matches(result->error, LOA_OFFICE_ERROR, (int)code))
		fail_msg("code %d: %s", result->error->code, result->error->message);
	assert_null(result->token);
}

static const char *
text_of(const Result *result, const char *member)
{
	return json_object_get_string_member_with_default(json_node_get_object(result->answer),
							  member, NULL);
}

/* The newest line of the audit log: "who address action subject". */
static char *
last_audit(Fixture *f)
{
	LoaAuditQuery query = { .limit = 1 };
	g_autoptr(GPtrArray) rows = loa_store_audit_rows(f->store, &query, NULL);
	const LoaAuditRow *row = g_ptr_array_index(rows, 0);

	return g_strdup_printf("%s %s %s %s", row->who, row->address, row->action, row->subject);
}

static void
the_right_password_begins_a_session_that_a_restart_does_not_end(void **state)
{
	Fixture *f = *state;
	g_auto(Result) result = { 0 };
	g_autofree char *audit = NULL;

	add(f, "an", "leader", "to-1");
	log_in(f, &result, "an", PASSWORD);
	assert_non_null(result.answer);
	assert_int_equal(strlen(result.token), 64);
	assert_string_equal(text_of(&result, "user"), "an");
	assert_string_equal(text_of(&result, "name"), "Nguyễn Văn A");
	assert_int_equal(strlen(text_of(&result, "csrf")), 64);
	assert_string_not_equal(text_of(&result, "csrf"), result.token);
	audit = last_audit(f);
	assert_string_equal(audit, "an " ADDRESS " log-in an");

	close_access(f);
	open_access(f);

	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, result.token, "198.51.100.1");

	assert_non_null(who);
	assert_string_equal(who->caller.user, "an");
	assert_int_equal(who->caller.roles, 1u << LOA_ROLE_LEADER);
	assert_string_equal(who->caller.groups[0], "to-1");
	assert_null(who->caller.groups[1]);
	assert_string_equal(who->caller.address, "198.51.100.1");
	assert_string_equal(who->session->csrf, text_of(&result, "csrf"));
}

static void
the_database_holds_neither_password_nor_token(void **state)
{
	Fixture *f = *state;
	g_autofree char *token = NULL, *wal = NULL, *wal_path = NULL, *db = NULL;
	gsize n_wal = 0, n_db = 0;

	add(f, "an", "operator", NULL);
	token = session_of(f, "an");
	wal_path = g_strconcat(f->folder->path, "-wal", NULL);
	assert_true(g_file_get_contents(wal_path, &wal, &n_wal, NULL));
	assert_true(g_file_get_contents(f->folder->path, &db, &n_db, NULL));
	assert_non_null(memmem(wal, n_wal, "$argon2id$", 10)); /* it is the right file */
	assert_null(memmem(wal, n_wal, token, strlen(token)));
	assert_null(memmem(wal, n_wal, PASSWORD, strlen(PASSWORD)));
	assert_null(memmem(db, n_db, token, strlen(token)));
}

static void
wrong_names_and_wrong_passwords_get_the_same_answer(void **state)
{
	Fixture *f = *state;
	static const struct {
		const char *user, *password;
	} rows[] = { { "an", OTHER },        { "an", "" },        { "nobody", PASSWORD },
		     { "gone", PASSWORD },   { "An", PASSWORD },  { "", PASSWORD },
		     { "an' --", PASSWORD }, { "an", "\xff\xff" } };
	g_autofree char *sentence = NULL;

	add(f, "an", "operator", NULL);
	add(f, "gone", "operator", NULL);
	assert_non_null(loa_access_disable(f->access, &loa_caller_token, "gone", TRUE, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Result) result = { 0 };

		log_in(f, &result, rows[i].user, rows[i].password);
		assert_refused(&result, LOA_OFFICE_ERROR_WRONG_LOGIN);
		if (sentence == NULL)
			sentence = g_strdup(result.error->message);
		assert_string_equal(result.error->message, sentence);
	}
}

static void
what_was_typed_in_place_of_a_name_is_not_kept(void **state)
{
	Fixture *f = *state;
	g_auto(Result) result = { 0 };
	g_autofree char *of_nobody = NULL, *of_an = NULL;

	add(f, "an", "operator", NULL);
	log_in(f, &result, "my-secret-password", "an");
	of_nobody = last_audit(f);
	assert_string_equal(of_nobody, " " ADDRESS " log-in-failed ");
	log_in(f, &result, "an", OTHER);
	of_an = last_audit(f);
	assert_string_equal(of_an, " " ADDRESS " log-in-failed an");
}

static void
who_guesses_waits_and_is_told_how_long(void **state)
{
	Fixture *f = *state;
	g_auto(Result) result = { 0 };

	add(f, "an", "operator", NULL);
	for (guint i = 0; i < LOA_LOGIN_THROTTLE_FREE; i++) {
		log_in(f, &result, "an", OTHER);
		assert_refused(&result, LOA_OFFICE_ERROR_WRONG_LOGIN);
	}
	/* even the right one: it is not looked at */
	log_in(f, &result, "an", PASSWORD);
	assert_refused(&result, LOA_OFFICE_ERROR_THROTTLED);
	assert_int_equal(result.retry_after_s, 1);
	turn_clock(f, SECOND_US);
	log_in(f, &result, "an", PASSWORD);
	assert_non_null(result.token);
	log_in(f, &result, "an", OTHER);
	assert_refused(&result, LOA_OFFICE_ERROR_WRONG_LOGIN);
}

static void
a_session_ends_when_it_is_not_used_and_at_its_age(void **state)
{
	Fixture *f = *state;
	g_autofree char *idle = NULL, *used = NULL;

	add(f, "an", "operator", NULL);
	idle = session_of(f, "an");
	used = session_of(f, "an");
	turn_clock(f, 6 * HOUR_US);
	assert_true(is_alive(f, used));
	turn_clock(f, 6 * HOUR_US - 1);
	assert_true(is_alive(f, idle)); /* and is used by that */
	turn_clock(f, 12 * HOUR_US - 1);
	assert_true(is_alive(f, idle));
	assert_false(is_alive(f, used));
	while (f->now_us < NOON_US + 30 * DAY_US - 11 * HOUR_US) {
		turn_clock(f, 11 * HOUR_US);
		assert_true(is_alive(f, idle));
	}
	turn_clock(f, NOON_US + 30 * DAY_US - 1 - f->now_us);
	assert_true(is_alive(f, idle));
	turn_clock(f, 1);
	assert_false(is_alive(f, idle));
}

static void
a_session_ends_with_its_user_its_password_or_by_logging_out(void **state)
{
	Fixture *f = *state;
	g_autofree char *a = NULL, *b = NULL, *c = NULL;
	g_autoptr(JsonNode) disabled = NULL, enabled = NULL;
	g_auto(Result) result = { 0 };

	add(f, "an", "operator", NULL);
	a = session_of(f, "an");
	b = session_of(f, "an");

	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, a, ADDRESS);

	assert_true(loa_access_log_out(f->access, who, NULL));
	assert_false(is_alive(f, a));
	assert_true(is_alive(f, b));

	LoaAccessDone done = into(&result);

	wait_for(&result, loa_access_set_password(f->access, &loa_caller_token, "an", PASSWORD,
						  done, &result.error));
	assert_non_null(result.answer);
	assert_false(is_alive(f, b));

	c = session_of(f, "an");
	disabled = loa_access_disable(f->access, &loa_caller_token, "an", TRUE, NULL);
	assert_non_null(disabled);
	assert_false(is_alive(f, c));
	enabled = loa_access_disable(f->access, &loa_caller_token, "an", FALSE, NULL);
	assert_non_null(enabled);
	assert_false(is_alive(f, c)); /* not again */
}

static void
changing_the_own_password_needs_the_old_and_ends_the_other_sessions(void **state)
{
	Fixture *f = *state;
	g_autofree char *here = NULL, *there = NULL;
	g_auto(Result) result = { 0 };

	add(f, "an", "operator", NULL);
	here = session_of(f, "an");
	there = session_of(f, "an");

	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, here, ADDRESS);
	LoaAccessDone done = into(&result);

	wait_for(&result, loa_access_change_password(f->access, who, "wrong", OTHER, done,
						     &result.retry_after_s, &result.error));
	assert_refused(&result, LOA_OFFICE_ERROR_FORBIDDEN);
	done = into(&result);
	wait_for(&result, loa_access_change_password(f->access, who, PASSWORD, "short", done,
						     &result.retry_after_s, &result.error));
	assert_refused(&result, LOA_OFFICE_ERROR_BAD_REQUEST);
	done = into(&result);
	wait_for(&result, loa_access_change_password(f->access, who, PASSWORD, PASSWORD, done,
						     &result.retry_after_s, &result.error));
	assert_refused(&result, LOA_OFFICE_ERROR_BAD_REQUEST);
	assert_true(is_alive(f, there));
	done = into(&result);
	wait_for(&result, loa_access_change_password(f->access, who, PASSWORD, OTHER, done,
						     &result.retry_after_s, &result.error));
	assert_non_null(result.answer);
	assert_true(is_alive(f, here));
	assert_false(is_alive(f, there));
	log_in(f, &result, "an", PASSWORD);
	assert_refused(&result, LOA_OFFICE_ERROR_WRONG_LOGIN);
	log_in(f, &result, "an", OTHER);
	assert_non_null(result.token);
}

static void
a_password_that_was_made_is_shown_once_and_must_be_changed(void **state)
{
	Fixture *f = *state;
	const char *const roles[] = { "auditor", NULL };
	LoaUserWish wish = { .roles = roles };
	g_auto(Result) added = { 0 }, session = { 0 };
	g_autofree char *listed = NULL;
	g_autoptr(JsonNode) users = NULL;

	add_by(f, &loa_caller_token, &added, "mttq", &wish, NULL);
	assert_non_null(added.answer);
	assert_int_equal(strlen(text_of(&added, "password")), 19);
	log_in(f, &session, "mttq", text_of(&added, "password"));
	assert_true(json_object_get_boolean_member(json_node_get_object(session.answer),
						   "must_change"));
	users = loa_access_users(f->access, NULL);
	listed = json_to_string(users, FALSE);
	assert_null(strstr(listed, text_of(&added, "password")));
	assert_null(strstr(listed, "argon2"));
	assert_non_null(strstr(listed, "\"user\":\"mttq\""));
}

static void
a_user_is_made_of_a_free_name_known_roles_and_known_groups(void **state)
{
	Fixture *f = *state;
	static const char *const operator[] = { "operator", NULL };
	static const char *const leader[] = { "leader", NULL };
	static const char *const none[] = { NULL };
	static const char *const unknown[] = { "operator", "king", NULL };
	static const char *const twice[] = { "operator", "auditor", "operator", NULL };
	static const char *const no_group[] = { "to-1", "to-9", NULL };
	const struct {
		const char *id, *password;
		LoaUserWish wish;
		LoaOfficeError code;
	} rows[] = {
		{ "an", PASSWORD, { .roles = operator}, LOA_OFFICE_ERROR_CONFLICT },
		  { "Binh", PASSWORD, { .roles = operator}, LOA_OFFICE_ERROR_BAD_REQUEST },
		    { "token", PASSWORD, { .roles = operator}, LOA_OFFICE_ERROR_BAD_REQUEST },
		      { "controller", PASSWORD,
			{ .roles = operator}, LOA_OFFICE_ERROR_BAD_REQUEST },
			{ "a-name-of-more-than-32-characters", PASSWORD,
			  { .roles = operator}, LOA_OFFICE_ERROR_BAD_REQUEST },
			  { "binh", "short", { .roles = operator}, LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh", PASSWORD, { .roles = NULL }, LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh", PASSWORD, { .roles = none }, LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh",
			      PASSWORD,
			      { .roles = unknown },
			      LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh", PASSWORD, { .roles = twice }, LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh", PASSWORD, { .roles = leader }, LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh",
			      PASSWORD,
			      { .roles = leader, .groups = no_group },
			      LOA_OFFICE_ERROR_BAD_REQUEST },
			    { "binh", PASSWORD,
			      { .roles = operator, .language = "fr" },
				LOA_OFFICE_ERROR_BAD_REQUEST },
			      { "binh", PASSWORD,
				{ .roles = operator, .name = "" }, LOA_OFFICE_ERROR_BAD_REQUEST },
				{
					"binh",
					PASSWORD,
					{ .roles = operator, .name = "a\nb" },
					  LOA_OFFICE_ERROR_BAD_REQUEST },
			      };

	add(f, "an", "operator", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Result) result = { 0 };

		add_by(f, &loa_caller_token, &result, rows[i].id, &rows[i].wish, rows[i].password);
		assert_refused(&result, rows[i].code);
	}

	g_autoptr(GPtrArray) users = loa_store_users(f->store, NULL);

	assert_int_equal(users->len, 1);
}

static void
new_roles_hold_for_a_session_that_is_open(void **state)
{
	Fixture *f = *state;
	const char *const roles[] = { "auditor", "technician", NULL };
	LoaUserWish wish = { .roles = roles };
	g_autofree char *token = NULL, *audit = NULL;
	g_autoptr(JsonNode) answer = NULL;

	add(f, "an", "operator", NULL);
	token = session_of(f, "an");
	answer = loa_access_set_user(f->access, &loa_caller_token, "an", &wish, NULL);
	assert_non_null(answer);
	audit = last_audit(f);
	assert_string_equal(audit, "token  user-set an");

	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, token, ADDRESS);

	assert_int_equal(who->caller.roles, (1u << LOA_ROLE_AUDITOR) | (1u << LOA_ROLE_TECHNICIAN));
	assert_string_equal(who->caller.name, "Nguyễn Văn A"); /* as it was */
}

static void
the_last_administrator_cannot_lock_everybody_out(void **state)
{
	Fixture *f = *state;
	const char *const roles[] = { "auditor", NULL };
	LoaUserWish wish = { .roles = roles };
	LoaCaller boss = { .user = "boss",
			   .name = "",
			   .address = ADDRESS,
			   .roles = 1u << LOA_ROLE_ADMINISTRATOR };
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) first = NULL, second = NULL;

	add(f, "boss", "administrator", NULL);
	assert_null(loa_access_disable(f->access, &boss, "boss", TRUE, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	g_clear_error(&error);
	assert_null(loa_access_set_user(f->access, &boss, "boss", &wish, &error));
	assert_true(g_error_matches(error, LOA_OFFICE_ERROR, LOA_OFFICE_ERROR_CONFLICT));
	add(f, "second", "administrator", NULL);
	first = loa_access_disable(f->access, &boss, "boss", TRUE, NULL);
	assert_non_null(first);
	assert_null(loa_access_disable(f->access, &boss, "second", TRUE, NULL));
	/* the token can: it can make another */
	second = loa_access_disable(f->access, &loa_caller_token, "second", TRUE, NULL);
	assert_non_null(second);
}

static void
the_oldest_of_too_many_sessions_of_one_user_ends(void **state)
{
	Fixture *f = *state;
	g_autoptr(GError) error = NULL;

	add(f, "an", "operator", NULL);
	for (gint64 i = 0; i < 5; i++) {
		g_autofree char *hash = g_strdup_printf("h%d", (int)i);
		LoaSession session = { .token_sha256 = hash,
				       .user = (char *)"an",
				       .csrf = (char *)"",
				       .address = (char *)"",
				       .last_used_us = i == 0 ? 100 : i };

		assert_true(loa_store_add_session(f->store, &session, 3, &error));
	}
	for (int i = 0; i < 5; i++) {
		g_autofree char *hash = g_strdup_printf("h%d", i);
		g_autoptr(LoaSession) session = NULL;

		assert_true(loa_store_session(f->store, hash, &session, &error));
		assert_int_equal(session != NULL, i == 0 || i >= 3);
	}
}

static void
put(Fixture *f, const char *id, const char *hash, gint64 disabled_us, gboolean must_change)
{
	g_autoptr(LoaUser) user = NULL;

	assert_true(loa_store_user(f->store, id, &user, NULL));
	if (hash != NULL) {
		g_free(user->hash);
		user->hash = g_strdup(hash);
	}
	user->disabled_us = disabled_us;
	user->must_change = must_change;
	assert_true(loa_store_put_user(f->store, user, NULL));
}

static void
a_session_that_was_left_over_is_not_a_disabled_users_way_in(void **state)
{
	Fixture *f = *state;
	g_autofree char *token = NULL;

	add(f, "an", "operator", NULL);
	token = session_of(f, "an");
	put(f, "an", NULL, NOON_US, FALSE); /* the session is still there */
	assert_false(is_alive(f, token));
}

static void
a_password_that_was_replaced_while_it_was_checked_opens_nothing(void **state)
{
	Fixture *f = *state;
	g_auto(Result) result = { 0 };
	LoaAccessDone done = into(&result);

	add(f, "an", "operator", NULL);
	assert_true(loa_access_log_in(f->access, "an", PASSWORD, ADDRESS, done,
				      &result.retry_after_s, &result.error));
	put(f, "an", "$argon2id$another", 0, FALSE);
	wait_for(&result, TRUE);
	assert_refused(&result, LOA_OFFICE_ERROR_WRONG_LOGIN);
}

static void
an_own_choice_of_password_is_the_end_of_must_change(void **state)
{
	Fixture *f = *state;
	g_auto(Result) result = { 0 };
	g_autofree char *token = NULL;
	g_autoptr(LoaUser) after = NULL;

	add(f, "an", "operator", NULL);
	put(f, "an", NULL, 0, TRUE);
	token = session_of(f, "an");

	g_autoptr(LoaSignedIn) who = loa_access_find(f->access, token, ADDRESS);
	LoaAccessDone done = into(&result);

	assert_true(who->user->must_change);
	wait_for(&result, loa_access_change_password(f->access, who, PASSWORD, OTHER, done,
						     &result.retry_after_s, &result.error));
	assert_non_null(result.answer);
	assert_true(loa_store_user(f->store, "an", &after, NULL));
	assert_false(after->must_change);
}

static void
a_cookie_that_is_no_token_is_nobodys(void **state)
{
	Fixture *f = *state;
	g_autofree char *token = NULL, *other = NULL;

	add(f, "an", "operator", NULL);
	token = session_of(f, "an");
	other = g_strdup(token);
	other[63] = other[63] == '0' ? '1' : '0';
	assert_true(is_alive(f, token));
	assert_false(is_alive(f, other));
	other[63] = '\0';
	assert_false(is_alive(f, other));
	assert_false(is_alive(f, ""));
	assert_false(is_alive(f, "' OR 1=1 --"));
}

static void
the_audit_log_is_read_backwards_page_by_page(void **state)
{
	Fixture *f = *state;
	LoaAuditQuery query = { .limit = 2 };
	g_autoptr(GError) error = NULL;
	guint n = 0;

	for (gint64 i = 0; i < 5; i++)
		assert_true(loa_store_audit(f->store, NOON_US + i, i % 2 ? "an" : "token", ADDRESS,
					    "play", "a.1", "", &error));
	for (;;) {
		g_autoptr(JsonNode) page = loa_access_audit(f->access, &query, &error);
		JsonObject *object = json_node_get_object(page);
		JsonArray *entries = json_object_get_array_member(object, "entries");

		for (guint i = 0; i < json_array_get_length(entries); i++)
			assert_int_equal(
				json_object_get_int_member(
					json_array_get_object_element(entries, i), "at_us"),
				NOON_US + 4 - n++);
		if (json_object_get_null_member(object, "next"))
			break;
		query.before_id = json_object_get_int_member(object, "next");
	}
	assert_int_equal(n, 5);

	LoaAuditQuery some = {
		.who = "an", .from_us = NOON_US + 1, .to_us = NOON_US + 3, .limit = 9
	};
	g_autoptr(GPtrArray) rows = loa_store_audit_rows(f->store, &some, &error);

	assert_int_equal(rows->len, 1);
	assert_int_equal(((LoaAuditRow *)g_ptr_array_index(rows, 0))->at_us, NOON_US + 1);
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	return 0;
}

#define WITH_ACCESS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ACCESS(the_right_password_begins_a_session_that_a_restart_does_not_end),
		WITH_ACCESS(the_database_holds_neither_password_nor_token),
		WITH_ACCESS(wrong_names_and_wrong_passwords_get_the_same_answer),
		WITH_ACCESS(what_was_typed_in_place_of_a_name_is_not_kept),
		WITH_ACCESS(who_guesses_waits_and_is_told_how_long),
		WITH_ACCESS(a_session_ends_when_it_is_not_used_and_at_its_age),
		WITH_ACCESS(a_session_ends_with_its_user_its_password_or_by_logging_out),
		WITH_ACCESS(changing_the_own_password_needs_the_old_and_ends_the_other_sessions),
		WITH_ACCESS(a_password_that_was_made_is_shown_once_and_must_be_changed),
		WITH_ACCESS(a_user_is_made_of_a_free_name_known_roles_and_known_groups),
		WITH_ACCESS(new_roles_hold_for_a_session_that_is_open),
		WITH_ACCESS(the_last_administrator_cannot_lock_everybody_out),
		WITH_ACCESS(the_oldest_of_too_many_sessions_of_one_user_ends),
		WITH_ACCESS(a_session_that_was_left_over_is_not_a_disabled_users_way_in),
		WITH_ACCESS(a_password_that_was_replaced_while_it_was_checked_opens_nothing),
		WITH_ACCESS(an_own_choice_of_password_is_the_end_of_must_change),
		WITH_ACCESS(a_cookie_that_is_no_token_is_nobodys),
		WITH_ACCESS(the_audit_log_is_read_backwards_page_by_page),
	};

	return cmocka_run_group_tests_name("controller/access", tests, claim, NULL);
}
