/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/policy.h"

#include "schedules/reader.h"

#define DEFAULT_GAP_MIN 10
#define MAX_GAP_MIN 240
#define MAX_MINUTES 1440

static void
rule_free(gpointer data)
{
	LoaPolicyRule *rule = data;

	g_ptr_array_unref(rule->groups);
	g_clear_pointer(&rule->hours, g_array_unref);
	g_free(rule);
}

static void
exception_free(gpointer data)
{
	LoaPolicyException *exception = data;

	g_free(exception->id);
	g_free(exception->by);
	g_free(exception->why);
	g_ptr_array_unref(exception->groups);
	g_free(exception);
}

LoaPolicy *
loa_policy_new(void)
{
	LoaPolicy *self = g_new0(LoaPolicy, 1);

	self->hours = g_array_new(FALSE, FALSE, sizeof(LoaHours));
	self->sessions.gap_min = DEFAULT_GAP_MIN;
	self->rules = g_ptr_array_new_with_free_func(rule_free);
	self->exceptions = g_ptr_array_new_with_free_func(exception_free);
	return self;
}

static gpointer
copy_text(gconstpointer text, gpointer user_data)
{
	(void)user_data;
	return g_strdup(text);
}

static GPtrArray *
copy_groups(GPtrArray *groups)
{
	GPtrArray *copy = g_ptr_array_copy(groups, copy_text, NULL);

	g_ptr_array_set_free_func(copy, g_free);
	return copy;
}

static gpointer
copy_rule(gconstpointer data, gpointer user_data)
{
	const LoaPolicyRule *rule = data;
	LoaPolicyRule *copy = g_memdup2(rule, sizeof *rule);

	(void)user_data;
	copy->groups = copy_groups(rule->groups);
	copy->hours = rule->hours != NULL ? g_array_copy(rule->hours) : NULL;
	return copy;
}

static gpointer
copy_exception(gconstpointer data, gpointer user_data)
{
	const LoaPolicyException *exception = data;
	LoaPolicyException *copy = g_memdup2(exception, sizeof *exception);

	(void)user_data;
	copy->id = g_strdup(exception->id);
	copy->by = g_strdup(exception->by);
	copy->why = g_strdup(exception->why);
	copy->groups = copy_groups(exception->groups);
	return copy;
}

LoaPolicy *
loa_policy_copy(const LoaPolicy *self)
{
	LoaPolicy *copy = g_new0(LoaPolicy, 1);

	copy->hours = g_array_copy(self->hours);
	copy->sessions = self->sessions;
	copy->rules = g_ptr_array_copy(self->rules, copy_rule, NULL);
	g_ptr_array_set_free_func(copy->rules, rule_free);
	copy->exceptions = g_ptr_array_copy(self->exceptions, copy_exception, NULL);
	g_ptr_array_set_free_func(copy->exceptions, exception_free);
	return copy;
}

void
loa_policy_free(LoaPolicy *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->hours);
	g_ptr_array_unref(self->rules);
	g_ptr_array_unref(self->exceptions);
	g_free(self);
}

static gboolean
has_group(GPtrArray *groups, const char *group)
{
	return g_ptr_array_find_with_equal_func(groups, group, g_str_equal, NULL);
}

const LoaPolicyRule *
loa_policy_rule(const LoaPolicy *self, const char *group)
{
	for (guint i = 0; i < self->rules->len; i++) {
		const LoaPolicyRule *rule = g_ptr_array_index(self->rules, i);

		if (has_group(rule->groups, group))
			return rule;
	}
	return NULL;
}

static void
read_number(const LoaValue *record, const LoaFieldsContext *context, const char *name, guint max,
	    guint *number)
{
	const LoaValue *value = loa_value_member(record, name);

	if (value != NULL)
		*number = loa_reader_number(context, value, 0, max);
}

/* What the record leaves out stays as it is. */
static void
read_sessions(const LoaValue *record, const LoaFieldsContext *context, LoaSessionRules *rules)
{
	read_number(record, context, "sessions_a_day", LOA_POLICY_MAX_SESSIONS, &rules->a_day);
	read_number(record, context, "session_minutes", MAX_MINUTES, &rules->minutes);
	read_number(record, context, "session_gap_min", MAX_GAP_MIN, &rules->gap_min);
}

