/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a media container: nothing is read beyond them, and it comes to an end. */
#include <stdint.h>

#include "audio/container-check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	LoaContainerCheck check = loa_container_check(data, size);

	g_assert_true(check.declared_us >= -1);
	g_assert_true(check.is_cut || !check.lacks_index);
	return 0;
}
