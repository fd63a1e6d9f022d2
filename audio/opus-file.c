/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/opus-file.h"

#include <opus.h>
#include <string.h>

/* RFC 3533 section 6: the page header up to and without the segment table. */
#define PAGE_HEADER_SIZE 27
#define PAGE_CONTINUED 0x01
#define PAGE_FIRST 0x02
#define PAGE_LAST 0x04
#define PAGE_CRC_AT 22

#define HEAD_SIZE 19
#define FRAME_SAMPLES 960
#define SAMPLE_RATE 48000
#define MAX_FRAME_SIZE 1275

/* Offsets are kept in 32 bits; two hours at the highest bit rate are half of this. */
#define MAX_FILE_SIZE (1024 * 1024 * 1024)

/* Where one frame lies: six bytes each, 2 MB for two hours. */
typedef struct {
	GArray *offsets; /* guint32 */
	GArray *sizes;   /* guint16 */
} Index;

struct LoaOpusFile {
	GBytes *bytes; /* owned: the mapping */
	const guint8 *data;
	Index index;
	gint64 n_samples;
	guint32 pre_skip;
};

/* One page, its numbers read and its extent proven. */
typedef struct {
	const guint8 *segments;
	guint n_segments;
	gsize body; /* offset in the file */
	gsize body_size;
	gsize end; /* of the page */
	guint flags;
	gint64 granule;
	guint32 serial;
	guint32 number;
} Page;

/* What the walk through the pages remembers. */
typedef struct {
	LoaOpusFile *file;
	const char *name;
	gsize size;
	guint32 serial;
	guint32 n_pages;
	gint64 granule; /* end position of the last page */
	gboolean has_end;
} Walk;

G_DEFINE_QUARK(loa_opus_file_error, loa_opus_file_error)

static gboolean fail(const Walk *walk, GError **error, LoaOpusFileError code, const char *format,
		     ...) G_GNUC_PRINTF(4, 5);

static gboolean
fail(const Walk *walk, GError **error, LoaOpusFileError code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *why = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, LOA_OPUS_FILE_ERROR, (int)code, "%s: %s; import the recording again",
		    walk->name, why);
	return FALSE;
}

static guint32
read_le32(const guint8 *at)
{
	return (guint32)at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

static gint64
read_le64(const guint8 *at)
{
	return (gint64)((guint64)read_le32(at) | (guint64)read_le32(at + 4) << 32);
}

/* The CRC of RFC 3533: polynomial 0x04c11db7, not reflected, from 0. */
static guint32
crc_over(guint32 crc, const guint8 *at, gsize size)
{
	static guint32 table[256];
	static gsize is_filled;

	if (g_once_init_enter(&is_filled)) {
		for (guint32 i = 0; i < 256; i++) {
			guint32 value = i << 24;

			for (int bit = 0; bit < 8; bit++)
				value = value << 1 ^ (value & 0x80000000U ? 0x04c11db7U : 0);
			table[i] = value;
		}
		g_once_init_leave(&is_filled, 1);
	}
	for (gsize i = 0; i < size; i++)
		crc = crc << 8 ^ table[(crc >> 24 ^ at[i]) & 0xff];
	return crc;
}

/* The field itself counts as zero. */
static guint32
page_crc(const guint8 *page, gsize size)
{
	static const guint8 zero[4] = { 0 };
	guint32 crc = crc_over(0, page, PAGE_CRC_AT);

	crc = crc_over(crc, zero, sizeof zero);
	return crc_over(crc, page + PAGE_CRC_AT + 4, size - PAGE_CRC_AT - 4);
}

static gboolean
read_page(const Walk *walk, gsize at, Page *page, GError **error)
{
	const guint8 *header = walk->file->data + at;
	gsize left = walk->size - at;

	if (left < PAGE_HEADER_SIZE)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_CUT_SHORT,
			    "the file is cut short in the header of page %u", walk->n_pages);
	if (memcmp(header, "OggS", 4) != 0)
		return fail(walk, error,
			    walk->n_pages == 0 ? LOA_OPUS_FILE_ERROR_FORM
					       : LOA_OPUS_FILE_ERROR_DAMAGED,
			    "there is no Ogg page at byte %" G_GSIZE_FORMAT, at);
	if (header[4] != 0)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "page %u has Ogg version %u, not 0", walk->n_pages, header[4]);

	guint n_segments = header[26];
	gsize body_size = 0;

	if (left < PAGE_HEADER_SIZE + n_segments)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_CUT_SHORT,
			    "the file is cut short in the header of page %u", walk->n_pages);
	for (guint i = 0; i < n_segments; i++)
		body_size += header[PAGE_HEADER_SIZE + i];
	if (left - PAGE_HEADER_SIZE - n_segments < body_size)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_CUT_SHORT,
			    "the file is cut short in page %u", walk->n_pages);

	gsize page_size = PAGE_HEADER_SIZE + n_segments + body_size;

	if (page_crc(header, page_size) != read_le32(header + PAGE_CRC_AT))
		return fail(walk, error, LOA_OPUS_FILE_ERROR_DAMAGED,
			    "page %u is damaged (checksum)", walk->n_pages);
	*page = (Page){
		.segments = header + PAGE_HEADER_SIZE,
		.n_segments = n_segments,
		.body = at + PAGE_HEADER_SIZE + n_segments,
		.body_size = body_size,
		.end = at + page_size,
		.flags = header[5],
		.granule = read_le64(header + 6),
		.serial = read_le32(header + 14),
		.number = read_le32(header + 18),
	};
	return TRUE;
}

