/* The pool: whatever one probe does to its program, the others get their answers. */
#include "harness/drive/pool.h"

#include "core/clock.h"
#include "harness/drive/client_slot.h"
#include "harness/drive/interrupt.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROBES_MAX  40
#define DEADLINE_MS 200 /* and POOL_GRACE_MS after it */

/* What the fake client has to do for each probe, and what became of it. */
struct probe {
	const char *word;
	int num_answers, num_failures, num_doubts, num_requests;
	enum outcome outcome;
	enum reason reason;
	int64_t answered_us;
	char detail[256];
	char talk[64];
};

struct work {
	struct probe probes[PROBES_MAX];
	size_t num;
	size_t in_flight, most_in_flight;
	uint64_t order[PROBES_MAX * 4];
	size_t num_ordered;
	int limit;     /* of the regulator; 0: what it begins with */
	int num_alone; /* the first answers of so many probes make them be tried alone */
	size_t most_in_flight_alone;
	int64_t began_us;
	bool (*waits)(void *context, uint64_t cookie);
	struct pool *pool;
};

static bool make_request(void *context, uint64_t cookie, const char *id, bool again,
			 struct text *line)
{
	struct work *work = context;
	struct probe *probe = &work->probes[cookie];
	ck_assert_int_eq(again, probe->num_requests > probe->num_answers);
	probe->num_requests++;
	work->order[work->num_ordered++] = cookie;
	if (++work->in_flight > work->most_in_flight)
		work->most_in_flight = work->in_flight;
	if (probe->num_answers > 0 && work->in_flight > work->most_in_flight_alone)
		work->most_in_flight_alone = work->in_flight;
	return text_append_format(line, "{\"id\": \"%s\", \"server_name\": \"%s\"}\n", id,
				  probe->word);
}

static void answered(void *context, uint64_t cookie, struct answer *answer)
{
	struct work *work = context;
	struct probe *probe = &work->probes[cookie];
	work->in_flight--;
	probe->num_answers++;
	probe->outcome = answer->observation.outcome;
	probe->reason = answer->observation.reason;
	probe->answered_us = clock_monotonic_us();
	if (probe->num_answers == 1 && cookie < (uint64_t)work->num_alone)
		ck_assert(pool_add_alone(work->pool, 0, cookie));
	answer_clear(answer);
}

static void failed(void *context, uint64_t cookie, const struct pool_failure *failure)
{
	struct work *work = context;
	struct probe *probe = &work->probes[cookie];
	probe->num_failures++;
	probe->outcome = failure->outcome;
	probe->reason = failure->reason;
	snprintf(probe->detail, sizeof probe->detail, "%s", failure->detail);
	snprintf(probe->talk, sizeof probe->talk, "%s", failure->talk);
}

static void doubted(void *context, uint64_t cookie, const char *detail)
{
	struct work *work = context;
	(void)detail;
	work->probes[cookie].num_doubts++;
}

static struct pool_source source_of(struct work *work)
{
	return (struct pool_source){
		.context = work,
		.take = answer_take,
		.request = make_request,
		.answered = answered,
		.failed = failed,
		.doubted = doubted,
		.waits = work->waits,
	};
}

/* Runs the words, all in one program; returns how the pool ended. */
static enum pool_end run(struct work *work, const char *const *words, size_t num, int share)
{
	struct program program = {.path = strdup(FAKE_CLIENT), .max_concurrency = 16};
	struct error err = ERROR_INIT;
	process_init(&program.process);
	work->num = num;
	work->pool = pool_new(&program, 1, share, DEADLINE_MS);
	for (size_t i = 0; i < num; i++) {
		work->probes[i].word = words[i];
		ck_assert(pool_add(work->pool, 0, i, false));
	}
	if (work->limit > 0)
		regulator_init(pool_regulator(work->pool), work->limit, INT64_MAX);
	work->began_us = clock_monotonic_us();
	struct pool_source source = source_of(work);
	enum pool_end end = pool_run(work->pool, &source, &err);
	pool_end_programs(work->pool, 500);
	program_clear(&program);
	return end;
}

struct fault {
	const char *word;
	enum outcome outcome;
	enum reason reason;
	const char *detail;
};

static const struct fault faults[] = {
	{"crash", OUTCOME_CRASH, REASON_PROGRAM_CRASH, "signal 11"},
	{"exit", OUTCOME_CRASH, REASON_PROGRAM_CRASH, "status 7"},
	{"starve", OUTCOME_ERROR, REASON_OUT_OF_MEMORY,
	 "memory ran out, and the client program was ended by signal 6"},
	{"recover", OUTCOME_CRASH, REASON_PROGRAM_CRASH,
	 "the client program was ended by signal 6"},
	{"hang", OUTCOME_HANG, REASON_PROGRAM_HANG, "did not answer"},
	{"stop", OUTCOME_ERROR, REASON_OVERLOAD_TIMEOUT, "and it was stopped"},
	{"garbage", OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "not an answer: not JSON"},
	{"half", OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "in the middle of a line"},
	{"flood", OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "more than 1 MiB"},
	{"stranger", OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "an unknown id"},
	{"claim", OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, "is not allowed for a client"},
};

