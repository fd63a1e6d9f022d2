/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-lines.h - the form of an iCalendar file (RFC 5545, section 3.1): folded lines,
 * names, parameters, components in each other; not what they mean.
 *
 * Made for bytes from anywhere: lines may end in CRLF, LF or CR, a byte order mark is skipped, and
 * everything has a bound. Pure. Thread: any.
 */
#pragma once

#include <glib.h>

#define LOA_ICS_MAX_SIZE (4 * 1024 * 1024)
#define LOA_ICS_MAX_LINE (128 * 1024) /* bytes, unfolded */
#define LOA_ICS_MAX_DEPTH 4
#define LOA_ICS_MAX_COMPONENTS 20000
#define LOA_ICS_MAX_PROPERTIES 2000 /* in one component */

typedef struct {
	guint line;   /* where it begins in the file */
	char *name;   /* owned: upper case */
	char *params; /* owned: ";TZID=Asia/Ho_Chi_Minh", as it stands; "" */
	char *value;  /* owned: as it stands */
} LoaIcsProperty;

typedef struct LoaIcsComponent LoaIcsComponent;
struct LoaIcsComponent {
	guint line;
	char *name;            /* owned: "VEVENT", upper case */
	GPtrArray *properties; /* LoaIcsProperty, owned */
	GPtrArray *children;   /* LoaIcsComponent, owned */
};

/* Returns: (transfer full) (nullable): without a name, holding the VCALENDARs; %NULL with at least
 * one fault (faults.h) */
LoaIcsComponent *loa_ics_lines_parse(const char *where, const char *text, gsize size,
				     GPtrArray *faults);

/* (transfer none) (nullable): the first of that name */
const LoaIcsProperty *loa_ics_lines_find(const LoaIcsComponent *component, const char *name);
/* (transfer full) (nullable): a parameter's value, without quotes */
char *loa_ics_lines_param(const LoaIcsProperty *property, const char *name);
/* (transfer full): a TEXT value with its backslashes resolved, NFC, control characters but line
 * ends taken out */
char *loa_ics_lines_text(const char *value);

void loa_ics_component_free(LoaIcsComponent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaIcsComponent, loa_ics_component_free)

/* Appends "NAME:VALUE", folded at 75 bytes between characters, with CRLF. */
void loa_ics_lines_write(GString *text, const char *name, const char *value);
/* The same for a TEXT value, which gets its backslashes. */
void loa_ics_lines_write_text(GString *text, const char *name, const char *value);
