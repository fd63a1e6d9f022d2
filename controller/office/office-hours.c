/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May somebody play this then? By the rules that the planner follows, before it is asked.
 */
#include "controller/office/office-internal.h"
#include "schedules/permit.h"

#define DAY_US (LOA_DAY_S * LOA_SECOND_US)
/* Where the next permitted time is looked for. */
#define SEARCH_DAYS 8

/* One question. */
typedef struct {
	LoaOffice *office;
	LoaPermit *permit;
	const LoaOneOff *one_off;
	gint64 duration_us;
	LoaPermitAsk ask;
} Question;

/* What is planned in the group already has its sessions. */
static void
seat_planned(const Question *question, guint group)
{
	const GPtrArray *plans = loa_plan_desk_plans(question->office->parts.desk);
	const LoaPlan *plan = g_ptr_array_index(plans, group);
	LoaPermitWhy why;

	for (guint i = 0; i < plan->airings->len; i++) {
		const LoaAiring *airing = g_ptr_array_index(plan->airings, i);
		const LoaPermitAsk ask = {
			.class = airing->class,
			.has_exception = airing->exception != NULL,
			.from_us = airing->start_us,
			.to_us = loa_airing_end_us(airing),
		};

		if (ABS(airing->start_us - question->ask.from_us) < DAY_US)
			(void)loa_permit_take(question->permit, group, &ask, TRUE, &why);
	}
}

static LoaPermitVerdict
ask_group(Question *question, guint number, LoaPermitWhy *why)
{
	const LoaControllerConfig *config = question->office->parts.config;
	LoaPermitVerdict verdict;

	question->ask.from_us =
		question->one_off->start_us +
		loa_stagger_offset_us(&config->stagger, g_ptr_array_index(config->groups, number),
				      question->one_off->class, 0, question->duration_us);
	question->ask.to_us = question->ask.from_us + question->duration_us;
	verdict = loa_permit_check(question->permit, loa_permit_kind(question->permit, number),
				   &question->ask, why);
	if (verdict != LOA_PERMIT_OPEN || !loa_permit_limits_sessions(question->permit))
		return verdict;
	seat_planned(question, number);
	return loa_permit_take(question->permit, number, &question->ask, FALSE, why);
}

/* The first start at or after @from_us at which @duration_us is permitted; 0: none in sight. */
static gint64
next_permitted_us(const GArray *permitted, gint64 from_us, gint64 duration_us)
{
	for (guint i = 0; i < permitted->len; i++) {
		const LoaInterval *interval = &g_array_index(permitted, LoaInterval, i);
		gint64 start_us = MAX(interval->from_us, from_us);

		if (start_us + duration_us <= interval->to_us)
			return start_us;
	}
	return 0;
}

static void
refuse_hours(const Question *question, guint number, GError **error)
{
	const GArray *hours =
		loa_permit_hours(question->permit, loa_permit_kind(question->permit, number));
	gint64 next_us =
		next_permitted_us(hours, question->one_off->start_us, question->duration_us);
	g_autofree char *when =
		next_us != 0 ? loa_office_format_time(question->office, next_us) : NULL;

	if (when == NULL)
		loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				  "the permitted hours have no room for %" G_GINT64_FORMAT
				  " minutes in the next %d days; only an emergency may play",
				  question->duration_us / G_USEC_PER_SEC / 60 + 1, SEARCH_DAYS);
	else
		loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				  "that is outside the permitted hours; next permitted time: %s",
				  when);
}

/* By what the first of its groups said. */
static void
refuse(const Question *question, guint number, LoaPermitVerdict verdict, const LoaPermitWhy *why,
       GError **error)
{
	g_autofree char *text = loa_permit_describe(verdict, why);

	if (verdict == LOA_PERMIT_HOURS)
		refuse_hours(question, number, error);
	else
		loa_office_refuse(error, LOA_OFFICE_ERROR_CONFLICT,
				  "that %s; choose another time, or declare a broadcast with an "
				  "exception that somebody allowed",
				  text);
}

gboolean
loa_office_check_hours(LoaOffice *self, const LoaOneOff *one_off, gint64 duration_us,
		       GError **error)
{
	g_autoptr(LoaRecording) recording =
		loa_store_recording(self->parts.store, one_off->recording, NULL);
	const LoaControllerConfig *config = self->parts.config;
	const LoaRules *rules = loa_plan_desk_rules(self->parts.desk);
	const LoaPermitConfig permit_config = {
		.policy = rules->policy,
		.overlays = rules->overlays,
		.groups = config->groups,
		.zone = config->zone,
		.from_us = one_off->start_us - 2 * DAY_US,
		.to_us = one_off->start_us + SEARCH_DAYS * DAY_US,
	};
	g_autoptr(LoaPermit) permit = loa_permit_new(&permit_config);
	Question question = {
		.office = self,
		.permit = permit,
		.one_off = one_off,
		.duration_us = duration_us,
		.ask = { .class = one_off->class,
			 .category = recording != NULL ? recording->category : NULL,
			 .has_exception = one_off->exception != NULL },
	};
	LoaPermitVerdict first = LOA_PERMIT_OPEN;
	LoaPermitWhy first_why = { 0 };
	guint first_group = 0;

	for (guint i = 0; i < config->groups->len; i++) {
		LoaPermitWhy why;
		LoaPermitVerdict verdict;

		if (!loa_one_off_is_for(one_off,
					((LoaGroup *)g_ptr_array_index(config->groups, i))->id))
			continue;
		verdict = ask_group(&question, i, &why);
		if (verdict == LOA_PERMIT_OPEN)
			return TRUE;
		if (first == LOA_PERMIT_OPEN) {
			first = verdict;
			first_why = why;
			first_group = i;
		}
	}
	refuse(&question, first_group, first, &first_why, error);
	return FALSE;
}
