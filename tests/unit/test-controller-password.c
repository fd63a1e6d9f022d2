/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/main-thread.h"
#include "controller/access/password-desk.h"
#include "controller/access/password.h"

#define MEMORY_MIB LOA_PASSWORD_MIN_MEMORY_MIB
#define WATCHDOG_US (10 * G_USEC_PER_SEC)

static void
a_password_is_ten_characters_that_are_not_guessed_first(void **state)
{
	static const struct {
		const char *password;
		gboolean is_good;
	} rows[] = {
		{ "ngày mưa bão", TRUE },
		{ "xe đạp ơi đi", TRUE },
		{ "ởởăăââêêôô", TRUE }, /* ten characters, more bytes */
		{ "correct horse", TRUE },
		{ "kính thưa", FALSE }, /* nine characters, eleven bytes */
		{ "", FALSE },
		{ "nguyen.van.a", FALSE }, /* the login name */
		{ "Nguyen.Van.A", FALSE },
		{ "nguyen.van.a1", TRUE },
		{ "matkhau123", FALSE },
		{ "MatKhau123", FALSE },
		{ "Mật Khẩu 123", FALSE },
		{ "1234567890", FALSE },
		{ "0123456789", FALSE },
		{ "9876543210", FALSE },
		{ "abcdefghijkl", FALSE },
		{ "aaaaaaaaaaaa", FALSE },
		{ "abcabcabcabc", FALSE },
		{ "abcdabcdabcd", TRUE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gboolean is_good = loa_password_check(rows[i].password, "nguyen.van.a", &error);

		if (is_good != rows[i].is_good)
			fail_msg("\"%s\" is %s", rows[i].password, is_good ? "taken" : "refused");
		if (!is_good)
			assert_true(g_error_matches(error, LOA_PASSWORD_ERROR,
						    LOA_PASSWORD_ERROR_WEAK));
	}
}

static void
the_same_letters_from_two_keyboards_are_one_password(void **state)
{
	(void)state;
	char *composed = loa_password_normalise("mưa bão lớn");
	char *decomposed = loa_password_normalise("mu\xcc\x9b"
						  "a ba\xcc\x83o lo\xcc\x9b\xcc\x81n");

	assert_string_equal(composed, decomposed);
	loa_password_wipe(composed);
	loa_password_wipe(decomposed);
}

static void
what_nobody_can_type_is_no_password(void **state)
{
	g_autofree char *longest = g_strnfill(LOA_PASSWORD_MAX_BYTES, 'x');
	g_autofree char *longer = g_strnfill(LOA_PASSWORD_MAX_BYTES + 1, 'x');
	char *taken = loa_password_normalise(longest);

	(void)state;
	assert_non_null(taken);
	loa_password_wipe(taken);
	assert_null(loa_password_normalise(longer));
	assert_null(loa_password_normalise("line\nfeed in it"));
	assert_null(loa_password_normalise("\xff\xfe not UTF-8"));
	assert_null(loa_password_normalise(NULL));
}

static void
a_hash_knows_its_password_and_no_other(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *hash = loa_password_hash("ngày mưa bão", MEMORY_MIB, &error);
	g_autofree char *again = loa_password_hash("ngày mưa bão", MEMORY_MIB, &error);

	(void)state;
	assert_non_null(hash);
	assert_true(g_str_has_prefix(hash, "$argon2id$"));
	assert_non_null(strstr(hash, "m=8192")); /* KiB: the memory that was asked for */
	assert_string_not_equal(hash, again);    /* a salt of its own */
	assert_true(loa_password_matches(hash, "ngày mưa bão"));
	assert_false(loa_password_matches(hash, "ngày mưa bãi"));
	assert_false(loa_password_matches(hash, ""));
	assert_false(loa_password_matches("", "ngày mưa bão"));
	assert_false(loa_password_matches("$argon2id$nonsense", "ngày mưa bão"));
}

static void
made_passwords_are_good_and_differ(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	(void)state;
	for (int i = 0; i < 200; i++) {
		char *made = loa_password_generate();

		assert_int_equal(strlen(made), 19);
		assert_true(loa_password_check(made, "a", NULL));
		assert_null(strpbrk(made, "01lo"));
		assert_true(g_hash_table_add(seen, made));
	}
}

static void
random_hex_has_two_digits_a_byte(void **state)
{
	g_autofree char *a = loa_password_random_hex(32), *b = loa_password_random_hex(32);

	(void)state;
	assert_int_equal(strlen(a), 64);
	assert_int_equal(strspn(a, "0123456789abcdef"), 64);
	assert_string_not_equal(a, b);
}

/* --- the desk --------------------------------------------------------------------------------- */

typedef struct {
	guint n_answers, n_matches, n_busy, n_destroyed;
	char *hash;
} Seen;

static void
on_hashed(const char *hash, const GError *error, gpointer user_data)
{
	Seen *seen = user_data;

	assert_true(loa_main_thread_is_current());
	seen->n_answers++;
	seen->n_busy += g_error_matches(error, LOA_PASSWORD_ERROR, LOA_PASSWORD_ERROR_BUSY) ? 1 : 0;
	assert_true((hash == NULL) == (error != NULL));
	g_free(seen->hash);
	seen->hash = g_strdup(hash);
}

static void
on_checked(gboolean matches, const GError *error, gpointer user_data)
{
	Seen *seen = user_data;

	assert_null(error);
	seen->n_answers++;
	seen->n_matches += matches ? 1 : 0;
}

static void
on_destroyed(gpointer user_data)
{
	((Seen *)user_data)->n_destroyed++;
}

static gboolean
bark(gpointer user_data)
{
	*(gboolean *)user_data = TRUE;
	return G_SOURCE_REMOVE;
}

static void
turn_until_destroyed(Seen *seen, guint n)
{
	gboolean has_barked = FALSE;
	guint watchdog = g_timeout_add(WATCHDOG_US / 1000, bark, &has_barked);

	while (seen->n_destroyed < n && !has_barked)
		g_main_context_iteration(NULL, TRUE);
	assert_false(has_barked);
	g_source_remove(watchdog);
}

static void
the_desk_answers_from_the_loop_and_once(void **state)
{
	g_autoptr(LoaPasswordDesk) desk = loa_password_desk_new(MEMORY_MIB);
	Seen made = { 0 }, right = { 0 }, wrong = { 0 }, nobody = { 0 }, unsayable = { 0 };

	(void)state;
	loa_password_desk_hash(desk, "ngày mưa bão", on_hashed, &made, on_destroyed);
	assert_int_equal(made.n_answers, 0);
	turn_until_destroyed(&made, 1);
	assert_true(loa_password_matches(made.hash, "ngày mưa bão"));
	loa_password_desk_check(desk, made.hash, "ngày mưa bão", on_checked, &right, on_destroyed);
	loa_password_desk_check(desk, made.hash, "ngày nắng to", on_checked, &wrong, on_destroyed);
	loa_password_desk_check(desk, NULL, "ngày mưa bão", on_checked, &nobody, on_destroyed);
	loa_password_desk_check(desk, made.hash, NULL, on_checked, &unsayable, on_destroyed);
	turn_until_destroyed(&right, 1);
	turn_until_destroyed(&wrong, 1);
	turn_until_destroyed(&nobody, 1);
	turn_until_destroyed(&unsayable, 1);
	assert_int_equal(right.n_answers, 1);
	assert_int_equal(right.n_matches, 1);
	assert_int_equal(wrong.n_answers + nobody.n_answers + unsayable.n_answers, 3);
	assert_int_equal(wrong.n_matches + nobody.n_matches + unsayable.n_matches, 0);
	g_free(made.hash);
}

static void
more_than_the_queue_holds_are_told_so_at_once(void **state)
{
	const guint n_places = LOA_PASSWORD_DESK_WORKERS + LOA_PASSWORD_DESK_MAX_WAITING;
	g_autoptr(LoaPasswordDesk) desk = loa_password_desk_new(MEMORY_MIB);
	Seen seen = { 0 };

	(void)state;
	for (guint i = 0; i < n_places + 3; i++)
		loa_password_desk_hash(desk, "x", on_hashed, &seen, on_destroyed);
	turn_until_destroyed(&seen, n_places + 3);
	assert_int_equal(seen.n_busy, 3);
	assert_int_equal(seen.n_answers, n_places + 3);
	/* and the places are free again */
	loa_password_desk_hash(desk, "x", on_hashed, &seen, on_destroyed);
	turn_until_destroyed(&seen, n_places + 4);
	assert_int_equal(seen.n_busy, 3);
	g_free(seen.hash);
}

static void
a_desk_that_ends_answers_nobody_and_forgets_nobody(void **state)
{
	LoaPasswordDesk *desk = loa_password_desk_new(MEMORY_MIB);
	Seen seen = { 0 };

	(void)state;
	for (guint i = 0; i < 6; i++)
		loa_password_desk_hash(desk, "x", on_hashed, &seen, on_destroyed);
	loa_password_desk_free(desk);
	turn_until_destroyed(&seen, 6);
	assert_int_equal(seen.n_answers, 0);
}

static int
claim(void **state)
{
	(void)state;
	loa_main_thread_claim();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_is_ten_characters_that_are_not_guessed_first),
		cmocka_unit_test(the_same_letters_from_two_keyboards_are_one_password),
		cmocka_unit_test(what_nobody_can_type_is_no_password),
		cmocka_unit_test(a_hash_knows_its_password_and_no_other),
		cmocka_unit_test(made_passwords_are_good_and_differ),
		cmocka_unit_test(random_hex_has_two_digits_a_byte),
		cmocka_unit_test(the_desk_answers_from_the_loop_and_once),
		cmocka_unit_test(more_than_the_queue_holds_are_told_so_at_once),
		cmocka_unit_test(a_desk_that_ends_answers_nobody_and_forgets_nobody),
	};

	return cmocka_run_group_tests_name("controller/password", tests, claim, NULL);
}
