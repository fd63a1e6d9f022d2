/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/fetcher.h - brings one recording at a time over HTTP(S), by its hash.
 *
 * Any mirror will do: what counts is that the bytes have the SHA-256 the signed plan names. Bytes
 * go to SHA256.part, which survives a cut and a power failure, and is gone on with by a range
 * request; only a file whose whole hash fits is fsynced and renamed to SHA256.opus. A mirror that
 * sends something else loses its turn, and the part starts anew. The rate is limited so that a 4G
 * line still carries the channel. libsoup's only home in this folder. Thread: main.
 */
#pragma once

#include <gio/gio.h>

#define LOA_FETCHER_ERROR (loa_fetcher_error_quark())
GQuark loa_fetcher_error_quark(void);

typedef enum {
	LOA_FETCHER_ERROR_MIRROR,  /* not reached, or it answered with an error */
	LOA_FETCHER_ERROR_CONTENT, /* longer, or with another hash, than the plan says */
	LOA_FETCHER_ERROR_STORAGE, /* the disk here */
} LoaFetcherError;

typedef struct LoaFetcher LoaFetcher;

typedef struct {
	const char *const *mirrors; /* base URLs ending in '/', %NULL-terminated; copied */
	const char *folder;         /* where .part and .opus files live; copied */
	guint max_kbit_s;           /* 0: unlimited */
} LoaFetcherConfig;

/* @error: %NULL when the file is there, complete, under its final name. */
typedef void (*LoaFetcherDoneFunc)(const char *sha256, const GError *error, gpointer user_data);

LoaFetcher *loa_fetcher_new(const LoaFetcherConfig *config, LoaFetcherDoneFunc done,
			    gpointer user_data);

/* Begins; calls back from the loop, once. Only one at a time: see loa_fetcher_current(). */
void loa_fetcher_start(LoaFetcher *self, const char *sha256, gint64 size_bytes);
/* Ends without a callback; what came so far stays for the next start. */
void loa_fetcher_cancel(LoaFetcher *self);
/* (nullable): the hash being fetched */
const char *loa_fetcher_current(const LoaFetcher *self);

void loa_fetcher_free(LoaFetcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaFetcher, loa_fetcher_free)