START_TEST(a_fault_costs_its_own_probe_only)
{
	const struct fault *fault = &faults[_i];
	const char *words[] = {"ok", "ok", "ok", fault->word, "ok", "reject", "ok", "ok"};
	struct work work = {0};
	ck_assert_int_eq(run(&work, words, 8, 8), POOL_DONE);
	for (size_t i = 0; i < 8; i++) {
		const struct probe *probe = &work.probes[i];
		if (i == 3) {
			ck_assert_int_eq(probe->num_answers, 0);
			ck_assert_int_eq(probe->num_failures, 1);
			ck_assert_str_eq(outcome_name(probe->outcome),
					 outcome_name(fault->outcome));
			ck_assert_str_eq(reason_name(probe->reason), reason_name(fault->reason));
			ck_assert_msg(strstr(probe->detail, fault->detail) != NULL, "%s",
				      probe->detail);
		} else {
			ck_assert_int_eq(probe->num_answers, 1);
			ck_assert_int_eq(probe->num_failures, 0);
			ck_assert_int_eq(probe->outcome, i == 5 ? OUTCOME_REJECT : OUTCOME_CONNECT);
		}
	}
	pool_free(work.pool);
}
END_TEST

START_TEST(a_crash_leaves_its_last_words)
{
	const char *words[] = {"crash"};
	struct work work = {0};
	ck_assert_int_eq(run(&work, words, 1, 8), POOL_DONE);
	ck_assert_str_eq(work.probes[0].talk, "about to crash\n");
	ck_assert_int_eq(work.probes[0].num_requests, 1);
	ck_assert_uint_eq(pool_num_failures(work.pool, 0), 1);
	pool_free(work.pool);
}
END_TEST

START_TEST(two_culprits_are_both_found)
{
	const char *words[] = {"ok", "crash", "ok", "garbage", "ok"};
	struct work work = {0};
	ck_assert_int_eq(run(&work, words, 5, 5), POOL_DONE);
	ck_assert_int_eq(work.probes[1].outcome, OUTCOME_CRASH);
	ck_assert_int_eq(work.probes[3].reason, REASON_PROGRAM_PROTOCOL);
	for (size_t i = 0; i < 5; i += 2)
		ck_assert_int_eq(work.probes[i].outcome, OUTCOME_CONNECT);
	pool_free(work.pool);
}
END_TEST

START_TEST(a_second_answer_is_the_fault_of_its_own_probe)
{
	const char *words[] = {"ok", "twice", "ok", "ok"};
	struct work work = {0};
	ck_assert_int_eq(run(&work, words, 4, 4), POOL_DONE);
	ck_assert_int_eq(work.probes[1].num_doubts, 1);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(work.probes[i].num_answers, 1);
		ck_assert_int_eq(work.probes[i].num_failures, 0);
	}
	pool_free(work.pool);
}
END_TEST

START_TEST(a_program_that_only_fails_is_given_up)
{
	const char *words[PROBES_MAX];
	struct work work = {0};
	for (size_t i = 0; i < PROBES_MAX; i++)
		words[i] = "crash";
	ck_assert_int_eq(run(&work, words, PROBES_MAX, 1), POOL_DONE);
	ck_assert_ptr_nonnull(pool_given_up(work.pool, 0));
	for (size_t i = 0; i < PROBES_MAX; i++)
		ck_assert_int_eq(work.probes[i].num_failures, 1);
	ck_assert_int_eq(work.probes[0].outcome, OUTCOME_CRASH);
	ck_assert_int_eq(work.probes[PROBES_MAX - 1].outcome, OUTCOME_ERROR);
	ck_assert_msg(strstr(work.probes[PROBES_MAX - 1].detail, "stopped after") != NULL, "%s",
		      work.probes[PROBES_MAX - 1].detail);
	pool_free(work.pool);
}
END_TEST

START_TEST(a_program_that_is_not_there_fails_its_probes)
{
	struct program program = {.path = strdup("/nowhere/client"), .max_concurrency = 4};
	struct error err = ERROR_INIT;
	struct work work = {.num = 2, .probes = {{.word = "ok"}, {.word = "ok"}}};
	process_init(&program.process);
	work.pool = pool_new(&program, 1, 4, DEADLINE_MS);
	ck_assert(pool_add(work.pool, 0, 0, false) && pool_add(work.pool, 0, 1, false));
	struct pool_source source = source_of(&work);
	ck_assert_int_eq(pool_run(work.pool, &source, &err), POOL_DONE);
	ck_assert_int_eq(work.probes[0].num_failures + work.probes[1].num_failures, 2);
	pool_free(work.pool);
	program_clear(&program);
}
END_TEST

START_TEST(the_share_bounds_what_is_in_flight)
{
	const char *words[PROBES_MAX];
	struct work work = {0};
	for (size_t i = 0; i < PROBES_MAX; i++)
		words[i] = "ok";
	ck_assert_int_eq(run(&work, words, PROBES_MAX, 3), POOL_DONE);
	ck_assert_uint_le(work.most_in_flight, 3);
	ck_assert_uint_eq(work.num_ordered, PROBES_MAX);
	for (size_t i = 0; i < PROBES_MAX; i++)
		ck_assert_uint_eq(work.order[i], i);
	pool_free(work.pool);
}
END_TEST

