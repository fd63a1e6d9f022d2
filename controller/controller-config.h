/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/controller-config.h - controller.cfg; controller.cfg.sample explains every key.
 */
#pragma once

#include "controller/config-reader.h"
#include "controller/proof/report-config.h"
#include "schedules/broadcast.h"
#include "schedules/policy.h"
#include "schedules/stagger.h"

/* All members owned. */
typedef struct {
	char *site_id;
	char *site_name;
	char *time_zone; /* as written, e.g. "Asia/Ho_Chi_Minh" */
	GTimeZone *zone;
	GPtrArray *groups; /* LoaGroup, in the order of the file */
	LoaStaggerPolicy stagger;
	LoaReportConfig reports;
	char *data_dir;

	char *broker_host;
	guint16 broker_port;
	char *broker_username; /* (nullable) */
	char *broker_password; /* (nullable) */

	guint16 http_port;      /* of the page; 0: any free one */
	char *http_listen;      /* an address of this machine; beyond loopback with TLS only */
	char **http_names;      /* under which browsers ask for this machine, beside loopback's */
	gboolean http_has_tls;  /* http_port is HTTPS, and loopback has another without */
	char *http_certificate; /* (nullable): PEM file; %NULL: one is made */
	char *http_key;         /* (nullable): with it */
	char *token_file;
	char *bootstrap_dir;
	guint login_idle_hours;    /* a session that is not used so long ends */
	guint login_absolute_days; /* and any after so long */
	guint login_memory_mib;    /* of one password hash */

	gboolean clock_trust_system; /* the operator vouches for this machine's clock */

	/* What receivers reach straight, not by the broker. */
	char *receivers_listen;       /* an address of this machine */
	char *receivers_address;      /* what node.cfg names */
	guint16 receivers_time_port;  /* UDP; 0: a free one, kept */
	guint16 receivers_audio_port; /* TCP; 0: a free one, kept */
	guint ready_warning_min;      /* 0: never */

	gint64 playout_delay_us;
	guint horizon_days;
	GArray *hours;     /* LoaHours (schedules/hours.h) */
	LoaPolicy *policy; /* (nullable): more rules than hours; those are in it, too */

	char *ingest_program; /* (nullable): beside the daemon's own executable */
	double ingest_lufs;
	double ingest_true_peak_dbtp;
	guint ingest_bitrate; /* bit/s */
	guint ingest_max_minutes;

	char **speech_command; /* argv; %o output WAV, %i file with the text */
} LoaControllerConfig;

/* @error: domain LOA_CONFIG_READER_ERROR, every fault on a line of its own */
LoaControllerConfig *loa_controller_config_load(const char *path,
						GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer none) (nullable) */
const LoaGroup *loa_controller_config_group(const LoaControllerConfig *self, const char *id);

/* (transfer full): the rules that hold until the office writes others */
LoaPolicy *loa_controller_config_policy(const LoaControllerConfig *self);

void loa_controller_config_free(LoaControllerConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaControllerConfig, loa_controller_config_free)
