/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/wire-error.h"

G_DEFINE_QUARK(loa_wire_error, loa_wire_error)

const char *
loa_wire_error_name(LoaWireError code)
{
	switch (code) {
	case LOA_WIRE_ERROR_LENGTH:
		return "length";
	case LOA_WIRE_ERROR_SYNTAX:
		return "syntax";
	case LOA_WIRE_ERROR_VERSION:
		return "version";
	case LOA_WIRE_ERROR_RANGE:
		return "range";
	case LOA_WIRE_ERROR_KEY:
		return "key";
	case LOA_WIRE_ERROR_SIGNATURE:
		return "signature";
	case LOA_WIRE_ERROR_ADDRESS:
		return "address";
	case LOA_WIRE_ERROR_STALE:
		return "stale";
	}
	return "range";
}
