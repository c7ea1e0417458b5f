/* Verdicts: the worst of several attempts, blind, exposed, expected. */
#include "harness/run/verdict.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct judged {
	const char *name;
	struct attempt attempt;
	enum status truth;
	enum outcome expected;       /* NUM_OUTCOMES: nothing is */
	enum reason expected_reason; /* NUM_REASONS: any */
	unsigned marks;              /* without DONE */
};

static const struct judged judged[] = {
	{"knows that it is good",
	 {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	 STATUS_GOOD,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 0},
	{"knows nothing and says nothing",
	 {OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 CELL_BLIND},
	{"knows nothing and warns",
	 {OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_WARN,
	 REASON_STAPLE_STALE,
	 0},
	{"connects to what is revoked",
	 {OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE},
	 STATUS_REVOKED,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 CELL_BLIND | CELL_EXPOSED},
	{"is deceived into good",
	 {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	 STATUS_REVOKED,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 CELL_EXPOSED},
	{"warns at what is revoked",
	 {OUTCOME_WARN, REASON_STATUS_REVOKED, STATUS_REVOKED},
	 STATUS_REVOKED,
	 NUM_OUTCOMES,
	 NUM_REASONS,
	 CELL_EXPOSED},
	{"rejects what is revoked",
	 {OUTCOME_REJECT, REASON_STATUS_REVOKED, STATUS_REVOKED},
	 STATUS_REVOKED,
	 OUTCOME_REJECT,
	 REASON_STATUS_REVOKED,
	 0},
	{"another outcome",
	 {OUTCOME_REJECT, REASON_STAPLE_STALE, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_WARN,
	 NUM_REASONS,
	 CELL_UNEXPECTED},
	{"another reason",
	 {OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_WARN,
	 REASON_STAPLE_MISSING,
	 CELL_UNEXPECTED},
	{"nothing is expected",
	 {OUTCOME_REJECT, REASON_STAPLE_STALE, STATUS_NONE},
	 STATUS_GOOD,
	 NUM_OUTCOMES,
	 NUM_REASONS,
	 0},
	{"an error though nothing is expected",
	 {OUTCOME_ERROR, REASON_TLS_PROTOCOL, STATUS_NONE},
	 STATUS_GOOD,
	 NUM_OUTCOMES,
	 NUM_REASONS,
	 CELL_UNEXPECTED},
	{"a crash is no reject",
	 {OUTCOME_CRASH, REASON_PROGRAM_CRASH, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_REJECT,
	 NUM_REASONS,
	 CELL_UNEXPECTED},
	{"unsupported as expected",
	 {OUTCOME_UNSUPPORTED, REASON_POLICY_UNSUPPORTED, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_UNSUPPORTED,
	 NUM_REASONS,
	 0},
	{"unsupported though a verdict is expected",
	 {OUTCOME_UNSUPPORTED, REASON_POLICY_UNSUPPORTED, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 CELL_UNEXPECTED},
	{"a stack that is not built is no failure",
	 {OUTCOME_UNSUPPORTED, REASON_PROGRAM_MISSING, STATUS_NONE},
	 STATUS_GOOD,
	 OUTCOME_CONNECT,
	 NUM_REASONS,
	 0},
};

START_TEST(a_cell_is_judged)
{
	const struct judged *row = &judged[_i];
	struct expectation item = {
		.class_pattern = (char *)"openssl/*",
		.outcome = row->expected,
		.has_reason = row->expected_reason != NUM_REASONS,
		.reason = row->expected_reason,
		.from = (char *)"f.yaml:1",
	};
	struct scenario scenario = {
		.id = (char *)"s",
		.truth = row->truth,
		.expect = {.items = &item, .num = row->expected != NUM_OUTCOMES},
	};
	struct run_row about = {.id = scenario.id, .scenario = &scenario};
	struct cell cell = {0};
	verdict_add(&cell, &row->attempt);
	verdict_judge(&cell, &about, "openssl/soft-fail", NULL, NULL, 0);
	ck_assert_msg(cell.marks == (row->marks | CELL_DONE), "%s: marks %u", row->name,
		      cell.marks);
}
END_TEST

START_TEST(the_worst_of_several_attempts_is_shown)
{
	static const struct attempt order[] = {
		{OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
		{OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE},
		{OUTCOME_CONNECT, REASON_STATUS_REVOKED, STATUS_REVOKED},
		{OUTCOME_WARN, REASON_STAPLE_MISSING, STATUS_NONE},
		{OUTCOME_WARN, REASON_STATUS_REVOKED, STATUS_REVOKED},
		{OUTCOME_REJECT, REASON_STAPLE_MISSING, STATUS_NONE},
		{OUTCOME_UNSUPPORTED, REASON_POLICY_UNSUPPORTED, STATUS_NONE},
		{OUTCOME_ERROR, REASON_TLS_CLOSED, STATUS_NONE},
		{OUTCOME_HANG, REASON_PROGRAM_HANG, STATUS_NONE},
		{OUTCOME_CRASH, REASON_PROGRAM_CRASH, STATUS_NONE},
	};
	for (size_t i = 0; i + 1 < sizeof order / sizeof *order; i++) {
		struct cell rising = {0}, falling = {0};
		ck_assert(verdict_add(&rising, &order[i]));
		ck_assert(verdict_add(&rising, &order[i + 1]));
		ck_assert(verdict_add(&falling, &order[i + 1]));
		ck_assert(!verdict_add(&falling, &order[i]));
		ck_assert_int_eq(rising.outcome, order[i + 1].outcome);
		ck_assert_int_eq(falling.outcome, order[i + 1].outcome);
		ck_assert_int_eq(rising.assurance, order[i + 1].assurance);
		ck_assert_int_eq(falling.assurance, order[i + 1].assurance);
		ck_assert_int_eq(rising.reason, order[i + 1].reason);
		ck_assert_int_eq(falling.reason, order[i + 1].reason);
		ck_assert_uint_eq(rising.marks, CELL_VARIES);
		ck_assert_int_eq(falling.num_attempts, 2);
	}
}
END_TEST

START_TEST(the_first_of_equally_bad_attempts_is_shown)
{
	static const struct attempt first = {OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE};
	static const struct attempt second = {OUTCOME_WARN, REASON_STAPLE_MISSING, STATUS_NONE};
	struct cell cell = {0};
	ck_assert(verdict_add(&cell, &first));
	ck_assert(!verdict_add(&cell, &second));
	ck_assert(!attempt_is_worse(&second, &first) && !attempt_is_worse(&first, &second));
	ck_assert_int_eq(cell.reason, REASON_STAPLE_STALE);
	ck_assert_uint_eq(cell.marks, CELL_VARIES);
}
END_TEST

START_TEST(attempts_that_agree_do_not_vary)
{
	struct attempt attempt = {OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE};
	struct cell cell = {0};
	for (int i = 0; i < 5; i++)
		verdict_add(&cell, &attempt);
	ck_assert_uint_eq(cell.marks, 0);
}
END_TEST

/* A deviation for the class, before the scenario's own expectation. */
static struct expectation deviation(char *until)
{
	return (struct expectation){
		.class_pattern = (char *)"openssl/*",
		.row_pattern = (char *)"s",
		.outcome = OUTCOME_REJECT,
		.until = until,
		.is_deviation = true,
		.from = (char *)"d.yaml:1",
	};
}

START_TEST(deviations_are_counted_and_end_with_their_day)
{
	struct expectation own = {
		.class_pattern = (char *)"*", .outcome = OUTCOME_CONNECT, .from = (char *)"f"};
	struct expectation known = deviation((char *)"2026-01-31");
	struct expectation_list deviations = {&known, 1};
	struct scenario scenario = {.id = (char *)"s", .truth = STATUS_GOOD, .expect = {&own, 1}};
	struct run_row row = {.id = scenario.id, .scenario = &scenario};
	struct attempt connects = {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD};
	struct attempt crashes = {OUTCOME_CRASH, REASON_PROGRAM_CRASH, STATUS_NONE};
	struct cell stale = {0}, crashed = {0}, later = {0};
	verdict_add(&stale, &connects);
	verdict_judge(&stale, &row, "openssl/hard-fail", "3.0.17", &deviations, 1700000000);
	ck_assert_ptr_eq(stale.expectation, &known);
	ck_assert_uint_eq(known.num_applied, 1);
	ck_assert_uint_eq(known.num_seen, 0);
	ck_assert_uint_ne(stale.marks & CELL_UNEXPECTED, 0);
	/* A cell without a verdict says nothing about the deviation. */
	verdict_add(&crashed, &crashes);
	verdict_judge(&crashed, &row, "openssl/hard-fail", "3.0.17", &deviations, 1700000000);
	ck_assert_uint_eq(known.num_applied, 1);
	ck_assert_uint_eq(known.num_decided, 2);
	ck_assert_int_eq(expectation_fault(&known), EXPECTATION_STALE);
	verdict_add(&later, &connects);
	verdict_judge(&later, &row, "openssl/hard-fail", "3.0.17", &deviations, 1900000000);
	ck_assert_ptr_eq(later.expectation, &own);
	ck_assert_uint_eq(known.num_expired, 1);
	ck_assert_int_eq(expectation_fault(&known), EXPECTATION_EXPIRED);
	ck_assert_int_eq(expectation_fault(&own), EXPECTATION_FINE);
	ck_assert_uint_eq(later.marks & CELL_UNEXPECTED, 0);
}
END_TEST

START_TEST(a_judgement_taken_back_counts_for_nothing)
{
	struct expectation known = deviation(NULL);
	struct expectation_list deviations = {&known, 1};
	struct scenario scenario = {.id = (char *)"s", .truth = STATUS_REVOKED};
	struct run_row row = {.id = scenario.id, .scenario = &scenario};
	static const struct attempt attempts[] = {
		{OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE},
		{OUTCOME_REJECT, REASON_STATUS_REVOKED, STATUS_REVOKED},
		{OUTCOME_CRASH, REASON_PROGRAM_CRASH, STATUS_NONE},
		{OUTCOME_ERROR, REASON_TLS_CLOSED, STATUS_NONE},
	};
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		struct cell cell = {0};
		bool is_error = attempts[i].outcome == OUTCOME_ERROR;
		known.outcome = is_error ? OUTCOME_ERROR : OUTCOME_REJECT;
		verdict_add(&cell, &attempts[i]);
		verdict_judge(&cell, &row, "openssl/hard-fail", NULL, &deviations, 0);
		verdict_withdraw(&cell);
		ck_assert_uint_eq(known.num_decided, 0);
		ck_assert_uint_eq(known.num_applied, 0);
		ck_assert_uint_eq(known.num_seen, 0);
		ck_assert_uint_eq(cell.marks, 0);
		ck_assert_ptr_null(cell.expectation);
	}
}
END_TEST

START_TEST(a_cell_of_which_nothing_was_expected_is_withdrawn)
{
	struct scenario scenario = {.id = (char *)"s", .truth = STATUS_GOOD};
	struct run_row row = {.id = scenario.id, .scenario = &scenario};
	struct attempt attempt = {OUTCOME_ERROR, REASON_TLS_CLOSED, STATUS_NONE};
	struct cell cell = {0};
	verdict_add(&cell, &attempt);
	verdict_judge(&cell, &row, "openssl/hard-fail", NULL, NULL, 0);
	verdict_withdraw(&cell);
	ck_assert_uint_eq(cell.marks, 0);
}
END_TEST

START_TEST(what_is_said_of_endpoints_is_not_said_of_scenarios)
{
	struct expectation of_endpoints = {.class_pattern = (char *)"*",
					   .row_pattern = (char *)"*",
					   .of_endpoints = true,
					   .outcome = OUTCOME_CONNECT,
					   .is_own = true,
					   .from = (char *)"own.yaml:1"};
	struct expectation_list own = {&of_endpoints, 1};
	struct scenario scenario = {.id = (char *)"s", .truth = STATUS_GOOD};
	struct run_row rows[] = {{.id = scenario.id, .scenario = &scenario},
				 {.id = (char *)"e:443", .host = (char *)"e", .port = 443}};
	struct attempt attempt = {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD};
	struct cell cells[2] = {{0}};
	for (size_t i = 0; i < 2; i++) {
		verdict_add(&cells[i], &attempt);
		verdict_judge(&cells[i], &rows[i], "openssl/hard-fail", NULL, &own, 0);
	}
	ck_assert_ptr_null(cells[0].expectation);
	ck_assert_ptr_eq(cells[1].expectation, &of_endpoints);
}
END_TEST

/* A run of one class at one scenario that expects a refusal. */
static struct run *run_of_one(struct scenario *scenario, struct stack *stack,
			      struct client_class *class)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", "test", &err);
	struct run_row row = {.id = scenario->id, .scenario = scenario};
	run_add_stack(run, stack);
	run_add_class(run, class, 0);
	run_add_row(run, &row);
	ck_assert(run_make_cells(run, &err));
	return run;
}

START_TEST(at_another_time_nothing_is_expected)
{
	static const struct attempt attempt = {OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE};
	struct expectation item = {.class_pattern = (char *)"openssl/*",
				   .outcome = OUTCOME_REJECT,
				   .from = (char *)"f.yaml:1"};
	struct scenario scenario = {
		.id = (char *)"s", .truth = STATUS_REVOKED, .expect = {&item, 1}};
	struct stack stack = {.id = (char *)"openssl"};
	struct client_class class = {.id = (char *)"openssl/soft-fail"};
	for (int moved = 0; moved < 2; moved++) {
		struct run *run = run_of_one(&scenario, &stack, &class);
		if (moved)
			run_move_clock(run, 2000, 1000);
		struct cell *cell = run_cell(run, 0, 0);
		verdict_add(cell, &attempt);
		verdict_judge_cell(run, 0, 0);
		ck_assert_ptr_eq(cell->expectation, moved ? NULL : &item);
		ck_assert_uint_eq(cell->marks, CELL_DONE | CELL_BLIND | CELL_EXPOSED |
						       (moved ? 0 : CELL_UNEXPECTED));
		run_free(run);
	}
}
END_TEST

static const struct {
	const char *name;
	struct attempt attempt;
	unsigned marks;
	bool has_expectation, is_judged;
} judgements[] = {
	{"expected and seen",
	 {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	 CELL_DONE,
	 true,
	 true},
	{"not as expected",
	 {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	 CELL_DONE | CELL_UNEXPECTED,
	 true,
	 true},
	{"an unexpected error",
	 {OUTCOME_ERROR, REASON_TLS_CLOSED, STATUS_NONE},
	 CELL_DONE | CELL_UNEXPECTED,
	 false,
	 true},
	{"nothing is expected",
	 {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	 CELL_DONE,
	 false,
	 false},
	{"not done", {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD}, 0, true, false},
	{"not built",
	 {OUTCOME_UNSUPPORTED, REASON_PROGRAM_MISSING, STATUS_NONE},
	 CELL_DONE,
	 true,
	 false},
};

START_TEST(a_cell_counts_when_something_was_expected_or_it_is_a_failure)
{
	struct expectation item = {.outcome = OUTCOME_CONNECT};
	struct cell cell = {0};
	verdict_add(&cell, &judgements[_i].attempt);
	cell.marks = judgements[_i].marks;
	cell.expectation = judgements[_i].has_expectation ? &item : NULL;
	ck_assert_msg(cell_is_judged(&cell) == judgements[_i].is_judged, "%s", judgements[_i].name);
}
END_TEST

START_TEST(a_deviation_of_other_releases_is_not_applied)
{
	static const struct {
		const char *version;
		bool applies;
	} rows[] = {{"3.0.17", true}, {"3.5.9", true}, {"3.6.0", false}, {NULL, false}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expectation own = {.class_pattern = (char *)"*",
					  .outcome = OUTCOME_CONNECT,
					  .from = (char *)"f"};
		struct expectation known = deviation(NULL);
		known.versions = (char *)">=3.0 <3.6";
		struct expectation_list deviations = {&known, 1};
		struct scenario scenario = {
			.id = (char *)"s", .truth = STATUS_GOOD, .expect = {&own, 1}};
		struct run_row row = {.id = scenario.id, .scenario = &scenario};
		struct attempt connects = {OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD};
		struct cell cell = {0};
		verdict_add(&cell, &connects);
		verdict_judge(&cell, &row, "openssl/hard-fail", rows[i].version, &deviations, 0);
		ck_assert_ptr_eq(cell.expectation, rows[i].applies ? &known : &own);
		/* Nothing was applied, so nothing is stale. */
		ck_assert(expectation_is_stale(&known) == rows[i].applies);
	}
}
END_TEST

START_TEST(what_one_class_establishes_exposes_the_others_at_an_endpoint)
{
	struct error err = ERROR_INIT;
	struct stack stack = {.id = (char *)"openssl"};
	struct client_class classes[3] = {
		{.id = (char *)"a"}, {.id = (char *)"b"}, {.id = (char *)"c"}};
	static const struct attempt attempts[3] = {
		{OUTCOME_REJECT, REASON_STATUS_REVOKED, STATUS_REVOKED},
		{OUTCOME_CONNECT, REASON_NOT_CHECKED, STATUS_NONE},
		{OUTCOME_ERROR, REASON_TLS_CLOSED, STATUS_NONE},
	};
	struct run *run = run_new("here", "test", &err);
	struct run_row row = {.id = (char *)"e:443", .host = (char *)"e", .port = 443};
	run_add_stack(run, &stack);
	for (size_t i = 0; i < 3; i++)
		run_add_class(run, &classes[i], 0);
	run_add_row(run, &row);
	row.id = (char *)"f:443";
	run_add_row(run, &row);
	/* In the lab the truth is known: a client that errs exposes no other. */
	struct scenario scenario = {.id = (char *)"s", .truth = STATUS_GOOD};
	row = (struct run_row){.id = scenario.id, .scenario = &scenario};
	run_add_row(run, &row);
	ck_assert(run_make_cells(run, &err));
	for (size_t r = 0; r < 3; r++) {
		for (size_t i = 0; i < 3; i++) {
			/* At the second endpoint no client has a status. */
			verdict_add(run_cell(run, r, i), &attempts[r == 1 && i == 0 ? 1 : i]);
			verdict_judge(run_cell(run, r, i), run_row_at(run, r), classes[i].id, NULL,
				      NULL, 0);
		}
	}
	verdict_compare_endpoints(run);
	for (size_t r = 0; r < 3; r++)
		for (size_t i = 0; i < 3; i++)
			ck_assert_int_eq((run_cell(run, r, i)->marks & CELL_EXPOSED) != 0,
					 r == 0 && i == 1);
	run_free(run);
}
END_TEST

/* Only the same verdict with a part of the expected reason is the rules' doing. */
START_TEST(a_reason_may_have_been_split)
{
	struct expectation expected = {.outcome = OUTCOME_WARN,
				       .has_reason = true,
				       .reason = REASON_RESPONDER_URL_MISSING};
	struct cell cell = {.outcome = OUTCOME_WARN,
			    .reason = REASON_RESPONDER_URL_UNUSABLE,
			    .marks = CELL_DONE | CELL_UNEXPECTED,
			    .expectation = &expected};
	struct cell other = cell, another = cell, fine = cell;
	other.outcome = OUTCOME_CONNECT;
	another.reason = REASON_RESPONDER_DNS;
	fine.marks = CELL_DONE;
	ck_assert(cell_has_split_reason(&cell) && !cell_has_split_reason(&other));
	ck_assert(!cell_has_split_reason(&another) && !cell_has_split_reason(&fine));
}
END_TEST

static Suite *verdict_suite(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tcase = tcase_create("verdict");
	tcase_add_loop_test(tcase, a_cell_is_judged, 0, (int)(sizeof judged / sizeof *judged));
	tcase_add_test(tcase, a_reason_may_have_been_split);
	tcase_add_test(tcase, the_worst_of_several_attempts_is_shown);
	tcase_add_test(tcase, the_first_of_equally_bad_attempts_is_shown);
	tcase_add_test(tcase, attempts_that_agree_do_not_vary);
	tcase_add_test(tcase, a_cell_of_which_nothing_was_expected_is_withdrawn);
	tcase_add_test(tcase, what_is_said_of_endpoints_is_not_said_of_scenarios);
	tcase_add_test(tcase, at_another_time_nothing_is_expected);
	tcase_add_loop_test(tcase, a_cell_counts_when_something_was_expected_or_it_is_a_failure, 0,
			    sizeof judgements / sizeof *judgements);
	tcase_add_test(tcase, deviations_are_counted_and_end_with_their_day);
	tcase_add_test(tcase, a_judgement_taken_back_counts_for_nothing);
	tcase_add_test(tcase, a_deviation_of_other_releases_is_not_applied);
	tcase_add_test(tcase, what_one_class_establishes_exposes_the_others_at_an_endpoint);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(verdict_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
