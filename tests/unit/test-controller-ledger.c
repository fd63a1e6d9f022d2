/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "controller/proof/ledger.h"
#include "tests/unit/controller-sample.h"
#include "wire/topic.h"

#define SITE "phuong-mau"
#define EPOCH "0123456789abcdef"

typedef struct {
	Folder *folder;
	LoaStore *store;
	LoaRegistry *registry;
	LoaLedger *ledger;
	LoaSigningKey *controller;
	LoaSigningKey *node; /* of n1 */
	gint64 now_us;       /* of the controller */
} Ward;

static int
setup(void **state)
{
	Ward *w = g_new0(Ward, 1);
	g_autofree char *public_hex = NULL;

	if (folder_setup((void **)&w->folder) != 0)
		return 1;
	w->store = open_store(w->folder);
	w->registry = loa_registry_new(w->store, NULL);
	w->now_us = NOON_US;
	w->controller = loa_signing_key_new();
	w->node = loa_signing_key_new();
	public_hex = loa_signing_key_public_hex(w->node);

	g_autoptr(LoaNodeRecord) record = loa_node_record_new("n1", "to-1", public_hex, NOON_US);

	w->ledger = loa_ledger_new(w->store, w->registry, SITE, w->controller);
	*state = w;
	return loa_registry_add(w->registry, record, NULL) ? 0 : 1;
}

static int
teardown(void **state)
{
	Ward *w = *state;

	loa_ledger_free(w->ledger);
	loa_registry_free(w->registry);
	loa_store_close(w->store);
	loa_signing_key_free(w->controller);
	loa_signing_key_free(w->node);
	folder_teardown((void **)&w->folder);
	g_free(w);
	return 0;
}

/* Entries @first to @last of airings a1, a2, ..., signed by @key as @node of @site */
static GBytes *
report(const char *site, const char *node, const LoaSigningKey *key, gint64 first, gint64 last)
{
	g_autoptr(LoaReport) r = loa_report_new(site, node, EPOCH);
	g_autofree char *topic = loa_topic(LOA_TOPIC_REPORT, SITE, "n1");

	for (gint64 seq = first; seq <= last; seq++) {
		g_autofree char *airing = g_strdup_printf("a%" G_GINT64_FORMAT, seq);

		g_ptr_array_add(r->entries, sample_entry(seq, airing, LOA_RESULT_COMPLETED));
	}

	g_autoptr(GBytes) body = loa_report_encode(r);

	return loa_envelope_seal(LOA_TAG_REPORT, topic, body, key);
}

static gboolean
take(Ward *w, const char *topic_node, GBytes *message, LoaLedgerReceipt *receipt, GError **error)
{
	g_autofree char *topic = loa_topic(LOA_TOPIC_REPORT, SITE, topic_node);

	return loa_ledger_take(w->ledger, topic, topic_node, message, w->now_us, receipt, error);
}

/* What the ack says, once its signature is proven. */
static gint64
acked(const Ward *w, const LoaLedgerReceipt *receipt)
{
	g_autofree char *topic = loa_topic(LOA_TOPIC_ACK, SITE, "n1");
	g_autofree char *public_hex = loa_signing_key_public_hex(w->controller);
	g_autoptr(LoaKeyRing) ring = loa_key_ring_new();
	g_autoptr(GError) error = NULL;
	LoaAck ack;

	assert_string_equal(receipt->ack_topic, topic);
	assert_true(loa_key_ring_add(ring, public_hex));

	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_ACK, topic, receipt->ack, ring, &error);

	assert_non_null(body);
	assert_true(loa_ack_decode(body, &ack, &error));
	assert_string_equal(ack.epoch, EPOCH);
	assert_string_equal(ack.node, "n1");
	return ack.seq;
}

