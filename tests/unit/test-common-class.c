/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/class.h"

static void
every_class_has_its_name(void **state)
{
	(void)state;
	static const char *const names[] = { "normal", "priority", "emergency" };

	for (int i = 0; i < 3; i++) {
		LoaClass class = (LoaClass)((i + 1) % 3);

		assert_string_equal(loa_class_name((LoaClass)i), names[i]);
		assert_true(loa_class_from_name(names[i], &class));
		assert_int_equal(class, i);
	}
	/* the law's order, which comparisons rely on */
	assert_true(LOA_CLASS_NORMAL < LOA_CLASS_PRIORITY &&
		    LOA_CLASS_PRIORITY < LOA_CLASS_EMERGENCY);
}

static void
every_way_to_resume_has_its_name(void **state)
{
	(void)state;
	LoaResume resume;

	assert_string_equal(loa_resume_name(LOA_RESUME_PAUSE), "pause");
	assert_string_equal(loa_resume_name(LOA_RESUME_REJOIN), "rejoin");
	assert_true(loa_resume_from_name("rejoin", &resume));
	assert_int_equal(resume, LOA_RESUME_REJOIN);
	assert_true(loa_resume_from_name("pause", &resume));
	assert_int_equal(resume, LOA_RESUME_PAUSE);
}

static void
an_unknown_name_changes_nothing(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "Normal", "normal ", "emergenc", "khẩn cấp", NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		LoaClass class = LOA_CLASS_PRIORITY;
		LoaResume resume = LOA_RESUME_REJOIN;

		assert_false(loa_class_from_name(bad[i], &class));
		assert_false(loa_resume_from_name(bad[i], &resume));
		assert_int_equal(class, LOA_CLASS_PRIORITY);
		assert_int_equal(resume, LOA_RESUME_REJOIN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_class_has_its_name),
		cmocka_unit_test(every_way_to_resume_has_its_name),
		cmocka_unit_test(an_unknown_name_changes_nothing),
	};

	return cmocka_run_group_tests_name("common/class", tests, NULL, NULL);
}
