/* SPDX-License-Identifier: Apache-2.0 */
#include "common/class.h"

static const char *const class_names[] = {
	[LOA_CLASS_NORMAL] = "normal",
	[LOA_CLASS_PRIORITY] = "priority",
	[LOA_CLASS_EMERGENCY] = "emergency",
};

static const char *const resume_names[] = {
	[LOA_RESUME_PAUSE] = "pause",
	[LOA_RESUME_REJOIN] = "rejoin",
};

static gboolean
find_name(const char *const *names, gsize n_names, const char *name, guint *index)
{
	for (gsize i = 0; i < n_names; i++) {
		if (g_strcmp0(names[i], name) != 0)
			continue;
		*index = (guint)i;
		return TRUE;
	}
	return FALSE;
}

const char *
loa_class_name(LoaClass class)
{
	return class_names[class];
}

gboolean
loa_class_from_name(const char *name, LoaClass *class)
{
	guint i;

	if (!find_name(class_names, G_N_ELEMENTS(class_names), name, &i))
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

	if (!find_name(resume_names, G_N_ELEMENTS(resume_names), name, &i))
		return FALSE;
	*resume = (LoaResume)i;
	return TRUE;
}
