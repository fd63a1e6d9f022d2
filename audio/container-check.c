/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/container-check.h"

#include <string.h>

/* Recorders that write to a pipe put "as long as possible" in a WAV header. */
#define WAV_UNKNOWN 0x7ffff000U

#define MP3_TAIL (256 * 1024)
#define MP3_RUN 8 /* frames in a row */

#define OGG_HEADER_SIZE 27
#define OGG_LAST 0x04
#define OGG_MAX_PAGE (OGG_HEADER_SIZE + 255 + 255 * 255)

/* Not a limit of the formats: a file of nothing but tiny chunks shall not hold us up. */
#define MAX_STEPS 5000000

static const LoaContainerCheck whole = { .declared_us = -1 };
static const LoaContainerCheck cut = { .is_cut = TRUE, .declared_us = -1 };

static guint64
read_be(const guint8 *at, guint n_bytes)
{
	guint64 value = 0;

	for (guint i = 0; i < n_bytes; i++)
		value = value << 8 | at[i];
	return value;
}

static guint64
read_le(const guint8 *at, guint n_bytes)
{
	guint64 value = 0;

	for (guint i = n_bytes; i > 0; i--)
		value = value << 8 | at[i - 1];
	return value;
}

static gboolean
has_id(const guint8 *data, gsize size, gsize at, const char *id)
{
	return at <= size && size - at >= strlen(id) && memcmp(data + at, id, strlen(id)) == 0;
}

/* RF64 keeps the true length of the data chunk in its ds64 chunk. */
static LoaContainerCheck
check_wav(const guint8 *data, gsize size, gboolean is_rf64)
{
	guint64 long_size = 0;
	gsize at = 12;

	while (size - at >= 8) {
		guint64 chunk = read_le(data + at + 4, 4);
		gboolean is_data = has_id(data, size, at, "data");

		if (has_id(data, size, at, "ds64") && size - at >= 24)
			long_size = read_le(data + at + 16, 8);
		if (is_data && is_rf64 && chunk == G_MAXUINT32)
			chunk = long_size;
		else if (is_data && chunk >= WAV_UNKNOWN)
			return whole;
		if (chunk > size - at - 8)
			return cut;
		if (is_data)
			return whole;
		at += 8 + (gsize)chunk + (chunk & 1);
		if (at > size)
			break;
	}
	return cut; /* the sound itself is not there */
}

static LoaContainerCheck
check_aiff(const guint8 *data, gsize size)
{
	gsize at = 12;

	while (at < size && size - at >= 8) {
		guint64 chunk = read_be(data + at + 4, 4);

		if (chunk > size - at - 8)
			return has_id(data, size, at, "SSND") ? cut : whole;
		at += 8 + (gsize)chunk + (chunk & 1);
	}
	return whole;
}

static LoaContainerCheck
cut_mp4(gboolean has_index, gsize sound_end)
{
	return (LoaContainerCheck){ TRUE, !has_index, -1, has_index ? sound_end : 0 };
}

static LoaContainerCheck
check_mp4(const guint8 *data, gsize size)
{
	gboolean has_index = FALSE;
	gsize at = 0, sound_end = 0;

	while (at < size) {
		guint64 box = size - at;
		guint header = 8;

		if (size - at < 8)
			return cut_mp4(has_index, sound_end);
		box = read_be(data + at, 4);
		if (box == 1) {
			header = 16;
			if (size - at < 16)
				return cut_mp4(has_index, sound_end);
			box = read_be(data + at + 8, 8);
		} else if (box == 0) {
			box = size - at;
		}
		if (box < header)
			return whole; /* nonsense: the decoder shall say what it thinks of it */
		has_index |= has_id(data, size, at + 4, "moov");
		if (box > size - at)
			return cut_mp4(has_index, sound_end);
		/* a fragment without its sound ("moof" without "mdat") is of no use */
		if (has_id(data, size, at + 4, "mdat"))
			sound_end = at + (gsize)box;
		at += (gsize)box;
	}
	return has_index ? whole : cut_mp4(FALSE, 0);
}

