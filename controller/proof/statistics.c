/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/proof/statistics.h"

#include <string.h>

/* The lists of figures, as LoaStatistics.index counts them. */
enum { GROUPS, CATEGORIES, UNITS };

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

/* @name: (nullable) */
static LoaFigures *
figures_of(LoaStatistics *self, guint which, const char *name)
{
	GPtrArray *const lists[] = { self->groups, self->categories, self->units };
	LoaFigures *figures = g_hash_table_lookup(self->index[which], name != NULL ? name : "");

	if (figures == NULL) {
		figures = g_new0(LoaFigures, 1);
		figures->name = g_strdup(name);
		g_ptr_array_add(lists[which], figures);
		g_hash_table_insert(self->index[which],
				    (gpointer)(figures->name != NULL ? figures->name : ""),
				    figures);
	}
	return figures;
}

/* Nobody was to hear it, so it is neither heard nor missed. */
static gboolean
is_suspended(const LoaLine *line)
{
	return line->result == LOA_LINE_SUSPENDED;
}

static gboolean
is_over(const LoaLine *line)
{
	return line->result != LOA_LINE_PLANNED && line->result != LOA_LINE_ON_AIR &&
	       !is_suspended(line);
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
look_at(LoaStatistics *self, const GArray *lines, guint first, LoaCredits *credits)
{
	const LoaLine *head = &g_array_index(lines, LoaLine, first);
	Airing airing = { .first = first,
			  .base_us = head->planned->airing->start_us,
			  .item = loa_credits_item(credits, head->planned->airing) };

	for (guint i = first; i < lines->len; i++, airing.n++) {
		const LoaLine *line = &g_array_index(lines, LoaLine, i);

		if (strcmp(line->planned->airing->id, head->planned->airing->id) != 0)
			break;
		airing.base_us = MIN(airing.base_us, line->planned->airing->start_us);
		self->n_open += !is_suspended(line) && (line->is_provisional || !is_over(line));
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
count_lines(LoaStatistics *self, const GArray *lines, const Airing *airing)
{
	LoaFigures *category = figures_of(self, CATEGORIES, airing->item->category);
	LoaFigures *unit = figures_of(self, UNITS, airing->item->lead_unit);

	for (guint i = airing->first; i < airing->first + airing->n; i++) {
		const LoaLine *line = &g_array_index(lines, LoaLine, i);
		LoaFigures *group;

		if (!is_over(line))
			continue;
		group = figures_of(self, GROUPS, line->planned->group);
		group->n_airings++;
		group->aired_ms += line->aired_ms;
		count_line(group, line);
		count_line(category, line);
		count_line(unit, line);
		count_line(&self->whole, line);
	}
	count_airing(category, airing);
	count_airing(unit, airing);
	count_airing(&self->whole, airing);
}

/* TRUE for one airing of an item, whatever the time that is counted: the first there ever was. */
static gboolean
is_first(LoaStatistics *self, const Airing *airing)
{
	return airing->base_us <= airing->item->first_us &&
	       g_hash_table_add(self->counted, g_strdup(airing->item->key));
}

static void
count_item(LoaStatistics *self, const Airing *airing)
{
	const LoaItem *item = airing->item;

	figures_of(self, CATEGORIES, item->category)->n_items++;
	figures_of(self, UNITS, item->lead_unit)->n_items++;
	self->whole.n_items++;
	for (guint i = 0; item->units != NULL && i < item->units->len; i++)
		figures_of(self, UNITS, g_ptr_array_index(item->units, i))->n_shared++;
}

static LoaPay *
pay_of(LoaStatistics *self, const LoaItem *item)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", item->author, item->key);
	LoaPay *pay = g_hash_table_lookup(self->pay_index, key);

	if (pay == NULL) {
		pay = g_new0(LoaPay, 1);
		pay->author = g_strdup(item->author);
		pay->title = g_strdup(item->title);
		pay->kind = g_strdup(item->kind);
		g_ptr_array_add(self->pay, pay);
		g_hash_table_insert(self->pay_index, g_steal_pointer(&key), pay);
	}
	return pay;
}

static void
count_pay(LoaStatistics *self, const Airing *airing, gboolean is_new)
{
	const LoaItem *item = airing->item;
	const LoaFee *fee = loa_report_config_fee(self->config, item->kind);
	LoaPay *pay;

	if (item->author == NULL || (!is_new && !airing->has_sounded))
		return;
	pay = pay_of(self, item);
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

LoaStatistics *
loa_statistics_new(const LoaReportConfig *config)
{
	LoaStatistics *self = g_new0(LoaStatistics, 1);

	self->config = config;
	self->groups = g_ptr_array_new_with_free_func(figures_free);
	self->categories = g_ptr_array_new_with_free_func(figures_free);
	self->units = g_ptr_array_new_with_free_func(figures_free);
	self->pay = g_ptr_array_new_with_free_func(pay_free);
	for (guint i = 0; i < G_N_ELEMENTS(self->index); i++)
		self->index[i] = g_hash_table_new(g_str_hash, g_str_equal);
	self->pay_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return self;
}

void
loa_statistics_add(LoaStatistics *self, const GArray *lines, LoaCredits *credits)
{
	for (guint i = 0; i < lines->len;) {
		const Airing airing = look_at(self, lines, i, credits);
		gboolean is_new;

		i += airing.n;
		if (!airing.has_ended)
			continue;
		count_lines(self, lines, &airing);
		is_new = is_first(self, &airing);
		if (is_new)
			count_item(self, &airing);
		count_pay(self, &airing, is_new);
	}
}

void
loa_statistics_sort(LoaStatistics *self)
{
	g_ptr_array_sort(self->categories, compare_figures);
	g_ptr_array_sort(self->units, compare_figures);
	g_ptr_array_sort(self->pay, compare_pay);
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
	for (guint i = 0; i < G_N_ELEMENTS(self->index); i++)
		g_hash_table_unref(self->index[i]);
	g_hash_table_unref(self->pay_index);
	g_hash_table_unref(self->counted);
	g_ptr_array_unref(self->groups);
	g_ptr_array_unref(self->categories);
	g_ptr_array_unref(self->units);
	g_ptr_array_unref(self->pay);
	g_free(self);
}
