/* SPDX-License-Identifier: Apache-2.0 */
/*
 * common/class.h - the three classes of the law, and how an outranked airing comes back.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOA_CLASS_NORMAL,    /* thông thường: by schedule */
	LOA_CLASS_PRIORITY,  /* ưu tiên: before normal ones */
	LOA_CLASS_EMERGENCY, /* khẩn cấp: at once, over everything, at any hour */
} LoaClass;

typedef enum {
	LOA_RESUME_PAUSE,  /* an outranked airing waits and goes on where it was */
	LOA_RESUME_REJOIN, /* it comes back at the place where the clock is */
} LoaResume;

/* "normal", "priority", "emergency" */
const char *loa_class_name(LoaClass class);
gboolean loa_class_from_name(const char *name, LoaClass *class) G_GNUC_WARN_UNUSED_RESULT;

/* "pause", "rejoin" */
const char *loa_resume_name(LoaResume resume);
gboolean loa_resume_from_name(const char *name, LoaResume *resume) G_GNUC_WARN_UNUSED_RESULT;
