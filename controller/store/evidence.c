/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/evidence.h"

#include "common/text.h"

static const char *const answer_names[] = {
	[LOA_ANSWER_HEARD] = "heard",
	[LOA_ANSWER_UNCLEAR] = "unclear",
	[LOA_ANSWER_TOO_LOUD] = "too-loud",
	[LOA_ANSWER_NOT_HEARD] = "not-heard",
};

LoaHeard *
loa_heard_new(const char *airing, const char *node, const char *group)
{
	LoaHeard *self = g_new0(LoaHeard, 1);

	self->airing = g_strdup(airing);
	self->node = g_strdup(node);
	self->group = g_strdup(group);
	self->reason = g_strdup("");
	return self;
}

void
loa_heard_free(LoaHeard *self)
{
	if (self == NULL)
		return;
	g_free(self->airing);
	g_free(self->node);
	g_free(self->group);
	g_free(self->reason);
	g_free(self);
}

const char *
loa_answer_name(LoaAnswer answer)
{
	return answer_names[answer];
}

gboolean
loa_answer_from_name(const char *name, LoaAnswer *answer)
{
	guint i;

	if (!loa_text_find(answer_names, G_N_ELEMENTS(answer_names), name, &i))
		return FALSE;
	*answer = (LoaAnswer)i;
	return TRUE;
}

LoaTick *
loa_tick_new(const char *group, const char *week, const char *airing, LoaAnswer answer)
{
	LoaTick *self = g_new0(LoaTick, 1);

	self->group = g_strdup(group);
	self->week = g_strdup(week);
	self->airing = g_strdup(airing);
	self->answer = answer;
	self->note = g_strdup("");
	self->by = g_strdup("");
	return self;
}

void
loa_tick_free(LoaTick *self)
{
	if (self == NULL)
		return;
	g_free(self->group);
	g_free(self->week);
	g_free(self->airing);
	g_free(self->note);
	g_free(self->by);
	g_free(self);
}
