/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/periods.h"

#include <string.h>

LoaPeriodRule *
loa_period_rule_new(const char *id, const char *name_vi, const char *name_en)
{
	LoaPeriodRule *self = g_new0(LoaPeriodRule, 1);

	self->id = g_strdup(id);
	self->name_vi = g_strdup(name_vi);
	self->name_en = g_strdup(name_en);
	self->start_month = self->start_day = 1;
	self->every_months = self->n_months = 1;
	return self;
}

void
loa_period_rule_free(LoaPeriodRule *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->name_vi);
	g_free(self->name_en);
	g_free(self);
}

GPtrArray *
loa_periods_usual(void)
{
	static const struct {
		const char *id, *vi, *en;
		guint month, day, every, n;
		gint due_days;
	} usual[] = {
		{ "thang-14", "Tháng (từ ngày 14)", "Month from the 14th", 1, 14, 1, 1, 0 },
		{ "thang", "Tháng dương lịch", "Calendar month", 1, 1, 1, 1, 0 },
		{ "quy", "Quý", "Quarter", 1, 1, 3, 3, -12 },
		{ "6-thang", "6 tháng (7 tháng số liệu)", "Six months (data of seven)", 11, 14, 12,
		  7, 0 },
		{ "nam", "Năm (từ 14/11)", "Year from 14 November", 11, 14, 12, 12, 0 },
	};
	GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)loa_period_rule_free);

	for (gsize i = 0; i < G_N_ELEMENTS(usual); i++) {
		LoaPeriodRule *rule = loa_period_rule_new(usual[i].id, usual[i].vi, usual[i].en);

		rule->start_month = usual[i].month;
		rule->start_day = usual[i].day;
		rule->every_months = usual[i].every;
		rule->n_months = usual[i].n;
		rule->due_days = usual[i].due_days;
		g_ptr_array_add(rules, rule);
	}
	return rules;
}

/* @months: since year 0; day 1..28 is in every month */
static LoaDay
day_of(gint months, guint day)
{
	return (LoaDay){ (gint16)(months / 12), (guint8)(months % 12 + 1), (guint8)day };
}

static LoaPeriod
period_from(const LoaPeriodRule *rule, gint months)
{
	LoaPeriod period = { .from = day_of(months, rule->start_day),
			     .to = day_of(months + (gint)rule->n_months, rule->start_day) };

	period.due = loa_day_from_number(loa_day_to_number(period.to) + rule->due_days);
	return period;
}

static gint
months_of(LoaDay day)
{
	return day.year * 12 + day.month - 1;
}

LoaPeriod
loa_period_at(const LoaPeriodRule *rule, LoaDay day)
{
	const gint every = (gint)rule->every_months;
	const gint phase = (gint)(rule->start_month - 1) % every;
	gint months = months_of(day);

	if (day.day < rule->start_day)
		months--;
	/* back to a month in which one begins */
	months -= (months % every - phase + every) % every;
	return period_from(rule, months);
}

LoaPeriod
loa_period_before(const LoaPeriodRule *rule, const LoaPeriod *period)
{
	return period_from(rule, months_of(period->from) - (gint)rule->every_months);
}

char *
loa_period_id(const LoaPeriodRule *rule, const LoaPeriod *period)
{
	g_autofree char *from = loa_day_format(period->from);

	return g_strdup_printf("%s.%s", rule->id, from);
}

const LoaPeriodRule *
loa_period_find(const GPtrArray *rules, const char *id, LoaPeriod *period)
{
	const char *dot = strchr(id, '.');
	LoaDay from;

	if (dot == NULL || !loa_day_parse(dot + 1, &from, NULL))
		return NULL;
	for (guint i = 0; i < rules->len; i++) {
		const LoaPeriodRule *rule = g_ptr_array_index(rules, i);
		LoaPeriod found;

		if (strlen(rule->id) != (gsize)(dot - id) ||
		    strncmp(rule->id, id, (gsize)(dot - id)) != 0)
			continue;
		found = loa_period_at(rule, from);
		if (loa_day_compare(found.from, from) != 0)
			return NULL; /* none begins on that day */
		*period = found;
		return rule;
	}
	return NULL;
}
