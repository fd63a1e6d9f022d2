/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast is a ward's year? 500 broadcasts in 150 groups: the preview of 365 days, the plan after
 * one edit, lunar days.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "schedules/local-time.h"
#include "schedules/preview.h"

#define N_BROADCASTS 500
#define N_GROUPS 150
#define MINUTE_MS 60000

/* Of this process alone: others may be busy meanwhile. */
static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gint64
five_minutes(const LoaBroadcast *broadcast, gpointer user_data)
{
	(void)broadcast;
	(void)user_data;
	return 5 * MINUTE_MS;
}

/* Every third one daily, the others on weekdays; one to three times a day, to eight groups. */
static LoaBroadcast *
make_broadcast(guint i)
{
	LoaBroadcast *broadcast = loa_broadcast_new();

	broadcast->id = g_strdup_printf("b%u", i);
	broadcast->title = g_strdup("Bản tin");
	broadcast->text = g_strdup("Kính thưa bà con");
	for (guint j = 0; j < 8; j++)
		g_ptr_array_add(broadcast->groups,
				g_strdup_printf("to-%u", (i * 7 + j * 19) % N_GROUPS));
	for (guint j = 0; j <= i % 3; j++) {
		gint32 at_s = 5 * 3600 + (gint32)(i * 97 % 14400 + j * 18000);

		g_array_append_val(broadcast->at_s, at_s);
	}
	if (i % 3 != 0)
		broadcast->days = 0x1f;
	return broadcast;
}

static double
preview_ms(const LoaPreviewQuery *query, guint *n_starts, guint *n_warnings)
{
	double before_s = cpu_s();
	g_autoptr(LoaPreview) preview = loa_preview_new(query, NULL);

	g_assert(preview != NULL);
	*n_starts = preview->starts->len;
	*n_warnings = preview->warnings->len;
	return (cpu_s() - before_s) * 1000;
}

static double
lunar_per_s(LoaLunar *lunar)
{
	double before_s = cpu_s();
	guint n = 0;

	for (guint round = 0; round < 50; round++)
		for (gint32 day = 20454; day < 20454 + 3650; day++) {
			LoaLunarDay got;

			n += loa_lunar_from_day(lunar, loa_day_from_number(day), &got) ? 1 : 0;
		}
	return n / (cpu_s() - before_s);
}

int
main(void)
{
	g_autoptr(GPtrArray) broadcasts =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	g_autoptr(GTimeZone) zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	const LoaHours window = { 0x7f, 5 * 3600, 21 * 3600 };
	guint n_starts, n_warnings;
	struct rusage usage;

	for (guint i = 0; i < N_BROADCASTS; i++)
		g_ptr_array_add(broadcasts, make_broadcast(i));
	g_array_append_val(policy->hours, window);

	LoaPreviewQuery query = {
		.broadcasts = broadcasts,
		.zone = zone,
		.with_lunar = TRUE,
		.from = { 2026, 1, 1 },
		.n_days = 365,
		.policy = policy,
		.duration_ms = five_minutes,
	};
	double first = preview_ms(&query, &n_starts, &n_warnings);
	double again = preview_ms(&query, &n_starts, &n_warnings);
	getrusage(RUSAGE_SELF, &usage);
	printf("preview of a year: %u starts, %u warnings, %.0f ms of CPU, again %.0f ms, "
	       "peak memory %ld MiB\n",
	       n_starts, n_warnings, first, again, usage.ru_maxrss / 1024);

	policy->sessions = (LoaSessionRules){ 3, 45, 10 };
	double limited = preview_ms(&query, &n_starts, &n_warnings);
	printf("the same with sessions counted (3 a day of 45 min): %u warnings, %.0f ms of CPU\n",
	       n_warnings, limited);
	policy->sessions = (LoaSessionRules){ 0 };
	query.n_days = 14;
	double plan = preview_ms(&query, &n_starts, &n_warnings);
	printf("the next 14 days after an edit: %u starts, %.1f ms of CPU\n", n_starts, plan);

	g_autoptr(LoaLunar) fresh = loa_lunar_new();
	double cold = lunar_per_s(fresh);
	printf("lunar days: %.0f a second with ten years to compute, %.0f a second after that\n",
	       cold, lunar_per_s(fresh));
	return 0;
}
