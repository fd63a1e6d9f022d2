/* SPDX-License-Identifier: Apache-2.0 */
/* A state that was signed: what is taken is written, read and written alike. */
#include <stdint.h>

#include "wire/node-state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaNodeState) first = loa_node_state_decode(body, &error);

	g_assert_true((first == NULL) == (error != NULL));
	if (first == NULL)
		return 0;

	g_autoptr(GBytes) written = loa_node_state_encode(first);
	g_autoptr(LoaNodeState) second = loa_node_state_decode(written, NULL);
	g_assert_nonnull(second);
	g_autoptr(GBytes) again = loa_node_state_encode(second);
	g_assert_true(g_bytes_equal(written, again));
	return 0;
}
