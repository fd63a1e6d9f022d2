/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/loactl/loactl-verbs.h - the verbs of loactl; each has its file, loactl-VERB.c.
 *
 * argv[0] is the verb. What is asked for goes to stdout, everything else to stderr.
 */
#pragma once

#include "controller/loactl/loactl-context.h"

typedef gboolean (*LoaLoactlVerbFunc)(LoaLoactl *ctl, int argc, char **argv, GError **error);

gboolean loa_loactl_check(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_preview(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_lunar(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_apply(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_export(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_import(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_play(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_stop(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_status(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_log(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_report(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_overlay(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_campaign(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_node(LoaLoactl *ctl, int argc, char **argv, GError **error);
gboolean loa_loactl_user(LoaLoactl *ctl, int argc, char **argv, GError **error);