static LoaContainerCheck
check_ogg(const guint8 *data, gsize size)
{
	gsize first = size > OGG_MAX_PAGE ? size - OGG_MAX_PAGE : 0;

	for (gsize at = size; at-- > first;) {
		gsize page = OGG_HEADER_SIZE;

		if (!has_id(data, size, at, "OggS") || size - at < page || data[at + 4] != 0 ||
		    size - at < page + data[at + 26])
			continue;
		page += data[at + 26];
		for (guint i = 0; i < data[at + 26]; i++)
			page += data[at + OGG_HEADER_SIZE + i];
		/* "OggS" may stand within the sound, too: a page counts that ends with the file */
		if (page == size - at)
			return data[at + 5] & OGG_LAST ? whole : cut;
	}
	return cut;
}

static LoaContainerCheck
check_flac(const guint8 *data, gsize size, gsize at)
{
	LoaContainerCheck check = whole;

	/* STREAMINFO comes first: rate in 20 bits, 3 + 5 bits, samples in 36 */
	if (size - at < 4 + 4 + 18)
		return cut;

	guint64 bits = read_be(data + at + 8 + 10, 8);
	gint64 rate = (gint64)(bits >> 44);
	gint64 n_samples = (gint64)(bits & 0xfffffffffULL);

	if (rate > 0 && n_samples > 0)
		check.declared_us = (gint64)((double)n_samples / (double)rate * 1e6);
	return check;
}

/* ISO 11172-3 section 2.4.2.3; kbit/s by version (1, 2 and 2.5), layer and index. */
static const guint16 bitrates[2][3][16] = {
	{ { 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0 },
	  { 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0 },
	  { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0 } },
	{ { 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 } },
};