/* What holds for every page of the one stream. */
static gboolean
check_page(const Walk *walk, const Page *page, GError **error)
{
	guint expected = walk->n_pages == 0 ? PAGE_FIRST : 0;

	if (page->number != walk->n_pages)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_DAMAGED,
			    "page %u is missing (found page %u)", walk->n_pages, page->number);
	if (walk->n_pages > 0 && page->serial != walk->serial)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "page %u belongs to another stream", walk->n_pages);
	if ((page->flags & ~(guint)PAGE_LAST) != expected)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "page %u has the flags 0x%02x, not 0x%02x", walk->n_pages, page->flags,
			    expected);
	if (page->n_segments == 0 || page->segments[page->n_segments - 1] == 255)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "page %u does not end with a whole packet", walk->n_pages);
	return TRUE;
}

static gboolean
is_one_packet(const Page *page)
{
	for (guint i = 0; i + 1 < page->n_segments; i++)
		if (page->segments[i] != 255)
			return FALSE;
	return TRUE;
}

/* RFC 7845 section 5.1. */
static gboolean
read_head(Walk *walk, const Page *page, GError **error)
{
	const guint8 *head = walk->file->data + page->body;

	if (page->body_size < 8 || memcmp(head, "OpusHead", 8) != 0)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM, "this is not an Opus stream");
	if (page->body_size != HEAD_SIZE || !is_one_packet(page) || page->granule != 0 ||
	    page->flags & PAGE_LAST)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "its Opus header is not of the stored form");
	if (head[8] != 1)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "its Opus header has version %u, not 1", head[8]);
	if (head[9] != 1 || head[18] != 0)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM, "it has %u channels, not one",
			    head[9]);
	/* the channel carries packets alone: a gain in the header would be lost on the way */
	if (head[16] != 0 || head[17] != 0)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "its Opus header asks for a gain of its own");
	walk->file->pre_skip = (guint32)head[10] | (guint32)head[11] << 8;
	walk->serial = page->serial;
	return TRUE;
}

/* RFC 7845 section 5.2: only that it is there. */
static gboolean
read_tags(const Walk *walk, const Page *page, GError **error)
{
	const guint8 *tags = walk->file->data + page->body;

	if (page->body_size < 16 || memcmp(tags, "OpusTags", 8) != 0 || !is_one_packet(page) ||
	    page->granule != 0 || page->flags & PAGE_LAST ||
	    read_le32(tags + 8) > page->body_size - 16)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "its second page is not the Opus comment header");
	return TRUE;
}

/* Structure as RFC 6716 section 3 has it, and exactly 20 ms of one channel. */
static gboolean
check_frame(const Walk *walk, const guint8 *frame, gsize size, GError **error)
{
	gint64 i = (gint64)walk->file->index.sizes->len;
	opus_int16 sizes[48];

	if (size < 1 || size > MAX_FRAME_SIZE)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "frame %" G_GINT64_FORMAT " has %" G_GSIZE_FORMAT " bytes, not 1 to %d",
			    i, size, MAX_FRAME_SIZE);
	if (opus_packet_get_nb_channels(frame) != 1)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "frame %" G_GINT64_FORMAT " is stereo", i);
	if (opus_packet_get_nb_samples(frame, (opus_int32)size, SAMPLE_RATE) != FRAME_SAMPLES)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "frame %" G_GINT64_FORMAT " does not last 20 ms", i);
	if (opus_packet_parse(frame, (opus_int32)size, NULL, NULL, sizes, NULL) < 1)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "frame %" G_GINT64_FORMAT " is not a valid Opus packet", i);
	return TRUE;
}

static gboolean
read_frames(Walk *walk, const Page *page, GError **error)
{
	Index *index = &walk->file->index;
	gsize at = page->body;
	gsize size = 0;

	for (guint i = 0; i < page->n_segments; i++) {
		size += page->segments[i];
		if (page->segments[i] == 255)
			continue;

		guint32 offset = (guint32)at;
		guint16 short_size = (guint16)size;

		if (!check_frame(walk, walk->file->data + at, size, error))
			return FALSE;
		g_array_append_val(index->offsets, offset);
		g_array_append_val(index->sizes, short_size);
		at += size;
		size = 0;
	}
	return TRUE;
}

/* RFC 7845 section 4: a page's position is that of the end of its last packet, pre-skip
 * included; only the last page may say less, which trims the last frame. */
