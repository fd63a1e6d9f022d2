/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node/node-config.h - node.cfg: who this receiver is, whom it believes, and its loudspeaker.
 *
 * Strict: every unknown key, wrong type and bad value is told as FILE:LINE: message, all in one
 * go. node/node.cfg.sample lists every key with its unit and default. Thread: main.
 */
#pragma once

#include "node/gate.h"
#include "wire/keys.h"

#define LOA_NODE_CONFIG_ERROR (loa_node_config_error_quark())
GQuark loa_node_config_error_quark(void);

typedef enum {
	LOA_NODE_CONFIG_ERROR_READ,   /* no such file, not readable */
	LOA_NODE_CONFIG_ERROR_FAULTS, /* the message has one line a fault */
} LoaNodeConfigError;

typedef struct {
	char *site;
	char *node;
	char *group;
	LoaSigningKey *key;          /* of this node */
	LoaKeyRing *controller_keys; /* whom it believes */
	char *data_dir;              /* relative paths: to the folder of the file */
	char *broker_host;
	guint broker_port;
	char *broker_username; /* (nullable) */
	char *broker_password; /* (nullable) */
	char *output_sink; /* "file:PATH[,...]" (PATH relative to the file's folder) or a sink */
	guint output_buffer_ms;
	gint64 output_trim_us;
	double output_volume_db;
	char *clock_controller; /* (nullable): "HOST:PORT" */
	gboolean clock_trust_system;
	gint64 clock_holdover_max_us;
	char *clock_battery; /* (nullable): folder of the battery clock */
	double clock_battery_ppm;
	gint64 clock_battery_error_us;
	char **audio_mirrors; /* base URLs ending in '/'; may be empty, never NULL */
	gint64 audio_budget_bytes;
	guint audio_max_kbit_s; /* 0: unlimited */
	GArray *quiet_hours;    /* LoaQuietHours */
	int utc_offset_min;
} LoaNodeConfig;

/* (transfer full): or %NULL with @error */
LoaNodeConfig *loa_node_config_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void loa_node_config_free(LoaNodeConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoaNodeConfig, loa_node_config_free)
