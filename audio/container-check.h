/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/container-check.h - does a media file hold as much as it says of itself?
 *
 * Decoders are lenient: they play what is there of a half-copied file and call it complete. This
 * looks at the container alone, and only for what each format states:
 *
 *	WAV, RF64   the data chunk's length                  (Microsoft RIFF, EBU Tech 3306)
 *	AIFF        the chunks' lengths
 *	MP4, M4A    every top-level box, and that the index ("moov") is there  (ISO 14496-12)
 *	Ogg         the last page is whole and marked as the last             (RFC 3533)
 *	FLAC        samples in the stream; the caller compares with what it decoded (RFC 9639)
 *	MP3         the byte count of a Xing/Info header, else the last frame's length
 *	WebM, MKV   every element of the segment, and of what has no length  (RFC 8794)
 *
 * A format that is not listed, and a stream that never knew its length, are taken as whole.
 * Thread: any.
 */
#pragma once

#include <glib.h>

typedef struct {
	gboolean is_cut;      /* the file is shorter than it says */
	gboolean lacks_index; /* MP4: recording was never finished, or the end is missing */
	gint64 declared_us;   /* length that only decoding can prove, or -1 */
	gsize whole_bytes;    /* of a cut WebM or MP4: so many from its beginning are a whole file,
				 0 where none are or it is not known */
} LoaContainerCheck;

LoaContainerCheck loa_container_check(const guint8 *data, gsize size);
