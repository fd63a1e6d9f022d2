/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/opus-frame.h"

#define FRAME_MAX_SIZE 1275
#define PACKET_US 20000

/* Section 3.1, table 2: the 32 configurations in their groups. */
static guint
frame_us(guint8 toc)
{
	static const guint silk[] = { 10000, 20000, 40000, 60000 };
	static const guint hybrid[] = { 10000, 20000 };
	static const guint celt[] = { 2500, 5000, 10000, 20000 };
	guint config = toc >> 3;

	if (config < 12)
		return silk[config & 3];
	if (config < 16)
		return hybrid[config & 1];
	return celt[config & 3];
}

/* Section 3.2.1: one byte below 252, else two. Takes it off the front. */
static gboolean
take_length(const guint8 **at, gsize *left, gsize *length)
{
	if (*left < 1)
		return FALSE;

	gsize n_bytes = (*at)[0] < 252 ? 1 : 2;

	if (*left < n_bytes)
		return FALSE;
	*length = n_bytes == 1 ? (*at)[0] : (*at)[0] + 4u * (*at)[1];
	*at += n_bytes;
	*left -= n_bytes;
	return TRUE;
}

/* Section 3.2.5: 255 stands for 254 bytes and another length byte. */
static gboolean
take_padding(const guint8 **at, gsize *left)
{
	gsize n_padding = 0;
	guint8 byte;

	do {
		if (*left < 1)
			return FALSE;
		byte = (*at)[0];
		n_padding += byte == 255 ? 254 : byte;
		*at += 1;
		*left -= 1;
	} while (byte == 255);
	if (n_padding > *left)
		return FALSE;
	*left -= n_padding;
	return TRUE;
}

/* Code 3: a frame count byte, padding, then frames of equal or of given lengths. */
static gboolean
fits_code_3(const guint8 *at, gsize left, guint us)
{
	if (left < 1)
		return FALSE;

	guint8 header = at[0];
	guint n_frames = header & 0x3f;

	at++;
	left--;
	if (n_frames == 0 || n_frames * us != PACKET_US)
		return FALSE;
	if ((header & 0x40) != 0 && !take_padding(&at, &left))
		return FALSE;
	if ((header & 0x80) == 0)
		return left % n_frames == 0 && left / n_frames <= FRAME_MAX_SIZE;

	gsize sum = 0, length;

	for (guint i = 0; i + 1 < n_frames; i++) {
		if (!take_length(&at, &left, &length))
			return FALSE;
		sum += length;
	}
	return sum <= left && left - sum <= FRAME_MAX_SIZE;
}

gboolean
loa_opus_frame_is_20_ms(const guint8 *data, gsize size)
{
	if (size < 1)
		return FALSE;

	const guint8 *at = data + 1;
	gsize left = size - 1, length;
	guint us = frame_us(data[0]);

	switch (data[0] & 3) {
	case 0:
		return us == PACKET_US && left <= FRAME_MAX_SIZE;
	case 1:
		return 2 * us == PACKET_US && left % 2 == 0 && left / 2 <= FRAME_MAX_SIZE;
	case 2:
		return 2 * us == PACKET_US && take_length(&at, &left, &length) && length <= left &&
		       left - length <= FRAME_MAX_SIZE;
	default:
		return fits_code_3(at, left, us);
	}
}
