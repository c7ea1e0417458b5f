/* Files: bounded reading, writing that never leaves half of one, removal that follows
 * no links. */
#include "core/file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static void make_directory(void)
{
	snprintf(directory, sizeof directory, "/tmp/revoscope-test-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
	file_remove_tree(directory);
}

static char *inside(const char *name)
{
	return file_join(directory, name);
}

static bool exists(const char *path)
{
	struct stat info;
	return lstat(path, &info) == 0;
}

START_TEST(what_is_written_is_read_again)
{
	char *path = inside("a");
	struct text text;
	text_init(&text, 0);
	ck_assert(file_write(path, "x\0y", 3, NULL));
	ck_assert(file_read(&text, path, 3, NULL));
	ck_assert_uint_eq(text.len, 3);
	ck_assert_mem_eq(text_string(&text), "x\0y", 3);
	text_clear(&text);
	free(path);
}
END_TEST

START_TEST(a_file_over_the_limit_is_refused_by_name)
{
	char *path = inside("a");
	struct error err = ERROR_INIT;
	struct text text;
	text_init(&text, 0);
	ck_assert(file_write(path, "1234", 4, NULL));
	ck_assert(!file_read(&text, path, 3, &err));
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_ptr_nonnull(strstr(err.text, "its 4 bytes are more than the 3 bytes allowed"));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	text_clear(&text);
	free(path);
}
END_TEST

START_TEST(a_directory_and_an_absent_file_are_refused)
{
	char *path = inside("absent");
	struct error err = ERROR_INIT, other = ERROR_INIT;
	struct text text;
	text_init(&text, 0);
	ck_assert(!file_read(&text, directory, 10, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "is a directory"));
	ck_assert(!file_read(&text, path, 10, &other));
	ck_assert_ptr_nonnull(strstr(other.text, "No such file"));
	text_clear(&text);
	free(path);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one)
{
	char *path = inside("a");
	struct file_writer writer;
	struct text text;
	text_init(&text, 0);
	ck_assert(file_write(path, "old", 3, NULL));
	ck_assert(file_writer_open(&writer, path, NULL));
	fputs("half of the n", writer.stream);
	char *temporary = strdup(writer.temporary);
	ck_assert(exists(temporary));
	file_writer_abort(&writer);
	ck_assert(!exists(temporary));
	ck_assert(file_read(&text, path, 10, NULL));
	ck_assert_str_eq(text_string(&text), "old");
	text_clear(&text);
	free(temporary);
	free(path);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_named)
{
	char *path = inside("no/such/directory");
	struct error err = ERROR_INIT;
	ck_assert(!file_write(path, "x", 1, &err));
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	free(path);
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
	struct file_writer writer;
	struct error err = ERROR_INIT;
	char *path = inside("a");
	ck_assert(file_writer_open(&writer, path, NULL));
	ck_assert_ptr_nonnull(freopen("/dev/full", "w", writer.stream));
	fputs("x", writer.stream);
	ck_assert(!file_writer_commit(&writer, &err));
	ck_assert(!exists(path));
	free(path);
}
END_TEST

START_TEST(removing_a_tree_follows_no_links)
{
	char *outside = strdup("/tmp/revoscope-test-kept-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(outside));
	char *kept = file_join(outside, "kept");
	char *inner = inside("inner"), *deeper = inside("inner/deeper"),
	     *link = inside("inner/link");
	ck_assert(file_write(kept, "x", 1, NULL));
	ck_assert_int_eq(mkdir(inner, 0700), 0);
	ck_assert_int_eq(mkdir(deeper, 0700), 0);
	ck_assert_int_eq(symlink(outside, link), 0);
	file_remove_tree(inner);
	ck_assert(!exists(inner));
	ck_assert(exists(kept));
	file_remove_tree(outside);
	ck_assert(!exists(outside));
	free(link);
	free(deeper);
	free(inner);
	free(kept);
	free(outside);
}
END_TEST

START_TEST(the_program_finds_its_directory)
{
	char *where = file_program_directory();
	ck_assert_ptr_nonnull(where);
	ck_assert_int_eq(where[0], '/');
	ck_assert(exists(where));
	free(where);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file");
	TCase *cases = tcase_create("file");
	tcase_add_checked_fixture(cases, make_directory, remove_directory);
	tcase_add_test(cases, what_is_written_is_read_again);
	tcase_add_test(cases, a_file_over_the_limit_is_refused_by_name);
	tcase_add_test(cases, a_directory_and_an_absent_file_are_refused);
	tcase_add_test(cases, an_abandoned_file_leaves_the_old_one);
	tcase_add_test(cases, a_place_that_cannot_be_written_is_named);
	tcase_add_test(cases, a_full_disk_is_noticed);
	tcase_add_test(cases, removing_a_tree_follows_no_links);
	tcase_add_test(cases, the_program_finds_its_directory);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
