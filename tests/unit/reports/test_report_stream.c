/* A report while the run goes on: written again when needed, delayed by no reader. */
#include "reports/report_stream.h"

#include "core/text.h"
#include "tests/unit/report_run.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUM_ROWS = 40 };

/* A run of 200 cells, which as lines do not fit into a pipe, and a pipe. */
struct setting {
	struct run *run;
	struct report_stream *stream;
	FILE *out;
	int reader;
};

static struct setting set_up(void)
{
	static char drawn[NUM_ROWS][32];
	const char *rows[NUM_ROWS];
	struct error err = ERROR_INIT;
	struct setting setting = {0};
	int ends[2];
	for (int i = 0; i < NUM_ROWS; i++) {
		snprintf(drawn[i], sizeof drawn[i], "h%d:443: C C W R c", i);
		rows[i] = drawn[i];
	}
	ck_assert_int_eq(pipe(ends), 0);
	signal(SIGPIPE, SIG_IGN);
	setting.run = report_run(rows, NUM_ROWS, false);
	setting.reader = ends[0];
	setting.out = fdopen(ends[1], "w");
	setting.stream = report_stream_new(format_find("jsonl", 5, &err), setting.out, setting.run);
	ck_assert_ptr_nonnull(setting.stream);
	return setting;
}

static void tear_down(struct setting *setting)
{
	report_stream_free(setting->stream);
	run_free(setting->run);
	if (setting->out != NULL)
		fclose(setting->out);
	if (setting->reader >= 0)
		close(setting->reader);
}

static void *read_all(void *context)
{
	struct setting *setting = context;
	struct text *text = malloc(sizeof *text);
	char bytes[4096];
	ssize_t len;
	text_init(text, 0);
	while ((len = read(setting->reader, bytes, sizeof bytes)) > 0)
		text_append_bytes(text, bytes, (size_t)len);
	return text;
}

static size_t count(const struct text *text, const char *part)
{
	size_t num = 0;
	for (const char *p = text_string(text); (p = strstr(p, part)) != NULL; p++)
		num++;
	return num;
}

/* Ends the report with a reader that reads on; returns everything. */
static struct text *end_and_read(struct setting *setting)
{
	struct error err = ERROR_INIT;
	pthread_t thread;
	void *text;
	ck_assert_int_eq(pthread_create(&thread, NULL, read_all, setting), 0);
	ck_assert_msg(report_stream_end(setting->stream, &err), "%s", err.text);
	fclose(setting->out);
	setting->out = NULL;
	pthread_join(thread, &text);
	return text;
}

static void drop(struct text *text)
{
	text_clear(text);
	free(text);
}

START_TEST(a_reader_that_does_not_read_holds_up_nothing)
{
	struct setting setting = set_up();
	for (size_t row = 0; row < NUM_ROWS; row++)
		for (size_t i = 0; i < run_num_classes(setting.run); i++)
			ck_assert(report_stream_cell(setting.stream, row, i));
	struct text *text = end_and_read(&setting);
	ck_assert_uint_gt(text->len, 65536); /* more than the pipe took before anything was read */
	ck_assert_uint_eq(count(text, "{\"head\":"), 1);
	ck_assert_uint_eq(count(text, "{\"cell\":"), NUM_ROWS * 5);
	ck_assert_uint_eq(count(text, "{\"end\":"), 1);
	drop(text);
	tear_down(&setting);
}
END_TEST

START_TEST(a_cell_comes_at_once_behind_the_head)
{
	struct setting setting = set_up();
	char bytes[16384] = "";
	ck_assert(report_stream_cell(setting.stream, 3, 0));
	ck_assert_int_gt(read(setting.reader, bytes, sizeof bytes - 1), 0);
	ck_assert_int_eq(strncmp(bytes, "{\"head\":", 8), 0);
	ck_assert_ptr_nonnull(strstr(bytes, "\n{\"cell\":"));
	ck_assert_int_eq(bytes[strlen(bytes) - 1], '\n');
	drop(end_and_read(&setting));
	tear_down(&setting);
}
END_TEST

START_TEST(only_what_came_to_mean_something_else_is_reported_again)
{
	struct setting setting = set_up();
	for (size_t i = 0; i < 3; i++)
		ck_assert(report_stream_cell(setting.stream, 0, i));
	ck_assert(report_stream_cell(setting.stream, 0, 1));
	run_cell(setting.run, 0, 1)->marks |= CELL_EXPOSED;
	struct text *text = end_and_read(&setting);
	ck_assert_uint_eq(count(text, "{\"cell\":"), NUM_ROWS * 5 + 1);
	ck_assert_uint_eq(count(text, "\"exposed\":true"), 1);
	drop(text);
	tear_down(&setting);
}
END_TEST

START_TEST(a_reader_that_went_away_is_noticed)
{
	struct setting setting = set_up();
	struct error err = ERROR_INIT;
	ck_assert(report_stream_cell(setting.stream, 0, 0));
	close(setting.reader);
	setting.reader = -1;
	ck_assert(!report_stream_cell(setting.stream, 0, 1));
	ck_assert(report_stream_is_unread(setting.stream));
	ck_assert(!report_stream_cell(setting.stream, 0, 2));
	ck_assert(!report_stream_end(setting.stream, &err));
	ck_assert_int_eq(err.kind, ERROR_UNABLE);
	tear_down(&setting);
}
END_TEST

START_TEST(a_full_disk_is_an_error_and_no_reader_gone)
{
	struct setting setting = set_up();
	struct error err = ERROR_INIT;
	FILE *full = fopen("/dev/full", "w");
	ck_assert_ptr_nonnull(full);
	struct report_stream *stream =
		report_stream_new(format_find("jsonl", 5, &err), full, setting.run);
	ck_assert(!report_stream_cell(stream, 0, 0));
	ck_assert(!report_stream_is_unread(stream));
	ck_assert(!report_stream_end(stream, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "No space left"));
	report_stream_free(stream);
	fclose(full);
	tear_down(&setting);
}
END_TEST

START_TEST(a_format_that_is_written_at_the_end_has_no_stream)
{
	struct error err = ERROR_INIT;
	ck_assert_ptr_null(report_stream_new(format_find("json", 4, &err), stdout, NULL));
}
END_TEST

static Suite *report_stream_suite(void)
{
	Suite *suite = suite_create("report_stream");
	TCase *tcase = tcase_create("report_stream");
	tcase_add_test(tcase, a_reader_that_does_not_read_holds_up_nothing);
	tcase_add_test(tcase, a_cell_comes_at_once_behind_the_head);
	tcase_add_test(tcase, only_what_came_to_mean_something_else_is_reported_again);
	tcase_add_test(tcase, a_reader_that_went_away_is_noticed);
	tcase_add_test(tcase, a_full_disk_is_an_error_and_no_reader_gone);
	tcase_add_test(tcase, a_format_that_is_written_at_the_end_has_no_stream);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(report_stream_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