static gboolean
check_position(Walk *walk, const Page *page, GError **error)
{
	gint64 decoded = (gint64)walk->file->index.sizes->len * FRAME_SAMPLES;
	gint64 trim;

	if (page->granule < 0 || page->granule > decoded)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_DAMAGED,
			    "page %u says a position that it does not have", walk->n_pages);
	trim = decoded - page->granule;
	if (trim >= FRAME_SAMPLES || (trim > 0 && !(page->flags & PAGE_LAST)))
		return fail(walk, error, LOA_OPUS_FILE_ERROR_DAMAGED,
			    "frames are missing before the end of page %u", walk->n_pages);
	walk->granule = page->granule;
	walk->has_end = (page->flags & PAGE_LAST) != 0;
	return TRUE;
}

static gboolean
take_page(Walk *walk, const Page *page, GError **error)
{
	if (!check_page(walk, page, error))
		return FALSE;
	if (walk->n_pages == 0)
		return read_head(walk, page, error);
	if (walk->n_pages == 1)
		return read_tags(walk, page, error);
	return read_frames(walk, page, error) && check_position(walk, page, error);
}

static gboolean
walk_pages(Walk *walk, GError **error)
{
	gsize at = 0;

	while (at < walk->size && !walk->has_end) {
		Page page = { 0 };

		if (!read_page(walk, at, &page, error) || !take_page(walk, &page, error))
			return FALSE;
		walk->n_pages++;
		at = page.end;
	}
	if (walk->size == 0)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM, "the file is empty");
	if (!walk->has_end)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_CUT_SHORT,
			    "the file is cut short: its end mark is missing");
	if (at < walk->size)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM,
			    "%" G_GSIZE_FORMAT " bytes follow its end", walk->size - at);
	if (walk->granule <= (gint64)walk->file->pre_skip)
		return fail(walk, error, LOA_OPUS_FILE_ERROR_FORM, "it holds no sound");
	walk->file->n_samples = walk->granule - (gint64)walk->file->pre_skip;
	return TRUE;
}

LoaOpusFile *
loa_opus_file_parse(GBytes *bytes, const char *name, GError **error)
{
	g_autoptr(LoaOpusFile) self = g_new0(LoaOpusFile, 1);
	Walk walk = { .file = self, .name = name };

	self->bytes = g_bytes_ref(bytes);
	self->data = g_bytes_get_data(bytes, &walk.size);
	self->index.offsets = g_array_new(FALSE, FALSE, sizeof(guint32));
	self->index.sizes = g_array_new(FALSE, FALSE, sizeof(guint16));
	if (walk.size > MAX_FILE_SIZE) {
		fail(&walk, error, LOA_OPUS_FILE_ERROR_FORM, "the file is larger than 1 GiB");
		return NULL;
	}
	if (!walk_pages(&walk, error))
		return NULL;
	return g_steal_pointer(&self);
}

static GBytes *
map(const char *path, GError **error)
{
	/* opening a fifo would wait for a writer, and a device maps to anything */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: not a regular file",
			    path);
		return NULL;
	}

	g_autoptr(GMappedFile) mapping = g_mapped_file_new(path, FALSE, error);

	if (mapping == NULL)
		return NULL;

	return g_mapped_file_get_bytes(mapping);
}

LoaOpusFile *
loa_opus_file_open(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = map(path, error);

	return bytes != NULL ? loa_opus_file_parse(bytes, path, error) : NULL;
}

LoaOpusFile *
loa_opus_file_open_named(const char *path, const char *sha256, GError **error)
{
	g_autoptr(GBytes) bytes = map(path, error);
	g_autofree char *found = NULL;

	if (bytes == NULL)
		return NULL;
	found = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	if (strcmp(found, sha256) != 0) {
		g_set_error(error, LOA_OPUS_FILE_ERROR, LOA_OPUS_FILE_ERROR_DAMAGED,
			    "%s: these are not the bytes that were approved under that name; "
			    "import the recording again",
			    path);
		return NULL;
	}
	return loa_opus_file_parse(bytes, path, error);
}

gint64
loa_opus_file_n_frames(const LoaOpusFile *self)
{
	return (gint64)self->index.sizes->len;
}

gint64
loa_opus_file_n_samples(const LoaOpusFile *self)
{
	return self->n_samples;
}

guint32
loa_opus_file_pre_skip(const LoaOpusFile *self)
{
	return self->pre_skip;
}

gboolean
loa_opus_file_frame(const LoaOpusFile *self, gint64 index, const guint8 **data, gsize *size)
{
	if (index < 0 || index >= loa_opus_file_n_frames(self))
		return FALSE;
	*data = self->data + g_array_index(self->index.offsets, guint32, index);
	*size = g_array_index(self->index.sizes, guint16, index);
	return TRUE;
}

void
loa_opus_file_free(LoaOpusFile *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->index.offsets);
	g_array_unref(self->index.sizes);
	g_bytes_unref(self->bytes);
	g_free(self);
}