static void
check_groups_once(const LoaPolicy *policy, const LoaPolicyRule *rule, const LoaValue *to,
		  const LoaFieldsContext *context)
{
	for (guint i = 0; i < rule->groups->len; i++) {
		const char *group = g_ptr_array_index(rule->groups, i);

		if (loa_policy_rule(policy, group) != NULL)
			LOA_READER_FAULT(context, to->line,
					 "to: group \"%s\" has a rule already: write one for each "
					 "group",
					 group);
	}
}

static void
read_rule(const LoaValue *record, const LoaFieldsContext *context, LoaPolicy *policy)
{
	static const char *const names[] = {
		"to", "hours", "sessions_a_day", "session_minutes", "session_gap_min", NULL
	};
	LoaPolicyRule *rule;
	const LoaValue *to, *hours;
	gboolean to_all = FALSE;

	if (!loa_reader_check_kind(context, record, LOA_VALUE_RECORD, "groups",
				   "{ to = [ \"to-1\" ]; sessions_a_day = 2; }"))
		return;
	loa_reader_check_members(context, record, "a rule for groups", names);
	rule = g_new0(LoaPolicyRule, 1);
	rule->groups = g_ptr_array_new_with_free_func(g_free);
	rule->sessions = policy->sessions;
	to = loa_reader_need_member(context, record, "the rule", "to");
	if (to != NULL)
		loa_reader_to(context, to, &to_all, rule->groups);
	if (to_all)
		LOA_READER_FAULT(context, to->line,
				 "to: what holds in all groups stands outside \"groups\"");
	hours = loa_value_member(record, "hours");
	if (hours != NULL)
		rule->hours = loa_hours_from_value(hours, context);
	read_sessions(record, context, &rule->sessions);
	if (to != NULL)
		check_groups_once(policy, rule, to, context);
	g_ptr_array_add(policy->rules, rule);
}

static char *
read_text(const LoaValue *record, const LoaFieldsContext *context, const char *name, gsize max)
{
	const LoaValue *value = loa_reader_need_member(context, record, "the exception", name);

	return value != NULL ? loa_reader_text(context, value, name, max, FALSE) : NULL;
}

static void
read_exception(const LoaValue *record, const LoaFieldsContext *context, LoaPolicy *policy)
{
	static const char *const names[] = { "id", "by", "why", "from", "until", "to", NULL };
	LoaPolicyException *exception;
	const LoaValue *id, *to;

	if (!loa_reader_check_kind(
		    context, record, LOA_VALUE_RECORD, "exceptions",
		    "{ id = \"dai-hoi\"; by = \"...\"; why = \"...\"; from = ...; }"))
		return;
	loa_reader_check_members(context, record, "an exception", names);
	exception = g_new0(LoaPolicyException, 1);
	exception->groups = g_ptr_array_new_with_free_func(g_free);
	id = loa_reader_need_member(context, record, "the exception", "id");
	if (id != NULL)
		exception->id = loa_reader_id(context, id, "id", LOA_BROADCAST_ID_MAX);
	exception->by = read_text(record, context, "by", LOA_BROADCAST_BY_MAX);
	exception->why = read_text(record, context, "why", LOA_BROADCAST_WHY_MAX);
	loa_wall_time_read_period(record, context, "the exception", &exception->from,
				  &exception->until);
	to = loa_value_member(record, "to");
	exception->to_all = to == NULL;
	if (to != NULL)
		loa_reader_to(context, to, &exception->to_all, exception->groups);
	g_ptr_array_add(policy->exceptions, exception);
}

static void
read_each(const LoaValue *record, const char *name, guint max, const LoaFieldsContext *context,
	  LoaPolicy *policy, void (*read)(const LoaValue *, const LoaFieldsContext *, LoaPolicy *))
{
	const LoaValue *list = loa_value_member(record, name);

	if (list == NULL || !loa_reader_check_kind(context, list, LOA_VALUE_LIST, name, "( )"))
		return;
	if (list->items->len > max) {
		LOA_READER_FAULT(context, list->line, "%s: %u entries, at most %u", name,
				 list->items->len, max);
		return;
	}
	for (guint i = 0; i < list->items->len; i++)
		read(list->items->pdata[i], context, policy);
}

