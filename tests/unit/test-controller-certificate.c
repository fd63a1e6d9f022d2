/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "controller/certificate.h"
#include "tests/unit/controller-sample.h"

#define NOW_S (NOON_US / SECOND_US)
#define DAY_S 86400

static const char *const names[] = { "loa.phuong.example", "192.0.2.7", "2001:db8::7", NULL };

static char *
path_in(void **state)
{
	return g_build_filename(((Folder *)*state)->folder, "page.pem", NULL);
}

static GTlsCertificate *
own(const char *path, const char *const *for_names, gint64 now_s, gboolean *is_new)
{
	g_autoptr(GError) error = NULL;
	GTlsCertificate *made = loa_certificate_own(path, for_names, now_s, is_new, &error);

	if (made == NULL)
		fail_msg("%s", error->message);
	return made;
}

static void
one_is_made_for_its_names_and_nobody_else_reads_its_key(void **state)
{
	g_autofree char *path = path_in(state);
	gboolean is_new = FALSE;
	g_autoptr(GTlsCertificate) made = own(path, names, NOW_S, &is_new);
	g_autoptr(GPtrArray) dns = NULL, addresses = NULL;
	g_autofree char *fingerprint = loa_certificate_fingerprint(made);
	struct stat st;

	assert_true(is_new);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	g_object_get(made, "dns-names", &dns, "ip-addresses", &addresses, NULL);
	assert_int_equal(dns->len, 1);
	assert_int_equal(addresses->len, 2);
	assert_int_equal(strlen(fingerprint), 32 * 3 - 1);
	/* telephones take no longer ones */
	assert_true(loa_certificate_left_s(made, NOW_S) <= 824 * DAY_S);
	assert_true(loa_certificate_left_s(made, NOW_S) > 700 * DAY_S);
}

static void
it_stays_until_it_ends_or_the_names_change(void **state)
{
	static const char *const fewer[] = { "loa.phuong.example", "192.0.2.7", NULL };
	static const char *const other[] = { "loa.phuong.example", "192.0.2.8", "2001:db8::7",
					     NULL };
	g_autofree char *path = path_in(state);
	g_autoptr(GTlsCertificate) first = own(path, names, NOW_S, NULL);
	const gint64 left_s = loa_certificate_left_s(first, NOW_S);
	gboolean is_new = TRUE;

	g_clear_object(&first);
	first = own(path, names, NOW_S + left_s - 31 * DAY_S, &is_new);
	assert_false(is_new);
	g_clear_object(&first);
	first = own(path, names, NOW_S + left_s - 29 * DAY_S, &is_new);
	assert_true(is_new);
	g_clear_object(&first);
	first = own(path, fewer, NOW_S + DAY_S, &is_new);
	assert_true(is_new);
	g_clear_object(&first);
	first = own(path, names, NOW_S + DAY_S, &is_new);
	assert_true(is_new);
	g_clear_object(&first);
	first = own(path, other, NOW_S + DAY_S, &is_new);
	assert_true(is_new);
	g_clear_object(&first);
	first = own(path, other, NOW_S + DAY_S, &is_new);
	assert_false(is_new);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
	g_autofree char *path = path_in(state);
	g_autoptr(GError) error = NULL;

	g_object_unref(own(path, names, NOW_S, NULL));
	assert_int_equal(chmod(path, 0640), 0);
	assert_null(loa_certificate_load(path, path, &error));
	assert_true(
		g_error_matches(error, LOA_CERTIFICATE_ERROR, LOA_CERTIFICATE_ERROR_OTHERS_READ));
	assert_non_null(strstr(error->message, "chmod 600"));
	g_clear_error(&error);
	assert_null(loa_certificate_own(path, names, NOW_S, NULL, &error));
}

static void
what_is_no_certificate_is_named_and_left_alone(void **state)
{
	g_autofree char *path = path_in(state), *after = NULL;
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents_full(path, "somebody's notes\n", -1,
					     G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	assert_null(loa_certificate_own(path, names, NOW_S, NULL, &error));
	assert_non_null(strstr(error->message, path));
	assert_true(g_file_get_contents(path, &after, NULL, NULL));
	assert_string_equal(after, "somebody's notes\n");
	g_clear_error(&error);
	assert_null(loa_certificate_load("/nowhere/page.crt", path, &error));
	assert_non_null(strstr(error->message, "/nowhere/page.crt"));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(one_is_made_for_its_names_and_nobody_else_reads_its_key),
		WITH_FOLDER(it_stays_until_it_ends_or_the_names_change),
		WITH_FOLDER(a_key_that_others_may_read_is_refused),
		WITH_FOLDER(what_is_no_certificate_is_named_and_left_alone),
	};

	return cmocka_run_group_tests_name("controller/certificate", tests, NULL, NULL);
}
