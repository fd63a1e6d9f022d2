/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/office/office-groups.h - the groups of the site: who leads them, what they are called.
 *
 * Groups are named in controller.cfg; the office may call them otherwise, which is kept in the
 * store and goes before the file. The rules of controller/office/office.h hold. Thread: main.
 */
#pragma once

#include "controller/office/office.h"

/* {groups: [{id, name, language, start_offset_ms, turn, leaders: [user ids], nodes: [ids]}]} */
JsonNode *loa_office_groups(LoaOffice *self, const LoaCaller *caller,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @name, @language: (nullable): stay as they are. Answers as loa_office_groups(). */
JsonNode *loa_office_group_set(LoaOffice *self, const LoaCaller *caller, const char *id,
			       const char *name, const char *language,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Three seconds of a test tone on that receiver alone: online, within the permitted hours, and
 * while its group has nothing on air. {airing, node, start} */
JsonNode *loa_office_node_test(LoaOffice *self, const LoaCaller *caller, const char *node,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At the start: what was kept of them. @error: the store's */
gboolean loa_office_load_groups(LoaOffice *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
