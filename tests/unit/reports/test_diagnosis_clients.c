/* Diagnoses: what the cells of client classes say about the causes. */
#include "tests/unit/examined_case.h"
#include "tests/unit/report_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The classes of report_run.c are openssl/one, openssl/two, gnutls/one, … with letters for cells.
 */
START_TEST(classes_feel_the_causes_that_their_cells_show)
{
	static const char *const cells[] = {"www.example.org:443: C W R R C",
					    "www.example.org:4433: R R R R R"};
	struct run *run = report_run(cells, 2, false);
	struct examinations *all = seen_case("{" NO_STAPLE "}");
	struct examination *examined = &all->items[0];
	for (size_t i = 1; i < 4; i++)
		run_cell(run, 0, i)->reason = REASON_STAPLE_MISSING;
	for (size_t i = 0; i < 5; i++)
		run_cell(run, 1, i)->reason = REASON_STAPLE_MISSING;
	conclude_case(all, run);
	const struct texts *classes = examined->causes[0].classes.by_effect;
	ck_assert_uint_eq(classes[EFFECT_WARN].num, 1);
	ck_assert_uint_eq(classes[EFFECT_REFUSE].num, 2);
	ck_assert_str_eq(classes[EFFECT_WARN].items[0], run_class_at(run, 1)->class->id);
	/* Two refuse, the others connect. */
	ck_assert(word_is(examined->causes[examined->num_causes - 1].id, CAUSE_SOFT_FAIL_HIDES));
	examinations_free(all);
	run_free(run);
}
END_TEST

static void fill_row(struct run *run, enum outcome outcome, enum reason reason)
{
	for (size_t i = 0; i < run_num_classes(run); i++) {
		struct cell *cell = run_cell(run, 0, i);
		cell->marks = CELL_DONE;
		cell->outcome = i == 0 ? outcome : OUTCOME_CONNECT;
		cell->reason = i == 0 ? reason : REASON_STATUS_GOOD;
	}
}

/* One class refuses, the others connect. */
static const struct {
	enum reason reason;
	bool hides; /* whether that is about revocation status */
} refusals[] = {
	{REASON_STAPLE_MISSING, true},        {REASON_STATUS_REVOKED, true},
	{REASON_RESPONDER_TIMEOUT, true},     {REASON_CRL_BAD_ANSWER, true},
	{REASON_CHAIN_INCOMPLETE, false},     {REASON_CHAIN_NAME, false},
	{REASON_CHAIN_UNTRUSTED, false},      {REASON_TLS_ALERT, false},
	{REASON_STAPLE_NOT_SUPPORTED, false},
};

START_TEST(only_refusals_over_revocation_status_are_hidden_by_soft_fail)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all = seen_case("{}");
	fill_row(run, OUTCOME_REJECT, refusals[_i].reason);
	conclude_case(all, run);
	bool hides = examination_finding(&all->items[0], CAUSE_SOFT_FAIL_HIDES) != NULL;
	ck_assert_msg(hides == refusals[_i].hides, "%s", reason_name(refusals[_i].reason));
	examinations_free(all);
	run_free(run);
}
END_TEST

/* Rejections and failures of a class, and whether the endpoint that is well needs a cause for them.
 */
static const struct {
	enum outcome outcome;
	enum reason reason;
	bool needs;
} unexplained[] = {
	{OUTCOME_REJECT, REASON_CRL_BAD_ANSWER, true},
	{OUTCOME_REJECT, REASON_CHAIN_INVALID, true},
	{OUTCOME_ERROR, REASON_TLS_PROTOCOL, true},
	{OUTCOME_CONNECT, REASON_STATUS_GOOD, false},
	{OUTCOME_WARN, REASON_CRL_BAD_ANSWER, false},
	{OUTCOME_REJECT, REASON_STAPLE_NOT_SUPPORTED, false},
	{OUTCOME_ERROR, REASON_PROGRAM_CRASH, false},
	{OUTCOME_ERROR, REASON_OVERLOAD_TIMEOUT, false},
};

START_TEST(what_no_cause_explains_is_one_itself)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all = seen_case("{}");
	fill_row(run, unexplained[_i].outcome, unexplained[_i].reason);
	conclude_case(all, run);
	const struct finding *cause = examination_finding(&all->items[0], CAUSE_CLIENTS_REJECT);
	ck_assert_msg((cause != NULL) == unexplained[_i].needs, "%s",
		      reason_name(unexplained[_i].reason));
	if (cause != NULL) {
		ck_assert_ptr_nonnull(
			strstr(cause->evidence.items[0], reason_name(unexplained[_i].reason)));
		ck_assert_ptr_nonnull(
			strstr(cause->evidence.items[0], run_class_at(run, 0)->class->id));
		/* What it says about others comes behind it. */
		ck_assert(word_is(all->items[0].causes[0].id, CAUSE_CLIENTS_REJECT));
	}
	examinations_free(all);
	run_free(run);
}
END_TEST

