/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-error.h - an error of loactl is its exit code and a sentence.
 *
 * The code is one of <sysexits.h>, or 1 for "done, but not with the result that was asked for".
 * An empty message means that everything was said already.
 */
#pragma once

#include <glib.h>
#include <sysexits.h>

#define LOA_LOACTL_ERROR (loa_loactl_error_quark())
GQuark loa_loactl_error_quark(void);

/* Sets @error and returns %FALSE: the last line of a function that fails. */
gboolean loa_loactl_error(GError **error, int exit_code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* Gives an error of any domain an exit code, and takes it over. Returns %FALSE. */
gboolean loa_loactl_error_take(GError **error, int exit_code, GError *cause);
