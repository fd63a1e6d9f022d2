/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/statistics.h"

#include <string.h>

/* One list of figures in the making: a name may be NULL. */
typedef struct {
	GPtrArray *list;   /* LoaFigures */
	GHashTable *index; /* name, or "" for NULL (borrowed), to LoaFigures */
} Tally;

typedef struct {
	const GArray *lines;
	LoaCredits *credits;
	const LoaReportConfig *config;
	LoaStatistics *out;
	Tally groups, categories, units;
	GHashTable *counted; /* item key (borrowed): its first airing was here and is counted */
	GHashTable *pay;     /* author and item (owned) to LoaPay */
} Run;

/* One airing: its lines, and what they say together. */
typedef struct {
	guint first, n;
	const LoaItem *item;
	gint64 base_us;  /* when the first group began */
	gint64 aired_ms; /* the longest */
	gboolean has_ended, has_sounded;
} Airing;

static void
figures_free(gpointer data)
{
	LoaFigures *figures = data;

	g_free(figures->name);
	g_free(figures);
}

static void
pay_free(gpointer data)
{
	LoaPay *pay = data;

	g_free(pay->author);
	g_free(pay->title);
	g_free(pay->kind);
	g_free(pay);
}

static Tally
tally_new(void)
{
	return (Tally){ g_ptr_array_new_with_free_func(figures_free),
			g_hash_table_new(g_str_hash, g_str_equal) };
}

static LoaFigures *
figures_of(Tally *tally, const char *name)
{
	LoaFigures *figures = g_hash_table_lookup(tally->index, name != NULL ? name : "");

	if (figures == NULL) {
		figures = g_new0(LoaFigures, 1);
		figures->name = g_strdup(name);
		g_ptr_array_add(tally->list, figures);
		g_hash_table_insert(tally->index,
				    (gpointer)(figures->name != NULL ? figures->name : ""),
				    figures);
	}
	return figures;
}

static gboolean
is_over(const LoaLine *line)
{
	return line->result != LOA_LINE_PLANNED && line->result != LOA_LINE_ON_AIR;
}

static void
count_line(LoaFigures *figures, const LoaLine *line)
{
	const gboolean sounded = loa_logbook_is_sounding(line->level, line->heard_ms);

	figures->n_lines++;
	figures->n_covered += line->is_covered;
	figures->n_confirmed += line->level == LOA_LEVEL_PERSON;
	figures->heard_ms += sounded ? line->heard_ms : 0;
	if (!sounded)
		figures->n_missed++;
	else if (line->result == LOA_LINE_COMPLETED)
		figures->n_completed++;
	else
		figures->n_partial++;
}

static void
count_airing(LoaFigures *figures, const Airing *airing)
{
	figures->n_airings++;
	figures->aired_ms += airing->aired_ms;
}

static Airing
look_at(const Run *run, guint first)
{
	const LoaLine *head = &g_array_index(run->lines, LoaLine, first);
	Airing airing = { .first = first,
			  .base_us = head->planned->airing->start_us,
			  .item = loa_credits_item(run->credits, head->planned->airing) };

	for (guint i = first; i < run->lines->len; i++, airing.n++) {
		const LoaLine *line = &g_array_index(run->lines, LoaLine, i);

		if (strcmp(line->planned->airing->id, head->planned->airing->id) != 0)
			break;
		airing.base_us = MIN(airing.base_us, line->planned->airing->start_us);
		run->out->n_open += line->is_provisional || !is_over(line);
		if (!is_over(line))
			continue;
		airing.has_ended = TRUE;
		airing.aired_ms = MAX(airing.aired_ms, line->aired_ms);
		airing.has_sounded =
			airing.has_sounded || loa_logbook_is_sounding(line->level, line->heard_ms);
	}
	return airing;
}

static void
count_lines(Run *run, const Airing *airing)
{
	LoaFigures *category = figures_of(&run->categories, airing->item->category);
	LoaFigures *unit = figures_of(&run->units, airing->item->lead_unit);

	for (guint i = airing->first; i < airing->first + airing->n; i++) {
		const LoaLine *line = &g_array_index(run->lines, LoaLine, i);
		LoaFigures *group;

		if (!is_over(line))
			continue;
		group = figures_of(&run->groups, line->planned->group);
		group->n_airings++;
		group->aired_ms += line->aired_ms;
		count_line(group, line);
		count_line(category, line);
		count_line(unit, line);
		count_line(&run->out->whole, line);
	}
	count_airing(category, airing);
	count_airing(unit, airing);
	count_airing(&run->out->whole, airing);
}

/* TRUE for one airing of the item, whatever the time: the first there ever was. */
static gboolean
is_first(Run *run, const Airing *airing)
{
	return airing->base_us <= airing->item->first_us &&
	       g_hash_table_add(run->counted, (gpointer)airing->item->key);
}

