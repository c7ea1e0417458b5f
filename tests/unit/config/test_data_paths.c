/* Where data and programs are looked for. */
#include "harness/config/data_paths.h"

#include "core/file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[64];

static char *put_path(const char *name)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", place, name);
	return path;
}

static void make_place(void)
{
	struct error err = ERROR_INIT;
	snprintf(place, sizeof place, "/tmp/revoscope-paths-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place));
	mkdir(put_path("scenarios"), 0700);
	mkdir(put_path("clients"), 0700);
	mkdir(put_path("bin"), 0700);
	ck_assert(file_write(put_path("clients/classes.yaml"), "a", 1, &err));
	ck_assert(file_write(put_path("bin/revoscope-lab"), "a", 1, &err));
	ck_assert(file_write(put_path("bin/plain"), "a", 1, &err));
	chmod(put_path("bin/revoscope-lab"), 0700);
	unsetenv("REVOSCOPE_DATA");
	unsetenv("REVOSCOPE_LIBEXEC");
}

static void remove_place(void)
{
	file_remove_tree(place);
}

START_TEST(the_build_tree_has_the_sources_data)
{
	struct data_paths paths;
	struct error err = ERROR_INIT;
	ck_assert_msg(data_paths_find(&paths, &err), "%s", err.text);
	ck_assert_int_eq(access(paths.scenarios, R_OK), 0);
	ck_assert_ptr_nonnull(strstr(paths.classes, "/clients/classes.yaml"));
	ck_assert_ptr_nonnull(paths.deviations);
	ck_assert_ptr_nonnull(strstr(paths.programs[0], "/clients"));
	ck_assert_ptr_nonnull(strstr(paths.programs[1], "/fixtures"));
	ck_assert_ptr_null(paths.programs[2]);
	data_paths_clear(&paths);
}
END_TEST

START_TEST(the_environment_names_another_place)
{
	struct data_paths paths;
	struct error err = ERROR_INIT;
	setenv("REVOSCOPE_DATA", place, 1);
	setenv("REVOSCOPE_LIBEXEC", put_path("bin"), 1);
	ck_assert_msg(data_paths_find(&paths, &err), "%s", err.text);
	ck_assert_str_eq(paths.scenarios, put_path("scenarios"));
	ck_assert_str_eq(paths.classes, put_path("clients/classes.yaml"));
	ck_assert_ptr_null(paths.deviations);
	char *lab = data_paths_program(&paths, "revoscope-lab", &err);
	ck_assert_str_eq(lab, put_path("bin/revoscope-lab"));
	free(lab);
	data_paths_clear(&paths);
}
END_TEST

START_TEST(data_that_is_not_there_is_named)
{
	struct data_paths paths;
	struct error err = ERROR_INIT;
	setenv("REVOSCOPE_DATA", "/nonexistent", 1);
	ck_assert(!data_paths_find(&paths, &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	ck_assert_ptr_eq(strstr(err.text, "/nonexistent/scenarios: "), err.text);
	err = ERROR_INIT;
	setenv("REVOSCOPE_DATA", place, 1);
	unlink(put_path("clients/classes.yaml"));
	ck_assert(!data_paths_find(&paths, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/clients/classes.yaml: "));
}
END_TEST

START_TEST(only_what_can_be_run_is_a_program)
{
	static const char *const names[] = {"plain", "absent", "/nonexistent/lab", "/tmp"};
	struct data_paths paths;
	struct error err = ERROR_INIT;
	setenv("REVOSCOPE_DATA", place, 1);
	setenv("REVOSCOPE_LIBEXEC", put_path("bin"), 1);
	ck_assert_msg(data_paths_find(&paths, &err), "%s", err.text);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		err = ERROR_INIT;
		ck_assert_ptr_null(data_paths_program(&paths, names[i], &err));
		ck_assert_int_eq(err.kind, ERROR_UNABLE);
		ck_assert_ptr_eq(strstr(err.text, names[i]), err.text);
	}
	char *path = data_paths_program(&paths, put_path("bin/revoscope-lab"), &err);
	ck_assert_ptr_nonnull(path);
	free(path);
	data_paths_clear(&paths);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("data_paths");
	TCase *tcase = tcase_create("data_paths");
	tcase_add_checked_fixture(tcase, make_place, remove_place);
	tcase_add_test(tcase, the_build_tree_has_the_sources_data);
	tcase_add_test(tcase, the_environment_names_another_place);
	tcase_add_test(tcase, data_that_is_not_there_is_named);
	tcase_add_test(tcase, only_what_can_be_run_is_a_program);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
