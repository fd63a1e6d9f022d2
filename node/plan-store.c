/* SPDX-License-Identifier: Apache-2.0 */
#include "node/plan-store.h"

#include "common/file.h"

void
loa_stored_plan_clear(LoaStoredPlan *self)
{
	g_clear_pointer(&self->message, g_bytes_unref);
	g_clear_pointer(&self->plan, loa_plan_free);
}

gboolean
loa_plan_store_open_message(GBytes *message, const char *topic, const LoaKeyRing *ring,
			    LoaStoredPlan *stored, GError **error)
{
	g_autoptr(GBytes) body = loa_envelope_open(LOA_TAG_PLAN, topic, message, ring, error);

	if (body == NULL)
		return FALSE;
	LoaPlan *plan = loa_plan_decode(body, error);

	if (plan == NULL)
		return FALSE;
	*stored = (LoaStoredPlan){ g_bytes_ref(message), plan };
	return TRUE;
}

gboolean
loa_plan_store_load(const char *path, const char *topic, const LoaKeyRing *ring,
		    LoaStoredPlan *stored, GError **error)
{
	g_autoptr(GBytes) message = loa_file_read(path, LOA_ENVELOPE_MAX_SIZE, error);

	return message != NULL && loa_plan_store_open_message(message, topic, ring, stored, error);
}

gboolean
loa_plan_store_save(const char *path, GBytes *message, GError **error)
{
	return loa_file_replace(path, message, 0640, error);
}
