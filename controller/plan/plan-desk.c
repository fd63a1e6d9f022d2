/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/plan-desk.h"

#include <string.h>

#include "controller/plan/care.h"
#include "schedules/broadcast-json.h"
#include "schedules/local-time.h"
#include "wire/topic.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
/* More starts than all the plans of the largest site could carry. */
#define MAX_SLOTS 200000

/* The plans and what they were made from. */
typedef struct {
	gint64 from_us;
	gint64 valid_until_us;
	GPtrArray *broadcasts; /* LoaBroadcast */
	LoaRules *rules;
	GPtrArray *plans;      /* LoaPlan, in the order of the groups */
	GPtrArray *suspended;  /* LoaSuspension */
	GPtrArray *warnings;   /* LoaPlannerWarning */
	GPtrArray *unreadable; /* LoaPlannerWarning, on their way into warnings */
	GPtrArray *messages;   /* GBytes, as published, beside plans */
	GArray *is_changed;    /* gboolean, beside plans */
	gint64 due_us;         /* when a disclosure's state changes by time alone */
} Issue;

typedef struct {
	char *group;
	LoaAiring *airing;
} Test;

struct LoaPlanDesk {
	const LoaControllerConfig *config; /* borrowed */
	LoaStore *store;                   /* borrowed */
	const LoaSigningKey *key;          /* borrowed */
	LoaPlanDeskPublishFunc publish;
	gpointer publish_data;
	GPtrArray *tests; /* Test */
	Issue *issue;     /* (nullable): the one that holds */
	Issue *pending;   /* (nullable): prepared */
};

G_DEFINE_QUARK(loa_plan_desk_error, loa_plan_desk_error)

static void
issue_free(Issue *self)
{
	if (self == NULL)
		return;
	g_clear_pointer(&self->broadcasts, g_ptr_array_unref);
	g_clear_pointer(&self->rules, loa_rules_free);
	g_clear_pointer(&self->plans, g_ptr_array_unref);
	g_clear_pointer(&self->suspended, g_ptr_array_unref);
	g_clear_pointer(&self->warnings, g_ptr_array_unref);
	g_clear_pointer(&self->unreadable, g_ptr_array_unref);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_clear_pointer(&self->is_changed, g_array_unref);
	g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Issue, issue_free)

static void
test_free(gpointer data)
{
	Test *test = data;

	g_free(test->group);
	loa_airing_free(test->airing);
	g_free(test);
}

LoaPlanDesk *
loa_plan_desk_new(const LoaControllerConfig *config, LoaStore *store, const LoaSigningKey *key)
{
	LoaPlanDesk *self = g_new0(LoaPlanDesk, 1);

	self->config = config;
	self->store = store;
	self->tests = g_ptr_array_new_with_free_func(test_free);
	self->key = key;
	return self;
}

void
loa_plan_desk_on_publish(LoaPlanDesk *self, LoaPlanDeskPublishFunc func, gpointer user_data)
{
	self->publish = func;
	self->publish_data = user_data;
}

static gboolean
is_frame_over(const Issue *issue, gint64 now_us)
{
	gint64 length_us = issue->valid_until_us - issue->from_us - DAY_US;

	return now_us < issue->from_us || issue->valid_until_us - now_us < length_us / 2;
}

static Issue *
issue_new(const LoaPlanDesk *self, gint64 now_us)
{
	Issue *issue = g_new0(Issue, 1);

	issue->broadcasts = g_ptr_array_new_with_free_func((GDestroyNotify)loa_broadcast_free);
	issue->unreadable =
		g_ptr_array_new_with_free_func((GDestroyNotify)loa_planner_warning_free);
	issue->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	issue->is_changed = g_array_new(FALSE, TRUE, sizeof(gboolean));
	if (self->issue != NULL && !is_frame_over(self->issue, now_us)) {
		issue->from_us = self->issue->from_us;
		issue->valid_until_us = self->issue->valid_until_us;
	} else {
		issue->from_us = now_us - DAY_US;
		issue->valid_until_us = now_us + self->config->horizon_days * DAY_US;
	}
	return issue;
}

/* What another version of the program declared must not silence the rest. */
static void
warn_unreadable(Issue *issue, const char *id, const char *why)
{
	LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

	warning->finding = LOA_PLANNER_UNREADABLE;
	warning->subject = g_strdup(id);
	warning->message = g_strdup_printf("%s is not planned: %s; declare it again", id, why);
	g_ptr_array_add(issue->unreadable, warning);
}

