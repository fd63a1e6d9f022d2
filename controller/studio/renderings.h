/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/renderings.h - other forms of stored recordings, made when somebody asks for
 * them, by loa-render, a child, one at a time; kept in a folder within a budget, the longest unused
 * going first. Named by the SHA-256 of the recording, so that nothing in it is ever out of date.
 *
 * Thread: main.
 */
#pragma once

#include <gio/gio.h>

#define LOA_RENDERINGS_ERROR (loa_renderings_error_quark())
GQuark loa_renderings_error_quark(void);

typedef enum {
	LOA_RENDERINGS_ERROR_BUSY,   /* LOA_RENDERINGS_MAX_WAITING wait already */
	LOA_RENDERINGS_ERROR_FAILED, /* the child says why */
} LoaRenderingsError;

#define LOA_RENDERINGS_MAX_WAITING 32

typedef enum {
	LOA_RENDERING_PEAKS, /* audio/render.h */
	LOA_RENDERING_MP3,
	LOA_RENDERING_WAV,
} LoaRenderingForm;

/* @path: (nullable): where it is; or @error. Once for each request. */
typedef void (*LoaRenderingFunc)(const char *path, const GError *error, gpointer user_data);

typedef struct LoaRenderings LoaRenderings;

/* @program: loa-render; @audio_dir: where SHA256.opus lie; @cache_dir: is made; what an earlier run
 * left half done in it is removed. */
LoaRenderings *loa_renderings_new(const char *program, const char *audio_dir, const char *cache_dir,
				  gint64 budget_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @func: (nullable): just see to it that it is there; may be called before this returns.
 * @destroy: (nullable): of @user_data, after @func or when it will not be called any more */
void loa_renderings_get(LoaRenderings *self, const char *sha256, LoaRenderingForm form,
			LoaRenderingFunc func, gpointer user_data, GDestroyNotify destroy);

/* Kills what runs; those who wait hear nothing any more. */
void loa_renderings_free(LoaRenderings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaRenderings, loa_renderings_free)
