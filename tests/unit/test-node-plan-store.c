/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "node/plan-store.h"

#define TOPIC "loa/phuong/plan/to-1"
#define START_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)

typedef struct {
	char *folder;
	char *path;
	LoaSigningKey *key;
	LoaKeyRing *ring;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-plan-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "plan", NULL);
	f->key = loa_signing_key_new();
	f->ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(f->key);

	*state = f;
	return f->folder == NULL || !loa_key_ring_add(f->ring, public_hex);
}

static int
teardown(void **state)
{
	Fixture *f = *state;

	g_unlink(f->path);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	loa_signing_key_free(f->key);
	loa_key_ring_free(f->ring);
	g_free(f);
	return 0;
}

static GBytes *
seal_plan(const Fixture *f)
{
	g_autoptr(LoaPlan) plan = loa_plan_new("phuong", "to-1");

	plan->serial = 42;
	plan->issued_us = START_US;
	plan->valid_until_us = START_US + G_USEC_PER_SEC;
	plan->playout_delay_us = LOA_PLAYOUT_DELAY_MIN_US;
	g_autoptr(GBytes) body = loa_plan_encode(plan);

	return loa_envelope_seal(LOA_TAG_PLAN, TOPIC, body, f->key);
}

static void
a_saved_plan_comes_back_with_its_envelope(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GBytes) message = seal_plan(f);
	g_autoptr(GError) error = NULL;
	g_auto(LoaStoredPlan) stored = { 0 };

	assert_true(loa_plan_store_save(f->path, message, &error));
	assert_true(loa_plan_store_load(f->path, TOPIC, f->ring, &stored, &error));
	assert_int_equal(stored.plan->serial, 42);
	assert_true(g_bytes_equal(stored.message, message));
}

static void
there_may_be_none_yet(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	g_auto(LoaStoredPlan) stored = { 0 };

	assert_false(loa_plan_store_load(f->path, TOPIC, f->ring, &stored, &error));
	assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
}

static void
a_disk_is_not_believed_more_than_a_broker(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GBytes) message = seal_plan(f);
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(message, &size);

	for (gsize i = 0; i < size; i += 7) {
		g_autofree guint8 *copy = g_memdup2(data, size);
		g_autoptr(GError) error = NULL;
		g_auto(LoaStoredPlan) stored = { 0 };

		copy[i] ^= 0x10;
		assert_true(g_file_set_contents(f->path, (const char *)copy, (gssize)size, NULL));
		assert_false(loa_plan_store_load(f->path, TOPIC, f->ring, &stored, &error));
		assert_true(error->domain == LOA_WIRE_ERROR);
		assert_null(stored.plan);
		assert_null(stored.message);
	}
}

static void
a_plan_of_another_group_does_not_open(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GBytes) message = seal_plan(f);
	g_autoptr(GError) error = NULL;
	g_auto(LoaStoredPlan) stored = { 0 };

	assert_false(loa_plan_store_open_message(message, "loa/phuong/plan/to-2", f->ring, &stored,
						 &error));
	assert_true(g_error_matches(error, LOA_WIRE_ERROR, LOA_WIRE_ERROR_SIGNATURE));
}

static void
a_folder_that_takes_nothing_is_told(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GBytes) message = seal_plan(f);
	g_autoptr(GError) error = NULL;

	assert_false(loa_plan_store_save("/nonexistent/plan", message, &error));
	assert_true(error->domain == G_FILE_ERROR);
	assert_non_null(strstr(error->message, "/nonexistent/plan"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_saved_plan_comes_back_with_its_envelope),
		TEST(there_may_be_none_yet),
		TEST(a_disk_is_not_believed_more_than_a_broker),
		TEST(a_plan_of_another_group_does_not_open),
		TEST(a_folder_that_takes_nothing_is_told),
	};

	return cmocka_run_group_tests_name("node/plan-store", tests, NULL, NULL);
}
