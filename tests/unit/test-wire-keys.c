/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/wire-sample.h"

typedef struct {
	char *folder;
	char *path;
} Place;

static int
make_place(void **state)
{
	Place *place = g_new0(Place, 1);

	place->folder = g_dir_make_tmp("loa-keys-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "site.key", NULL);
	*state = place;
	return place->folder == NULL;
}

static int
remove_place(void **state)
{
	Place *place = *state;

	g_unlink(place->path);
	g_rmdir(place->folder);
	g_free(place->path);
	g_free(place->folder);
	g_free(place);
	return 0;
}

static void
write_key_file(const Place *place, const char *text, int mode)
{
	g_unlink(place->path);
	assert_true(g_file_set_contents_full(place->path, text, -1, G_FILE_SET_CONTENTS_NONE, mode,
					     NULL));
	assert_int_equal(g_chmod(place->path, mode), 0);
}

static void
the_key_file_is_made_once_with_mode_0600(void **state)
{
	const Place *place = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaSigningKey) made = loa_signing_key_load_or_create(place->path, &error);
	g_autofree char *text = NULL;
	GStatBuf st;

	assert_null(error);
	assert_int_equal(g_stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 65);

	g_autofree char *seed = loa_signing_key_seed_hex(made);
	assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
	assert_memory_equal(text, seed, 64);
	assert_int_equal(text[64], '\n');

	g_autoptr(LoaSigningKey) loaded = loa_signing_key_load_or_create(place->path, &error);
	assert_null(error);
	assert_string_equal(loa_signing_key_id_hex(loaded), loa_signing_key_id_hex(made));

	/* nothing else is left in the folder */
	g_autoptr(GDir) folder = g_dir_open(place->folder, 0, NULL);
	assert_string_equal(g_dir_read_name(folder), "site.key");
	assert_null(g_dir_read_name(folder));
}

static void
a_key_that_others_may_read_is_refused_with_the_remedy(void **state)
{
	const Place *place = *state;
	static const int modes[] = { 0644, 0640, 0604, 0610, 0602 };

	for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_autoptr(GError) error = NULL;

		write_key_file(place, SAMPLE_NODE_SEED "\n", modes[i]);
		assert_null(loa_signing_key_load_or_create(place->path, &error));
		assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_PERM));
		assert_non_null(strstr(error->message, "chmod 600"));
	}
	write_key_file(place, SAMPLE_NODE_SEED, 0400);

	g_autoptr(LoaSigningKey) key = loa_signing_key_load_or_create(place->path, NULL);
	assert_non_null(key);
}

static void
a_damaged_key_file_is_refused_and_left_alone(void **state)
{
	const Place *place = *state;
	static const char *const bad[] = {
		"",
		"\n",
		"00",
		SAMPLE_NODE_SEED "\n\n",
		SAMPLE_NODE_SEED " ",
		SAMPLE_NODE_SEED "0",
		" " SAMPLE_NODE_SEED,
		"x02122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
		"not a key at all, but a text that somebody put here by mistake, long",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;

		write_key_file(place, bad[i], 0600);
		assert_null(loa_signing_key_load_or_create(place->path, &error));
		assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SYNTAX));
		assert_non_null(strstr(error->message, place->path));
		assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
		assert_string_equal(text, bad[i]);
	}
}

static void
a_key_in_a_folder_that_is_not_there_is_a_file_error(void **state)
{
	const Place *place = *state;
	g_autofree char *path = g_build_filename(place->folder, "none", "site.key", NULL);
	g_autoptr(GError) error = NULL;

	assert_null(loa_signing_key_load_or_create(path, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
}

static void
no_key_is_made_through_a_dangling_link(void **state)
{
	const Place *place = *state;
	g_autofree char *target = g_build_filename(place->folder, "elsewhere", NULL);
	g_autoptr(GError) error = NULL;

	assert_int_equal(symlink(target, place->path), 0);
	assert_null(loa_signing_key_load_or_create(place->path, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_EXIST));
	assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
}

static void
fresh_keys_differ_and_seeds_are_64_digits(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) a = loa_signing_key_new();
	g_autoptr(LoaSigningKey) b = loa_signing_key_new();
	g_autofree char *seed = loa_signing_key_seed_hex(a);
	g_autoptr(LoaSigningKey) again = loa_signing_key_new_from_seed(seed);

	assert_string_not_equal(loa_signing_key_id_hex(a), loa_signing_key_id_hex(b));
	assert_string_equal(loa_signing_key_id_hex(a), loa_signing_key_id_hex(again));
	assert_null(loa_signing_key_new_from_seed(NULL));
	assert_null(loa_signing_key_new_from_seed(""));
	assert_null(loa_signing_key_new_from_seed(SAMPLE_NODE_SEED "00"));
	seed[63] = '\0';
	assert_null(loa_signing_key_new_from_seed(seed));
}

static void
a_ring_takes_each_valid_public_key_once(void **state)
{
	(void)state;
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_NODE_SEED);
	g_autofree char *hex = loa_signing_key_public_hex(key);
	static const char *const bad[] = {
		"",
		"00",
		"zz",
		/* no point of the curve; the neutral element; a point of order 8 */
		"0200000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_false(loa_key_ring_add(ring, bad[i]));
	assert_false(loa_key_ring_add(ring, NULL));
	assert_int_equal(loa_key_ring_size(ring), 0);
	assert_true(loa_key_ring_add(ring, hex));
	assert_true(loa_key_ring_add(ring, hex));
	assert_int_equal(loa_key_ring_size(ring), 1);
}

static gboolean
verifies(const LoaKeyRing *ring, const LoaSigningKey *key, const char *tag, const char *topic,
	 const char *text, gsize size, const guint8 *signature, LoaWireError want)
{
	g_autoptr(GError) error = NULL;

	if (loa_key_ring_verify(ring, loa_signing_key_id(key), tag, topic, text, size, signature,
				&error))
		return TRUE;
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, (int)want));
	return FALSE;
}

