/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/test-tone.h - three seconds by which a technician hears that a loudspeaker
 * works: two pitches in turn, unlike anything a programme has, at a level that frightens nobody.
 *
 * Always the same bytes: receivers keep it. Thread: any.
 */
#pragma once

#include "wire/plan.h"

#define LOA_TEST_TONE_S 3

/* Makes the file in @audio_dir where it is not there yet, and sets the members of @airing that
 * name it: n_samples, pre_skip, sha256, size_bytes. */
gboolean loa_test_tone_prepare(const char *audio_dir, LoaAiring *airing,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
