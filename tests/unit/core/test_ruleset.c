/* The versions of the rules, and the reasons that were split. */
#include "core/ruleset.h"

#include <check.h>
#include <stdlib.h>

START_TEST(versions_go_up_and_have_a_text)
{
	ck_assert_int_ge(ruleset_current(), 2);
	for (int version = RULESET_FIRST; version <= ruleset_current(); version++)
		ck_assert_ptr_nonnull(ruleset_text(version));
	ck_assert_ptr_null(ruleset_text(ruleset_current() + 1));
	ck_assert_ptr_null(ruleset_text(0));
}
END_TEST

START_TEST(a_successor_is_another_reason_without_an_answer)
{
	ck_assert(
		ruleset_is_successor(REASON_RESPONDER_URL_MISSING, REASON_RESPONDER_URL_UNUSABLE));
	ck_assert(
		!ruleset_is_successor(REASON_RESPONDER_URL_UNUSABLE, REASON_RESPONDER_URL_MISSING));
	ck_assert(!ruleset_is_successor(REASON_RESPONDER_URL_MISSING, REASON_CRL_URL_UNUSABLE));
	for (int reason = 0; reason < (int)reason_names.num; reason++) {
		ck_assert(!ruleset_is_successor((enum reason)reason, (enum reason)reason));
		ck_assert(!ruleset_is_successor((enum reason)reason, REASON_STATUS_GOOD));
		ck_assert(!ruleset_is_successor(REASON_STATUS_REVOKED, (enum reason)reason));
	}
}
END_TEST

START_TEST(a_version_is_read_or_refused)
{
	static const struct {
		const char *text;
		int wanted; /* 0: refused */
	} rows[] = {{"{}", 7},
		    {"{\"rules\": 3}", 3},
		    {"{\"rules\": 0}", 0},
		    {"{\"rules\": \"2\"}", 0},
		    {"{\"rules\": 1e3}", 0},
		    {"{\"rules\": 9223372036854775807}", 0},
		    {"{\"rules\": null}", 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int version = 0;
		struct error err = ERROR_INIT;
		json_t *object = json_loads(rows[i].text, 0, NULL);
		bool done = ruleset_read(&version, object, 7, &err);
		ck_assert_msg(done == (rows[i].wanted > 0), "%s", rows[i].text);
		if (done)
			ck_assert_int_eq(version, rows[i].wanted);
		json_decref(object);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ruleset");
	TCase *tests = tcase_create("ruleset");
	tcase_add_test(tests, versions_go_up_and_have_a_text);
	tcase_add_test(tests, a_version_is_read_or_refused);
	tcase_add_test(tests, a_successor_is_another_reason_without_an_answer);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