static void
a_signature_fits_its_own_tag_topic_and_bytes_only(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaSigningKey) other = loa_signing_key_new_from_seed(SAMPLE_NODE_SEED);
	g_autoptr(LoaKeyRing) ring = sample_ring(key);
	guint8 signature[LOA_SIGNATURE_SIZE];

	loa_signing_key_sign(key, "tag", "topic", "bytes", 5, signature);
	assert_true(verifies(ring, key, "tag", "topic", "bytes", 5, signature, 0));
	assert_false(verifies(ring, key, "tah", "topic", "bytes", 5, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	assert_false(verifies(ring, key, "tag", "topik", "bytes", 5, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	assert_false(verifies(ring, key, "tag", "topic", "bytes", 4, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	/* the same letters, cut elsewhere */
	assert_false(verifies(ring, key, "tagt", "opic", "bytes", 5, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	assert_false(verifies(ring, key, "tag", "topicb", "ytes", 4, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	assert_false(
		verifies(ring, other, "tag", "topic", "bytes", 5, signature, LOA_WIRE_ERROR_KEY));
	for (gsize i = 0; i < sizeof signature; i++) {
		signature[i] ^= 1;
		assert_false(verifies(ring, key, "tag", "topic", "bytes", 5, signature,
				      LOA_WIRE_ERROR_SIGNATURE));
		signature[i] ^= 1;
	}
	assert_true(verifies(ring, key, "tag", "topic", "bytes", 5, signature, 0));
}

static void
both_keys_of_a_rotation_are_believed(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) old_key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaSigningKey) new_key = loa_signing_key_new_from_seed(SAMPLE_NODE_SEED);
	g_autoptr(LoaKeyRing) ring = sample_ring(old_key);
	g_autofree char *hex = loa_signing_key_public_hex(new_key);
	guint8 signature[LOA_SIGNATURE_SIZE];

	assert_true(loa_key_ring_add(ring, hex));
	loa_signing_key_sign(new_key, "tag", "topic", NULL, 0, signature);
	assert_true(verifies(ring, new_key, "tag", "topic", NULL, 0, signature, 0));
	/* known, but it was the other one who signed */
	assert_false(verifies(ring, old_key, "tag", "topic", NULL, 0, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
	loa_signing_key_sign(old_key, "tag", "topic", NULL, 0, signature);
	assert_true(verifies(ring, old_key, "tag", "topic", NULL, 0, signature, 0));
}

static void
messages_beyond_the_stack_buffer_are_signed_alike(void **state)
{
	(void)state;
	g_autoptr(LoaSigningKey) key = loa_signing_key_new_from_seed(SAMPLE_CONTROLLER_SEED);
	g_autoptr(LoaKeyRing) ring = sample_ring(key);
	gsize size = 100 * 1000;
	g_autofree char *text = g_strnfill(size, 'x');
	guint8 signature[LOA_SIGNATURE_SIZE];

	loa_signing_key_sign(key, "tag", "topic", text, size, signature);
	assert_true(verifies(ring, key, "tag", "topic", text, size, signature, 0));
	text[size - 1] = 'y';
	assert_false(verifies(ring, key, "tag", "topic", text, size, signature,
			      LOA_WIRE_ERROR_SIGNATURE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_key_file_is_made_once_with_mode_0600,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			a_key_that_others_may_read_is_refused_with_the_remedy, make_place,
			remove_place),
		cmocka_unit_test_setup_teardown(a_damaged_key_file_is_refused_and_left_alone,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(a_key_in_a_folder_that_is_not_there_is_a_file_error,
						make_place, remove_place),
		cmocka_unit_test_setup_teardown(no_key_is_made_through_a_dangling_link, make_place,
						remove_place),
		cmocka_unit_test(fresh_keys_differ_and_seeds_are_64_digits),
		cmocka_unit_test(a_ring_takes_each_valid_public_key_once),
		cmocka_unit_test(a_signature_fits_its_own_tag_topic_and_bytes_only),
		cmocka_unit_test(both_keys_of_a_rotation_are_believed),
		cmocka_unit_test(messages_beyond_the_stack_buffer_are_signed_alike),
	};

	return cmocka_run_group_tests_name("wire/keys", tests, NULL, NULL);
}
