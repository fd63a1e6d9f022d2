/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/broadcast.h"

#include <string.h>

const char *const loa_broadcast_kinds[] = { "tin",       "bai",      "chuyen-muc", "loi-chao",
					    "thong-bao", "khan-cap", NULL };

LoaBroadcast *
loa_broadcast_new(void)
{
	LoaBroadcast *self = g_new0(LoaBroadcast, 1);

	self->class = LOA_CLASS_NORMAL;
	self->resume = LOA_RESUME_PAUSE;
	self->groups = g_ptr_array_new_with_free_func(g_free);
	self->at_s = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->days = LOA_BROADCAST_ALL_DAYS;
	self->eve_s = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->occasion_days = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->reminders = g_array_new(FALSE, FALSE, sizeof(LoaReminder));
	self->except = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->also = g_array_new(FALSE, FALSE, sizeof(gint32));
	self->n_repeats = 1;
	self->repeat_gap_s = 5;
	self->grace_s = 3600;
	self->order = 100;
	self->units = g_ptr_array_new_with_free_func(g_free);
	self->fee_vnd = -1;
	return self;
}

static gpointer
copy_text(gconstpointer text, gpointer user_data)
{
	(void)user_data;
	return g_strdup(text);
}

LoaBroadcast *
loa_broadcast_copy(const LoaBroadcast *self)
{
	LoaBroadcast *copy = g_memdup2(self, sizeof *self);

	copy->id = g_strdup(self->id);
	copy->title = g_strdup(self->title);
	copy->category = g_strdup(self->category);
	copy->audio = g_strdup(self->audio);
	copy->recording = g_strdup(self->recording);
	copy->text = g_strdup(self->text);
	copy->groups = g_ptr_array_copy(self->groups, copy_text, NULL);
	g_ptr_array_set_free_func(copy->groups, g_free);
	copy->at_s = g_array_copy(self->at_s);
	copy->rrule = g_strdup(self->rrule);
	copy->eve_s = g_array_copy(self->eve_s);
	copy->occasion = g_strdup(self->occasion);
	copy->occasion_days = g_array_copy(self->occasion_days);
	copy->reminders = g_array_copy(self->reminders);
	copy->except = g_array_copy(self->except);
	copy->also = g_array_copy(self->also);
	copy->exception_by = g_strdup(self->exception_by);
	copy->exception_why = g_strdup(self->exception_why);
	copy->kind = g_strdup(self->kind);
	copy->lead_unit = g_strdup(self->lead_unit);
	copy->units = g_ptr_array_copy(self->units, copy_text, NULL);
	g_ptr_array_set_free_func(copy->units, g_free);
	copy->author = g_strdup(self->author);
	copy->origin = g_strdup(self->origin);
	return copy;
}

static gboolean
texts_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return g_strcmp0(a->id, b->id) == 0 && g_strcmp0(a->title, b->title) == 0 &&
	       g_strcmp0(a->category, b->category) == 0 && g_strcmp0(a->audio, b->audio) == 0 &&
	       g_strcmp0(a->recording, b->recording) == 0 && g_strcmp0(a->text, b->text) == 0 &&
	       g_strcmp0(a->exception_by, b->exception_by) == 0 &&
	       g_strcmp0(a->exception_why, b->exception_why) == 0;
}

static gboolean
lists_equal(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return FALSE;
	for (guint i = 0; i < a->len; i++)
		if (strcmp(a->pdata[i], b->pdata[i]) != 0)
			return FALSE;
	return TRUE;
}

static gboolean
credits_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return g_strcmp0(a->kind, b->kind) == 0 && g_strcmp0(a->lead_unit, b->lead_unit) == 0 &&
	       g_strcmp0(a->author, b->author) == 0 && lists_equal(a->units, b->units) &&
	       a->fee_vnd == b->fee_vnd;
}

static gboolean
numbers_equal(const GArray *a, const GArray *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len * sizeof(gint32)) == 0);
}

