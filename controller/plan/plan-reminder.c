/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/plan-reminder.h"

/* What is known of one group's plan. */
typedef struct {
	gint64 issued;
	gint64 due_us;
	gint64 wait_us; /* from the next time to the one after */
} Entry;

struct LoaPlanReminder {
	GHashTable
		*entries; /* group (owned) to Entry (owned): those of the configuration, at most */
};

LoaPlanReminder *
loa_plan_reminder_new(void)
{
	LoaPlanReminder *self = g_new0(LoaPlanReminder, 1);

	self->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return self;
}

gboolean
loa_plan_reminder_is_due(LoaPlanReminder *self, const char *group, gint64 held, gint64 issued,
			 gint64 mono_us)
{
	Entry *entry = g_hash_table_lookup(self->entries, group);

	if (issued == 0 || held >= issued)
		return FALSE;
	if (entry == NULL) {
		entry = g_new0(Entry, 1);
		g_hash_table_insert(self->entries, g_strdup(group), entry);
	}
	/* the first word of a lag may only mean that the plan is on its way */
	if (entry->issued != issued)
		*entry = (Entry){ issued, mono_us + LOA_PLAN_REMINDER_FIRST_US,
				  LOA_PLAN_REMINDER_FIRST_US };
	if (mono_us < entry->due_us)
		return FALSE;
	entry->wait_us = MIN(entry->wait_us * 2, LOA_PLAN_REMINDER_MAX_US);
	entry->due_us = mono_us + entry->wait_us;
	return TRUE;
}

void
loa_plan_reminder_free(LoaPlanReminder *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->entries);
	g_free(self);
}
