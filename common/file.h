/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/file.h - files that a power cut leaves whole: either the old bytes or the new.
 */
#pragma once

#include <gio/gio.h>

/**
 * loa_file_replace:
 * @mode: permission bits of the new file, e.g. 0600; set before the first byte is written
 * @error: domain %G_FILE_ERROR; the message names @path and what to do
 *
 * Writes a temporary file beside @path, fsyncs it, renames it over @path and fsyncs the folder.
 * Nothing but the old file is left after a failure. Blocks on the disk. Thread: any.
 */
gboolean loa_file_replace(const char *path, GBytes *bytes, int mode,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_file_create:
 *
 * The same for a file that must not be there yet: of two that try at once one succeeds, the other
 * gets %G_FILE_ERROR_EXIST, and nobody ever sees half a file.
 */
gboolean loa_file_create(const char *path, GBytes *bytes, int mode,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_file_read:
 * @max_size: a longer file is an error, so that a mistake does not eat the memory
 *
 * Returns: (transfer full): the whole file, or %NULL with @error (domain %G_FILE_ERROR)
 */
GBytes *loa_file_read(const char *path, gsize max_size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable): the same, for a text: a file that holds a NUL is an error. */
char *loa_file_read_text(const char *path, gsize max_size,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the folder (mode 0750, with parents) and proves by a probe file that it can be written. */
gboolean loa_file_ensure_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
