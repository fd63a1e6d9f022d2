/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/record-desk.h - questions about the record, answered on a thread of their own.
 *
 * To count a year of a large ward takes more than a second. So it is done beside the main loop,
 * with a connection to the database that only reads and sees it as it was when it began (WAL:
 * neither side waits for the other). One question at a time; a few wait. Thread: main, but for the
 * work.
 */
#pragma once

#include <gio/gio.h>

#include "controller/store/store.h"

/* Under way and waiting. */
#define LOA_RECORD_DESK_MAX 8

typedef struct LoaRecordDesk LoaRecordDesk;

/* Runs on the desk's thread and ends in _worker: it has @question to itself. It looks at @gone now
 * and then, and gives up once that is cancelled. */
typedef GBytes *(*LoaRecordDeskWork)(LoaStore *store, gpointer question, GCancellable *gone,
				     GError **error);
/* On the main thread. @answer: (nullable): or @error */
typedef void (*LoaRecordDeskDone)(GBytes *answer, const GError *error, gpointer question);

/* @store: whose file is read; not used afterwards */
LoaRecordDesk *loa_record_desk_new(const LoaStore *store);

/**
 * loa_record_desk_ask:
 * @done: called once from the loop, never within this call; not at all when the desk was freed
 * @question: (transfer full): freed by @destroy, on the main thread
 *
 * Returns: (transfer full): cancel it when nobody waits for the answer any more; %NULL with
 * %LOA_OFFICE_ERROR_BUSY: too many wait already
 */
GCancellable *loa_record_desk_ask(LoaRecordDesk *self, LoaRecordDeskWork work,
				  LoaRecordDeskDone done, gpointer question, GDestroyNotify destroy,
				  GError **error);

/* Waits for the one under way, which gives up soon. */
void loa_record_desk_free(LoaRecordDesk *self);
