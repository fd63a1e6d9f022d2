/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/store/records.h"

#include "schedules/broadcast.h"

LoaRecording *
loa_recording_new(void)
{
	return g_new0(LoaRecording, 1);
}

LoaRecording *
loa_recording_copy(const LoaRecording *self)
{
	LoaRecording *copy = g_memdup2(self, sizeof *self);

	copy->id = g_strdup(self->id);
	copy->title = g_strdup(self->title);
	copy->category = g_strdup(self->category);
	copy->sha256 = g_strdup(self->sha256);
	copy->original_name = g_strdup(self->original_name);
	copy->original_sha256 = g_strdup(self->original_sha256);
	copy->imported_by = g_strdup(self->imported_by);
	copy->kind = g_strdup(self->kind);
	copy->lead_unit = g_strdup(self->lead_unit);
	copy->author = g_strdup(self->author);
	copy->language = g_strdup(self->language);
	copy->text = g_strdup(self->text);
	loa_approval_copy(&self->approval, &copy->approval);
	return copy;
}

gint64
loa_recording_duration_us(const LoaRecording *self)
{
	return self->n_samples * G_USEC_PER_SEC / LOA_SAMPLE_RATE;
}

LoaRecordingBar
loa_recording_bar(const LoaRecording *self, gint64 at_us)
{
	if (self->is_confidential)
		return LOA_RECORDING_CONFIDENTIAL;
	if (self->approval.state == LOA_APPROVAL_WITHDRAWN)
		return LOA_RECORDING_WITHDRAWN;
	if (!loa_approval_holds(&self->approval, self->sha256))
		return LOA_RECORDING_UNAPPROVED;
	if (self->expires_us != 0 && at_us >= self->expires_us)
		return LOA_RECORDING_EXPIRED;
	return LOA_RECORDING_FREE;
}

gboolean
loa_recording_kind_is_known(const char *kind)
{
	return kind == NULL || g_strv_contains(loa_broadcast_kinds, kind);
}

void
loa_recording_free(LoaRecording *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->title);
	g_free(self->category);
	g_free(self->sha256);
	g_free(self->original_name);
	g_free(self->original_sha256);
	g_free(self->imported_by);
	g_free(self->kind);
	g_free(self->lead_unit);
	g_free(self->author);
	g_free(self->language);
	g_free(self->text);
	loa_approval_clear(&self->approval);
	g_free(self);
}

LoaTake *
loa_take_new(void)
{
	LoaTake *self = g_new0(LoaTake, 1);

	self->parts = g_strdup("");
	return self;
}

void
loa_take_free(LoaTake *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->owner);
	g_free(self->title);
	g_free(self->mime);
	g_free(self->text);
	g_free(self->parts);
	g_free(self->failure);
	g_free(self->recording);
	g_free(self);
}

LoaDeclaration *
loa_declaration_new(const char *id, const char *json, gint64 since_us)
{
	LoaDeclaration *self = g_new0(LoaDeclaration, 1);

	self->id = g_strdup(id);
	self->json = g_strdup(json);
	self->since_us = since_us;
	return self;
}

void
loa_declaration_free(LoaDeclaration *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->json);
	g_free(self->by);
	g_free(self);
}

LoaOneOff *
loa_one_off_new(void)
{
	return g_new0(LoaOneOff, 1);
}

gboolean
loa_one_off_is_for(const LoaOneOff *self, const char *group)
{
	return self->groups == NULL || g_strv_contains((const char *const *)self->groups, group);
}

void
loa_one_off_free(LoaOneOff *self)
{
	if (self == NULL)
		return;
	g_free(self->airing);
	g_free(self->recording);
	g_free(self->title);
	g_strfreev(self->groups);
	g_free(self->exception);
	g_free(self);
}

LoaEmergency *
loa_emergency_new(void)
{
	return g_new0(LoaEmergency, 1);
}

void
loa_emergency_free(LoaEmergency *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->recording);
	g_strfreev(self->groups);
	g_free(self->asked_by);
	g_free(self->asked_name);
	g_free(self->decided_by);
	g_free(self->decided_name);
	g_free(self->airing);
	g_free(self);
}

gboolean
loa_records_same_airing(const LoaAiring *a, const LoaAiring *b)
{
	return a->start_us == b->start_us && g_strcmp0(a->id, b->id) == 0 &&
	       g_strcmp0(a->broadcast, b->broadcast) == 0 && g_strcmp0(a->title, b->title) == 0 &&
	       a->class == b->class && a->order == b->order && a->stop_us == b->stop_us &&
	       a->resume == b->resume && a->grace_us == b->grace_us && a->is_live == b->is_live &&
	       a->n_samples == b->n_samples && a->pre_skip == b->pre_skip &&
	       g_strcmp0(a->sha256, b->sha256) == 0 && a->size_bytes == b->size_bytes &&
	       g_strcmp0(a->exception, b->exception) == 0 && g_strcmp0(a->node, b->node) == 0;
}

LoaNodeRecord *
loa_node_record_new(const char *id, const char *group, const char *public_hex, gint64 added_us)
{
	LoaNodeRecord *self = g_new0(LoaNodeRecord, 1);

	self->id = g_strdup(id);
	self->group = g_strdup(group);
	self->public_hex = g_strdup(public_hex);
	self->added_us = added_us;
	return self;
}

void
loa_node_record_free(LoaNodeRecord *self)
{
	if (self == NULL)
		return;
	g_free(self->id);
	g_free(self->group);
	g_free(self->public_hex);
	g_free(self);
}

void
loa_ledger_row_free(LoaLedgerRow *self)
{
	if (self == NULL)
		return;
	g_free(self->node);
	g_free(self->group);
	g_free(self->json);
	g_free(self);
}

void
loa_suspension_free(LoaSuspension *self)
{
	if (self == NULL)
		return;
	g_free(self->group);
	loa_airing_free(self->airing);
	g_free(self->overlay);
	g_free(self->overlay_name);
	g_free(self);
}
