/* A process that is stopped is found to be, and one that runs has a lateness. */
#include "core/process_lateness.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(own_process_is_known)
{
	ck_assert(!process_lateness_is_stopped(getpid()));
	int64_t before_us = process_lateness_us(getpid());
	ck_assert_int_ge(before_us, 0);
	ck_assert_int_ge(process_lateness_us(getpid()), before_us);
}
END_TEST

START_TEST(stopped_process_is_seen)
{
	int status;
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert(process_lateness_is_stopped(pid));
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

START_TEST(absent_process_is_not_known)
{
	/* Larger than any that Linux gives. */
	pid_t pid = 0x7fffffff;
	ck_assert_int_eq(process_lateness_us(pid), -1);
	ck_assert(!process_lateness_is_stopped(pid));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("process_lateness");
	TCase *tests = tcase_create("process_lateness");
	tcase_add_test(tests, own_process_is_known);
	tcase_add_test(tests, stopped_process_is_seen);
	tcase_add_test(tests, absent_process_is_not_known);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
