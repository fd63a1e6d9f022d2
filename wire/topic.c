/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/topic.h"

#include <string.h>

#include "common/id.h"

/* What stands before and after the id, behind "loa/SITE". */
static const struct {
	const char *before;
	const char *after;
} shapes[] = {
	[LOA_TOPIC_PLAN] = { "/plan/", "" },        [LOA_TOPIC_AIR] = { "/air/", "" },
	[LOA_TOPIC_STATE] = { "/node/", "/state" }, [LOA_TOPIC_REPORT] = { "/node/", "/report" },
	[LOA_TOPIC_ACK] = { "/node/", "/ack" },
};

char *
loa_topic(LoaTopicKind kind, const char *site, const char *id)
{
	g_assert(loa_id_is_valid(site));
	g_assert(loa_id_is_valid(id) || strcmp(id, "+") == 0);
	return g_strconcat("loa/", site, shapes[kind].before, id, shapes[kind].after, NULL);
}

gboolean
loa_topic_parse(const char *topic, const char *site, LoaTopicKind *kind, char **id)
{
	g_autofree char *root = g_strconcat("loa/", site, NULL);

	if (topic == NULL || !g_str_has_prefix(topic, root))
		return FALSE;

	const char *rest = topic + strlen(root);

	for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
		gsize n_before = strlen(shapes[i].before), n_after = strlen(shapes[i].after);
		gsize size = strlen(rest);

		if (size <= n_before + n_after || !g_str_has_prefix(rest, shapes[i].before) ||
		    !g_str_has_suffix(rest, shapes[i].after))
			continue;
		if (!loa_id_is_valid_n(rest + n_before, size - n_before - n_after))
			continue;
		*kind = (LoaTopicKind)i;
		*id = g_strndup(rest + n_before, size - n_before - n_after);
		return TRUE;
	}
	return FALSE;
}
