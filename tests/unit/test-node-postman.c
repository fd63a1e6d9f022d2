/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib/gstdio.h>

#include "node/postman.h"

#define SITE "phuong"
#define NODE "cum-1"
#define ACK_TOPIC "loa/" SITE "/node/" NODE "/ack"
#define REPORT_TOPIC "loa/" SITE "/node/" NODE "/report"
#define START_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)
#define AT(s) (START_US + (gint64)(s)*G_USEC_PER_SEC)
#define MONO(s) ((gint64)(s)*G_USEC_PER_SEC)

typedef struct {
	char *folder;
	char *path;
	LoaJournal *journal;
	LoaSigningKey *node_key;
	LoaSigningKey *site_key;
	LoaKeyRing *site_ring;
	LoaKeyRing *node_ring;
	LoaPostman *postman;
	GPtrArray *sent; /* GBytes */
	gboolean is_down;
} Fixture;

static gboolean
send_report(const char *topic, GBytes *message, gpointer user_data)
{
	Fixture *f = user_data;

	assert_string_equal(topic, REPORT_TOPIC);
	if (f->is_down)
		return FALSE;
	g_ptr_array_add(f->sent, g_bytes_ref(message));
	return TRUE;
}

static LoaKeyRing *
ring_of(const LoaSigningKey *key)
{
	LoaKeyRing *ring = loa_key_ring_new();
	g_autofree char *public_hex = loa_signing_key_public_hex(key);

	assert_true(loa_key_ring_add(ring, public_hex));
	return ring;
}

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-postman-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "journal.db", NULL);
	f->journal = loa_journal_open(f->path, NULL);
	f->node_key = loa_signing_key_new();
	f->site_key = loa_signing_key_new();
	f->node_ring = ring_of(f->node_key);
	f->site_ring = ring_of(f->site_key);
	f->postman =
		loa_postman_new(SITE, NODE, f->node_key, f->site_ring, f->journal, send_report, f);
	f->sent = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	*state = f;
	return f->journal == NULL;
}

static int
teardown(void **state)
{
	Fixture *f = *state;
	static const char *const suffixes[] = { "", "-wal", "-shm" };

	loa_postman_free(f->postman);
	loa_journal_free(f->journal);
	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *path = g_strconcat(f->path, suffixes[i], NULL);

		g_unlink(path);
	}
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	loa_signing_key_free(f->node_key);
	loa_signing_key_free(f->site_key);
	loa_key_ring_free(f->node_ring);
	loa_key_ring_free(f->site_ring);
	g_ptr_array_unref(f->sent);
	g_free(f);
	return 0;
}

static void
add_outcomes(const Fixture *f, int n, gsize title_size)
{
	g_autofree char *title = g_strnfill(title_size, 't');

	for (int i = 0; i < n; i++) {
		g_autoptr(LoaOutcome) outcome = loa_outcome_new();

		outcome->airing = g_strdup_printf("a%d", i);
		outcome->broadcast = g_strdup("b");
		outcome->title = g_strdup(title);
		outcome->reason = g_strdup("");
		outcome->clock_source = g_strdup("system");
		loa_journal_add_outcome(f->journal, outcome);
	}
}

static LoaReport *
open_report(const Fixture *f, guint i)
{
	assert_true(i < f->sent->len);
	g_autoptr(GBytes) body = loa_envelope_open(
		LOA_TAG_REPORT, REPORT_TOPIC, g_ptr_array_index(f->sent, i), f->node_ring, NULL);

	assert_non_null(body);
	assert_true(g_bytes_get_size(body) <= LOA_REPORT_MAX_SIZE);
	LoaReport *report = loa_report_decode(body, NULL);

	assert_non_null(report);
	return report;
}

static void
send_ack(Fixture *f, const char *node, const char *epoch, gint64 seq)
{
	LoaAck ack = { SITE, "", "", seq };

	g_strlcpy(ack.node, node, sizeof ack.node);
	g_strlcpy(ack.epoch, epoch, sizeof ack.epoch);
	g_autoptr(GBytes) body = loa_ack_encode(&ack);
	g_autoptr(GBytes) message = loa_envelope_seal(LOA_TAG_ACK, ACK_TOPIC, body, f->site_key);

	loa_postman_take_ack(f->postman, ACK_TOPIC, message, MONO(0), AT(0));
}

