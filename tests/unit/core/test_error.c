/* How failures are recorded, and the closed lists that they are spoken of in. */
#include "core/error.h"
#include "core/name.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

START_TEST(the_first_cause_wins)
{
	struct error err = ERROR_INIT;
	ck_assert(!error_set(&err, ERROR_USAGE, "first %d", 1));
	ck_assert(!error_set(&err, ERROR_UNABLE, "second"));
	errno = ENOENT;
	ck_assert(!error_set_errno(&err, ERROR_UNABLE, "third"));
	ck_assert_str_eq(err.text, "first 1");
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

START_TEST(context_comes_in_front_and_more_behind)
{
	struct error err = ERROR_INIT;
	error_prefix(&err, "nothing yet");
	ck_assert_int_eq(err.kind, ERROR_NONE);
	errno = EACCES;
	error_set_errno(&err, ERROR_UNABLE, "open x");
	error_prefix(&err, "file %s", "y");
	error_add(&err, ERROR_USAGE, "and more");
	ck_assert_str_eq(err.text, "file y: open x: Permission denied\nand more");
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
}
END_TEST

START_TEST(nobody_needs_to_want_to_know)
{
	ck_assert(!error_set(NULL, ERROR_USAGE, "x"));
	ck_assert(!error_set_errno(NULL, ERROR_USAGE, "x"));
	ck_assert(!error_prefix(NULL, "x"));
	ck_assert(!error_add(NULL, ERROR_USAGE, "x"));
}
END_TEST

START_TEST(long_text_is_cut)
{
	struct error err = ERROR_INIT;
	char *words = malloc(2 * ERROR_TEXT_MAX);
	memset(words, 'a', 2 * ERROR_TEXT_MAX - 1);
	words[2 * ERROR_TEXT_MAX - 1] = '\0';
	error_set(&err, ERROR_USAGE, "%s", words);
	error_prefix(&err, "%s", words);
	error_add(&err, ERROR_USAGE, "%s", words);
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_MAX - 1);
	free(words);
}
END_TEST

static const struct name_table *const tables[] = {&outcome_names, &reason_names, &check_names,
						  &status_names, &stage_names};

START_TEST(every_name_finds_itself_and_has_a_text)
{
	const struct name_table *table = tables[_i];
	for (size_t i = 0; i < table->num; i++) {
		ck_assert_int_eq(name_find(table, table->names[i]), (int)i);
		ck_assert_uint_gt(strlen(table->texts[i]), 0);
	}
	ck_assert_int_eq(name_find(table, ""), -1);
}
END_TEST

START_TEST(only_three_outcomes_are_verdicts)
{
	int num = 0;
	for (int i = 0; i < NUM_OUTCOMES; i++)
		num += outcome_is_verdict((enum outcome)i);
	ck_assert_int_eq(num, 3);
	ck_assert(!outcome_is_verdict(OUTCOME_UNSUPPORTED));
}
END_TEST

START_TEST(a_list_that_does_not_fit_is_cut)
{
	char list[16];
	ck_assert_str_eq(name_list(list, sizeof list, &status_names), "none, good, ...");
}
END_TEST

START_TEST(alerts_have_the_names_of_the_rfcs)
{
	ck_assert_str_eq(alert_name(113), "bad_certificate_status_response");
	ck_assert_str_eq(alert_name(44), "certificate_revoked");
	ck_assert_str_eq(alert_name(42), "bad_certificate");
	ck_assert_str_eq(alert_name(200), "alert-200");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *cases = tcase_create("error");
	tcase_add_test(cases, the_first_cause_wins);
	tcase_add_test(cases, context_comes_in_front_and_more_behind);
	tcase_add_test(cases, nobody_needs_to_want_to_know);
	tcase_add_test(cases, long_text_is_cut);
	tcase_add_loop_test(cases, every_name_finds_itself_and_has_a_text, 0,
			    sizeof tables / sizeof tables[0]);
	tcase_add_test(cases, only_three_outcomes_are_verdicts);
	tcase_add_test(cases, a_list_that_does_not_fit_is_cut);
	tcase_add_test(cases, alerts_have_the_names_of_the_rfcs);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
