/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/proof/credits.h - what an airing was of: title, category, kind, unit, author.
 *
 * As its broadcast said when the airing began, and where that says nothing, as its recording does.
 * An item is a piece of sound: the same file aired ten times is one item. Pure. Thread: any.
 */
#pragma once

#include "controller/store/store.h"
#include "schedules/broadcast.h"

/* Borrowed from the LoaCredits it came from. */
typedef struct {
	const char *key; /* tells items apart */
	const char *title;
	const char *category;     /* (nullable), and so are the next ones */
	const char *kind;         /* */
	const char *lead_unit;    /* */
	const char *author;       /* */
	const GPtrArray *units;   /* (nullable): char *: who worked on it too */
	gint64 fee_vnd;           /* for the item; -1: what is usual for its kind */
	gint64 first_us;          /* when it was on air for the first time */
	gboolean is_disclosure;   /* of a campaign */
	const LoaBroadcast *said; /* (nullable): the broadcast as it was then */
} LoaItem;

typedef struct LoaCredits LoaCredits;

/**
 * loa_credits_new:
 * @declared: (transfer full) (element-type LoaDeclaration): every version of every broadcast, by
 * id, then by since_us
 * @recordings: (transfer full) (element-type LoaRecording)
 * @firsts: (transfer full): SHA-256 (owned) to gint64 * (owned): its first start; an airing's is in
 *   it before it is asked for
 */
LoaCredits *loa_credits_new(GPtrArray *declared, GPtrArray *recordings, GHashTable *firsts);

/* (transfer none): valid as long as @self */
const LoaItem *loa_credits_item(LoaCredits *self, const LoaAiring *airing);

void loa_credits_free(LoaCredits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaCredits, loa_credits_free)