static void
count_item(Run *run, const Airing *airing)
{
	const LoaItem *item = airing->item;

	figures_of(&run->categories, item->category)->n_items++;
	figures_of(&run->units, item->lead_unit)->n_items++;
	run->out->whole.n_items++;
	for (guint i = 0; item->units != NULL && i < item->units->len; i++)
		figures_of(&run->units, g_ptr_array_index(item->units, i))->n_shared++;
}

static LoaPay *
pay_of(Run *run, const LoaItem *item)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", item->author, item->key);
	LoaPay *pay = g_hash_table_lookup(run->pay, key);

	if (pay == NULL) {
		pay = g_new0(LoaPay, 1);
		pay->author = g_strdup(item->author);
		pay->title = g_strdup(item->title);
		pay->kind = g_strdup(item->kind);
		g_ptr_array_add(run->out->pay, pay);
		g_hash_table_insert(run->pay, g_steal_pointer(&key), pay);
	}
	return pay;
}

static void
count_pay(Run *run, const Airing *airing, gboolean is_new)
{
	const LoaItem *item = airing->item;
	const LoaFee *fee = loa_report_config_fee(run->config, item->kind);
	LoaPay *pay;

	if (item->author == NULL || (!is_new && !airing->has_sounded))
		return;
	pay = pay_of(run, item);
	if (is_new) {
		pay->is_new = TRUE;
		pay->fee_vnd += item->fee_vnd >= 0 ? item->fee_vnd
				: fee != NULL      ? fee->item_vnd
						   : 0;
	}
	if (airing->has_sounded) {
		pay->n_airings++;
		pay->fee_vnd += fee != NULL ? fee->airing_vnd : 0;
	}
}

/* Vietnamese in the order of its alphabet where the locale knows it; nothing was said: at the end
 */
static gint
compare_names(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return g_utf8_collate(a, b) != 0 ? g_utf8_collate(a, b) : strcmp(a, b);
}

static gint
compare_figures(gconstpointer a, gconstpointer b)
{
	return compare_names((*(const LoaFigures *const *)a)->name,
			     (*(const LoaFigures *const *)b)->name);
}

static gint
compare_pay(gconstpointer a, gconstpointer b)
{
	const LoaPay *x = *(const LoaPay *const *)a, *y = *(const LoaPay *const *)b;
	const gint order = compare_names(x->author, y->author);

	return order != 0 ? order : compare_names(x->title, y->title);
}

static LoaStatistics *
finish(Run *run)
{
	LoaStatistics *out = run->out;

	out->groups = run->groups.list;
	out->categories = run->categories.list;
	out->units = run->units.list;
	g_ptr_array_sort(out->categories, compare_figures);
	g_ptr_array_sort(out->units, compare_figures);
	g_ptr_array_sort(out->pay, compare_pay);
	g_hash_table_unref(run->groups.index);
	g_hash_table_unref(run->categories.index);
	g_hash_table_unref(run->units.index);
	return out;
}

LoaStatistics *
loa_statistics_make(const GArray *lines, LoaCredits *credits, const LoaReportConfig *config)
{
	g_autoptr(GHashTable) counted = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) pay = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Run run = { .lines = lines,
		    .credits = credits,
		    .config = config,
		    .out = g_new0(LoaStatistics, 1),
		    .groups = tally_new(),
		    .categories = tally_new(),
		    .units = tally_new(),
		    .counted = counted,
		    .pay = pay };

	run.out->pay = g_ptr_array_new_with_free_func(pay_free);
	for (guint i = 0; i < lines->len;) {
		const Airing airing = look_at(&run, i);

		i += airing.n;
		if (!airing.has_ended)
			continue;

		const gboolean is_new = is_first(&run, &airing);

		count_lines(&run, &airing);
		if (is_new)
			count_item(&run, &airing);
		count_pay(&run, &airing, is_new);
	}
	return finish(&run);
}

const LoaFigures *
loa_statistics_find(const GPtrArray *figures, const char *name)
{
	for (guint i = 0; i < figures->len; i++) {
		const LoaFigures *one = g_ptr_array_index(figures, i);

		if (g_strcmp0(one->name, name) == 0)
			return one;
	}
	return NULL;
}

gint
loa_figures_coverage_permille(const LoaFigures *figures)
{
	return figures->n_lines == 0 ? -1 : (gint)(figures->n_covered * 1000 / figures->n_lines);
}

void
loa_statistics_free(LoaStatistics *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->groups);
	g_ptr_array_unref(self->categories);
	g_ptr_array_unref(self->units);
	g_ptr_array_unref(self->pay);
	g_free(self);
}
