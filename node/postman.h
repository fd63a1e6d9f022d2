/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/postman.h - what the controller is told, and what of it has arrived there.
 *
 * Refusals become security events in the journal, journal entries become signed reports, acks
 * let entries go. Thread: main.
 */
#pragma once

#include "node/journal.h"
#include "node/refusals.h"
#include "node/reporter.h"

/* Sends a report; %FALSE: cannot be sent now. */
typedef gboolean (*LoaPostmanSendFunc)(const char *topic, GBytes *message, gpointer user_data);

typedef struct LoaPostman LoaPostman;

/* All borrowed, outlive the postman. */
LoaPostman *loa_postman_new(const char *site, const char *node, const LoaSigningKey *key,
			    const LoaKeyRing *ring, LoaJournal *journal, LoaPostmanSendFunc send,
			    gpointer user_data);

void loa_postman_connected(LoaPostman *self);
void loa_postman_disconnected(LoaPostman *self);

/* Something was refused. @code: an id */
void loa_postman_refuse(LoaPostman *self, const char *code, const char *topic, const char *detail,
			gint64 now_us);
/* The same for what a decoder said. @error: domain %LOA_WIRE_ERROR */
void loa_postman_refuse_error(LoaPostman *self, const char *topic, const GError *error,
			      gint64 now_us);

/* A message on this node's ack topic, from anybody. */
void loa_postman_take_ack(LoaPostman *self, const char *topic, GBytes *message, gint64 mono_us,
			  gint64 now_us);

/* Journals due events, sends what is to be sent. Returns when to call again, CLOCK_MONOTONIC;
 * G_MAXINT64: after the next event will do. */
gint64 loa_postman_run(LoaPostman *self, gint64 mono_us, gint64 now_us);
/* At the end of the program: no refusal is forgotten. */
void loa_postman_finish(LoaPostman *self);

gint64 loa_postman_n_unreported(const LoaPostman *self);
gint64 loa_postman_n_refused(const LoaPostman *self);

void loa_postman_free(LoaPostman *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaPostman, loa_postman_free)
