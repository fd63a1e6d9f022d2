/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-context.h - what every verb shares: options, the way to the controller,
 * the site's time zone, output.
 *
 * The controller is found by its controller.cfg (--config, $LOA_CONFIG, or the installed one):
 * DATA_DIR/http.port and the token file; or by --url and --token-file.
 */
#pragma once

#include "controller/controller-config.h"
#include "controller/loactl/loactl-client.h"
#include "controller/loactl/loactl-error.h"
#include "controller/loactl/loactl-table.h"

#define LOA_LOACTL_DEFAULT_CONFIG "/etc/loa-phuong/controller.cfg"

typedef struct {
	/* from the command line; owned */
	char *config_path; /* (nullable) */
	char *url;         /* (nullable) */
	char *token_file;  /* (nullable) */
	gboolean is_json;
	char *ics_to, *ics_recording, *ics_at; /* (nullable): loactl-ics.h */

	/* found when first needed; owned; see the functions */
	LoaControllerConfig *config;
	GTimeZone *zone;
	LoaLoactlClient *client;
} LoaLoactl;

/**
 * loa_loactl_context_parse:
 * @usage: the verb and its arguments, e.g. "stop AIRING | --all"
 * @about: (nullable): paragraphs below the options
 * @entries: (nullable): the verb's own options; those of all verbs are added. Texts are
 * G_OPTION_ARG_FILENAME (bytes as they are): the locale may be C.
 *
 * Takes options out of @argv; argv[1] and on are then the verb's arguments. --help ends here.
 */
gboolean loa_loactl_context_parse(LoaLoactl *self, const char *usage, const char *about,
				  const GOptionEntry *entries, int *argc, char ***argv,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Options in front of the verb: --config, --json, ... Stops at the verb. */
gboolean loa_loactl_context_parse_leading(LoaLoactl *self, int *argc, char ***argv,
					  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): %NULL with @error when there is none or it is faulty */
LoaControllerConfig *loa_loactl_context_config(LoaLoactl *self,
					       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is a configuration named, by --config or $LOA_CONFIG? */
gboolean loa_loactl_context_names_config(LoaLoactl *self);
/* Is one named, or installed? */
gboolean loa_loactl_context_has_config(LoaLoactl *self);

/* (transfer none) (nullable): ready to call; nothing was sent yet */
LoaLoactlClient *loa_loactl_context_client(LoaLoactl *self,
					   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * loa_loactl_context_ask:
 * @what: the verb, for the message: "node list"
 * @answer: (out) (transfer full) (nullable): to be shown; %NULL when it was printed as JSON
 *
 * What a verb that only looks does first: it takes no names, and asks for one document.
 */
gboolean loa_loactl_context_ask(LoaLoactl *self, const char *what, int argc, const char *path,
				JsonNode **answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): the site's: from the configuration, else from the controller that
 * --url names, else (offline) Asia/Ho_Chi_Minh */
GTimeZone *loa_loactl_context_zone(LoaLoactl *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A moment of loactl-time.h; EX_USAGE if it is none. @option: for the message. */
gboolean loa_loactl_context_time(LoaLoactl *self, const char *option, const char *text, gint64 *us,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_loactl_context_clear(LoaLoactl *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoaLoactl, loa_loactl_context_clear)
