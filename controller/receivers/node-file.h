/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/receivers/node-file.h - writes the node.cfg of a new receiver, complete. Pure.
 */
#pragma once

#include "controller/controller-config.h"

/* What a receiver reaches straight; see controller/receivers.h. Both may be %NULL: left out. */
typedef struct {
	const char *time_address;
	const char *mirror_url;
} LoaNodeFileDoors;

/**
 * loa_node_file_write:
 * @seed: the receiver's secret, 64 hexadecimal digits
 * @controller_key: 64 hexadecimal digits
 * @now_us: for the offset of local time
 *
 * Quiet hours are those in which the site permits nothing on any day, so that a receiver keeps
 * them even against a plan.
 *
 * Returns: (transfer full): the text of the file
 */
char *loa_node_file_write(const LoaControllerConfig *config, const char *node, const char *group,
			  const char *seed, const char *controller_key,
			  const LoaNodeFileDoors *doors, gint64 now_us);