static void
read_site_hours(const LoaValue *record, const GArray *hours, const LoaFieldsContext *context,
		LoaPolicy *policy)
{
	const LoaValue *own = loa_value_member(record, "hours");

	if (own != NULL && hours != NULL) {
		LOA_READER_FAULT(context, own->line,
				 "hours: those of the site stand outside \"policy\"");
		return;
	}
	if (own == NULL && hours == NULL)
		(void)loa_reader_need_member(context, record, "the policy", "hours");
	g_clear_pointer(&policy->hours, g_array_unref);
	if (own != NULL)
		policy->hours = loa_hours_from_value(own, context);
	else
		policy->hours = hours != NULL ? g_array_copy((GArray *)hours)
					      : g_array_new(FALSE, FALSE, sizeof(LoaHours));
}

LoaPolicy *
loa_policy_from_value(const LoaValue *record, const GArray *hours, const LoaFieldsContext *context)
{
	static const char *const names[] = { "hours",
					     "sessions_a_day",
					     "session_minutes",
					     "session_gap_min",
					     "groups",
					     "exceptions",
					     NULL };
	g_autoptr(LoaPolicy) policy = loa_policy_new();
	guint n_faults = context->faults->len;

	if (!loa_reader_check_kind(context, record, LOA_VALUE_RECORD, "policy",
				   "{ sessions_a_day = 2; }"))
		return NULL;
	loa_reader_check_members(context, record, "the policy", names);
	read_site_hours(record, hours, context, policy);
	read_sessions(record, context, &policy->sessions);
	read_each(record, "groups", LOA_POLICY_MAX_RULES, context, policy, read_rule);
	read_each(record, "exceptions", LOA_POLICY_MAX_EXCEPTIONS, context, policy, read_exception);
	return context->faults->len > n_faults ? NULL : g_steal_pointer(&policy);
}

static void
add_number(LoaValue *record, const char *name, guint number, guint fallback)
{
	if (number != fallback)
		loa_value_add(record, loa_value_new_int(name, number));
}

static void
add_sessions(LoaValue *record, const LoaSessionRules *rules, const LoaSessionRules *fallback)
{
	add_number(record, "sessions_a_day", rules->a_day, fallback->a_day);
	add_number(record, "session_minutes", rules->minutes, fallback->minutes);
	add_number(record, "session_gap_min", rules->gap_min, fallback->gap_min);
}

static LoaValue *
rule_to_value(const LoaPolicy *policy, const LoaPolicyRule *rule)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	loa_value_add(record, loa_groups_to_value(FALSE, rule->groups));
	if (rule->hours != NULL)
		loa_value_add(record, loa_hours_to_value(rule->hours));
	add_sessions(record, &rule->sessions, &policy->sessions);
	return record;
}

static LoaValue *
exception_to_value(const LoaPolicyException *exception)
{
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);

	loa_value_add(record, loa_value_new_text("id", exception->id));
	loa_value_add(record, loa_value_new_text("by", exception->by));
	loa_value_add(record, loa_value_new_text("why", exception->why));
	loa_wall_time_add_period(record, &exception->from, &exception->until);
	loa_value_add(record, loa_groups_to_value(exception->to_all, exception->groups));
	return record;
}

LoaValue *
loa_policy_to_value(const LoaPolicy *self)
{
	static const LoaSessionRules none = { 0, 0, DEFAULT_GAP_MIN };
	LoaValue *record = loa_value_new(LOA_VALUE_RECORD, NULL, 0);
	LoaValue *rules = loa_value_new(LOA_VALUE_LIST, "groups", 0);
	LoaValue *exceptions = loa_value_new(LOA_VALUE_LIST, "exceptions", 0);

	loa_value_add(record, loa_hours_to_value(self->hours));
	add_sessions(record, &self->sessions, &none);
	for (guint i = 0; i < self->rules->len; i++)
		loa_value_add(rules, rule_to_value(self, g_ptr_array_index(self->rules, i)));
	for (guint i = 0; i < self->exceptions->len; i++)
		loa_value_add(exceptions,
			      exception_to_value(g_ptr_array_index(self->exceptions, i)));
	loa_value_add(record, rules);
	loa_value_add(record, exceptions);
	return record;
}
