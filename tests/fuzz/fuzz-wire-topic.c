/* SPDX-License-Identifier: Apache-2.0 */
/* A topic as a broker hands it over: what is taken for ours is exactly the one that we would write,
 * and never another site's. */
#include <stdint.h>
#include <string.h>

#include "common/id.h"
#include "wire/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *topic = g_strndup((const char *)data, size);
	g_autofree char *id = NULL;
	LoaTopicKind kind = LOA_TOPIC_PLAN;

	if (!loa_topic_parse(topic, "s", &kind, &id))
		return 0;
	g_assert_true(loa_id_is_valid(id));

	g_autofree char *written = loa_topic(kind, "s", id);

	g_assert_cmpstr(written, ==, topic);
	g_assert_false(loa_topic_parse(topic, "s2", &kind, &written));
	return 0;
}
