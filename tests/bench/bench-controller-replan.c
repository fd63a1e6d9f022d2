/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does the office wait for an edit? 500 broadcasts in 150 groups, in a store on the disk:
 * all plans made anew, numbered, signed and saved after one of them was changed.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "controller/plan/plan-desk.h"
#include "schedules/broadcast-json.h"
#include "schedules/local-time.h"

#define N_BROADCASTS 500
#define N_GROUPS 150
#define N_EDITS 20
#define NOW_US (G_GINT64_CONSTANT(1795237200) * LOA_SECOND_US)

/* As in bench-schedules-year.c: one to three times a day, to eight groups. @shift_s: the edit. */
static void
declare(LoaStore *store, guint i, gint32 shift_s)
{
	g_autoptr(LoaBroadcast) broadcast = loa_broadcast_new();

	broadcast->id = g_strdup_printf("b%u", i);
	broadcast->title = g_strdup("Bản tin");
	broadcast->recording = g_strdup("r1");
	for (guint j = 0; j < 8; j++)
		g_ptr_array_add(broadcast->groups,
				g_strdup_printf("to-%u", (i * 7 + j * 19) % N_GROUPS));
	for (guint j = 0; j <= i % 3; j++) {
		gint32 at_s = 5 * 3600 + (gint32)(i * 97 % 14400 + j * 18000) + shift_s;

		g_array_append_val(broadcast->at_s, at_s);
	}
	if (i % 3 != 0)
		broadcast->days = 0x1f;

	g_autofree char *json = loa_broadcast_to_json_text(broadcast);
	g_autoptr(LoaDeclaration) declaration =
		loa_declaration_new(broadcast->id, json, NOW_US - LOA_DAY_S * LOA_SECOND_US);

	g_assert_true(loa_store_put_declaration(store, declaration, NULL));
}

static LoaControllerConfig *
make_config(void)
{
	LoaControllerConfig *config = g_new0(LoaControllerConfig, 1);
	const LoaHours hours = { LOA_BROADCAST_ALL_DAYS, 5 * 3600, 22 * 3600 };

	config->site_id = g_strdup("phuong-lon");
	config->zone = loa_local_time_zone("Asia/Ho_Chi_Minh");
	config->groups = g_ptr_array_new_with_free_func((GDestroyNotify)loa_group_free);
	for (guint i = 0; i < N_GROUPS; i++) {
		g_autofree char *id = g_strdup_printf("to-%u", i);

		g_ptr_array_add(config->groups, loa_group_new(id, id));
	}
	config->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	g_array_append_val(config->hours, hours);
	config->playout_delay_us = LOA_SECOND_US;
	config->horizon_days = 14;
	return config;
}

static void
put_recording(LoaStore *store)
{
	g_autoptr(LoaRecording) recording = loa_recording_new();

	recording->id = g_strdup("r1");
	recording->title = g_strdup("Bản tin");
	recording->sha256 = g_strnfill(64, 'a');
	recording->original_name = g_strdup("a.mp3");
	recording->original_sha256 = g_strnfill(64, 'b');
	recording->n_samples = 300 * 48000;
	recording->size_bytes = 900000;
	recording->approval.state = LOA_APPROVAL_APPROVED;
	recording->approval.by = g_strdup("a");
	recording->approval.name = g_strdup("A");
	recording->approval.sha256 = g_strdup(recording->sha256);
	recording->approval.at_us = NOW_US - LOA_SECOND_US;
	g_assert_true(loa_store_put_recording(store, recording, NULL));
}

static double
replan_ms(LoaPlanDesk *desk, clockid_t clock)
{
	g_autoptr(GError) error = NULL;
	struct timespec before, after;

	clock_gettime(clock, &before);
	if (!loa_plan_desk_replan(desk, NOW_US, &error))
		g_error("%s", error->message);
	clock_gettime(clock, &after);
	return (double)(after.tv_sec - before.tv_sec) * 1e3 +
	       (double)(after.tv_nsec - before.tv_nsec) / 1e6;
}

/* As loa_office_play() writes it. @groups: (nullable): all */
static double
emergency_ms(LoaStore *store, LoaPlanDesk *desk, const char *airing, const char *group)
{
	g_autoptr(LoaOneOff) one_off = loa_one_off_new();

	one_off->airing = g_strdup(airing);
	one_off->recording = g_strdup("r1");
	one_off->title = g_strdup("Khẩn cấp");
	one_off->groups = group != NULL ? g_strsplit(group, " ", -1) : NULL;
	one_off->class = LOA_CLASS_EMERGENCY;
	one_off->start_us = NOW_US + LOA_SECOND_US;
	one_off->created_us = NOW_US;
	g_assert_true(loa_store_add_one_off(store, one_off, NULL));
	return replan_ms(desk, CLOCK_PROCESS_CPUTIME_ID);
}

static guint
n_airings(const LoaPlanDesk *desk)
{
	const GPtrArray *plans = loa_plan_desk_plans(desk);
	guint n = 0;

	for (guint i = 0; i < plans->len; i++)
		n += ((LoaPlan *)g_ptr_array_index(plans, i))->airings->len;
	return n;
}

int
main(void)
{
	g_autofree char *folder = g_dir_make_tmp("loa-bench-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "controller.db", NULL);
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	g_autofree char *shm = g_strconcat(path, "-shm", NULL);
	g_autoptr(LoaControllerConfig) config = make_config();
	g_autoptr(LoaSigningKey) key = loa_signing_key_new();
	LoaStore *store = loa_store_open(path, NULL);
	double worst_ms = 0, sum_ms = 0;
	guint n_planned;
	struct rusage usage;

	g_assert_nonnull(store);
	put_recording(store);
	g_assert_true(loa_store_begin(store, NULL));
	for (guint i = 0; i < N_BROADCASTS; i++)
		declare(store, i, 0);
	g_assert_true(loa_store_commit(store, NULL));

	LoaPlanDesk *desk = loa_plan_desk_new(config, store, key);

	double first_ms = replan_ms(desk, CLOCK_PROCESS_CPUTIME_ID);

	n_planned = n_airings(desk);
	g_assert_cmpuint(n_planned, >, 0);
	printf("plans of %d groups from %d broadcasts, 14 days, %u airings: the first time %.0f "
	       "ms of CPU\n",
	       N_GROUPS, N_BROADCASTS, n_planned, first_ms);
	printf("nothing changed: %.0f ms\n", replan_ms(desk, CLOCK_PROCESS_CPUTIME_ID));
	for (guint i = 0; i < N_EDITS; i++) {
		double ms;

		declare(store, i, 60);
		ms = replan_ms(desk, CLOCK_PROCESS_CPUTIME_ID);
		worst_ms = MAX(worst_ms, ms);
		sum_ms += ms;
	}
	printf("after one edit (8 plans change): %.0f ms on average of %d, %.0f ms at most\n",
	       sum_ms / N_EDITS, N_EDITS, worst_ms);
	printf("an emergency in one group: %.0f ms\n", emergency_ms(store, desk, "now.1", "to-1"));
	printf("an emergency in all groups: %.0f ms\n", emergency_ms(store, desk, "now.2", NULL));
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
	loa_plan_desk_free(desk);
	loa_store_close(store);
	g_unlink(path);
	g_unlink(wal);
	g_unlink(shm);
	g_rmdir(folder);
	return 0;
}
