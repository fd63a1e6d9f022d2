/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-upload.h - a body that grows on disk, never in memory.
 *
 * The file is gone again with the upload, unless it was taken. Thread: main.
 */
#pragma once

#include <gio/gio.h>

typedef struct LoaWebUpload LoaWebUpload;

typedef enum {
	LOA_WEB_UPLOAD_OK,
	LOA_WEB_UPLOAD_TOO_LARGE, /* beyond max_bytes */
	LOA_WEB_UPLOAD_STORAGE,   /* the disk is full or broken */
} LoaWebUploadResult;

/* Makes @dir (mode 0750) where it is missing, proves that it can be written, and removes what
 * uploads an earlier run left there. */
gboolean loa_web_upload_prepare_folder(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): %NULL when the file cannot be made. Mode 0600. */
LoaWebUpload *loa_web_upload_new(const char *dir, gint64 max_bytes);

/* After anything but OK the file is gone and every further call gives the same answer. */
LoaWebUploadResult loa_web_upload_write(LoaWebUpload *self, gconstpointer data, gsize size);

gint64 loa_web_upload_size_bytes(const LoaWebUpload *self);

/* (transfer full) (nullable): the path of the closed file, now the caller's to move or delete;
 * %NULL after a failure. */
char *loa_web_upload_take(LoaWebUpload *self);

void loa_web_upload_free(LoaWebUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaWebUpload, loa_web_upload_free)
