/* SPDX-License-Identifier: Apache-2.0 */
/* A watch that was signed: what is taken is written and read alike. */
#include <stdint.h>

#include "wire/watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) body = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	gint64 first_us = 0, second_us = 0;
	gboolean is_taken = loa_watch_decode(body, "phuong-demo", &first_us, &error);

	g_assert_true(is_taken == (error == NULL));
	if (!is_taken)
		return 0;

	g_autoptr(GBytes) written = loa_watch_encode("phuong-demo", first_us);

	g_assert_true(loa_watch_decode(written, "phuong-demo", &second_us, NULL));
	g_assert_true(first_us == second_us);
	return 0;
}
