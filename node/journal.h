/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/journal.h - what this node did, on its own disk before it is told to anyone.
 *
 * Entries are numbered 1, 2, 3, ... within an epoch, a random name made with the file. One
 * outcome per airing, for ever. Checkpoints are outcomes of airings that are still running: what
 * is true if the power fails now. SQLite, write-ahead log: entries and outcomes are on the disk
 * when a call returns; a checkpoint survives the death of the process at once, and the loss of
 * power as soon as the kernel has written it (at most half a minute later).
 *
 * Where the disk is full or broken, outcomes and events wait in memory, in order, and
 * loa_journal_flush() writes them when it can; loa_journal_trouble() says so meanwhile.
 *
 * Thread: main. Blocks on the disk.
 */
#pragma once

#include "wire/report.h"

#define LOA_JOURNAL_ERROR (loa_journal_error_quark())
GQuark loa_journal_error_quark(void);

typedef enum {
	LOA_JOURNAL_ERROR_OPEN,    /* cannot be made or opened; the message says what to do */
	LOA_JOURNAL_ERROR_VERSION, /* written by a newer build */
	LOA_JOURNAL_ERROR_WRITE,   /* full disk, broken disk, damaged file */
} LoaJournalError;

/* How long it is remembered that an airing has its outcome. No plan reaches back as far. */
#define LOA_JOURNAL_KEEP_OUTCOMES_US (G_GINT64_CONSTANT(30) * 24 * 3600 * G_USEC_PER_SEC)
/* What waits in memory while the disk takes nothing. Events beyond are dropped and counted. */
#define LOA_JOURNAL_MAX_WAITING_EVENTS 256

typedef struct LoaJournal LoaJournal;

LoaJournal *loa_journal_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): LOA_EPOCH_HEX_SIZE digits */
const char *loa_journal_epoch(const LoaJournal *self);
/* Of what is on the disk; 0: nothing yet. */
gint64 loa_journal_last_seq(const LoaJournal *self);
gint64 loa_journal_acked_seq(const LoaJournal *self);

/* Has this airing its outcome, on the disk or waiting? No I/O. */
gboolean loa_journal_has_outcome(const LoaJournal *self, const char *airing);

/* Records an outcome and forgets the checkpoint. The first one of an airing stands: later ones
 * are ignored. */
void loa_journal_add_outcome(LoaJournal *self, const LoaOutcome *outcome);
void loa_journal_add_event(LoaJournal *self, const LoaSecurityEvent *event);

/* What could not be written is tried again. %TRUE if nothing waits any more. */
gboolean loa_journal_flush(LoaJournal *self);
/* (transfer none) (nullable): why things wait in memory, one sentence */
const char *loa_journal_trouble(const LoaJournal *self);
guint loa_journal_n_waiting(const LoaJournal *self);

/* Checkpoints of airings without an outcome. Failure to save is told by _trouble() only. */
void loa_journal_save_checkpoint(LoaJournal *self, const LoaOutcome *outcome);
/* (transfer full) (element-type LoaOutcome) */
GPtrArray *loa_journal_load_checkpoints(LoaJournal *self);

/* (transfer full) (element-type LoaEntry): from @from on, at most @n, in order; empty on error */
GPtrArray *loa_journal_entries(LoaJournal *self, gint64 from, guint n);
/* The controller has everything up to @seq: entries up to there are deleted. */
void loa_journal_ack(LoaJournal *self, gint64 seq);
/* Forgets outcome keys older than LOA_JOURNAL_KEEP_OUTCOMES_US; once a day will do. */
void loa_journal_prune(LoaJournal *self, gint64 now_us);

/* The site time at which this node first held a plan of @group; 0: never. */
gint64 loa_journal_first_plan_us(LoaJournal *self, const char *group);
void loa_journal_set_first_plan_us(LoaJournal *self, const char *group, gint64 at_us);

void loa_journal_free(LoaJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaJournal, loa_journal_free)