static gboolean
read_broadcasts(LoaPlanDesk *self, Issue *issue, GHashTable *since, GError **error)
{
	g_autoptr(GPtrArray) declarations = loa_store_declarations(self->store, error);

	if (declarations == NULL)
		return FALSE;
	for (guint i = 0; i < declarations->len; i++) {
		const LoaDeclaration *declaration = g_ptr_array_index(declarations, i);
		g_autoptr(GError) why = NULL;
		LoaBroadcast *broadcast = loa_broadcast_from_json_text(declaration->json, &why);

		if (broadcast == NULL) {
			warn_unreadable(issue, declaration->id, why->message);
			continue;
		}
		g_ptr_array_add(issue->broadcasts, broadcast);
		g_hash_table_insert(since, broadcast->id,
				    g_memdup2(&declaration->since_us, sizeof(gint64)));
	}
	return TRUE;
}

static gboolean
read_rules(LoaPlanDesk *self, Issue *issue, GError **error)
{
	issue->rules = loa_rules_read(self->store, self->config, error);
	for (guint i = 0; issue->rules != NULL && i < issue->rules->unreadable->len; i++) {
		LoaPlannerWarning *warning = g_new0(LoaPlannerWarning, 1);

		warning->finding = LOA_PLANNER_UNREADABLE;
		warning->subject = g_strdup("rules");
		warning->message = g_strdup(g_ptr_array_index(issue->rules->unreadable, i));
		g_ptr_array_add(issue->unreadable, warning);
	}
	return issue->rules != NULL;
}

static GHashTable *
read_recordings(LoaPlanDesk *self, GError **error)
{
	g_autoptr(GPtrArray) recordings = loa_store_recordings(self->store, error);
	GHashTable *by_id;

	if (recordings == NULL)
		return NULL;
	by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				      (GDestroyNotify)loa_recording_free);
	g_ptr_array_set_free_func(recordings, NULL);
	for (guint i = 0; i < recordings->len; i++) {
		LoaRecording *recording = g_ptr_array_index(recordings, i);

		g_hash_table_insert(by_id, recording->id, recording);
	}
	return by_id;
}

static void
add_planned(GHashTable *planned, LoaPlannedRow *row)
{
	GHashTable *groups = g_hash_table_lookup(planned, row->airing->id);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)loa_airing_free);
		g_hash_table_insert(planned, g_strdup(row->airing->id), groups);
	}
	g_hash_table_insert(groups, g_steal_pointer(&row->group), g_steal_pointer(&row->airing));
}

static void
add_silenced(GHashTable *silenced, LoaPlannedRow *row)
{
	GHashTable *groups = g_hash_table_lookup(silenced, row->airing->id);

	if (groups == NULL) {
		groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(silenced, g_strdup(row->airing->id), groups);
	}
	g_hash_table_add(groups, g_steal_pointer(&row->group));
}

/* (transfer full): see LoaPlannerInput; adds to @silenced */
static GHashTable *
read_planned(LoaPlanDesk *self, gint64 from_us, gint64 now_us, GHashTable *silenced, GError **error)
{
	gint64 to_us = now_us + LOA_PLANNER_LOOKBACK_US;
	g_autoptr(GPtrArray) rows = loa_store_planned_rows(self->store, from_us, to_us, error);
	GHashTable *planned;

	if (rows == NULL)
		return NULL;
	planned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					(GDestroyNotify)g_hash_table_unref);
	for (guint i = 0; i < rows->len; i++) {
		LoaPlannedRow *row = g_ptr_array_index(rows, i);

		if (row->suspended_by != NULL && row->airing->start_us <= now_us)
			add_silenced(silenced, row);
		else if (row->withdrawn_us == 0)
			add_planned(planned, row);
	}
	return planned;
}

/* The disclosures: their alarms, and (transfer full) what is aired longer for some groups. */
static GPtrArray *
take_care(LoaPlanDesk *self, Issue *issue, gint64 now_us, GPtrArray **campaigns, GError **error)
{
	g_autoptr(GPtrArray) found =
		loa_care_campaigns(self->store, self->config, issue->broadcasts, now_us, error);

	if (found == NULL || !loa_care_note_alarms(self->store, found, now_us, error))
		return NULL;
	issue->due_us = G_MAXINT64;
	for (guint i = 0; i < found->len; i++)
		issue->due_us = MIN(issue->due_us,
				    ((LoaCareCampaign *)g_ptr_array_index(found, i))->next_us);
	*campaigns = g_steal_pointer(&found);
	return loa_care_extensions(*campaigns);
}

