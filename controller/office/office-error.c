/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office.h"

/* Apart from office.c, so that what only speaks of an office's errors links without one. */
G_DEFINE_QUARK(loa_office_error, loa_office_error)
