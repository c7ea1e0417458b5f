/* The regulator: durations in, a limit out. */
#include "harness/drive/regulator.h"

#include <check.h>
#include <stdlib.h>

#define MOST      48
#define TARGET_US 250000

static void note_many(struct regulator *regulator, int num, int64_t took_us)
{
	for (int i = 0; i < num; i++)
		regulator_note(regulator, took_us);
}

START_TEST(it_begins_at_its_most_and_stays_there_on_a_quiet_machine)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST);
	note_many(&regulator, 1000, TARGET_US / 3);
	ck_assert_int_eq(regulator_limit(&regulator), MOST);
	note_many(&regulator, 1000, TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST);
}
END_TEST

START_TEST(it_falls_in_proportion)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	note_many(&regulator, MOST / 2 - 1, 2 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST);
	note_many(&regulator, 1, 2 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 2);
	/* What was begun before ends slowly still, and says nothing about the new limit. */
	note_many(&regulator, MOST, 2 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 2);
	note_many(&regulator, MOST / 4, 3 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 6);
}
END_TEST

START_TEST(one_round_costs_three_quarters_at_most)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	note_many(&regulator, MOST / 2, 1000 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 4);
}
END_TEST

START_TEST(it_never_stops)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	note_many(&regulator, 10000, 1000 * TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), REGULATOR_LEAST);
	for (int i = 0; i < 100; i++)
		regulator_note_timeout(&regulator);
	ck_assert_int_eq(regulator_limit(&regulator), REGULATOR_LEAST);
	regulator_init(&regulator, 1, TARGET_US);
	ck_assert_int_eq(regulator_limit(&regulator), REGULATOR_LEAST);
}
END_TEST

START_TEST(it_grows_back_in_steps)
{
	struct regulator regulator;
	int rounds = 0, last;
	regulator_init(&regulator, MOST, TARGET_US);
	note_many(&regulator, 10000, 1000 * TARGET_US);
	while ((last = regulator_limit(&regulator)) < MOST && rounds < 10000) {
		regulator_note(&regulator, TARGET_US / 10);
		ck_assert_int_ge(regulator_limit(&regulator), last);
		ck_assert_int_le(regulator_limit(&regulator), last + last / 4 + 1);
		rounds++;
	}
	ck_assert_int_eq(last, MOST);
	ck_assert_int_lt(rounds, 500);
	/* Between half the target and the target it is left alone. */
	regulator_init(&regulator, MOST, TARGET_US);
	note_many(&regulator, MOST / 2, 4 * TARGET_US);
	note_many(&regulator, 1000, TARGET_US * 3 / 4);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 4);
}
END_TEST

START_TEST(a_timeout_halves_it_once)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	for (int i = 0; i < 5; i++)
		regulator_note_timeout(&regulator);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 2);
	note_many(&regulator, MOST, TARGET_US);
	regulator_note_timeout(&regulator);
	ck_assert_int_eq(regulator_limit(&regulator), MOST / 4);
}
END_TEST

/* A machine with so many processors' worth left for us, on which a piece costs 10 ms. */
START_TEST(it_settles_where_the_machine_is_fast_enough)
{
	struct regulator regulator;
	regulator_init(&regulator, MOST, TARGET_US);
	for (int i = 0; i < 2000; i++)
		regulator_note(&regulator, (int64_t)regulator_limit(&regulator) * 10000 * 10 / 2);
	/* With half of a tenth: 250 ms are 5 pieces; from half of that on it is left alone. */
	ck_assert_int_ge(regulator_limit(&regulator), 2);
	ck_assert_int_le(regulator_limit(&regulator), 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("regulator");
	TCase *tests = tcase_create("regulator");
	tcase_add_test(tests, it_begins_at_its_most_and_stays_there_on_a_quiet_machine);
	tcase_add_test(tests, it_falls_in_proportion);
	tcase_add_test(tests, one_round_costs_three_quarters_at_most);
	tcase_add_test(tests, it_never_stops);
	tcase_add_test(tests, it_grows_back_in_steps);
	tcase_add_test(tests, a_timeout_halves_it_once);
	tcase_add_test(tests, it_settles_where_the_machine_is_fast_enough);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