/* Takes first..last of n1; what was acknowledged. */
static gint64
take_range(Ward *w, gint64 first, gint64 last, guint want_new, guint want_duplicates)
{
	g_autoptr(GBytes) message = report(SITE, "n1", w->node, first, last);
	g_auto(LoaLedgerReceipt) receipt = { 0 };
	g_autoptr(GError) error = NULL;

	if (!take(w, "n1", message, &receipt, &error))
		fail_msg("%s", error->message);
	assert_int_equal(receipt.n_new, want_new);
	assert_int_equal(receipt.n_duplicates, want_duplicates);
	return acked(w, &receipt);
}

static guint
n_rows(Ward *w)
{
	LoaLedgerQuery q = { .limit = 1000, .with_events = TRUE };
	g_autoptr(GPtrArray) rows = loa_store_ledger_query(w->store, &q, NULL);

	return rows->len;
}

static void
a_report_is_on_disk_and_acknowledged(void **state)
{
	Ward *w = *state;

	assert_int_equal(take_range(w, 1, 3, 3, 0), 3);
	assert_int_equal(n_rows(w), 3);
}

static void
a_report_taken_twice_is_acknowledged_twice_and_stands_once(void **state)
{
	Ward *w = *state;

	take_range(w, 1, 3, 3, 0);
	assert_int_equal(take_range(w, 1, 3, 0, 3), 3);
	assert_int_equal(take_range(w, 2, 5, 2, 2), 5);
	/* an old one again does not take the ack back */
	assert_int_equal(take_range(w, 1, 2, 0, 2), 5);
	assert_int_equal(n_rows(w), 5);
}

static void
what_lies_behind_a_gap_waits_for_it(void **state)
{
	Ward *w = *state;

	take_range(w, 1, 2, 2, 0);
	assert_int_equal(take_range(w, 5, 6, 2, 0), 2);
	assert_int_equal(take_range(w, 4, 4, 1, 0), 2);
	assert_int_equal(take_range(w, 3, 4, 1, 1), 4);
	assert_int_equal(take_range(w, 5, 6, 0, 2), 6);
}

static void
a_gap_that_stays_does_not_block_the_node_for_ever(void **state)
{
	Ward *w = *state;

	take_range(w, 1, 2, 2, 0);
	assert_int_equal(take_range(w, 5, 6, 2, 0), 2);
	w->now_us += 30 * SECOND_US;
	assert_int_equal(take_range(w, 5, 6, 0, 2), 2);
	w->now_us += 30 * SECOND_US;
	assert_int_equal(take_range(w, 5, 6, 0, 2), 6);
	assert_int_equal(take_range(w, 7, 7, 1, 0), 7);
}

/* Entry 3 was lost on the way, and somebody who overheard the rest says it again and again before
 * the node does: an ack would make the node forget what is not here. */
static void
a_report_that_is_repeated_does_not_make_the_one_before_it_be_forgotten(void **state)
{
	Ward *w = *state;

	take_range(w, 1, 2, 2, 0);
	assert_int_equal(take_range(w, 4, 4, 1, 0), 2);
	for (guint i = 0; i < 59; i++) {
		w->now_us += SECOND_US;
		assert_int_equal(take_range(w, 4, 4, 0, 1), 2);
	}
	assert_int_equal(take_range(w, 3, 4, 1, 1), 4);
}

static void
several_reports_behind_one_gap_are_not_taken_for_patience(void **state)
{
	Ward *w = *state;

	assert_int_equal(take_range(w, 5, 6, 2, 0), 0);
	assert_int_equal(take_range(w, 7, 8, 2, 0), 0);
	assert_int_equal(take_range(w, 9, 9, 1, 0), 0);
	assert_int_equal(take_range(w, 10, 10, 1, 0), 0);
	assert_int_equal(take_range(w, 1, 4, 4, 0), 4);
}

static void
assert_refused(Ward *w, const char *what, const char *node, GBytes *message, LoaWireError want)
{
	g_autoptr(GError) error = NULL;
	LoaLedgerReceipt receipt;

	if (take(w, node, message, &receipt, &error))
		fail_msg("%s was taken", what);
	if (!g_error_matches(error, LOA_WIRE_ERROR, (int)want))
		fail_msg("%s: %s", what, error->message);
	assert_int_equal(n_rows(w), 0);
}

