/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/wire-error.h - why a message from outside was not taken.
 *
 * One enum for every decoder: the node turns a code into a security event, and a test names the
 * code it expects.
 */
#pragma once

#include <glib.h>

#define LOA_WIRE_ERROR (loa_wire_error_quark())
GQuark loa_wire_error_quark(void);

typedef enum {
	LOA_WIRE_ERROR_LENGTH,    /* too short, too long, or lengths that do not add up */
	LOA_WIRE_ERROR_SYNTAX,    /* not the documented bytes, not JSON, nested too deep */
	LOA_WIRE_ERROR_VERSION,   /* a version this build does not speak */
	LOA_WIRE_ERROR_RANGE,     /* a member missing, of a wrong type, or outside its range */
	LOA_WIRE_ERROR_KEY,       /* signed by a key that is not known here */
	LOA_WIRE_ERROR_SIGNATURE, /* bytes, topic or tag are not what was signed */
	LOA_WIRE_ERROR_ADDRESS,   /* signed and whole, but for another site, group or node */
	LOA_WIRE_ERROR_STALE,     /* older than what is already held, or past its validity */
} LoaWireError;

/* "length", "syntax", "version", "range", "key", "signature", "address", "stale" */
const char *loa_wire_error_name(LoaWireError code);
