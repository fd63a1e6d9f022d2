/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/plan/plan-desk.h"

#include <string.h>

#include "controller/plan/plan-diff.h"
#include "controller/plan/plan-source.h"
#include "wire/topic.h"

#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* The plans and what they were made from. */
typedef struct {
	gint64 from_us;
	gint64 valid_until_us;
	GPtrArray *broadcasts; /* LoaBroadcast */
	GPtrArray *extensions; /* LoaBroadcast */
	LoaRules *rules;
	GPtrArray *plans;     /* LoaPlan, in the order of the groups */
	GPtrArray *suspended; /* LoaSuspension */
	GPtrArray *warnings;  /* LoaPlannerWarning */
	GPtrArray *messages;  /* GBytes, as published, beside plans */
	GArray *is_changed;   /* gboolean, beside plans */
	GArray *differs_us;   /* gint64, beside plans: from when on that matters */
	gint64 due_us;        /* when a disclosure's state changes by time alone */
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
	g_clear_pointer(&self->extensions, g_ptr_array_unref);
	g_clear_pointer(&self->rules, loa_rules_free);
	g_clear_pointer(&self->plans, g_ptr_array_unref);
	g_clear_pointer(&self->suspended, g_ptr_array_unref);
	g_clear_pointer(&self->warnings, g_ptr_array_unref);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_clear_pointer(&self->is_changed, g_array_unref);
	g_clear_pointer(&self->differs_us, g_array_unref);
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

	issue->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	issue->is_changed = g_array_new(FALSE, TRUE, sizeof(gboolean));
	issue->differs_us = g_array_new(FALSE, TRUE, sizeof(gint64));
	if (self->issue != NULL && !is_frame_over(self->issue, now_us)) {
		issue->from_us = self->issue->from_us;
		issue->valid_until_us = self->issue->valid_until_us;
	} else {
		issue->from_us = now_us - DAY_US;
		issue->valid_until_us = now_us + self->config->horizon_days * DAY_US;
	}
	return issue;
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

static gboolean
plan(LoaPlanDesk *self, Issue *issue, gint64 now_us, GError **error)
{
	const LoaPlanFrame frame = { now_us, issue->from_us, issue->valid_until_us };
	g_autoptr(LoaPlanSource) source =
		loa_plan_source_read(self->store, self->config, &frame, error);

	if (source == NULL)
		return FALSE;
	issue->plans = loa_plan_source_plan(source, self->config, &frame, &issue->warnings,
					    &issue->suspended, error);
	if (issue->plans == NULL || !add_volumes(self, issue->plans, error))
		return FALSE;
	forget_tests(self, now_us);
	add_tests(self, issue->plans);
	issue->broadcasts = g_steal_pointer(&source->broadcasts);
	issue->extensions = g_steal_pointer(&source->extensions);
	issue->rules = g_steal_pointer(&source->rules);
	issue->due_us = source->due_us;
	return TRUE;
}

/* Does @new say what the plan that holds says? It takes over serial and time then. */
static gboolean
is_same(const LoaPlan *old, LoaPlan *new)
{
	if (old == NULL || !loa_plan_diff_is_same(old, new))
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
	gint64 differs_us = is_changed && old != NULL ? loa_plan_diff_from_us(old, new, now_us) : 0;
	GBytes *message;

	if (is_changed && !number_and_save(self, new, now_us, error))
		return FALSE;
	message = is_changed ? seal(self, new, error)
			     : g_bytes_ref(g_ptr_array_index(self->issue->messages, i));
	if (message == NULL)
		return FALSE;
	g_ptr_array_add(issue->messages, message);
	g_array_append_val(issue->is_changed, is_changed);
	g_array_append_val(issue->differs_us, differs_us);
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
	g_autoptr(GArray) order = NULL;
	guint n_changed = 0;

	g_assert(self->pending != NULL);
	g_clear_pointer(&self->issue, issue_free);
	self->issue = g_steal_pointer(&self->pending);
	order = loa_plan_diff_order(self->issue->differs_us);
	for (guint i = 0; i < order->len; i++) {
		const guint place = g_array_index(order, guint, i);

		if (!g_array_index(self->issue->is_changed, gboolean, place))
			continue;
		publish(self, place);
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

void
loa_plan_desk_publish_group(LoaPlanDesk *self, const char *group)
{
	for (guint i = 0; self->issue != NULL && i < self->issue->plans->len; i++) {
		const LoaPlan *plan = g_ptr_array_index(self->issue->plans, i);

		if (g_strcmp0(plan->group, group) == 0)
			publish(self, i);
	}
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
loa_plan_desk_extensions(const LoaPlanDesk *self)
{
	static const GPtrArray none = { 0 };

	return self->issue == NULL ? &none : self->issue->extensions;
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
