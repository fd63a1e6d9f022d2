/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/data-folder.h - the folder that belongs to one controller: lock, secrets, port.
 */
#pragma once

#include <gio/gio.h>

#define LOA_DATA_FOLDER_ERROR (loa_data_folder_error_quark())
GQuark loa_data_folder_error_quark(void);

typedef enum {
	LOA_DATA_FOLDER_ERROR_UNWRITABLE, /* cannot be made or written */
	LOA_DATA_FOLDER_ERROR_LOCKED,     /* another controller works in it */
	LOA_DATA_FOLDER_ERROR_TOKEN,      /* the token file is none, or others may read it */
} LoaDataFolderError;

typedef struct LoaDataFolder LoaDataFolder;

/* Makes the folder with audio/, originals/ and uploads/ and locks it until it is freed. */
LoaDataFolder *loa_data_folder_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): PATH/NAME */
char *loa_data_folder_path(const LoaDataFolder *self, const char *name);

/* (transfer full): the API's token from @token_file, made with mode 0600 if there is none. */
char *loa_data_folder_token(const char *token_file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* PATH/NAME: the port as text and a newline; removed when the folder is freed. @name is static. */
gboolean loa_data_folder_write_port(LoaDataFolder *self, const char *name, guint16 port,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_data_folder_free(LoaDataFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaDataFolder, loa_data_folder_free)
