/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/journal.h"

#define START_US (G_GINT64_CONSTANT(1795194000) * G_USEC_PER_SEC)

typedef struct {
	char *folder;
	char *path;
} Fixture;

static int
setup(void **state)
{
	Fixture *f = g_new0(Fixture, 1);

	f->folder = g_dir_make_tmp("loa-journal-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "journal.db", NULL);
	*state = f;
	return f->folder == NULL;
}

static int
teardown(void **state)
{
	Fixture *f = *state;
	static const char *const names[] = { "journal.db", "journal.db-wal", "journal.db-shm" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(f->folder, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(f->folder);
	g_free(f->path);
	g_free(f->folder);
	g_free(f);
	return 0;
}

static LoaJournal *
open_journal(const Fixture *f)
{
	g_autoptr(GError) error = NULL;
	LoaJournal *journal = loa_journal_open(f->path, &error);

	if (journal == NULL)
		fail_msg("%s", error->message);
	return journal;
}

static LoaOutcome *
make_outcome(const char *airing)
{
	LoaOutcome *outcome = loa_outcome_new();

	outcome->airing = g_strdup(airing);
	outcome->broadcast = g_strdup("b");
	outcome->title = g_strdup("Bản tin");
	outcome->reason = g_strdup("");
	outcome->clock_source = g_strdup("system");
	outcome->planned_us = START_US;
	outcome->ended_us = START_US;
	return outcome;
}

static void
add_outcome(LoaJournal *journal, const char *airing)
{
	g_autoptr(LoaOutcome) outcome = make_outcome(airing);

	loa_journal_add_outcome(journal, outcome);
}

static void
add_event(LoaJournal *journal, const char *detail)
{
	g_autoptr(LoaSecurityEvent) event = loa_security_event_new();

	event->code = g_strdup("key");
	event->topic = g_strdup("t");
	event->detail = g_strdup(detail);
	event->first_us = event->last_us = START_US;
	loa_journal_add_event(journal, event);
}

static void
save_checkpoint(LoaJournal *journal, const char *airing, gint64 heard_ms)
{
	g_autoptr(LoaOutcome) outcome = make_outcome(airing);

	outcome->result = LOA_RESULT_PARTIAL;
	outcome->heard_ms = heard_ms;
	loa_journal_save_checkpoint(journal, outcome);
}

static void
assert_airing(GPtrArray *entries, guint i, gint64 seq, const char *airing)
{
	assert_true(i < entries->len);
	const LoaEntry *entry = g_ptr_array_index(entries, i);
	g_autoptr(LoaOutcome) outcome = loa_outcome_from_json(entry->json, NULL);

	assert_int_equal(entry->seq, seq);
	assert_int_equal(entry->kind, LOA_ENTRY_OUTCOME);
	assert_non_null(outcome);
	assert_string_equal(outcome->airing, airing);
}

static void
entries_are_numbered_and_outlive_a_restart(void **state)
{
	g_autofree char *epoch = NULL;

	{
		g_autoptr(LoaJournal) journal = open_journal(*state);

		epoch = g_strdup(loa_journal_epoch(journal));
		assert_int_equal(strlen(epoch), LOA_EPOCH_HEX_SIZE);
		assert_int_equal(loa_journal_last_seq(journal), 0);
		add_outcome(journal, "a");
		add_event(journal, "x");
		add_outcome(journal, "b");
		assert_int_equal(loa_journal_last_seq(journal), 3);
	}
	g_autoptr(LoaJournal) journal = open_journal(*state);
	g_autoptr(GPtrArray) entries = loa_journal_entries(journal, 1, 10);
	g_autoptr(GPtrArray) second = loa_journal_entries(journal, 3, 10);
	g_autoptr(GPtrArray) one = loa_journal_entries(journal, 1, 1);

	assert_string_equal(loa_journal_epoch(journal), epoch);
	assert_int_equal(loa_journal_last_seq(journal), 3);
	assert_int_equal(entries->len, 3);
	assert_airing(entries, 0, 1, "a");
	assert_int_equal(((LoaEntry *)g_ptr_array_index(entries, 1))->kind, LOA_ENTRY_SECURITY);
	assert_airing(entries, 2, 3, "b");
	assert_int_equal(second->len, 1);
	assert_int_equal(one->len, 1);
	assert_true(loa_journal_has_outcome(journal, "a"));
	assert_false(loa_journal_has_outcome(journal, "c"));
}

static void
an_airing_has_one_outcome(void **state)
{
	g_autoptr(LoaJournal) journal = open_journal(*state);

	add_outcome(journal, "a");
	add_outcome(journal, "a");
	assert_int_equal(loa_journal_last_seq(journal), 1);
	g_clear_pointer(&journal, loa_journal_free);
	journal = open_journal(*state);
	add_outcome(journal, "a");
	assert_int_equal(loa_journal_last_seq(journal), 1);
}

static void
acknowledged_entries_go_and_numbers_never_come_again(void **state)
{
	g_autoptr(LoaJournal) journal = open_journal(*state);

	add_outcome(journal, "a");
	add_outcome(journal, "b");
	loa_journal_ack(journal, 3); /* never given out */
	assert_int_equal(loa_journal_acked_seq(journal), 0);
	loa_journal_ack(journal, 2);
	loa_journal_ack(journal, 1); /* late */
	assert_int_equal(loa_journal_acked_seq(journal), 2);
	g_autoptr(GPtrArray) none = loa_journal_entries(journal, 1, 10);

	assert_int_equal(none->len, 0);
	g_clear_pointer(&journal, loa_journal_free);
	journal = open_journal(*state);
	assert_int_equal(loa_journal_acked_seq(journal), 2);
	assert_int_equal(loa_journal_last_seq(journal), 2);
	add_outcome(journal, "a"); /* its key is still known */
	add_outcome(journal, "c");
	g_autoptr(GPtrArray) entries = loa_journal_entries(journal, 1, 10);

	assert_int_equal(entries->len, 1);
	assert_airing(entries, 0, 3, "c");
}

static void
a_checkpoint_lives_until_the_outcome(void **state)
{
	g_autoptr(LoaJournal) journal = open_journal(*state);

	save_checkpoint(journal, "a", 1000);
	save_checkpoint(journal, "a", 2000);
	save_checkpoint(journal, "b", 500);
	g_clear_pointer(&journal, loa_journal_free);
	journal = open_journal(*state);
	g_autoptr(GPtrArray) both = loa_journal_load_checkpoints(journal);

	assert_int_equal(both->len, 2);
	assert_int_equal(((LoaOutcome *)g_ptr_array_index(both, 0))->heard_ms, 2000);
	add_outcome(journal, "a");
	save_checkpoint(journal, "a", 3000); /* too late */
	g_autoptr(GPtrArray) left = loa_journal_load_checkpoints(journal);

	assert_int_equal(left->len, 1);
	assert_string_equal(((LoaOutcome *)g_ptr_array_index(left, 0))->airing, "b");
}

static void
old_outcome_keys_are_forgotten_entries_are_not(void **state)
{
	g_autoptr(LoaJournal) journal = open_journal(*state);

	add_outcome(journal, "a");
	loa_journal_prune(journal, START_US + LOA_JOURNAL_KEEP_OUTCOMES_US);
	assert_true(loa_journal_has_outcome(journal, "a"));
	loa_journal_prune(journal, START_US + LOA_JOURNAL_KEEP_OUTCOMES_US + 1);
	assert_false(loa_journal_has_outcome(journal, "a"));
	g_autoptr(GPtrArray) entries = loa_journal_entries(journal, 1, 10);

	assert_int_equal(entries->len, 1);
}

static void
the_first_plan_is_remembered_by_group(void **state)
{
	g_autoptr(LoaJournal) journal = open_journal(*state);

	assert_int_equal(loa_journal_first_plan_us(journal, "to-1"), 0);
	loa_journal_set_first_plan_us(journal, "to-1", START_US);
	assert_int_equal(loa_journal_first_plan_us(journal, "to-1"), START_US);
	assert_int_equal(loa_journal_first_plan_us(journal, "to-2"), 0);
}

static void
a_folder_that_is_not_there_is_one_clear_error(void **state)
{
	(void)state;
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaJournal) journal = loa_journal_open("/nonexistent/journal.db", &error);

	assert_null(journal);
	assert_true(g_error_matches(error, LOA_JOURNAL_ERROR, LOA_JOURNAL_ERROR_OPEN));
	assert_non_null(strstr(error->message, "/nonexistent/journal.db"));
	assert_non_null(strstr(error->message, "check the owner and the permissions"));
}

static void
a_file_that_is_no_journal_is_told_and_left_alone(void **state)
{
	const Fixture *f = *state;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strnfill(5000, 'x');
	g_autofree char *after = NULL;

	assert_true(g_file_set_contents(f->path, text, -1, NULL));
	g_autoptr(LoaJournal) journal = loa_journal_open(f->path, &error);

	assert_null(journal);
	assert_non_null(strstr(error->message, "move it away"));
	assert_true(g_file_get_contents(f->path, &after, NULL, NULL));
	assert_string_equal(after, text);
}

/* --- a full disk: RLIMIT_FSIZE makes writes fail, in a child of its own --- */

static int
run_with_full_disk(const Fixture *f)
{
	LoaJournal *journal = open_journal(f);
	struct rlimit limit = { 0, 0 };

	add_outcome(journal, "before");
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t was = limit.rlim_cur;

	signal(SIGXFSZ, SIG_IGN);
	limit.rlim_cur = 1;
	setrlimit(RLIMIT_FSIZE, &limit);
	add_outcome(journal, "a");
	for (int i = 0; i < LOA_JOURNAL_MAX_WAITING_EVENTS + 50; i++)
		add_event(journal, "x");
	add_outcome(journal, "b");
	add_outcome(journal, "a");
	save_checkpoint(journal, "c", 10);
	if (loa_journal_trouble(journal) == NULL)
		return 1;
	if (loa_journal_n_waiting(journal) != 2 + LOA_JOURNAL_MAX_WAITING_EVENTS)
		return 2;
	if (!loa_journal_has_outcome(journal, "b") || loa_journal_last_seq(journal) != 1)
		return 3;
	if (loa_journal_flush(journal))
		return 4;

	limit.rlim_cur = was;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (!loa_journal_flush(journal) || loa_journal_trouble(journal) != NULL)
		return 5;
	if (loa_journal_last_seq(journal) != 3 + LOA_JOURNAL_MAX_WAITING_EVENTS)
		return 6;
	loa_journal_free(journal);
	return 0;
}

static void
with_a_full_disk_outcomes_wait_in_memory_and_keep_their_order(void **state)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(run_with_full_disk(*state));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);

	g_autoptr(LoaJournal) journal = open_journal(*state);
	g_autoptr(GPtrArray) entries = loa_journal_entries(journal, 1, 1000);

	assert_int_equal(entries->len, 3 + LOA_JOURNAL_MAX_WAITING_EVENTS);
	assert_airing(entries, 0, 1, "before");
	assert_airing(entries, 1, 2, "a");
	assert_airing(entries, entries->len - 1, entries->len, "b");
}

