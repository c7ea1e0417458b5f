/* The staples of an endpoint over time: what an examination adds, and in which order. */
#include "harness/model/staple_life.h"

#include <check.h>
#include <stdlib.h>

static struct staple staple_of(int64_t depth, int64_t this_update, int64_t next_update)
{
	return (struct staple){
		.depth = depth,
		.answer = {.check = word_of(CHECK_GOOD),
			   .this_update = {this_update != 0, this_update},
			   .next_update = {next_update != 0, next_update}},
	};
}

static struct examination examination_at(int64_t started, struct staple *staples, size_t num)
{
	return (struct examination){
		.id = (char *)"a.test:443",
		.leaf = (char *)"aa",
		.started = {true, started},
		.staples = staples,
		.num_staples = num,
	};
}

START_TEST(each_staple_of_the_leaf_is_seen_once)
{
	struct staple_lives lives = {0};
	struct staple staples[] = {staple_of(0, 100, 200), staple_of(0, 100, 200),
				   staple_of(0, 100, 0), staple_of(1, 120, 220),
				   staple_of(0, 0, 0)};
	struct examination seen = examination_at(150, staples, 5);
	ck_assert(staple_lives_add(&lives, &seen));
	const struct staple_life *life = staple_lives_find(&lives, "a.test:443");
	ck_assert_ptr_nonnull(life);
	ck_assert_uint_eq(life->num_sightings, 2);
	ck_assert(life->sightings[0].has_staple && life->sightings[0].is_good);
	ck_assert_int_eq(life->sightings[0].next_update.value, 200);
	ck_assert(!life->sightings[1].next_update.is_known);
	ck_assert_ptr_null(staple_lives_find(&lives, "b.test:443"));
	ck_assert_ptr_null(staple_lives_find(NULL, "a.test:443"));
	staple_lives_clear(&lives);
}
END_TEST

START_TEST(no_staple_is_seen_too_unless_no_certificate_came)
{
	struct staple_lives lives = {0};
	struct examination bare = examination_at(150, NULL, 0),
			   nothing = examination_at(160, NULL, 0);
	nothing.leaf = NULL;
	ck_assert(staple_lives_add(&lives, &nothing));
	ck_assert_uint_eq(lives.num_items, 0);
	ck_assert(staple_lives_add(&lives, &bare));
	ck_assert_uint_eq(lives.items[0].num_sightings, 1);
	ck_assert(!lives.items[0].sightings[0].has_staple);
	staple_lives_clear(&lives);
}
END_TEST

START_TEST(sightings_are_put_in_the_order_of_time)
{
	static const int64_t times[] = {300, 100, 200};
	struct staple_lives lives = {0};
	for (size_t i = 0; i < 3; i++) {
		struct staple staples[] = {staple_of(0, times[i] - 10, 400),
					   staple_of(0, times[i] - 20, 400)};
		struct examination seen = examination_at(times[i], staples, 2);
		ck_assert(staple_lives_add(&lives, &seen));
	}
	staple_lives_sort(&lives);
	for (size_t i = 0; i < 6; i++) {
		const struct staple_sighting *one = &lives.items[0].sightings[i];
		ck_assert_int_eq(one->at, 100 * (1 + (int64_t)i / 2));
		ck_assert_int_eq(one->this_update.value, one->at - (i % 2 == 0 ? 20 : 10));
	}
	staple_lives_clear(&lives);
}
END_TEST

START_TEST(a_life_keeps_no_more_than_it_may)
{
	struct staple_lives lives = {0};
	for (int64_t i = 0; i < STAPLE_LIFE_MAX + 5; i++) {
		struct examination seen = examination_at(i, NULL, 0);
		ck_assert(staple_lives_add(&lives, &seen));
	}
	ck_assert_uint_eq(lives.items[0].num_sightings, STAPLE_LIFE_MAX);
	staple_lives_clear(&lives);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("staple_life");
	TCase *tests = tcase_create("staple_life");
	tcase_add_test(tests, each_staple_of_the_leaf_is_seen_once);
	tcase_add_test(tests, no_staple_is_seen_too_unless_no_certificate_came);
	tcase_add_test(tests, sightings_are_put_in_the_order_of_time);
	tcase_add_test(tests, a_life_keeps_no_more_than_it_may);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
