/* Which connection gets which parsed roots. */
#include "clients/backend/trust_pool.h"

#include "core/file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int num_loaded, num_released;

static void *load(const char *pem, size_t len, struct error *err)
{
	if (len == 0) {
		error_set(err, ERROR_UNABLE, "nothing in it");
		return NULL;
	}
	num_loaded++;
	return strdup(pem);
}

static void release(void *roots)
{
	num_released++;
	free(roots);
}

static char path[] = "/tmp/trust-pool-XXXXXX";

static void set_up(void)
{
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "roots", 5), 5);
	close(fd);
}

static void tear_down(void)
{
	unlink(path);
}

START_TEST(roots_are_lent_to_one_or_to_all)
{
	bool is_shared = _i != 0;
	struct trust_pool pool = TRUST_POOL_INIT(load, release, is_shared);
	struct error err = ERROR_INIT;
	struct trust *one = trust_borrow(&pool, path, &err),
		     *other = trust_borrow(&pool, path, &err);
	ck_assert_str_eq(trust_roots(one), "roots");
	ck_assert_int_eq(one == other, is_shared);
	ck_assert_int_eq(num_loaded, is_shared ? 1 : 2);
	trust_return(&pool, one);
	trust_return(&pool, other);
	one = trust_borrow(&pool, path, &err);
	ck_assert_int_eq(num_loaded, is_shared ? 1 : 2);
	trust_return(&pool, one);
	trust_pool_clear(&pool);
	ck_assert_int_eq(num_released, num_loaded);
}
END_TEST

START_TEST(changed_file_is_loaded_anew)
{
	struct trust_pool pool = TRUST_POOL_INIT(load, release, _i != 0);
	struct error err = ERROR_INIT;
	struct trust *old = trust_borrow(&pool, path, &err);
	ck_assert(file_write(path, "other", 5, &err));
	struct trust *new = trust_borrow(&pool, path, &err);
	ck_assert_str_eq(trust_roots(old), "roots");
	ck_assert_str_eq(trust_roots(new), "other");
	trust_return(&pool, old);
	trust_return(&pool, new);
	trust_pool_clear(&pool);
	ck_assert_int_eq(num_released, 2);
}
END_TEST

/* A hundred versions of a file, one of them in use all the time. */
START_TEST(few_are_kept)
{
	struct trust_pool pool = TRUST_POOL_INIT(load, release, _i != 0);
	struct error err = ERROR_INIT;
	struct trust *used = trust_borrow(&pool, path, &err);
	for (int i = 0; i < 100; i++) {
		ck_assert(file_write(path, "other", 5, &err));
		trust_return(&pool, trust_borrow(&pool, path, &err));
	}
	ck_assert_int_lt(num_loaded - num_released, 40);
	ck_assert_str_eq(trust_roots(used), "roots");
	trust_return(&pool, used);
	trust_pool_clear(&pool);
	ck_assert_int_eq(num_released, num_loaded);
}
END_TEST

START_TEST(file_that_cannot_be_read_is_an_error)
{
	struct trust_pool pool = TRUST_POOL_INIT(load, release, _i != 0);
	struct error err = ERROR_INIT, empty = ERROR_INIT;
	ck_assert_ptr_null(trust_borrow(&pool, "/nonexistent/file", &err));
	ck_assert_int_ne(err.kind, ERROR_NONE);
	ck_assert(file_write(path, "", 0, &empty));
	ck_assert_ptr_null(trust_borrow(&pool, path, &empty));
	ck_assert_ptr_nonnull(strstr(empty.text, "nothing in it"));
	trust_pool_clear(&pool);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trust_pool");
	TCase *tests = tcase_create("trust_pool");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, roots_are_lent_to_one_or_to_all, 0, 2);
	tcase_add_loop_test(tests, changed_file_is_loaded_anew, 0, 2);
	tcase_add_loop_test(tests, few_are_kept, 0, 2);
	tcase_add_loop_test(tests, file_that_cannot_be_read_is_an_error, 0, 2);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