static void
a_backlog_goes_out_in_order_without_holes(void **state)
{
	Fixture *f = *state;
	gint64 next = 1;

	add_outcomes(f, 100, 10);
	(void)loa_postman_run(f->postman, MONO(0), AT(0));
	assert_int_equal(f->sent->len, 0);
	loa_postman_connected(f->postman);
	(void)loa_postman_run(f->postman, MONO(0), AT(0));
	for (guint i = 0; i < f->sent->len; i++) {
		g_autoptr(LoaReport) report = open_report(f, i);

		assert_string_equal(report->epoch, loa_journal_epoch(f->journal));
		for (guint j = 0; j < report->entries->len; j++)
			assert_int_equal(((LoaEntry *)g_ptr_array_index(report->entries, j))->seq,
					 next++);
	}
	assert_int_equal(next, 101);
	assert_int_equal(loa_postman_n_unreported(f->postman), 100);
	send_ack(f, NODE, loa_journal_epoch(f->journal), 60);
	assert_int_equal(loa_postman_n_unreported(f->postman), 40);
	assert_int_equal(loa_journal_acked_seq(f->journal), 60);
}

static void
only_an_ack_for_this_journal_counts(void **state)
{
	Fixture *f = *state;

	add_outcomes(f, 3, 10);
	loa_postman_connected(f->postman);
	(void)loa_postman_run(f->postman, MONO(0), AT(0));
	/* of a journal that was lost with its card: no fault of anybody's */
	send_ack(f, NODE, "0123456789abcdef", 3);
	assert_int_equal(loa_postman_n_refused(f->postman), 0);
	send_ack(f, "cum-2", loa_journal_epoch(f->journal), 3);
	assert_int_equal(loa_postman_n_refused(f->postman), 1);
	send_ack(f, NODE, loa_journal_epoch(f->journal), 4);
	assert_int_equal(loa_postman_n_refused(f->postman), 2);
	assert_int_equal(loa_journal_acked_seq(f->journal), 0);
	send_ack(f, NODE, loa_journal_epoch(f->journal), 3);
	assert_int_equal(loa_journal_acked_seq(f->journal), 3);
	assert_int_equal(loa_postman_n_refused(f->postman), 2);
}

static void
a_refusal_is_journalled_when_it_is_due(void **state)
{
	Fixture *f = *state;
	gint64 due_us = 0;

	loa_postman_connected(f->postman);
	loa_postman_refuse(f->postman, "key", "t", "d", AT(0));
	due_us = loa_postman_run(f->postman, MONO(50), AT(0));
	assert_int_equal(f->sent->len, 0);
	assert_int_equal(due_us, MONO(50) + LOA_REFUSALS_QUIET_US);
	(void)loa_postman_run(f->postman, due_us, AT(0) + LOA_REFUSALS_QUIET_US);
	g_autoptr(LoaReport) report = open_report(f, 0);
	const LoaEntry *entry = g_ptr_array_index(report->entries, 0);

	assert_int_equal(entry->kind, LOA_ENTRY_SECURITY);
	/* one that is not due yet is not lost at the end */
	loa_postman_refuse(f->postman, "serial", "t", "d", AT(10));
	loa_postman_finish(f->postman);
	assert_int_equal(loa_journal_last_seq(f->journal), 2);
}

static void
what_could_not_be_sent_is_sent_later(void **state)
{
	Fixture *f = *state;

	add_outcomes(f, 2, 10);
	loa_postman_connected(f->postman);
	f->is_down = TRUE;
	gint64 due_us = loa_postman_run(f->postman, MONO(0), AT(0));

	assert_int_equal(due_us, LOA_REPORTER_RESEND_US);
	f->is_down = FALSE;
	(void)loa_postman_run(f->postman, due_us, AT(5));
	g_autoptr(LoaReport) report = open_report(f, 0);

	assert_int_equal(report->entries->len, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_backlog_goes_out_in_order_without_holes),
		TEST(only_an_ack_for_this_journal_counts),
		TEST(a_refusal_is_journalled_when_it_is_due),
		TEST(what_could_not_be_sent_is_sent_later),
	};

	return cmocka_run_group_tests_name("node/postman", tests, NULL, NULL);
}
