/* Tests which ranges of versions are refused, and which releases are in one. */
#include "harness/model/version_range.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const refused[] = {
	"",
	" ",
	"3.0",
	">=",
	">= 3.0",
	">=3.0<3.6",
	">=3.0,<3.6",
	"=>3.0",
	"==3.0",
	"~3.0",
	">=3.0a",
	">=.5",
	">=3.",
	">=3..0",
	">=-1",
	">=3.0 3.6",
	"!=3.0",
	">=3.0 ||",
	">=1.2.3.4.5.6.7",
	">=12345678901",
};

START_TEST(refuses_what_is_no_range)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(!version_range_check(refused[_i], &err), "'%s'", refused[_i]);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "invalid range of versions"));
}
END_TEST

static const struct {
	const char *range, *version;
	bool holds;
} rows[] = {
	{">=3.0", "3.0.0", true},
	{">=3.0", "3.0", true},
	{">=3.0", "2.9.9", false},
	{">=3.0", "10.1", true},
	{">=3.0 <3.6", "3.5.12", true},
	{">=3.0 <3.6", "3.6.0", false},
	{"<3.6 >=3.0", "3.0.1", true},
	{"  >=3.0   <3.6  ", "3.1", true},
	/* As many numbers as are written. */
	{"=3.0", "3.0.17", true},
	{"=3.0.17", "3.0.17", true},
	{"=3.0.17", "3.0.1", false},
	{"<=3.0", "3.0.17", true},
	{">3.0", "3.0.17", false},
	{">3.0", "3.1.0", true},
	{"<3", "2.28.3", true},
	{"=3.0", "3.0.rc1", true},
	{"=3.0", "3.0.", true},
	{"=123456789", "123456789", true},
	{">1", "1234567890", false},
	{"=3", "3.6.1", true},
	/* A version with fewer numbers is as if followed by zeros. */
	{"=3.0.0", "3.0", true},
	{">=3.0.1", "3.0", false},
	/* Letters behind the numbers are a nickname. */
	{"=1.1.1", "1.1.1w", true},
	{">1.1.1", "1.1.1w", false},
	{">=3.5", "3.5.0-beta1", true},
	{"=4.0", "OpenSSL 4.0-dev", true},
	/* Nothing is known of these. */
	{">=0", "git", false},
	{">=0", "", false},
	{">=0", NULL, false},
};

START_TEST(knows_what_is_in_a_range)
{
	struct error err = ERROR_INIT;
	ck_assert_msg(version_range_check(rows[_i].range, &err), "%s", err.text);
	ck_assert_msg(version_range_holds(rows[_i].range, rows[_i].version) == rows[_i].holds,
		      "'%s' of '%s'", rows[_i].range, rows[_i].version);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("version_range");
	TCase *tests = tcase_create("version_range");
	tcase_add_loop_test(tests, refuses_what_is_no_range, 0, sizeof refused / sizeof *refused);
	tcase_add_loop_test(tests, knows_what_is_in_a_range, 0, sizeof rows / sizeof *rows);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
