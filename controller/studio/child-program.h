/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/studio/child-program.h - where the programs lie that work on audio for the controller.
 * Pure but for looking. Thread: any.
 */
#pragma once

#include "controller/controller-config.h"

/* (transfer full): @name beside the ingest program that the configuration names; else beside this
 * program, where it was built, or in libexec, where it is installed */
char *loa_child_program(const LoaControllerConfig *config, const char *name);
