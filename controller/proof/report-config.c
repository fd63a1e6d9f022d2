/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/report-config.h"

#include <stdio.h>
#include <string.h>

#include "schedules/broadcast.h"

#define MAX_FEE_VND LOA_BROADCAST_MAX_FEE_VND

static void
fee_free(gpointer data)
{
	LoaFee *fee = data;

	g_free(fee->kind);
	g_free(fee);
}

/* "11-14" */
static void
read_start(LoaPeriodRule *rule, LoaConfigReader *reader, LoaConfigNode *node)
{
	const char *text = loa_config_reader_text(reader, node, "from", "01-01");
	guint month = 0, day = 0;
	char end;

	if (sscanf(text, "%2u-%2u%c", &month, &day, &end) == 2 && strlen(text) == 5 && month >= 1 &&
	    month <= 12 && day >= 1 && day <= 28) {
		rule->start_month = month;
		rule->start_day = day;
		return;
	}
	loa_config_reader_fault(reader, node, "from",
				"\"%s\" is not a month and a day that every month has: write "
				"\"11-14\"",
				text);
}

static gboolean
is_taken(const GPtrArray *rules, const char *id)
{
	for (guint i = 0; i < rules->len; i++)
		if (strcmp(((const LoaPeriodRule *)g_ptr_array_index(rules, i))->id, id) == 0)
			return TRUE;
	return FALSE;
}

static LoaPeriodRule *
read_period(LoaReportConfig *self, LoaConfigReader *reader, LoaConfigNode *node)
{
	const char *id = loa_config_reader_text(reader, node, "id", NULL);
	const char *name = loa_config_reader_text(reader, node, "name", id);
	LoaPeriodRule *rule = loa_period_rule_new(
		id, name, loa_config_reader_text(reader, node, "name_en", name));

	if (*id != '\0' && (!loa_id_is_valid(id) || strchr(id, '.') != NULL))
		loa_config_reader_fault(reader, node, "id", "want an id without dots: a-z, 0-9, -");
	else if (*id != '\0' && is_taken(self->periods, id))
		loa_config_reader_fault(reader, node, "id", "period \"%s\" stands twice", id);
	read_start(rule, reader, node);
	rule->n_months = (guint)loa_config_reader_int_or(reader, node, "months", 1,
							 LOA_PERIODS_MAX_MONTHS, 1);
	rule->every_months = (guint)loa_config_reader_int_or(reader, node, "every_months", 1, 12,
							     MIN((gint64)rule->n_months, 12));
	if (12 % rule->every_months != 0)
		loa_config_reader_fault(reader, node, "every_months",
					"want 1, 2, 3, 4, 6 or 12: a year has as many of them as "
					"the next");
	rule->due_days = (gint)loa_config_reader_int_or(
		reader, node, "due_days", -LOA_PERIODS_MAX_DUE_DAYS, LOA_PERIODS_MAX_DUE_DAYS, 0);
	return rule;
}

static void
read_fee(LoaReportConfig *self, LoaConfigReader *reader, LoaConfigNode *node)
{
	const char *kind = loa_config_reader_text(reader, node, "kind", NULL);
	LoaFee *fee = g_new0(LoaFee, 1);

	fee->kind = g_strdup(kind);
	fee->item_vnd = loa_config_reader_int_or(reader, node, "item", 0, MAX_FEE_VND, 0);
	fee->airing_vnd = loa_config_reader_int_or(reader, node, "airing", 0, MAX_FEE_VND, 0);
	if (*kind != '\0' && !g_strv_contains(loa_broadcast_kinds, kind))
		loa_config_reader_fault(reader, node, "kind",
					"\"%s\" is no kind of item; docs/schedules.md lists them",
					kind);
	else if (*kind != '\0' && loa_report_config_fee(self, kind) != NULL)
		loa_config_reader_fault(reader, node, "kind", "kind \"%s\" stands twice", kind);
	g_ptr_array_add(self->fees, fee);
}

void
loa_report_config_read(LoaReportConfig *self, LoaConfigReader *reader, LoaConfigNode *reports)
{
	LoaConfigNode *periods = loa_config_reader_list(reader, reports, "periods", FALSE);
	LoaConfigNode *fees = loa_config_reader_list(reader, reports, "fees", FALSE);

	self->fees = g_ptr_array_new_with_free_func(fee_free);
	self->periods =
		periods == NULL
			? loa_periods_usual()
			: g_ptr_array_new_with_free_func((GDestroyNotify)loa_period_rule_free);
	if (loa_config_reader_length(periods) > LOA_PERIODS_MAX_RULES)
		loa_config_reader_fault(reader, reports, "periods", "at most %d are allowed",
					LOA_PERIODS_MAX_RULES);
	for (guint i = 0; i < loa_config_reader_length(periods); i++)
		g_ptr_array_add(
			self->periods,
			read_period(self, reader, loa_config_reader_element(reader, periods, i)));
	for (guint i = 0; i < loa_config_reader_length(fees); i++)
		read_fee(self, reader, loa_config_reader_element(reader, fees, i));
}

const LoaFee *
loa_report_config_fee(const LoaReportConfig *self, const char *kind)
{
	for (guint i = 0; self->fees != NULL && i < self->fees->len; i++) {
		const LoaFee *fee = g_ptr_array_index(self->fees, i);

		if (g_strcmp0(fee->kind, kind) == 0)
			return fee;
	}
	return NULL;
}

void
loa_report_config_clear(LoaReportConfig *self)
{
	g_clear_pointer(&self->periods, g_ptr_array_unref);
	g_clear_pointer(&self->fees, g_ptr_array_unref);
}
