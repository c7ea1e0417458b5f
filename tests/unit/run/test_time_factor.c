/* Tests what --time-factor divides, and what it leaves alone. */
#include "harness/run/time_factor.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	double factor; /* 0: refused */
} parse_rows[] = {
	{"1", 1},     {"2", 2},
	{"2.5", 2.5}, {"100", 100},
	{"1.000", 1}, {"", 0},
	{"0", 0},     {"0.5", 0},
	{"-2", 0},    {"101", 0},
	{"1e1", 0},   {"0x2", 0},
	{"inf", 0},   {"nan", 0},
	{" 2", 0},    {"2 ", 0},
	{"2.5.1", 0}, {".", 0},
	{"two", 0},   {"2,5", 0},
	{"100.1", 0}, {"000000000000000000002", 0},
};

START_TEST(reads_plain_numbers_within_bounds)
{
	double factor = 0;
	ck_assert_msg(time_factor_parse(&factor, parse_rows[_i].text) ==
			      (parse_rows[_i].factor > 0),
		      "%s", parse_rows[_i].text);
	ck_assert_double_eq(factor, parse_rows[_i].factor);
}
END_TEST

START_TEST(prints_without_needless_digits)
{
	char out[24];
	ck_assert_str_eq(time_factor_print(out, 2), "2");
	ck_assert_str_eq(time_factor_print(out, 1.25), "1.25");
}
END_TEST

START_TEST(shortens_the_time_out_of_a_policy_and_nothing_else)
{
	struct policy policy, before;
	policy_init(&policy);
	policy.timeout_ms = 2001;
	policy.skew_s = 300;
	policy.max_age_s = 604800;
	before = policy;
	time_factor_shorten_policy(&policy, 2);
	ck_assert_int_eq(policy.timeout_ms, 1001);
	before.timeout_ms = 1001;
	ck_assert_mem_eq(&policy, &before, sizeof policy);
	policy.timeout_ms = 1;
	time_factor_shorten_policy(&policy, 100);
	ck_assert_int_eq(policy.timeout_ms, 1);
}
END_TEST

START_TEST(shortens_the_delays_of_a_situation_and_nothing_else)
{
	struct situation situation, before;
	memset(&situation, 0, sizeof situation);
	situation_init(&situation, STATUS_GOOD);
	situation.responder.delay_ms = 2500;
	situation.crl.delay_ms = 900;
	before = situation;
	time_factor_shorten_situation(&situation, 2);
	ck_assert_int_eq(situation.responder.delay_ms, 1250);
	ck_assert_int_eq(situation.crl.delay_ms, 450);
	before.responder.delay_ms = 1250;
	before.crl.delay_ms = 450;
	json_t *is = situation_to_json(&situation), *wanted = situation_to_json(&before);
	ck_assert(json_equal(is, wanted));
	json_decref(is);
	json_decref(wanted);
}
END_TEST

START_TEST(one_changes_nothing)
{
	struct policy policy;
	policy_init(&policy);
	time_factor_shorten_policy(&policy, 1);
	ck_assert_int_eq(policy.timeout_ms, 10000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("time_factor");
	TCase *tests = tcase_create("time_factor");
	tcase_add_loop_test(tests, reads_plain_numbers_within_bounds, 0,
			    sizeof parse_rows / sizeof *parse_rows);
	tcase_add_test(tests, prints_without_needless_digits);
	tcase_add_test(tests, shortens_the_time_out_of_a_policy_and_nothing_else);
	tcase_add_test(tests, shortens_the_delays_of_a_situation_and_nothing_else);
	tcase_add_test(tests, one_changes_nothing);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
