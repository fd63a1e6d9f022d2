/* SPDX-License-Identifier: Apache-2.0 */
/* A plan that was signed: what is taken is written, read and written alike. */
#include <stdint.h>

#include "wire/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(LoaPlan) first = loa_plan_decode(body, &error);

	g_assert_true((first == NULL) == (error != NULL));
	if (first == NULL)
		return 0;

	g_autoptr(GBytes) written = loa_plan_encode(first);
	g_autoptr(LoaPlan) second = loa_plan_decode(written, NULL);
	g_assert_nonnull(second);
	g_autoptr(GBytes) again = loa_plan_encode(second);
	g_assert_true(g_bytes_equal(written, again));
	return 0;
}