/* --- kill -9 at any moment --- */

/* Writes for ever; after each outcome is in the journal, says so on the pipe. */
static void G_GNUC_NORETURN
write_until_killed(const Fixture *f, int told_fd, int first)
{
	LoaJournal *journal = open_journal(f);

	for (int i = first;; i++) {
		g_autofree char *airing = g_strdup_printf("a%d", i);

		save_checkpoint(journal, airing, i);
		add_outcome(journal, airing);
		if (i % 7 == 0)
			loa_journal_ack(journal, loa_journal_last_seq(journal) - 3);
		if (write(told_fd, &i, sizeof i) != (ssize_t)sizeof i)
			_exit(1);
	}
}

static int
run_and_kill(const Fixture *f, int first, int wait_us)
{
	int fds[2];
	int last = first - 1, told = 0;

	assert_int_equal(pipe(fds), 0);
	pid_t child = fork();

	if (child == 0)
		write_until_killed(f, fds[1], first);
	close(fds[1]);
	/* killed at a random time after it began to write */
	if (read(fds[0], &told, sizeof told) == (ssize_t)sizeof told)
		last = told;
	g_usleep((gulong)wait_us); /* a random moment, not a wait */
	kill(child, SIGKILL);
	while (read(fds[0], &told, sizeof told) == (ssize_t)sizeof told)
		last = told;
	close(fds[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return last;
}

static void
what_was_written_survives_being_killed_at_any_moment(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	int last = -1;

	for (int round = 0; round < 50; round++) {
		last = run_and_kill(*state, last + 1, g_rand_int_range(rand, 0, 8000));
		g_autoptr(LoaJournal) journal = open_journal(*state);
		gint64 acked = loa_journal_acked_seq(journal);
		g_autoptr(GPtrArray) entries = loa_journal_entries(journal, 1, 100000);
		g_autoptr(GPtrArray) checkpoints = loa_journal_load_checkpoints(journal);
		g_autofree char *next = g_strdup_printf("a%d", last + 1);

		/* an outcome may be on the disk though its writer died before it could say so */
		if (loa_journal_has_outcome(journal, next))
			last++;
		for (int i = 0; i <= last; i++) {
			g_autofree char *airing = g_strdup_printf("a%d", i);

			assert_true(loa_journal_has_outcome(journal, airing));
		}
		/* outcome N has number N + 1: no hole, no repetition */
		assert_int_equal(loa_journal_last_seq(journal), last + 1);
		assert_int_equal(entries->len, last + 1 - acked);
		for (guint i = 0; i < entries->len; i++) {
			g_autofree char *airing = g_strdup_printf("a%d", (int)acked + (int)i);

			assert_airing(entries, i, acked + i + 1, airing);
		}
		assert_true(checkpoints->len <= 1);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(entries_are_numbered_and_outlive_a_restart),
		TEST(an_airing_has_one_outcome),
		TEST(acknowledged_entries_go_and_numbers_never_come_again),
		TEST(a_checkpoint_lives_until_the_outcome),
		TEST(old_outcome_keys_are_forgotten_entries_are_not),
		TEST(the_first_plan_is_remembered_by_group),
		TEST(a_folder_that_is_not_there_is_one_clear_error),
		TEST(a_file_that_is_no_journal_is_told_and_left_alone),
		TEST(with_a_full_disk_outcomes_wait_in_memory_and_keep_their_order),
		TEST(what_was_written_survives_being_killed_at_any_moment),
	};

	return cmocka_run_group_tests_name("node/journal", tests, NULL, NULL);
}