static void
nothing_but_the_nodes_own_word_is_believed(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaSigningKey) stranger = loa_signing_key_new();
	g_autoptr(GBytes) foreign = report(SITE, "n1", stranger, 1, 1);
	g_autoptr(GBytes) other_node = report(SITE, "n2", w->node, 1, 1);
	g_autoptr(GBytes) other_site = report("phuong-khac", "n1", w->node, 1, 1);
	g_autoptr(GBytes) good = report(SITE, "n1", w->node, 1, 1);
	g_autoptr(GBytes) noise = g_bytes_new_static("noise", 5);

	assert_refused(w, "a stranger's key", "n1", foreign, LOA_WIRE_ERROR_KEY);
	assert_refused(w, "about another node", "n1", other_node, LOA_WIRE_ERROR_ADDRESS);
	assert_refused(w, "of another site", "n1", other_site, LOA_WIRE_ERROR_ADDRESS);
	assert_refused(w, "in the topic of an unknown node", "n9", good, LOA_WIRE_ERROR_KEY);
	assert_refused(w, "noise", "n1", noise, LOA_WIRE_ERROR_LENGTH);
}

static void
a_revoked_node_is_not_believed_any_more(void **state)
{
	Ward *w = *state;
	g_autoptr(GBytes) good = report(SITE, "n1", w->node, 1, 1);

	assert_true(loa_registry_revoke(w->registry, "n1", NOON_US, NULL));
	assert_refused(w, "of a revoked node", "n1", good, LOA_WIRE_ERROR_KEY);
}

static void
revocation_and_keys_survive_a_restart(void **state)
{
	Ward *w = *state;
	g_autoptr(LoaRegistry) again = NULL;
	g_autoptr(GBytes) message = report(SITE, "n1", w->node, 1, 1);
	g_autofree char *topic = loa_topic(LOA_TOPIC_REPORT, SITE, "n1");

	again = loa_registry_new(w->store, NULL);

	g_autoptr(GBytes) body =
		loa_registry_open(again, LOA_TAG_REPORT, topic, "n1", message, NULL);

	assert_non_null(body);
	assert_true(loa_registry_revoke(w->registry, "n1", NOON_US, NULL));
	loa_registry_free(again);
	again = loa_registry_new(w->store, NULL);
	assert_null(loa_registry_open(again, LOA_TAG_REPORT, topic, "n1", message, NULL));
	assert_int_equal(loa_registry_find(again, "n1")->revoked_us, NOON_US);
}

static void
when_a_node_was_seen_reaches_the_disk_with_the_next_flush(void **state)
{
	Ward *w = *state;

	loa_registry_seen(w->registry, "n1", NOON_US + 5);
	assert_true(loa_registry_flush(w->registry, NULL));

	g_autoptr(GPtrArray) nodes = loa_store_nodes(w->store, NULL);

	assert_int_equal(((LoaNodeRecord *)g_ptr_array_index(nodes, 0))->last_seen_us, NOON_US + 5);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_report_is_on_disk_and_acknowledged),
		test(a_report_taken_twice_is_acknowledged_twice_and_stands_once),
		test(what_lies_behind_a_gap_waits_for_it),
		test(a_gap_that_stays_does_not_block_the_node_for_ever),
		test(a_report_that_is_repeated_does_not_make_the_one_before_it_be_forgotten),
		test(several_reports_behind_one_gap_are_not_taken_for_patience),
		test(nothing_but_the_nodes_own_word_is_believed),
		test(a_revoked_node_is_not_believed_any_more),
		test(revocation_and_keys_survive_a_restart),
		test(when_a_node_was_seen_reaches_the_disk_with_the_next_flush),
	};

	return cmocka_run_group_tests_name("controller/ledger", tests, NULL, NULL);
}
