/* Lines out of a pipe, whatever the writer does. */
#include "core/lines.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE 64

/* What lines_next says of some bytes, as words: "line(a) partial(b) end". */
struct row {
	const char *name;
	const char *bytes;
	size_t len; /* 0: strlen */
	const char *events;
};

#define FIFTY "01234567890123456789012345678901234567890123456789"

static const struct row rows[] = {
	{"nothing", "", 0, "end"},
	{"one line", "a\n", 0, "line(a) end"},
	{"two lines", "a\nbc\n", 0, "line(a) line(bc) end"},
	{"an empty line is a line", "\n\na\n", 0, "line() line() line(a) end"},
	{"the end in the middle", "a\nb", 0, "line(a) partial(b) end"},
	{"only a part", "abc", 0, "partial(abc) end"},
	{"a carriage return stays", "a\r\n", 0, "line(a\r) end"},
	{"a NUL is data", "a\0b\n", 4, "line(3 bytes) end"},
	{"just as long as allowed", FIFTY "01234567890123\n", 0,
	 "line(" FIFTY "01234567890123) end"},
	{"one byte too long", FIFTY "012345678901234\nb\n", 0, "long line(b) end"},
	{"far too long, then a line", FIFTY FIFTY FIFTY "\nb\n", 0, "long line(b) end"},
	{"too long without an end", FIFTY FIFTY, 0, "long end"},
	{"too long twice", FIFTY FIFTY "\n" FIFTY FIFTY "\nc\n", 0, "long long line(c) end"},
};

static int pipe_with(const char *bytes, size_t len)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], bytes, len), (ssize_t)len);
	close(ends[1]);
	return ends[0];
}

static bool append_event(char *out, size_t size, struct lines *lines)
{
	const char *line;
	size_t len, used = strlen(out);
	const char *space = used > 0 ? " " : "";
	switch (lines_next(lines, &line, &len)) {
	case LINES_LINE:
		if (strlen(line) != len)
			snprintf(out + used, size - used, "%sline(%zu bytes)", space, len);
		else
			snprintf(out + used, size - used, "%sline(%s)", space, line);
		return true;
	case LINES_PARTIAL:
		snprintf(out + used, size - used, "%spartial(%s)", space, line);
		return true;
	case LINES_TOO_LONG: snprintf(out + used, size - used, "%slong", space); return true;
	case LINES_END: snprintf(out + used, size - used, "%send", space); return false;
	default: snprintf(out + used, size - used, "%sfailed", space); return false;
	}
}

START_TEST(gives_out_what_the_row_says)
{
	const struct row *row = &rows[_i];
	char got[1024] = "";
	int fd = pipe_with(row->bytes, row->len != 0 ? row->len : strlen(row->bytes));
	struct lines *lines = lines_new(fd, MAX_LINE);
	while (append_event(got, sizeof got, lines))
		;
	ck_assert_msg(strcmp(got, row->events) == 0, "%s: '%s'", row->name, got);
	lines_free(lines);
	close(fd);
}
END_TEST

START_TEST(waits_on_a_descriptor_that_does_not_block)
{
	int ends[2];
	const char *line;
	size_t len;
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	struct lines *lines = lines_new(ends[0], MAX_LINE);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_WAIT);
	ck_assert_int_eq(write(ends[1], "ab", 2), 2);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_WAIT);
	ck_assert_int_eq(write(ends[1], "c\n", 2), 2);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_LINE);
	ck_assert_str_eq(line, "abc");
	close(ends[1]);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_END);
	lines_free(lines);
	close(ends[0]);
}
END_TEST

START_TEST(a_long_line_may_come_in_small_pieces)
{
	int ends[2];
	const char *line;
	size_t len;
	int num_long = 0;
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	struct lines *lines = lines_new(ends[0], MAX_LINE);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(write(ends[1], FIFTY, 10), 10);
		enum lines_event event = lines_next(lines, &line, &len);
		num_long += event == LINES_TOO_LONG;
		ck_assert(event == LINES_TOO_LONG || event == LINES_WAIT);
	}
	ck_assert_int_eq(num_long, 1);
	ck_assert_int_eq(write(ends[1], "\nb\n", 3), 3);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_LINE);
	ck_assert_str_eq(line, "b");
	lines_free(lines);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_read_fails)
{
	const char *line;
	size_t len;
	struct lines *lines = lines_new(-1, MAX_LINE);
	ck_assert_int_eq(lines_next(lines, &line, &len), LINES_FAILED);
	ck_assert_int_eq(errno, EBADF);
	lines_free(lines);
	lines_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lines");
	TCase *cases = tcase_create("lines");
	tcase_add_loop_test(cases, gives_out_what_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(cases, waits_on_a_descriptor_that_does_not_block);
	tcase_add_test(cases, a_long_line_may_come_in_small_pieces);
	tcase_add_test(cases, a_descriptor_that_cannot_be_read_fails);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