static gboolean
rules_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return g_strcmp0(a->rrule, b->rrule) == 0 && a->lunar_days == b->lunar_days &&
	       a->lunar_month == b->lunar_month && a->lunar_leap == b->lunar_leap &&
	       numbers_equal(a->eve_s, b->eve_s) && g_strcmp0(a->occasion, b->occasion) == 0 &&
	       numbers_equal(a->occasion_days, b->occasion_days) &&
	       numbers_equal(a->except, b->except) && numbers_equal(a->also, b->also);
}

static gboolean
events_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return loa_day_compare(a->event_day, b->event_day) == 0 && a->event_s == b->event_s &&
	       a->reminders->len == b->reminders->len &&
	       (a->reminders->len == 0 || memcmp(a->reminders->data, b->reminders->data,
						 a->reminders->len * sizeof(LoaReminder)) == 0);
}

static gboolean
cares_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return a->campaign_days == b->campaign_days && a->campaign_level == b->campaign_level &&
	       loa_day_compare(a->expires, b->expires) == 0 &&
	       loa_day_compare(a->review_by, b->review_by) == 0;
}

static gboolean
times_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return a->days == b->days && loa_day_compare(a->date, b->date) == 0 &&
	       loa_day_compare(a->from, b->from) == 0 && loa_day_compare(a->until, b->until) == 0 &&
	       a->n_repeats == b->n_repeats && a->repeat_gap_s == b->repeat_gap_s &&
	       numbers_equal(a->at_s, b->at_s);
}

gboolean
loa_broadcast_equal(const LoaBroadcast *a, const LoaBroadcast *b)
{
	return texts_equal(a, b) && credits_equal(a, b) && a->to_all == b->to_all &&
	       lists_equal(a->groups, b->groups) && times_equal(a, b) && rules_equal(a, b) &&
	       events_equal(a, b) && cares_equal(a, b) && a->class == b->class &&
	       !a->is_confidential == !b->is_confidential && !a->in_turn == !b->in_turn &&
	       a->resume == b->resume && a->grace_s == b->grace_s && a->order == b->order;
}

gboolean
loa_broadcast_is_for(const LoaBroadcast *self, const char *group)
{
	if (self->to_all)
		return TRUE;
	for (guint i = 0; i < self->groups->len; i++)
		if (strcmp(self->groups->pdata[i], group) == 0)
			return TRUE;
	return FALSE;
}

gboolean
loa_broadcast_is_expired(const LoaBroadcast *self, LoaDay today)
{
	return !loa_day_is_none(self->expires) && loa_day_compare(self->expires, today) < 0;
}

gboolean
loa_broadcast_needs_review(const LoaBroadcast *self, LoaDay today)
{
	return !loa_day_is_none(self->review_by) && loa_day_compare(self->review_by, today) <= 0;
}

void
loa_broadcast_free(LoaBroadcast *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->title);
	g_free(self->category);
	g_free(self->audio);
	g_free(self->recording);
	g_free(self->text);
	g_ptr_array_unref(self->groups);
	g_array_unref(self->at_s);
	g_free(self->rrule);
	g_array_unref(self->eve_s);
	g_free(self->occasion);
	g_array_unref(self->occasion_days);
	g_array_unref(self->reminders);
	g_array_unref(self->except);
	g_array_unref(self->also);
	g_free(self->exception_by);
	g_free(self->exception_why);
	g_free(self->kind);
	g_free(self->lead_unit);
	g_ptr_array_unref(self->units);
	g_free(self->author);
	g_free(self->origin);
	g_free(self);
}

LoaGroup *
loa_group_new(const char *id, const char *name)
{
	LoaGroup *self = g_new0(LoaGroup, 1);

	self->id = g_strdup(id);
	self->name = g_strdup(name);
	return self;
}

LoaGroup *
loa_group_copy(const LoaGroup *self)
{
	LoaGroup *copy = loa_group_new(self->id, self->name);

	copy->language = g_strdup(self->language);
	copy->start_offset_ms = self->start_offset_ms;
	copy->turn = self->turn;
	return copy;
}

void
loa_group_free(LoaGroup *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->language);
	g_free(self->name);
	g_free(self);
}