START_TEST(an_information_that_makes_clients_reject_is_a_warning)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all = seen_case(
		"{'certificates':{'aa':{'crl_urls':['c']}},'crls':[{'url':'c','layer':'http',"
		"'http_status':404}]}");
	fill_row(run, OUTCOME_REJECT, REASON_CRL_HTTP);
	conclude_case(all, run);
	ck_assert(word_is(all->items[0].causes[0].id, CAUSE_CRL_BROKEN));
	ck_assert(word_is(all->items[0].causes[0].severity, SEVERITY_WARNING));
	ck_assert_ptr_null(examination_finding(&all->items[0], CAUSE_CLIENTS_REJECT));
	examinations_free(all);
	run_free(run);
}
END_TEST

START_TEST(who_connects_to_a_revoked_certificate_is_exposed)
{
	static const char *const cells[] = {TARGET ": C C C C C", "other.test:443: C C C C C"};
	struct run *run = report_run(cells, 2, false);
	struct examinations *all =
		seen_case("{'others':[{'certificate':'bb','depth':1,'crls':[{'url':'c','check':"
			  "'revoked'}]}]}");
	fill_row(run, OUTCOME_REJECT, REASON_STATUS_REVOKED);
	conclude_case(all, run);
	const struct finding *cause = &all->items[0].causes[0];
	ck_assert_uint_eq(cause->classes.by_effect[EFFECT_EXPOSED].num, 4);
	ck_assert_uint_eq(cause->classes.by_effect[EFFECT_REFUSE].num, 1);
	ck_assert(run_cell(run, 0, 1)->marks & CELL_EXPOSED);
	ck_assert(!(run_cell(run, 0, 0)->marks & CELL_EXPOSED));
	ck_assert(!(run_cell(run, 1, 1)->marks & CELL_EXPOSED));
	examinations_free(all);
	run_free(run);
}
END_TEST

/* Whether a class would refuse a connection without a staple, for a staple that is missing at
 * first only. */
static const struct {
	const char *name;
	bool certificate, native, capability; /* must-staple, native class, native-must-staple */
	int requires, must_staple;            /* axes of its policy */
	bool would_refuse;
} strict[] = {
	{"requires a staple", false, false, false, YES, MUST_STAPLE_IGNORE, true},
	{"wants nothing", true, false, true, NO, MUST_STAPLE_IGNORE, false},
	{"honours must-staple", true, false, false, NO, MUST_STAPLE_VALID, true},
	{"honours must-staple, which is not there", false, false, false, NO, MUST_STAPLE_VALID,
	 false},
	{"native, honours must-staple", true, true, true, NO, MUST_STAPLE_IGNORE, true},
	{"native, must-staple is not there", false, true, true, NO, MUST_STAPLE_IGNORE, false},
	{"native, cannot honour must-staple", true, true, false, NO, MUST_STAPLE_VALID, false},
	{"native, has no policy", false, true, false, YES, MUST_STAPLE_VALID, false},
};

START_TEST(classes_that_insist_would_refuse)
{
	static const char *const cells[] = {TARGET ": C C C C C"};
	struct run *run = report_run(cells, 1, false);
	struct examinations *all =
		seen_case(strict[_i].certificate ? "{'handshakes':[H0,H1,H1]," MUST "}"
						 : "{'handshakes':[H0,H1,H1]}");
	struct run_stack *stack = run_stack_at(run, 0);
	stack->description = json_pack("{s:[s, s]}", "capabilities", "status-request",
				       strict[_i].capability ? "native-must-staple" : "crl");
	struct client_class *class = (struct client_class *)run_class_at(run, 0)->class;
	class->native = strict[_i].native;
	class->policy.requires_staple = strict[_i].requires;
	class->policy.must_staple = strict[_i].must_staple;
	conclude_case(all, run);
	const struct finding *found =
		examination_finding(&all->items[0], CAUSE_STAPLE_MISSING_FIRST);
	ck_assert_ptr_nonnull(found);
	bool would = texts_have(&found->classes.by_effect[EFFECT_WOULD_REFUSE], class->id);
	ck_assert_msg(would == strict[_i].would_refuse, "%s", strict[_i].name);
	examinations_free(all);
	run_free(run);
}
END_TEST

/* --- the list of causes --- */

int main(void)
{
	Suite *suite = suite_create("diagnosis_clients");
	TCase *tests = tcase_create("diagnosis_clients");
	tcase_add_test(tests, classes_feel_the_causes_that_their_cells_show);
	tcase_add_loop_test(tests, what_no_cause_explains_is_one_itself, 0,
			    sizeof unexplained / sizeof *unexplained);
	tcase_add_test(tests, an_information_that_makes_clients_reject_is_a_warning);
	tcase_add_test(tests, who_connects_to_a_revoked_certificate_is_exposed);
	tcase_add_loop_test(tests, only_refusals_over_revocation_status_are_hidden_by_soft_fail, 0,
			    sizeof refusals / sizeof *refusals);
	tcase_add_loop_test(tests, classes_that_insist_would_refuse, 0,
			    sizeof strict / sizeof *strict);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
