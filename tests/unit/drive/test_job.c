/* Jobs without the command line: driven step by step, one after another, in turns, given up. */
#include "harness/drive/interrupt.h"
#include "harness/drive/job.h"

#include "core/clock.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_MAX 8

static struct stack stack = {
	.id = (char *)"fake", .title = (char *)"Fake", .program = (char *)FAKE_CLIENT};
static struct client_class class = {.id = (char *)"fake/no-check",
				    .policy_id = (char *)"no-check",
				    .title = (char *)"t",
				    .origin = (char *)"o"};
static char folder[64];
static struct data_paths paths = {.programs = {folder}};

/* The fake client plays the lab too; the job finds it by the name of the lab's program. */
static void make_folder(void)
{
	char lab[128];
	snprintf(folder, sizeof folder, "/tmp/revoscope-job-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(lab, sizeof lab, "%s/revoscope-lab", folder);
	ck_assert_int_eq(symlink(FAKE_CLIENT, lab), 0);
}

static void remove_folder(void)
{
	char lab[128];
	snprintf(lab, sizeof lab, "%s/revoscope-lab", folder);
	unlink(lab);
	rmdir(folder);
}

/* A run with its job, and what the job's listener heard. */
struct drive {
	struct run *run;
	struct job *job;
	struct pollfd fds[64];
	size_t num_steps, num_cells, num_progress, last_done;
	size_t most_cells; /* the listener ends the job after as many; 0: never */
};

static bool on_cell(void *context, size_t row, size_t column)
{
	struct drive *drive = context;
	(void)column;
	ck_assert((run_cell(drive->run, row, 0)->marks & CELL_DONE) != 0);
	return ++drive->num_cells != drive->most_cells;
}

static void on_progress(void *context, size_t num_done, size_t num_cells)
{
	struct drive *drive = context;
	ck_assert_uint_eq(num_cells, run_num_rows(drive->run));
	drive->num_progress++;
	drive->last_done = num_done;
}

/* One row for each word, which says what the fake client does there. */
static void begin(struct drive *drive, const char *const *words)
{
	struct error err = ERROR_INIT;
	drive->run = run_new("here", "revoscope test", &err);
	ck_assert_ptr_nonnull(drive->run);
	policy_init(&class.policy);
	ck_assert_int_eq(run_add_stack(drive->run, &stack), 0);
	ck_assert_int_eq(run_add_class(drive->run, &class, 0), 0);
	for (size_t i = 0; words[i] != NULL; i++) {
		char id[64];
		snprintf(id, sizeof id, "%zu-%s:443", i, words[i]);
		struct run_row row = {.id = id,
				      .host = (char *)words[i],
				      .address = (char *)"192.0.2.1",
				      .port = 443,
				      .server_name = (char *)words[i]};
		ck_assert_int_eq(run_add_row(drive->run, &row), (int)i);
	}
	ck_assert(run_make_cells(drive->run, &err));
	struct job_options options = {
		.paths = &paths,
		.deadline_ms = 200,
		.repeat = 1,
		.listener = {.context = drive, .cell = on_cell, .progress = on_progress},
	};
	drive->job = job_start(drive->run, &options);
	ck_assert_ptr_nonnull(drive->job);
	ck_assert_uint_le(job_num_fds(drive->job), sizeof drive->fds / sizeof *drive->fds);
}

/* A turn of a poll loop. may_wait: else only what is ready now. */
static enum job_state step(struct drive *drive, bool may_wait)
{
	struct error err = ERROR_INIT;
	int timeout_ms = job_poll(drive->job, drive->fds);
	poll(drive->fds, job_num_fds(drive->job), may_wait ? timeout_ms : 0);
	enum job_state state = job_step(drive->job, drive->fds, &err);
	ck_assert_msg(state != JOB_FAILED, "%s", err.text);
	drive->num_steps++;
	return state;
}

static enum job_state step_until_end(struct drive *drive)
{
	enum job_state state = JOB_MORE;
	while (state == JOB_MORE)
		state = step(drive, true);
	ck_assert_int_eq(job_step(drive->job, drive->fds, NULL), state);
	return state;
}

static void finish(struct drive *drive)
{
	job_finish(drive->job);
	drive->job = NULL;
}

static void check_outcomes(const struct drive *drive, const enum outcome *outcomes, size_t num)
{
	ck_assert_uint_eq(run_num_rows(drive->run), num);
	for (size_t i = 0; i < num; i++)
		ck_assert_str_eq(outcome_name(run_cell(drive->run, i, 0)->outcome),
				 outcome_name(outcomes[i]));
	ck_assert(run_stack_at(drive->run, 0)->compliant);
	ck_assert_str_eq(run_stack_at(drive->run, 0)->version, "1.0");
	ck_assert_ptr_nonnull(run_finished(drive->run));
}

static const char *const first_words[] = {"ok", "reject", "crash", "ok", NULL};
static const enum outcome first_outcomes[] = {OUTCOME_CONNECT, OUTCOME_REJECT, OUTCOME_CRASH,
					      OUTCOME_CONNECT};
static const char *const second_words[] = {"reject", "hang", "ok", NULL};
static const enum outcome second_outcomes[] = {OUTCOME_REJECT, OUTCOME_HANG, OUTCOME_CONNECT};

START_TEST(two_jobs_after_one_another)
{
	struct drive first = {0}, second = {0};
	begin(&first, first_words);
	ck_assert_int_eq(step_until_end(&first), JOB_DONE);
	finish(&first);
	begin(&second, second_words);
	ck_assert_int_eq(step_until_end(&second), JOB_DONE);
	finish(&second);
	check_outcomes(&first, first_outcomes, 4);
	check_outcomes(&second, second_outcomes, 3);
	ck_assert_uint_eq(first.num_cells, 4);
	ck_assert_uint_eq(first.num_progress, 4);
	ck_assert_uint_eq(first.last_done, 4);
	ck_assert_uint_eq(second.num_cells, 3);
	run_free(first.run);
	run_free(second.run);
}
END_TEST

/* Both have probes in flight while the other is stepped: neither waits for the other. */
START_TEST(two_jobs_in_turns)
{
	struct drive first = {0}, second = {0};
	enum job_state states[2] = {JOB_MORE, JOB_MORE};
	begin(&first, first_words);
	begin(&second, second_words);
	while (states[0] == JOB_MORE || states[1] == JOB_MORE) {
		if (states[0] == JOB_MORE)
			states[0] = step(&first, false);
		if (states[1] == JOB_MORE)
			states[1] = step(&second, false);
		poll(NULL, 0, 1);
	}
	ck_assert_int_eq(states[0], JOB_DONE);
	ck_assert_int_eq(states[1], JOB_DONE);
	finish(&second);
	finish(&first);
	check_outcomes(&first, first_outcomes, 4);
	check_outcomes(&second, second_outcomes, 3);
	run_free(first.run);
	run_free(second.run);
}
END_TEST

/* Steps until the job is done. */
static int64_t longest_step_us(struct drive *drive)
{
	int64_t longest_us = 0;
	enum job_state state = JOB_MORE;
	while (state == JOB_MORE) {
		poll(NULL, 0, 1);
		int64_t began_us = clock_monotonic_us();
		state = step(drive, false);
		int64_t took_us = clock_monotonic_us() - began_us;
		longest_us = took_us > longest_us ? took_us : longest_us;
	}
	ck_assert_int_eq(state, JOB_DONE);
	return longest_us;
}

/* A probe hangs for more than two seconds; no step waits for it, or for the programs to begin. */
START_TEST(a_step_is_short)
{
	struct drive drive = {0};
	begin(&drive, second_words);
	/* Far below the deadline of the probe that hangs, and far above what a step takes. */
	ck_assert_int_lt(longest_step_us(&drive), 1000000);
	finish(&drive);
	run_free(drive.run);
}
END_TEST

/* The lab is stopped before the cells of endpoints, and does not end within its time. */
START_TEST(a_step_does_not_wait_for_the_lab_to_end)
{
	struct drive drive = {0};
	ck_assert_int_eq(setenv("FAKE_LAB_LINGER_MS", "4000", 1), 0);
	begin(&drive, first_words);
	ck_assert_int_lt(longest_step_us(&drive), 1000000);
	finish(&drive);
	check_outcomes(&drive, first_outcomes, 4);
	run_free(drive.run);
}
END_TEST

START_TEST(a_listener_that_has_enough_ends_it)
{
	struct drive drive = {.most_cells = 1};
	begin(&drive, second_words);
	ck_assert_int_eq(step_until_end(&drive), JOB_INTERRUPTED);
	finish(&drive);
	ck_assert((run_cell(drive.run, 1, 0)->marks & CELL_DONE) == 0);
	ck_assert_uint_lt(drive.num_cells, 3);
	run_free(drive.run);
}
END_TEST

/* After _i steps: in each of its phases something else has to be ended. */
START_TEST(an_owner_may_give_up_at_any_time)
{
	static const char *const words[] = {"hang", "ok", NULL};
	struct drive drive = {0};
	enum job_state state = JOB_MORE;
	begin(&drive, words);
	for (int i = 0; i < _i && state == JOB_MORE; i++)
		state = step(&drive, true);
	finish(&drive);
	ck_assert_int_eq(run_finished(drive.run) != NULL, state == JOB_DONE);
	ck_assert((run_cell(drive.run, 0, 0)->marks & CELL_DONE) == 0 || state == JOB_DONE);
	run_free(drive.run);
}
END_TEST

/* _i steps before the signal. */
START_TEST(a_signal_ends_every_job)
{
	static const char *const words[] = {"hang", "ok", NULL};
	struct drive first = {0}, second = {0};
	struct error err = ERROR_INIT;
	ck_assert(interrupt_start(&err));
	begin(&first, words);
	begin(&second, words);
	for (int i = 0; i < _i; i++) {
		ck_assert_int_eq(step(&first, true), JOB_MORE);
		ck_assert_int_eq(step(&second, true), JOB_MORE);
	}
	raise(SIGINT);
	ck_assert_int_eq(step_until_end(&first), JOB_INTERRUPTED);
	ck_assert_int_eq(step_until_end(&second), JOB_INTERRUPTED);
	finish(&first);
	finish(&second);
	interrupt_stop();
	run_free(first.run);
	run_free(second.run);
}
END_TEST

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	Suite *suite = suite_create("job");
	TCase *tests = tcase_create("job");
	tcase_add_checked_fixture(tests, make_folder, remove_folder);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, two_jobs_after_one_another);
	tcase_add_test(tests, two_jobs_in_turns);
	tcase_add_test(tests, a_step_is_short);
	tcase_add_test(tests, a_step_does_not_wait_for_the_lab_to_end);
	tcase_add_test(tests, a_listener_that_has_enough_ends_it);
	tcase_add_loop_test(tests, an_owner_may_give_up_at_any_time, 0, 8);
	tcase_add_loop_test(tests, a_signal_ends_every_job, 0, 3);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
