/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/reader/reader-file.h"

#include <string.h>
#include <sys/stat.h>

#include "controller/config-reader.h"

#define MAX_ABBREVIATIONS 1000

struct LoaReaderFile {
	char *path;
	LoaReaderVi *reader;
	gboolean is_there;
	struct timespec changed; /* of the version that was looked at last */
	off_t size;
	char *warning; /* (nullable): about that version */
};

LoaReaderFile *
loa_reader_file_new(const char *path)
{
	LoaReaderFile *self = g_new0(LoaReaderFile, 1);

	self->path = g_strdup(path);
	self->reader = loa_reader_vi_new();
	return self;
}

static void
read_word(LoaReaderVi *reader, LoaConfigReader *file, LoaConfigNode *node)
{
	const char *written = loa_config_reader_text(file, node, "written", NULL);
	const char *spoken = loa_config_reader_text(file, node, "spoken", NULL);

	if (*written == '\0' || strlen(written) > LOA_READER_VI_MAX_WRITTEN ||
	    strpbrk(written, " \t\n") != NULL || !g_utf8_validate(written, -1, NULL))
		loa_config_reader_fault(file, node, "written",
					"an abbreviation is one word of 1 to %d bytes",
					LOA_READER_VI_MAX_WRITTEN);
	else if (*spoken == '\0' || strlen(spoken) > LOA_READER_VI_MAX_SPOKEN ||
		 !g_utf8_validate(spoken, -1, NULL))
		loa_config_reader_fault(file, node, "spoken", "what is spoken has 1 to %d bytes",
					LOA_READER_VI_MAX_SPOKEN);
	else
		loa_reader_vi_add(reader, written, spoken);
}

/* (transfer full) (nullable) */
static LoaReaderVi *
load(const char *path, GError **error)
{
	g_autoptr(LoaConfigReader) file = loa_config_reader_open(path, error);
	g_autoptr(LoaReaderVi) reader = loa_reader_vi_new();
	LoaConfigNode *root, *list;
	guint n;

	if (file == NULL)
		return NULL;
	root = loa_config_reader_root(file);
	list = loa_config_reader_list(file, root, "abbreviations", TRUE);
	n = loa_config_reader_length(list);
	if (n > MAX_ABBREVIATIONS)
		loa_config_reader_fault(file, root, "abbreviations", "at most %d abbreviations",
					MAX_ABBREVIATIONS);
	for (guint i = 0; i < MIN(n, MAX_ABBREVIATIONS); i++) {
		LoaConfigNode *node = loa_config_reader_element(file, list, i);

		if (node != NULL)
			read_word(reader, file, node);
	}
	return loa_config_reader_finish(file, error) ? g_steal_pointer(&reader) : NULL;
}

static void
forget(LoaReaderFile *self)
{
	g_clear_pointer(&self->warning, g_free);
	if (self->is_there) {
		loa_reader_vi_free(self->reader);
		self->reader = loa_reader_vi_new();
	}
	self->is_there = FALSE;
}

static void
look_again(LoaReaderFile *self, const struct stat *st)
{
	g_autoptr(GError) error = NULL;
	LoaReaderVi *reader = load(self->path, &error);

	self->is_there = TRUE;
	self->changed = st->st_mtim;
	self->size = st->st_size;
	g_clear_pointer(&self->warning, g_free);
	if (reader == NULL) {
		self->warning =
			g_strdup_printf("the abbreviations are not taken: %s", error->message);
		return;
	}
	loa_reader_vi_free(self->reader);
	self->reader = reader;
}

const LoaReaderVi *
loa_reader_file_get(LoaReaderFile *self, char **warning)
{
	struct stat st;

	if (stat(self->path, &st) != 0)
		forget(self);
	else if (!self->is_there || st.st_size != self->size ||
		 st.st_mtim.tv_sec != self->changed.tv_sec ||
		 st.st_mtim.tv_nsec != self->changed.tv_nsec)
		look_again(self, &st);
	*warning = g_strdup(self->warning);
	return self->reader;
}

void
loa_reader_file_free(LoaReaderFile *self)
{
	if (self == NULL)
		return;
	loa_reader_vi_free(self->reader);
	g_free(self->path);
	g_free(self->warning);
	g_free(self);
}