/* Length of the MPEG audio frame that begins here, 0 if none does. */
static gsize
mpeg_frame_size(const guint8 *data, gsize size, gsize at)
{
	static const guint16 rates[3] = { 44100, 48000, 32000 };

	if (at > size || size - at < 4 || data[at] != 0xff || (data[at + 1] & 0xe0) != 0xe0)
		return 0;

	guint version = data[at + 1] >> 3 & 3; /* 0: 2.5, 2: 2, 3: 1 */
	guint layer = 4 - (data[at + 1] >> 1 & 3U);
	guint rate_index = data[at + 2] >> 2 & 3;

	if (version == 1 || layer == 4 || rate_index == 3)
		return 0;

	gsize bitrate = bitrates[version != 3][layer - 1][data[at + 2] >> 4] * 1000U;
	gsize rate = rates[rate_index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	gsize padding = data[at + 2] >> 1 & 1;

	if (bitrate == 0)
		return 0;
	if (layer == 1)
		return (12 * bitrate / rate + padding) * 4;
	return (layer == 3 && version != 3 ? 72 : 144) * bitrate / rate + padding;
}

/* Where the Xing or Info header begins in the first frame; 0 for none. */
static gsize
find_xing(const guint8 *data, gsize size, gsize at)
{
	static const guint8 offsets[] = { 36, 21, 13 }; /* by version and channels */

	for (gsize i = 0; i < G_N_ELEMENTS(offsets); i++)
		if (has_id(data, size, at + offsets[i], "Xing") ||
		    has_id(data, size, at + offsets[i], "Info"))
			return at + offsets[i];
	return 0;
}

/* The first place from @at on where so many frames follow each other that it is no accident;
 * @size if there is none. */
static gsize
find_mpeg_frames(const guint8 *data, gsize size, gsize at)
{
	for (; at < size; at++) {
		gsize next = at;
		guint n = 0;
		gsize frame;

		while (n < MP3_RUN && (frame = mpeg_frame_size(data, size, next)) > 0) {
			next += frame;
			n++;
		}
		if (n == MP3_RUN)
			return at;
	}
	return size;
}

static LoaContainerCheck
check_mp3(const guint8 *data, gsize size, gsize first)
{
	gsize xing = find_xing(data, size, first);

	/* flags, then frames if bit 0, then bytes if bit 1 */
	if (xing != 0 && size - xing >= 16 && (data[xing + 7] & 2)) {
		guint64 n_bytes = read_be(data + xing + (data[xing + 7] & 1 ? 12 : 8), 4);

		return n_bytes > size - first ? cut : whole;
	}
	/* the end is enough, and a file of hundreds of megabytes is not read twice */
	if (size - first > MP3_TAIL)
		first = find_mpeg_frames(data, size, size - MP3_TAIL);
	for (gsize at = first; at < size;) {
		gsize frame = mpeg_frame_size(data, size, at);

		if (frame == 0) /* a tag at the end, or a decoder's matter */
			return size - at < 4 && data[at] == 0xff ? cut : whole;
		if (frame > size - at)
			return cut;
		at += frame;
	}
	return whole;
}

/* RFC 8794: a number whose first byte says how long it is. Returns its length, 0: not there. */
static guint
read_vint(const guint8 *data, gsize size, gsize at, gboolean keep_marker, guint64 *value)
{
	guint n = 1;

	if (at >= size || data[at] == 0)
		return 0;
	while (!(data[at] & 0x80U >> (n - 1)))
		n++;
	if (size - at < n)
		return 0;
	*value = read_be(data + at, n);
	if (keep_marker)
		return n;
	*value &= (G_GUINT64_CONSTANT(1) << 7 * n) - 1;
	if (*value == (G_GUINT64_CONSTANT(1) << 7 * n) - 1)
		*value = G_MAXUINT64; /* unknown: until something follows that cannot be inside */
	return n;
}

static LoaContainerCheck
cut_at(gsize whole_bytes)
{
	return (LoaContainerCheck){ TRUE, FALSE, -1, whole_bytes };
}

static LoaContainerCheck
check_matroska(const guint8 *data, gsize size)
{
	gsize at = 0;

	for (guint steps = 0; at < size && steps < MAX_STEPS; steps++) {
		guint64 id = 0;
		guint64 length = 0;
		guint id_size = read_vint(data, size, at, TRUE, &id);
		guint length_size =
			id_size > 0 ? read_vint(data, size, at + id_size, FALSE, &length) : 0;

		if (length_size == 0)
			return size - at < 12 ? cut_at(at) : whole;

		gsize body = at + id_size + length_size;
		gboolean is_segment = id == 0x18538067;

		if (length != G_MAXUINT64 && length > size - body)
			return cut_at(at);
		/* only those that may be open-ended are looked into */
		at = is_segment || length == G_MAXUINT64 ? body : body + (gsize)length;
	}
	return whole;
}

/* ID3v2 before MP3 and, by some programs, before FLAC. */
static gsize
skip_id3(const guint8 *data, gsize size)
{
	gsize at = 0;

	while (has_id(data, size, at, "ID3") && size - at >= 10) {
		const guint8 *length = data + at + 6;

		at += 10 + ((gsize)(length[0] & 0x7f) << 21 | (gsize)(length[1] & 0x7f) << 14 |
			    (gsize)(length[2] & 0x7f) << 7 | (gsize)(length[3] & 0x7f));
		if (at >= size)
			return size;
	}
	return at;
}

LoaContainerCheck
loa_container_check(const guint8 *data, gsize size)
{
	gsize sound = skip_id3(data, size);

	if (size < 12)
		return whole; /* the decoder shall say what it thinks of it */
	if (has_id(data, size, 8, "WAVE") &&
	    (has_id(data, size, 0, "RIFF") || has_id(data, size, 0, "RF64")))
		return check_wav(data, size, data[1] == 'F');
	if (has_id(data, size, 0, "FORM") && has_id(data, size, 8, "AIF"))
		return check_aiff(data, size);
	if (has_id(data, size, 4, "ftyp"))
		return check_mp4(data, size);
	if (has_id(data, size, 0, "OggS"))
		return check_ogg(data, size);
	if (has_id(data, size, 0, "\x1a\x45\xdf\xa3"))
		return check_matroska(data, size);
	if (has_id(data, size, sound, "fLaC"))
		return check_flac(data, size, sound);
	if (sound == size && size > 10)
		return cut; /* nothing but the tag */
	if (mpeg_frame_size(data, size, sound) > 0)
		return check_mp3(data, size, sound);
	return whole;
}
