/* SPDX-License-Identifier: Apache-2.0 */
#include "common/class.h"

#include "common/text.h"

static const char *const class_names[] = {
	[LOA_CLASS_NORMAL] = "normal",
	[LOA_CLASS_PRIORITY] = "priority",
	[LOA_CLASS_EMERGENCY] = "emergency",
};

static const char *const resume_names[] = {
	[LOA_RESUME_PAUSE] = "pause",
	[LOA_RESUME_REJOIN] = "rejoin",
};

const char *
loa_class_name(LoaClass class)
{
	return class_names[class];
}

gboolean
loa_class_from_name(const char *name, LoaClass *class)
{
	guint i;

	if (!loa_text_find(class_names, G_N_ELEMENTS(class_names), name, &i))
		return FALSE;
	*class = (LoaClass)i;
	return TRUE;
}

const char *
loa_resume_name(LoaResume resume)
{
	return resume_names[resume];
}

gboolean
loa_resume_from_name(const char *name, LoaResume *resume)
{
	guint i;

	if (!loa_text_find(resume_names, G_N_ELEMENTS(resume_names), name, &i))
		return FALSE;
	*resume = (LoaResume)i;
	return TRUE;
}
