/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-error.h"

G_DEFINE_QUARK(loa_loactl_error, loa_loactl_error)

gboolean
loa_loactl_error(GError **error, int exit_code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error != NULL && *error == NULL)
		*error = g_error_new_valist(LOA_LOACTL_ERROR, exit_code, format, args);
	va_end(args);
	return FALSE;
}

gboolean
loa_loactl_error_take(GError **error, int exit_code, GError *cause)
{
	if (cause->domain != LOA_LOACTL_ERROR) {
		cause->domain = LOA_LOACTL_ERROR;
		cause->code = exit_code;
	}
	g_propagate_error(error, cause);
	return FALSE;
}
