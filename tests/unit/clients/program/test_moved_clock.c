/* The moved clock: who is moved by how much, and what stays. */
#include "clients/program/moved_clock.h"

#include "core/clock.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define DAY INT64_C(86400)

static int64_t kernel_s(void)
{
	struct timespec now = {0};
	ck_assert_int_eq(syscall(SYS_clock_gettime, CLOCK_REALTIME, &now), 0);
	return now.tv_sec;
}

/* A second may pass between two looks. */
static bool is_near(int64_t time_s, int64_t other_s)
{
	return time_s - other_s <= 2 && other_s - time_s <= 2;
}

static bool all_moved_by(int64_t offset_s)
{
	struct timespec fine = {0}, coarse = {0};
	struct timeval day = {0};
	time_t stored = 0;
	int64_t wanted = kernel_s() + offset_s;
	bool same = time(&stored) == stored && gettimeofday(&day, NULL) == 0 &&
		    clock_gettime(CLOCK_REALTIME, &fine) == 0 &&
		    clock_gettime(CLOCK_REALTIME_COARSE, &coarse) == 0;
	return same && is_near(stored, wanted) && is_near(day.tv_sec, wanted) &&
	       is_near(fine.tv_sec, wanted) && is_near(coarse.tv_sec, wanted) &&
	       is_near(clock_wall_s(), wanted);
}

START_TEST(every_wall_clock_is_moved_by_the_same)
{
	static const int64_t offsets[] = {0, 8 * DAY, -3600, 400 * DAY, -400 * DAY};
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		moved_clock_set(offsets[i]);
		ck_assert_msg(all_moved_by(offsets[i]), "by %lld s", (long long)offsets[i]);
	}
}
END_TEST

START_TEST(deadlines_are_not_moved)
{
	struct timespec real = {0};
	moved_clock_set(400 * DAY);
	ck_assert_int_eq(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &real), 0);
	ck_assert(is_near(clock_monotonic_us() / 1000000, real.tv_sec));
	struct deadline deadline = deadline_in_ms(60000);
	ck_assert_int_gt(deadline_left_ms(deadline), 50000);
}
END_TEST

static void *look_from_elsewhere(void *context)
{
	*(bool *)context = all_moved_by(DAY);
	return NULL;
}

START_TEST(a_thread_moves_itself_alone)
{
	pthread_t thread;
	bool other = false;
	moved_clock_set(DAY);
	moved_clock_enter(1355875200);
	ck_assert(is_near(time(NULL), 1355875200));
	ck_assert_int_eq(pthread_create(&thread, NULL, look_from_elsewhere, &other), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(other);
	moved_clock_leave();
	ck_assert(all_moved_by(DAY));
}
END_TEST

START_TEST(a_clock_that_is_not_there_is_an_error_still)
{
	struct timespec now;
	ck_assert_int_eq(clock_gettime((clockid_t)1000, &now), -1);
}
END_TEST

static const struct {
	const char *name, *text;
	bool good;
	int64_t offset_s;
} rows[] = {
	{"zero", "0", true, 0},
	{"forward", "691200", true, 691200},
	{"forward with a sign", "+60", true, 60},
	{"back", "-31536000", true, -31536000},
	{"the most", "31536000000", true, MOVED_CLOCK_MAX_S},
	{"too much", "31536000001", false, 0},
	{"too much back", "-31536000001", false, 0},
	{"beyond any number", "99999999999999999999", false, 0},
	{"empty", "", false, 0},
	{"a unit", "3d", false, 0},
	{"a fraction", "1.5", false, 0},
	{"a word", "now", false, 0},
};

START_TEST(offsets_are_whole_seconds_within_bounds)
{
	int64_t offset_s = -1;
	ck_assert_msg(moved_clock_parse(&offset_s, rows[_i].text) == rows[_i].good, "%s",
		      rows[_i].name);
	if (rows[_i].good)
		ck_assert_int_eq(offset_s, rows[_i].offset_s);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("moved_clock");
	TCase *tests = tcase_create("moved_clock");
	tcase_add_test(tests, every_wall_clock_is_moved_by_the_same);
	tcase_add_test(tests, deadlines_are_not_moved);
	tcase_add_test(tests, a_thread_moves_itself_alone);
	tcase_add_test(tests, a_clock_that_is_not_there_is_an_error_still);
	tcase_add_loop_test(tests, offsets_are_whole_seconds_within_bounds, 0,
			    sizeof rows / sizeof *rows);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
