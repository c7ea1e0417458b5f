/* Allocations that fail are seen, in their own thread and in those that nothing watches. */
#include "clients/program/memory_watch.h"

#include <check.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The address sanitizer would end the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* More than there is, in a way that no compiler foresees. */
static size_t huge(void)
{
	volatile size_t size = SIZE_MAX / 2;
	return size;
}

static void *look(void *context)
{
	static char yes;
	(void)context;
	memory_watch_begin();
	return memory_watch_has_failed() ? &yes : NULL;
}

static void *fail_malloc(void)
{
	return malloc(huge());
}

static void *fail_calloc(void)
{
	return calloc(huge() / 64, 64);
}

static void *fail_realloc(void)
{
	return realloc(NULL, huge());
}

static void *fail_aligned_alloc(void)
{
	return aligned_alloc(64, huge() / 64 * 64);
}

static void *fail_memalign(void)
{
	return memalign(64, huge());
}

static void *fail_posix_memalign(void)
{
	void *memory = NULL;
	return posix_memalign(&memory, 64, huge()) == 0 ? memory : NULL;
}

/* A stack as large does not exist. */
static void *fail_thread(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, (size_t)1 << 46);
	int failure = pthread_create(&thread, &attributes, look, NULL);
	pthread_attr_destroy(&attributes);
	ck_assert_int_eq(failure, EAGAIN);
	return NULL;
}

static void *(*const failures[])(void) = {fail_malloc,        fail_calloc,   fail_realloc,
					  fail_aligned_alloc, fail_memalign, fail_posix_memalign,
					  fail_thread};

START_TEST(failure_is_seen)
{
	memory_watch_begin();
	ck_assert(!memory_watch_has_failed());
	ck_assert_ptr_null(failures[_i]());
	ck_assert(memory_watch_has_failed());
	memory_watch_begin();
	ck_assert(!memory_watch_has_failed());
}
END_TEST

START_TEST(success_is_none)
{
	memory_watch_begin();
	char *bytes = calloc(10, 10);
	ck_assert_ptr_nonnull(bytes);
	char *larger = realloc(bytes, 200);
	char *copy = strdup("text");
	ck_assert_ptr_nonnull(larger);
	ck_assert_str_eq(copy, "text");
	free(larger);
	free(copy);
	ck_assert(!memory_watch_has_failed());
}
END_TEST

START_TEST(another_thread_has_not_failed)
{
	pthread_t thread;
	void *result;
	memory_watch_begin();
	ck_assert_ptr_null(fail_malloc());
	ck_assert_int_eq(pthread_create(&thread, NULL, look, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_null(result);
	ck_assert(memory_watch_has_failed());
}
END_TEST

static void *fail_unwatched(void *context)
{
	(void)context;
	return fail_malloc();
}

START_TEST(thread_of_a_library_counts)
{
	pthread_t thread;
	memory_watch_begin();
	ck_assert_int_eq(pthread_create(&thread, NULL, fail_unwatched, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(memory_watch_has_failed());
	memory_watch_begin();
	ck_assert(!memory_watch_has_failed());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory_watch");
	TCase *tests = tcase_create("memory_watch");
	tcase_add_loop_test(tests, failure_is_seen, 0, (int)(sizeof failures / sizeof *failures));
	tcase_add_test(tests, success_is_none);
	tcase_add_test(tests, another_thread_has_not_failed);
	tcase_add_test(tests, thread_of_a_library_counts);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