static void
warn_of_care(const LoaPlanDesk *self, Issue *issue, const GPtrArray *campaigns, gint64 now_us)
{
	LoaLocalTime local;

	loa_local_time_init(&local, self->config->zone);
	loa_care_warn(campaigns, issue->broadcasts, loa_local_time_from_us(&local, now_us, NULL),
		      issue->warnings);
}

static void
forget_tests(LoaPlanDesk *self, gint64 now_us)
{
	for (guint i = self->tests->len; i-- > 0;) {
		const Test *test = g_ptr_array_index(self->tests, i);

		if (loa_airing_end_us(test->airing) <= now_us)
			g_ptr_array_remove_index(self->tests, i);
	}
}

static void
add_tests(const LoaPlanDesk *self, const GPtrArray *plans)
{
	for (guint i = 0; i < plans->len; i++) {
		LoaPlan *one = g_ptr_array_index(plans, i);

		for (guint j = 0; j < self->tests->len; j++) {
			const Test *test = g_ptr_array_index(self->tests, j);

			if (strcmp(test->group, one->group) == 0)
				g_ptr_array_add(one->tests, loa_airing_copy(test->airing));
		}
		loa_plan_sort(one);
	}
}

/* How loud the receivers of each group shall be; most are as loud as they can. */
static gboolean
add_volumes(const LoaPlanDesk *self, const GPtrArray *plans, GError **error)
{
	g_autoptr(GPtrArray) nodes = loa_store_nodes(self->store, error);

	if (nodes == NULL)
		return FALSE;
	for (guint i = 0; i < nodes->len; i++) {
		const LoaNodeRecord *node = g_ptr_array_index(nodes, i);

		if (node->revoked_us != 0 || node->volume_db == 0)
			continue;
		for (guint j = 0; j < plans->len; j++) {
			LoaPlan *one = g_ptr_array_index(plans, j);

			if (strcmp(one->group, node->group) == 0 &&
			    one->volumes->len < LOA_PLAN_MAX_VOLUMES)
				loa_plan_add_volume(one, node->id, node->volume_db);
		}
	}
	return TRUE;
}

gboolean
loa_plan_desk_add_test(LoaPlanDesk *self, const char *group, LoaAiring *airing, gint64 now_us)
{
	Test *test;

	forget_tests(self, now_us);
	if (self->tests->len >= LOA_PLAN_MAX_TESTS) {
		loa_airing_free(airing);
		return FALSE;
	}
	test = g_new0(Test, 1);
	*test = (Test){ g_strdup(group), airing };
	g_ptr_array_add(self->tests, test);
	return TRUE;
}

/* Everything the planner needs is read from the store, so that a plan never depends on what this
 * process remembers: after kill -9 the same plans come out. */
static gboolean
plan(LoaPlanDesk *self, Issue *issue, gint64 now_us, GError **error)
{
	gint64 lookback_us = issue->from_us - LOA_PLANNER_LOOKBACK_US;
	g_autoptr(GHashTable) since = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_autoptr(GHashTable) silenced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
							       (GDestroyNotify)g_hash_table_unref);
	g_autoptr(GHashTable) recordings = read_recordings(self, error);

	if (recordings == NULL || !read_broadcasts(self, issue, since, error) ||
	    !read_rules(self, issue, error))
		return FALSE;

	g_autoptr(GPtrArray) campaigns = NULL;
	g_autoptr(GPtrArray) extensions = take_care(self, issue, now_us, &campaigns, error);
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autoptr(GPtrArray) one_offs =
		extensions == NULL ? NULL : loa_store_one_offs(self->store, lookback_us, error);
	g_autoptr(GHashTable) stops =
		one_offs == NULL ? NULL : loa_store_stops(self->store, lookback_us, error);
	g_autoptr(GHashTable) planned =
		stops == NULL ? NULL : read_planned(self, lookback_us, now_us, silenced, error);

	if (planned == NULL)
		return FALSE;
	g_ptr_array_extend(all, issue->broadcasts, NULL, NULL);
	g_ptr_array_extend(all, extensions, NULL, NULL);

	g_autoptr(GArray) slots = loa_timetable_expand(all, self->config->zone, lookback_us,
						       issue->valid_until_us, MAX_SLOTS, error);

	if (slots == NULL)
		return FALSE;

	LoaPlannerInput input = {
		.site = self->config->site_id,
		.groups = self->config->groups,
		.slots = slots,
		.since = since,
		.recordings = recordings,
		.one_offs = one_offs,
		.stops = stops,
		.planned = planned,
		.silenced = silenced,
		.stagger = &self->config->stagger,
		.policy = issue->rules->policy,
		.overlays = issue->rules->overlays,
		.zone = self->config->zone,
		.now_us = now_us,
		.from_us = issue->from_us,
		.valid_until_us = issue->valid_until_us,
		.playout_delay_us = self->config->playout_delay_us,
	};

	issue->plans = loa_planner_run(&input, &issue->warnings, &issue->suspended);
	forget_tests(self, now_us);
	if (!add_volumes(self, issue->plans, error))
		return FALSE;
	add_tests(self, issue->plans);
	g_ptr_array_extend_and_steal(issue->warnings, g_steal_pointer(&issue->unreadable));
	warn_of_care(self, issue, campaigns, now_us);
	return TRUE;
}

