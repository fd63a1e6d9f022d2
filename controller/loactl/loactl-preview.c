/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/loactl/loactl-verbs.h"

#include <stdio.h>

#include "common/id.h"
#include "controller/loactl/loactl-ics.h"
#include "controller/loactl/loactl-output.h"
#include "controller/loactl/loactl-rules.h"
#include "controller/loactl/loactl-schedule.h"
#include "controller/loactl/loactl-time.h"
#include "schedules/local-time.h"
#include "schedules/preview.h"

typedef struct {
	char *from, *group;
	gint n_days;
	gboolean is_live;
} Options;

static void
options_clear(Options *self)
{
	g_free(self->from);
	g_free(self->group);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
check_options(const Options *options, int argc, GError **error)
{
	if (argc < 2)
		return loa_loactl_error(error, EX_USAGE, "Which files? See loactl preview --help");
	if (options->n_days < 1 || options->n_days > LOA_PREVIEW_MAX_DAYS)
		return loa_loactl_error(error, EX_USAGE, "--days must be from 1 to %d",
					LOA_PREVIEW_MAX_DAYS);
	if (options->group != NULL && !loa_id_is_valid(options->group))
		return loa_loactl_error(error, EX_USAGE, "--group: \"%s\" is not an id",
					options->group);
	return TRUE;
}

/* (transfer full): "" where the calendar is not known */
static char *
lunar_text(const LoaPreviewStart *start)
{
	return start->lunar.month != 0 ? loa_lunar_format(&start->lunar) : g_strdup("");
}

static void
print_starts(const LoaPreview *preview, GTimeZone *zone)
{
	g_autoptr(LoaLoactlTable) table = loa_loactl_table_new((const char *const[]){
		"START", "DAY", "LUNAR", "BROADCAST", "CLASS", "~TO", "~TITLE", NULL });

	for (guint i = 0; i < preview->starts->len; i++) {
		const LoaPreviewStart *start = &g_array_index(preview->starts, LoaPreviewStart, i);
		const LoaBroadcast *broadcast = start->slot.broadcast;
		g_autofree char *when = loa_loactl_time_format(start->slot.start_us, zone);
		g_autofree char *lunar = lunar_text(start);
		g_autoptr(GPtrArray) groups = g_ptr_array_new();

		for (guint g = 0; !broadcast->to_all && g < broadcast->groups->len; g++)
			g_ptr_array_add(groups, broadcast->groups->pdata[g]);
		if (broadcast->to_all)
			g_ptr_array_add(groups, (gpointer) "all");
		g_ptr_array_add(groups, NULL);

		g_autofree char *to = g_strjoinv(",", (char **)groups->pdata);

		loa_loactl_table_add(
			table,
			(const char *const[]){
				when, loa_weekday_name(loa_day_weekday(start->slot.local_day)),
				lunar, broadcast->id, loa_class_name(broadcast->class), to,
				broadcast->title, NULL });
	}
	if (loa_loactl_table_n_rows(table) > 0)
		loa_loactl_output_table(table);
	else
		loa_loactl_output_text("Nothing is aired in that time\n");
}

static gboolean
print_preview(LoaLoactl *ctl, const LoaPreviewQuery *query, GError **error)
{
	GError *cause = NULL;
	g_autoptr(LoaPreview) preview = loa_preview_new(query, &cause);

	if (preview == NULL)
		return loa_loactl_error_take(error, EX_DATAERR, cause);
	if (ctl->is_json) {
		g_autoptr(JsonNode) node = loa_preview_to_json(preview, query->zone);

		loa_loactl_output_json(node);
		return TRUE;
	}
	print_starts(preview, query->zone);
	(void)fflush(stdout);
	for (guint i = 0; i < preview->warnings->len; i++) {
		const LoaPreviewWarning *warning = preview->warnings->pdata[i];

		fprintf(stderr, "warning: %s\n", warning->text);
	}
	return TRUE;
}

static gboolean
fill_query(LoaLoactl *ctl, const Options *options, LoaPreviewQuery *query, GError **error)
{
	LoaLocalTime local;
	gint64 from_us;

	query->zone = loa_loactl_context_zone(ctl, error);
	if (query->zone == NULL ||
	    !loa_loactl_context_time(ctl, "--from", options->from != NULL ? options->from : "today",
				     &from_us, error))
		return FALSE;
	loa_local_time_init(&local, query->zone);
	query->from = loa_local_time_from_us(&local, from_us, NULL);
	query->n_days = (guint)options->n_days;
	query->group = options->group;
	/* its zone came from there, so it was read already */
	if (ctl->config != NULL) {
		query->groups = ctl->config->groups;
		query->stagger = &ctl->config->stagger;
	}
	return TRUE;
}

gboolean
loa_loactl_preview(LoaLoactl *ctl, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { .n_days = 7 };
	const GOptionEntry entries[] = {
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The first day; else today",
		  "DATE" },
		{ "days", 0, 0, G_OPTION_ARG_INT, &options.n_days, "So many; 7 by default", "N" },
		{ "group", 'g', 0, G_OPTION_ARG_FILENAME, &options.group,
		  "Only what this group hears", "GROUP" },
		{ "live", 0, 0, G_OPTION_ARG_NONE, &options.is_live,
		  "Ask the controller for the rules and overlays that hold", NULL },
		LOA_LOACTL_ICS_ENTRIES(ctl),
		{ NULL },
	};
	g_autoptr(LoaSchedule) schedule = NULL;

	if (!loa_loactl_context_parse(ctl, "preview FILE... --from DATE --days N",
				      "Needs no controller: every airing in local time with its "
				      "lunar date, and warnings on\n"
				      "stderr: conflicts, what never plays, what is outside the "
				      "permitted hours (with\n"
				      "--config, or --live). A line there says by which rules.",
				      entries, &argc, &argv, error) ||
	    !check_options(&options, argc, error) ||
	    !loa_loactl_schedule_read_faultless(ctl, argv + 1, &schedule, error))
		return FALSE;

	LoaPreviewQuery query = { .broadcasts = schedule->broadcasts,
				  .with_lunar = TRUE,
				  .groups = schedule->groups->len > 0 ? schedule->groups : NULL };

	if (!fill_query(ctl, &options, &query, error))
		return FALSE;

	g_auto(LoaLoactlRules) rules = { 0 };

	if (!loa_loactl_rules_find(ctl, options.is_live, &rules, error))
		return FALSE;
	query.policy = rules.policy;
	query.overlays = rules.overlays;
	fprintf(stderr, "rules: %s\n", rules.words);
	return print_preview(ctl, &query, error);
}
