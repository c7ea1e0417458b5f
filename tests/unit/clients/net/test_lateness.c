/* Lateness: what a thread that shares a processor with another waits for it. */
#include "clients/net/lateness.h"

#include "core/clock.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_bool is_done;

/* Both threads on the processor that this one runs on. */
static void share_processor(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
}

static void *spin(void *context)
{
	while (!is_done)
		;
	return context;
}

START_TEST(a_thread_beside_another_is_late)
{
	pthread_t other;
	int64_t before_us = lateness_us();
	if (before_us < 0)
		return; /* a kernel without CONFIG_SCHED_INFO; then nothing is claimed */
	share_processor();
	ck_assert_int_eq(pthread_create(&other, NULL, spin, NULL), 0);
	int64_t end_us = clock_monotonic_us() + 300000;
	while (clock_monotonic_us() < end_us)
		;
	int64_t late_us = lateness_since_us(before_us);
	is_done = true;
	pthread_join(other, NULL);
	/* It had about a half. */
	ck_assert_int_ge(late_us, 50000);
	ck_assert_int_le(late_us, clock_monotonic_us());
}
END_TEST

START_TEST(what_is_not_known_stays_unknown)
{
	ck_assert_int_eq(lateness_since_us(-1), -1);
	ck_assert_int_eq(lateness_since_us(INT64_MAX), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lateness");
	TCase *tests = tcase_create("lateness");
	tcase_add_test(tests, a_thread_beside_another_is_late);
	tcase_add_test(tests, what_is_not_known_stays_unknown);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