static gboolean
has_same_airings(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return FALSE;
	for (guint i = 0; i < a->len; i++)
		if (!loa_records_same_airing(g_ptr_array_index(a, i), g_ptr_array_index(b, i)))
			return FALSE;
	return TRUE;
}

static gboolean
has_same_volumes(const LoaPlan *a, const LoaPlan *b)
{
	if (a->volumes->len != b->volumes->len)
		return FALSE;
	for (guint i = 0; i < a->volumes->len; i++) {
		const LoaNodeVolume *x = g_ptr_array_index(a->volumes, i);
		const LoaNodeVolume *y = g_ptr_array_index(b->volumes, i);

		if (strcmp(x->node, y->node) != 0 || x->volume_db != y->volume_db)
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_same_content(const LoaPlan *a, const LoaPlan *b)
{
	if (a->valid_until_us != b->valid_until_us || a->playout_delay_us != b->playout_delay_us ||
	    a->permitted->len != b->permitted->len)
		return FALSE;
	for (guint i = 0; i < a->permitted->len; i++) {
		const LoaInterval *x = &g_array_index(a->permitted, LoaInterval, i);
		const LoaInterval *y = &g_array_index(b->permitted, LoaInterval, i);

		if (x->from_us != y->from_us || x->to_us != y->to_us)
			return FALSE;
	}
	return has_same_volumes(a, b) && has_same_airings(a->airings, b->airings) &&
	       has_same_airings(a->tests, b->tests);
}

/* Does @new say what the plan that holds says? It takes over serial and time then. */
static gboolean
is_same(const LoaPlan *old, LoaPlan *new)
{
	if (old == NULL || !has_same_content(old, new))
		return FALSE;
	new->serial = old->serial;
	new->issued_us = old->issued_us;
	return TRUE;
}

static gboolean
number_and_save(LoaPlanDesk *self, LoaPlan *new, gint64 now_us, GError **error)
{
	gint64 last;

	if (!loa_store_plan_serial(self->store, new->group, &last, error))
		return FALSE;
	new->serial = MAX(last + 1, now_us / 1000);
	new->issued_us = now_us;
	return loa_store_save_plan(self->store, new, now_us, error);
}

static GBytes *
seal(const LoaPlanDesk *self, const LoaPlan *plan_to_seal, GError **error)
{
	g_autofree char *topic =
		loa_topic(LOA_TOPIC_PLAN, self->config->site_id, plan_to_seal->group);
	g_autoptr(GBytes) body = loa_plan_encode(plan_to_seal);

	if (g_bytes_get_size(body) + LOA_ENVELOPE_HEADER_SIZE > LOA_ENVELOPE_MAX_SIZE) {
		g_set_error(error, LOA_PLAN_DESK_ERROR, LOA_PLAN_DESK_ERROR_TOO_MUCH,
			    "the plan of group %s is too large; shorten horizon_days",
			    plan_to_seal->group);
		return NULL;
	}
	return loa_envelope_seal(LOA_TAG_PLAN, topic, body, self->key);
}

/* The plan, its message and whether it is news, in @issue. */
static gboolean
settle(LoaPlanDesk *self, Issue *issue, guint i, gint64 now_us, GError **error)
{
	LoaPlan *new = g_ptr_array_index(issue->plans, i);
	const LoaPlan *old = self->issue == NULL ? NULL : g_ptr_array_index(self->issue->plans, i);
	gboolean is_changed = !is_same(old, new);
	GBytes *message;

	if (is_changed && !number_and_save(self, new, now_us, error))
		return FALSE;
	message = is_changed ? seal(self, new, error)
			     : g_bytes_ref(g_ptr_array_index(self->issue->messages, i));
	if (message == NULL)
		return FALSE;
	g_ptr_array_add(issue->messages, message);
	g_array_append_val(issue->is_changed, is_changed);
	return TRUE;
}

/* Mostly there is nothing, and was nothing: then nothing is written. */
static gboolean
save_suspended(LoaPlanDesk *self, const Issue *issue, gint64 now_us, GError **error)
{
	if (issue->suspended->len == 0 && self->issue != NULL && self->issue->suspended->len == 0)
		return TRUE;
	return loa_store_save_suspended(self->store, issue->suspended, now_us, error);
}

gboolean
loa_plan_desk_prepare(LoaPlanDesk *self, gint64 now_us, GError **error)
{
	g_autoptr(Issue) issue = issue_new(self, now_us);

	if (!plan(self, issue, now_us, error))
		return FALSE;
	for (guint i = 0; i < issue->plans->len; i++)
		if (!settle(self, issue, i, now_us, error))
			return FALSE;
	if (!save_suspended(self, issue, now_us, error))
		return FALSE;
	g_clear_pointer(&self->pending, issue_free);
	self->pending = g_steal_pointer(&issue);
	return TRUE;
}

static void
publish(const LoaPlanDesk *self, guint i)
{
	const LoaPlan *plan_to_send = g_ptr_array_index(self->issue->plans, i);
	g_autofree char *topic =
		loa_topic(LOA_TOPIC_PLAN, self->config->site_id, plan_to_send->group);

	if (self->publish != NULL)
		self->publish(topic, g_ptr_array_index(self->issue->messages, i),
			      self->publish_data);
}

guint
loa_plan_desk_release(LoaPlanDesk *self)
{
	guint n_changed = 0;

	g_assert(self->pending != NULL);
	g_clear_pointer(&self->issue, issue_free);
	self->issue = g_steal_pointer(&self->pending);
	for (guint i = 0; i < self->issue->plans->len; i++) {
		if (!g_array_index(self->issue->is_changed, gboolean, i))
			continue;
		publish(self, i);
		n_changed++;
	}
	return n_changed;
}

void
loa_plan_desk_discard(LoaPlanDesk *self)
{
	g_clear_pointer(&self->pending, issue_free);
}

gboolean
loa_plan_desk_replan(LoaPlanDesk *self, gint64 now_us, GError **error)
{
	if (!loa_store_begin(self->store, error))
		return FALSE;
	if (!loa_plan_desk_prepare(self, now_us, error)) {
		loa_store_rollback(self->store);
		return FALSE;
	}
	if (!loa_store_commit(self->store, error)) {
		loa_plan_desk_discard(self);
		return FALSE;
	}
	loa_plan_desk_release(self);
	return TRUE;
}

void
loa_plan_desk_publish_all(LoaPlanDesk *self)
{
	for (guint i = 0; self->issue != NULL && i < self->issue->plans->len; i++)
		publish(self, i);
}

const GPtrArray *
loa_plan_desk_plans(const LoaPlanDesk *self)
{
	static const GPtrArray none = { 0 };

	return self->issue == NULL ? &none : self->issue->plans;
}

gint64
loa_plan_desk_serial(const LoaPlanDesk *self, const char *group)
{
	const GPtrArray *plans = loa_plan_desk_plans(self);

	for (guint i = 0; i < plans->len; i++) {
		const LoaPlan *candidate = g_ptr_array_index(plans, i);

		if (g_strcmp0(candidate->group, group) == 0)
			return candidate->serial;
	}
	return 0;
}

const GPtrArray *
loa_plan_desk_warnings(const LoaPlanDesk *self)
{
	static const GPtrArray none = { 0 };

	return self->issue == NULL ? &none : self->issue->warnings;
}

const GPtrArray *
loa_plan_desk_broadcasts(const LoaPlanDesk *self)
{
	static const GPtrArray none = { 0 };

	return self->issue == NULL ? &none : self->issue->broadcasts;
}

const GPtrArray *
loa_plan_desk_suspended(const LoaPlanDesk *self)
{
	static const GPtrArray none = { 0 };

	return self->issue == NULL ? &none : self->issue->suspended;
}

const LoaRules *
loa_plan_desk_rules(const LoaPlanDesk *self)
{
	return self->issue == NULL ? NULL : self->issue->rules;
}

gint64
loa_plan_desk_due_us(const LoaPlanDesk *self)
{
	return self->issue == NULL ? G_MAXINT64 : self->issue->due_us;
}

void
loa_plan_desk_free(LoaPlanDesk *self)
{
	if (self == NULL)
		return;
	issue_free(self->issue);
	issue_free(self->pending);
	g_ptr_array_unref(self->tests);
	g_free(self);
}
