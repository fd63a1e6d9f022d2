/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/json-scan.h - is this JSON (RFC 8259), and is it small enough to build objects from?
 *
 * One pass over the bytes, without recursion and without allocating anything: hostile text costs
 * one refusal, whatever its size or depth. Stricter than the RFC where readers disagree: member
 * names hold no escape and stand once, integers lie within +-LOA_JSON_INT_MAX, \u0000 and lone
 * surrogates are refused. Thread: any.
 */
#pragma once

#include <glib.h>

#include "wire/wire-error.h"

#define LOA_JSON_MAX_DEPTH 16
#define LOA_JSON_MAX_MEMBERS 64    /* of one object */
#define LOA_JSON_MAX_ELEMENTS 4096 /* of one array */
#define LOA_JSON_MAX_NUMBER 32     /* characters of one number */

/* 2^53 - 1: what every JSON implementation reads exactly. */
#define LOA_JSON_INT_MAX G_GINT64_CONSTANT(9007199254740991)

/**
 * loa_json_scan:
 * @what: for messages ("plan", "report"), which name the byte, counted from 0
 */
gboolean loa_json_scan(const char *what, const char *text, gsize size,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