static bool waits(void *context, uint64_t cookie)
{
	struct work *work = context;
	return strcmp(work->probes[cookie].word, "hang") == 0;
}

/* Runs with a limit of two that nothing moves. */
START_TEST(the_regulator_bounds_what_is_in_flight)
{
	const char *words[PROBES_MAX];
	struct work work = {.limit = REGULATOR_LEAST};
	for (size_t i = 0; i < PROBES_MAX; i++)
		words[i] = "ok";
	ck_assert_int_eq(run(&work, words, PROBES_MAX, 16), POOL_DONE);
	ck_assert_uint_eq(work.most_in_flight, REGULATOR_LEAST);
	ck_assert_uint_eq(work.num_ordered, PROBES_MAX);
	pool_free(work.pool);
}
END_TEST

/* Three that hang would hold both places of the limit for more than two seconds. */
START_TEST(probes_that_wait_do_not_count_for_long)
{
	const char *words[] = {"hang", "hang", "hang", "ok"};
	struct work work = {.limit = REGULATOR_LEAST, .waits = waits};
	ck_assert_int_eq(run(&work, words, 4, 4), POOL_DONE);
	ck_assert_int_eq(work.probes[3].num_answers, 1);
	/* Before the first deadline, which ends the program and with it the probes in flight. */
	ck_assert_int_lt(work.probes[3].answered_us - work.began_us,
			 (int64_t)(DEADLINE_MS + POOL_GRACE_MS) * 1000);
	ck_assert_int_ge(work.probes[3].answered_us - work.began_us, FLIGHT_REST_MS * 1000);
	pool_free(work.pool);
}
END_TEST

/* Each answer of the first round adds its probe again, to be alone then. */
START_TEST(a_probe_is_tried_alone_after_all_others)
{
	const char *words[] = {"ok", "ok", "ok", "ok", "ok"};
	struct work work = {.num_alone = 2};
	ck_assert_int_eq(run(&work, words, 5, 8), POOL_DONE);
	ck_assert_uint_eq(work.num_ordered, 7);
	ck_assert_uint_eq(work.order[5], 0);
	ck_assert_uint_eq(work.order[6], 1);
	ck_assert_uint_eq(work.most_in_flight_alone, 1);
	ck_assert_int_eq(work.probes[0].num_answers, 2);
	ck_assert_int_eq(work.probes[2].num_answers, 1);
	pool_free(work.pool);
}
END_TEST

START_TEST(a_program_that_was_given_up_fails_what_was_to_be_alone)
{
	const char *words[PROBES_MAX];
	struct work work = {.num_alone = 1};
	words[0] = "ok";
	for (size_t i = 1; i < PROBES_MAX; i++)
		words[i] = "crash";
	ck_assert_int_eq(run(&work, words, PROBES_MAX, 1), POOL_DONE);
	ck_assert_ptr_nonnull(pool_given_up(work.pool, 0));
	ck_assert_int_eq(work.probes[0].num_answers, 1);
	ck_assert_int_eq(work.probes[0].num_failures, 1);
	pool_free(work.pool);
}
END_TEST

START_TEST(an_interruption_ends_it_soon)
{
	const char *words[] = {"ok", "hang"};
	struct work work = {0};
	struct error err = ERROR_INIT;
	ck_assert(interrupt_start(&err));
	int64_t started = clock_monotonic_us();
	kill(getpid(), SIGINT);
	ck_assert_int_eq(run(&work, words, 2, 1), POOL_INTERRUPTED);
	ck_assert_int_lt(clock_monotonic_us() - started, 1500000);
	interrupt_stop();
	pool_free(work.pool);
}
END_TEST

static Suite *pool_suite(void)
{
	Suite *suite = suite_create("pool");
	TCase *tcase = tcase_create("pool");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_fault_costs_its_own_probe_only, 0,
			    (int)(sizeof faults / sizeof *faults));
	tcase_add_test(tcase, a_crash_leaves_its_last_words);
	tcase_add_test(tcase, two_culprits_are_both_found);
	tcase_add_test(tcase, a_second_answer_is_the_fault_of_its_own_probe);
	tcase_add_test(tcase, a_program_that_only_fails_is_given_up);
	tcase_add_test(tcase, a_program_that_is_not_there_fails_its_probes);
	tcase_add_test(tcase, the_share_bounds_what_is_in_flight);
	tcase_add_test(tcase, the_regulator_bounds_what_is_in_flight);
	tcase_add_test(tcase, probes_that_wait_do_not_count_for_long);
	tcase_add_test(tcase, a_probe_is_tried_alone_after_all_others);
	tcase_add_test(tcase, a_program_that_was_given_up_fails_what_was_to_be_alone);
	tcase_add_test(tcase, an_interruption_ends_it_soon);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(pool_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
