/* A run: its records come back as they went, and its numbers add up. */
#include "harness/run/run.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct stack stack = {.id = (char *)"openssl", .title = (char *)"OpenSSL"};
static struct client_class class = {.id = (char *)"openssl/no-check",
				    .policy_id = (char *)"no-check"};

static struct run *make_run(size_t num_rows)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", "revoscope run", &err);
	ck_assert_msg(run != NULL, "%s", err.text);
	ck_assert_int_eq(run_add_stack(run, &stack), 0);
	ck_assert_int_eq(run_add_class(run, &class, 0), 0);
	for (size_t i = 0; i < num_rows; i++) {
		char id[32];
		snprintf(id, sizeof id, "e%zu:443", i);
		ck_assert_int_eq(
			run_add_row(run, &(struct run_row){.id = id, .host = id, .port = 443}),
			(int)i);
	}
	ck_assert(run_make_cells(run, &err));
	return run;
}

START_TEST(records_come_back_as_they_went)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run(200);
	for (int i = 0; i < 200; i++) {
		char line[64];
		int len = snprintf(line, sizeof line, "record %d \xff", i);
		ck_assert(run_write_record(run, run_cell(run, (size_t)i, 0), line, (size_t)len,
					   &err));
	}
	for (int i = 199; i >= 0; i--) {
		char wanted[64];
		struct text line;
		text_init(&line, 0);
		snprintf(wanted, sizeof wanted, "record %d \xff", i);
		ck_assert_msg(run_read_record(run, run_cell(run, (size_t)i, 0), &line, &err), "%s",
			      err.text);
		ck_assert_str_eq(text_string(&line), wanted);
		text_clear(&line);
	}
	run_free(run);
}
END_TEST

START_TEST(a_cell_without_a_record_has_none)
{
	struct error err = ERROR_INIT;
	struct run *run = make_run(1);
	struct text line;
	text_init(&line, 0);
	ck_assert(run_read_record(run, run_cell(run, 0, 0), &line, &err));
	ck_assert_uint_eq(line.len, 0);
	text_clear(&line);
	/* Until it is run, it is an error and says why. */
	ck_assert_int_eq(run_cell(run, 0, 0)->outcome, OUTCOME_ERROR);
	ck_assert_int_eq(run_cell(run, 0, 0)->reason, REASON_INTERRUPTED);
	run_free(run);
}
END_TEST

START_TEST(the_summary_counts_what_was_done)
{
	struct run *run = make_run(5);
	struct run_summary summary;
	struct expectation deviations[3] = {
		{.is_deviation = true, .num_applied = 2, .num_seen = 0},
		{.is_deviation = true, .num_applied = 2, .num_seen = 1},
		{.is_deviation = true, .num_applied = 0, .num_seen = 0},
	};
	struct expectation_list list = {deviations, 3};
	run_set_deviations(run, &list);
	*run_cell(run, 0, 0) =
		(struct cell){.outcome = OUTCOME_CONNECT, .marks = CELL_DONE | CELL_BLIND};
	*run_cell(run, 1, 0) = (struct cell){.outcome = OUTCOME_CONNECT,
					     .marks = CELL_DONE | CELL_EXPOSED | CELL_UNEXPECTED};
	*run_cell(run, 2, 0) =
		(struct cell){.outcome = OUTCOME_REJECT, .marks = CELL_DONE | CELL_VARIES};
	*run_cell(run, 3, 0) =
		(struct cell){.outcome = OUTCOME_CRASH, .marks = CELL_DONE | CELL_UNEXPECTED};
	run_summarize(run, &summary);
	ck_assert_uint_eq(summary.num_cells, 5);
	ck_assert_uint_eq(summary.num_done, 4);
	ck_assert_uint_eq(summary.by_outcome[OUTCOME_CONNECT], 2);
	ck_assert_uint_eq(summary.by_outcome[OUTCOME_REJECT], 1);
	ck_assert_uint_eq(summary.by_outcome[OUTCOME_CRASH], 1);
	ck_assert_uint_eq(summary.by_outcome[OUTCOME_ERROR], 0);
	ck_assert_uint_eq(summary.num_blind, 1);
	ck_assert_uint_eq(summary.num_exposed, 1);
	ck_assert_uint_eq(summary.num_unexpected, 2);
	ck_assert_uint_eq(summary.num_varies, 1);
	ck_assert_uint_eq(summary.num_stale, 1);
	run_free(run);
}
END_TEST

START_TEST(an_interrupted_run_is_not_finished)
{
	struct run *run = make_run(1);
	ck_assert_ptr_null(run_finished(run));
	run_finish(run, true);
	ck_assert_ptr_null(run_finished(run));
	run_finish(run, false);
	ck_assert_ptr_nonnull(run_finished(run));
	ck_assert(!run_is_lab(run));
	run_free(run);
}
END_TEST

static Suite *run_suite(void)
{
	Suite *suite = suite_create("run");
	TCase *tcase = tcase_create("run");
	tcase_add_test(tcase, records_come_back_as_they_went);
	tcase_add_test(tcase, a_cell_without_a_record_has_none);
	tcase_add_test(tcase, the_summary_counts_what_was_done);
	tcase_add_test(tcase, an_interrupted_run_is_not_finished);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(run_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
