/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-silences.h"

#include "controller/proof/words.h"
#include "schedules/preview-rules.h"

#define MAX_NAMED 3 /* groups in one sentence */

/* One start that one rule keeps silent, in one group. */
typedef struct {
	guint start;
	guint group;
	LoaPermitVerdict verdict;
	LoaPermitWhy why; /* borrows from the rules that hold */
} Silence;

struct LoaOfficeSilences {
	const GPtrArray *groups; /* LoaGroup: of the site */
	const GArray *starts;
	GArray *silences; /* Silence, by start, verdict, group */
};

static void
on_silenced(guint start, guint group, LoaPermitVerdict verdict, const LoaPermitWhy *why,
	    gpointer user_data)
{
	LoaOfficeSilences *self = user_data;
	const Silence silence = { start, group, verdict, *why };

	g_array_append_val(self->silences, silence);
}

static gint
compare_silences(gconstpointer a, gconstpointer b)
{
	const Silence *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	return (x->group > y->group) - (x->group < y->group);
}

LoaOfficeSilences *
loa_office_silences_new(LoaOffice *office, const GPtrArray *broadcasts, const GArray *starts,
			gint64 from_us, gint64 to_us)
{
	const LoaControllerConfig *config = office->parts.config;
	const LoaRules *rules = loa_plan_desk_rules(office->parts.desk);
	const LoaPreviewQuery query = {
		.broadcasts = broadcasts,
		.zone = config->zone,
		.groups = config->groups,
		.policy = rules->policy,
		.overlays = rules->overlays,
		.stagger = &config->stagger,
	};
	g_autoptr(LoaPreviewRules) asked = loa_preview_rules_new(&query, starts, from_us, to_us);
	LoaOfficeSilences *self = g_new0(LoaOfficeSilences, 1);

	self->groups = config->groups;
	self->starts = starts;
	self->silences = g_array_new(FALSE, FALSE, sizeof(Silence));
	loa_preview_rules_run(asked, on_silenced, self);
	g_array_sort(self->silences, compare_silences);
	return self;
}

static const Silence *
silence_at(const LoaOfficeSilences *self, guint i)
{
	return &g_array_index(self->silences, Silence, i);
}

/* The first one about @start, or about a later one. */
static guint
find_first(const LoaOfficeSilences *self, guint start)
{
	guint low = 0, high = self->silences->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (silence_at(self, middle)->start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const LoaGroup *
group_at(const LoaOfficeSilences *self, guint number)
{
	return g_ptr_array_index(self->groups, number);
}

/* (transfer full): "Tổ dân phố 1, Tổ dân phố 2, +3" */
static char *
name_groups(const LoaOfficeSilences *self, const GArray *numbers)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < numbers->len && i < MAX_NAMED; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       group_at(self, g_array_index(numbers, guint, i))->name);
	if (numbers->len > MAX_NAMED)
		g_string_append_printf(text, ", +%u", numbers->len - MAX_NAMED);
	return g_string_free(text, FALSE);
}

static JsonNode *
list_groups(const LoaOfficeSilences *self, const GArray *numbers)
{
	JsonArray *ids = json_array_new();

	for (guint i = 0; i < numbers->len; i++)
		json_array_add_string_element(ids,
					      group_at(self, g_array_index(numbers, guint, i))->id);

	JsonNode *node = json_node_new(JSON_NODE_ARRAY);

	json_node_take_array(node, ids);
	return node;
}

static JsonObject *
describe(const LoaOfficeSilences *self, const Silence *silence, const GArray *numbers,
	 gboolean is_everywhere)
{
	g_autofree char *where = is_everywhere ? NULL : name_groups(self, numbers);
	JsonObject *object = json_object_new(), *words = json_object_new();

	for (LoaLanguage language = LOA_LANGUAGE_VI; language <= LOA_LANGUAGE_LAST; language++) {
		g_autofree char *text =
			loa_words_silenced(silence->verdict, &silence->why, where, language);

		json_object_set_string_member(words, loa_language_name(language), text);
	}
	json_object_set_string_member(object, "kind", loa_permit_verdict_name(silence->verdict));
	json_object_set_member(object, "groups",
			       is_everywhere ? json_node_init_string(json_node_alloc(), "all")
					     : list_groups(self, numbers));
	json_object_set_object_member(object, "words", words);
	return object;
}

/* In how many groups the start is to be heard, as far as that is shown. */
static guint
count_hearing(const LoaOfficeSilences *self, guint start, LoaOfficeShownFunc is_shown,
	      gpointer user_data)
{
	const LoaBroadcast *broadcast =
		g_array_index(self->starts, LoaPreviewStart, start).slot.broadcast;
	guint n = 0;

	for (guint i = 0; i < self->groups->len; i++) {
		const char *id = group_at(self, i)->id;

		n += is_shown(id, user_data) && loa_broadcast_is_for(broadcast, id);
	}
	return n;
}

JsonArray *
loa_office_silences_describe(const LoaOfficeSilences *self, guint start,
			     LoaOfficeShownFunc is_shown, gpointer user_data, gboolean *everywhere)
{
	JsonArray *array = json_array_new();
	guint i = find_first(self, start), n_silent = 0, n_hearing;

	*everywhere = FALSE;
	if (i == self->silences->len || silence_at(self, i)->start != start)
		return array;
	n_hearing = count_hearing(self, start, is_shown, user_data);
	while (i < self->silences->len && silence_at(self, i)->start == start) {
		const Silence *first = silence_at(self, i);
		g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));

		for (; i < self->silences->len && silence_at(self, i)->start == start &&
		       silence_at(self, i)->verdict == first->verdict;
		     i++)
			if (is_shown(group_at(self, silence_at(self, i)->group)->id, user_data))
				g_array_append_val(numbers, silence_at(self, i)->group);
		n_silent += numbers->len;
		if (numbers->len > 0)
			json_array_add_object_element(
				array, describe(self, first, numbers, numbers->len == n_hearing));
	}
	*everywhere = n_silent > 0 && n_silent == n_hearing;
	return array;
}

void
loa_office_silences_free(LoaOfficeSilences *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->silences);
	g_free(self);
}
