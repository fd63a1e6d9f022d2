/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules/ics-properties.h - the lines of a VEVENT as an event: a part of ics-reader.c. Pure.
 * Thread: any.
 */
#pragma once

#include "schedules/ics-lines.h"
#include "schedules/ics-reading.h"

/* %FALSE: it was refused */
gboolean loa_ics_properties_read(LoaIcsReading *reading, const LoaIcsComponent *component,
				 LoaIcsEvent *event);
