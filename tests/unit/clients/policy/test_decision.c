/*
 * The policy engine, row by row: what the sources gave, a policy, and what must follow
 * (clients/README.md, "How a decision comes about"). Then rules that must hold for
 * every policy, over all combinations.
 */
#include "clients/policy/decision.h"

#include "core/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Policies as axis=value words; a later word overrides an earlier one. */
#define NO_CHECK   ""
#define ASKS       "asks_staple=yes checks_staple=full "
#define SOFT       ASKS "fetches_ocsp=leaf uses_crl=fallback on_unavailable=warn "
#define HARD       ASKS "fetches_ocsp=leaf uses_crl=fallback on_unavailable=reject "
#define MUST       ASKS "must_staple=valid on_unavailable=warn "
#define REQUIRE    ASKS "requires_staple=yes on_unavailable=reject "
#define REJECT_BAD "on_malformed=reject on_bad_signature=reject on_wrong_certificate=reject "
#define FIREFOX                                                                                  \
	ASKS "must_staple=presence fetches_ocsp=leaf on_unknown=reject on_stale=next-or-reject " \
	     "on_error_response=reject " REJECT_BAD
#define CHROME     "asks_staple=yes checks_staple=revoked-only "
#define CHROME_ALL CHROME "fetches_ocsp=chain uses_crl=fallback scope=chain on_unavailable=reject "
#define GNUTLS                                                                          \
	ASKS "must_staple=valid on_missing=connect on_unknown=connect on_stale=reject " \
	     "on_error_response=connect " REJECT_BAD
#define RELEASES  "no_rev_avail=accept "
#define JAVA      "fetches_ocsp=leaf on_error_response=reject on_try_later=next on_internal_error=next "
#define EXIM      ASKS "on_revoked=connect "
#define RESPONDER "fetches_ocsp=leaf on_unavailable=reject "
#define CRL_FIRST ASKS "uses_crl=prefer fetches_ocsp=leaf on_unavailable=reject "
#define CRL_ONLY  "uses_crl=only on_unavailable=reject "

/*
 * sources: "ms" (the certificate has TLS feature 5), "nra" (it has noRevAvail), "deaf" (the stack
 * cannot ask, and of an intermediate TLS carries no staple), "unseen" (TLS does, and the stack does
 * not), "depth=1", and in the order of the walk SOURCE:CHECK, for a staple, ocsp or crl. A check is
 * a name of check.def, "+revoked" when the authentic entry says so, or for what could not be
 * fetched dns, connect, timeout, http, forbidden, or an OCSP error status try-later,
 * internal-error, unauthorized. expect: "OUTCOME REASON ASSURANCE", or "next SOURCE" when the walk
 * goes on.
 */
struct row {
	const char *name;
	const char *policy;
	const char *sources;
	const char *expect;
};

static const struct row rows[] = {
#include "tests/unit/clients/policy/decision_rows.def"
};

static void set_axis(struct policy *policy, const char *word)
{
	char key[64];
	struct error err = ERROR_INIT;
	const char *value = strchr(word, '=');
	ck_assert_msg(value != NULL, "'%s' is no axis=value", word);
	snprintf(key, sizeof key, "%.*s", (int)(value - word), word);
	const struct policy_axis *axis = policy_find_axis(key);
	ck_assert_msg(axis != NULL, "no axis '%s'", key);
	ck_assert_msg(policy_set(policy, axis, value + 1, &err), "%s", err.text);
}

static void read_policy(struct policy *policy, const char *words)
{
	char copy[1024], *rest = NULL;
	snprintf(copy, sizeof copy, "%s", words);
	policy_init(policy);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		set_axis(policy, word);
}

static const char *const source_names[] = {"staple", "ocsp", "crl"};
static const struct name_table source_table = {"source", source_names, NULL, 3};

static void read_check(struct source_result *result, const char *word)
{
	static const struct {
		const char *word;
		enum reason ocsp, crl;
	} layers[] = {
		{"dns", REASON_RESPONDER_DNS, REASON_CRL_DNS},
		{"connect", REASON_RESPONDER_CONNECT, REASON_CRL_CONNECT},
		{"timeout", REASON_RESPONDER_TIMEOUT, REASON_CRL_TIMEOUT},
		{"http", REASON_RESPONDER_HTTP, REASON_CRL_HTTP},
		{"forbidden", REASON_FETCH_FORBIDDEN, REASON_FETCH_FORBIDDEN},
	};
	char name[64];
	snprintf(name, sizeof name, "%s", word);
	char *plus = strchr(name, '+');
	if (plus != NULL) {
		ck_assert_str_eq(plus, "+revoked");
		*plus = '\0';
		result->says_revoked = true;
	}
	for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
		if (strcmp(layers[i].word, name) != 0)
			continue;
		result->check = CHECK_UNAVAILABLE;
		result->unavailable = result->source == SOURCE_CRL ? layers[i].crl : layers[i].ocsp;
		return;
	}
	static const char *const statuses[] = {
		[2] = "internal-error", [3] = "try-later", [6] = "unauthorized"};
	for (int i = 0; i < 7; i++) {
		if (statuses[i] == NULL || strcmp(statuses[i], name) != 0)
			continue;
		result->check = CHECK_ERROR_RESPONSE;
		result->response_status = i;
		return;
	}
	int check = name_find(&check_names, name);
	ck_assert_msg(check >= 0, "no check '%s'", name);
	result->check = (enum check)check;
	result->says_revoked = result->says_revoked || check == CHECK_REVOKED;
}

/* One word of a row's sources. */
static void read_word(struct decision_input *input, struct source_result *fetched, char *word)
{
	char *colon = strchr(word, ':');
	if (strcmp(word, "ms") == 0) {
		input->must_staple = true;
	} else if (strcmp(word, "nra") == 0) {
		input->no_rev_avail = true;
	} else if (strcmp(word, "deaf") == 0) {
		input->can_carry = input->can_ask = false;
		input->staple.check = CHECK_NOT_SUPPORTED;
	} else if (strcmp(word, "unseen") == 0) {
		input->can_ask = false;
		input->staple.check = CHECK_NOT_SUPPORTED;
	} else if (strcmp(word, "leaf-stapled") == 0) {
		input->leaf_has_staple = true;
	} else if (strncmp(word, "depth=", 6) == 0) {
		input->depth = (size_t)(word[6] - '0');
	} else {
		ck_assert_msg(colon != NULL, "'%s' is no source", word);
		*colon = '\0';
		int source = name_find(&source_table, word);
		ck_assert_msg(source >= 0, "no source '%s'", word);
		struct source_result *result =
			source == SOURCE_STAPLE ? &input->staple : &fetched[input->num_fetched++];
		result->source = (enum source)source;
		read_check(result, colon + 1);
	}
}

static void read_sources(struct decision_input *input, struct source_result *fetched,
			 const char *words)
{
	char copy[256], *rest = NULL;
	snprintf(copy, sizeof copy, "%s", words);
	input->can_carry = input->can_ask = true;
	input->staple = (struct source_result){.source = SOURCE_STAPLE, .check = CHECK_MISSING};
	input->fetched = fetched;
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		read_word(input, fetched, word);
}

static void print_decision(char *out, size_t size, const struct decision *decision)
{
	if (decision->go_on)
		snprintf(out, size, "next %s", source_names[decision->next]);
	else
		snprintf(out, size, "%s %s %s", outcome_name(decision->outcome),
			 reason_name(decision->reason), status_name(decision->assurance));
}

START_TEST(decides_as_the_row_says)
{
	const struct row *row = &rows[_i];
	struct policy policy;
	struct source_result fetched[8] = {0};
	struct decision_input input = {.policy = &policy};
	struct decision decision;
	char got[128];
	read_policy(&policy, row->policy);
	read_sources(&input, fetched, row->sources);
	decision_make(&decision, &input);
	print_decision(got, sizeof got, &decision);
	ck_assert_msg(strcmp(got, row->expect) == 0, "%s: expected '%s', got '%s'", row->name,
		      row->expect, got);
}
END_TEST

START_TEST(has_enough_rows_with_names_of_their_own)
{
	size_t num = sizeof rows / sizeof rows[0];
	ck_assert_uint_ge(num, 150);
	for (size_t i = 0; i < num; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(strcmp(rows[i].name, rows[k].name) != 0,
				      "'%s' is there twice", rows[i].name);
}
END_TEST

/* Decides for a policy and a staple, with every fetch giving the same. */
static void decide(struct decision *decision, const struct policy *policy,
		   const struct source_result *staple, const struct source_result *fetched,
		   bool must_staple)
{
	struct source_result given[NUM_SOURCES];
	struct decision_input input = {.policy = policy,
				       .must_staple = must_staple,
				       .can_carry = true,
				       .can_ask = staple->check != CHECK_NOT_SUPPORTED,
				       .staple = *staple,
				       .fetched = given};
	for (;;) {
		decision_make(decision, &input);
		if (!decision->go_on)
			return;
		ck_assert_uint_lt(input.num_fetched, NUM_SOURCES);
		given[input.num_fetched] = *fetched;
		given[input.num_fetched++].source = decision->next;
	}
}

static void set_actions(struct policy *policy, int action)
{
	policy->on_missing = policy->on_unknown = policy->on_stale = action;
	policy->on_malformed = policy->on_bad_signature = action;
	policy->on_wrong_certificate = policy->on_error_response = action;
}

/* One rule over every check of the staple, every check of what is fetched, every action,
 * with and without must-staple. */
static void for_all(const char *words,
		    void (*holds)(const struct policy *policy, const struct source_result *staple,
				  const struct source_result *fetched,
				  const struct decision *decision))
{
	struct policy policy;
	struct decision decision;
	read_policy(&policy, words);
	for (int action = ACTION_CONNECT; action <= ACTION_NEXT_OR_REJECT; action++) {
		set_actions(&policy, action);
		for (int i = 0; i < NUM_CHECKS * NUM_CHECKS * 4; i++) {
			bool says_revoked = i % 4 / 2 != 0, must_staple = i % 2 != 0;
			struct source_result staple = {.source = SOURCE_STAPLE,
						       .check = (enum check)(i / 4 % NUM_CHECKS),
						       .says_revoked = says_revoked};
			struct source_result fetched = {.check = (enum check)(i / 4 / NUM_CHECKS),
							.says_revoked = says_revoked,
							.unavailable = REASON_RESPONDER_TIMEOUT};
			decide(&decision, &policy, &staple, &fetched, must_staple);
			holds(&policy, &staple, &fetched, &decision);
		}
	}
}

static void never_warns_of_revoked(const struct policy *policy, const struct source_result *staple,
				   const struct source_result *fetched,
				   const struct decision *decision)
{
	(void)policy;
	(void)staple;
	(void)fetched;
	if (decision->assurance == STATUS_REVOKED) {
		ck_assert_int_eq(decision->outcome, OUTCOME_REJECT);
		ck_assert_int_eq(decision->reason, REASON_STATUS_REVOKED);
	}
}

static void good_only_of_a_good_answer(const struct policy *policy,
				       const struct source_result *staple,
				       const struct source_result *fetched,
				       const struct decision *decision)
{
	(void)policy;
	bool any = staple->check == CHECK_GOOD || fetched->check == CHECK_GOOD;
	if (decision->assurance == STATUS_GOOD) {
		ck_assert_msg(any, "good, though no source said so");
		ck_assert_int_eq(decision->outcome, OUTCOME_CONNECT);
		ck_assert_int_eq(decision->reason, REASON_STATUS_GOOD);
	}
}

static void connects_only_when_good(const struct policy *policy, const struct source_result *staple,
				    const struct source_result *fetched,
				    const struct decision *decision)
{
	if (policy->on_missing != ACTION_NEXT && policy->on_missing != ACTION_REJECT)
		return;
	good_only_of_a_good_answer(policy, staple, fetched, decision);
	if (decision->assurance != STATUS_GOOD)
		ck_assert_int_eq(decision->outcome, OUTCOME_REJECT);
}

static void looks_at_nothing(const struct policy *policy, const struct source_result *staple,
			     const struct source_result *fetched, const struct decision *decision)
{
	(void)policy;
	(void)staple;
	(void)fetched;
	ck_assert_int_eq(decision->outcome, OUTCOME_CONNECT);
	ck_assert_int_eq(decision->reason, REASON_NOT_CHECKED);
	ck_assert_int_eq(decision->assurance, STATUS_NONE);
	ck_assert_uint_eq(decision->num_used, 0);
}

static void only_a_good_staple_will_do(const struct policy *policy,
				       const struct source_result *staple,
				       const struct source_result *fetched,
				       const struct decision *decision)
{
	(void)policy;
	(void)fetched;
	ck_assert_int_eq(decision->outcome == OUTCOME_CONNECT, staple->check == CHECK_GOOD);
	ck_assert_int_ne(decision->outcome, OUTCOME_WARN);
}

START_TEST(revoked_is_never_a_warning)
{
	for_all(SOFT, never_warns_of_revoked);
	for_all(HARD, never_warns_of_revoked);
	for_all(MUST, never_warns_of_revoked);
	for_all(CRL_FIRST, never_warns_of_revoked);
	for_all(CHROME_ALL, never_warns_of_revoked);
}
END_TEST

START_TEST(good_comes_only_of_a_good_answer)
{
	for_all(SOFT, good_only_of_a_good_answer);
	for_all(CRL_FIRST, good_only_of_a_good_answer);
	for_all(CHROME, good_only_of_a_good_answer);
	for_all(GNUTLS, good_only_of_a_good_answer);
}
END_TEST

START_TEST(hard_fail_connects_only_when_good)
{
	for_all(HARD, connects_only_when_good);
	for_all(CRL_FIRST, connects_only_when_good);
	for_all(CRL_ONLY, connects_only_when_good);
	for_all(RESPONDER, connects_only_when_good);
}
END_TEST

START_TEST(no_check_looks_at_nothing)
{
	for_all(NO_CHECK, looks_at_nothing);
	for_all("asks_staple=yes", looks_at_nothing);
}
END_TEST

START_TEST(require_staple_takes_only_a_good_staple)
{
	for_all(REQUIRE, only_a_good_staple_will_do);
	for_all(REQUIRE "fetches_ocsp=leaf uses_crl=fallback on_unavailable=connect",
		only_a_good_staple_will_do);
}
END_TEST

static const struct decision ranked[] = {
	{.outcome = OUTCOME_CONNECT, .assurance = STATUS_GOOD},
	{.outcome = OUTCOME_CONNECT, .assurance = STATUS_NONE},
	{.outcome = OUTCOME_CONNECT, .assurance = STATUS_REVOKED},
	{.outcome = OUTCOME_WARN, .assurance = STATUS_NONE},
	{.outcome = OUTCOME_WARN, .assurance = STATUS_REVOKED},
	{.outcome = OUTCOME_REJECT, .assurance = STATUS_NONE},
	{.outcome = OUTCOME_REJECT, .assurance = STATUS_REVOKED},
};

START_TEST(the_worse_of_two_is_found_from_either_side)
{
	for (size_t i = 0; i < sizeof ranked / sizeof ranked[0]; i++) {
		for (size_t k = 0; k < i; k++) {
			ck_assert_ptr_eq(decision_worse(&ranked[i], &ranked[k]), &ranked[i]);
			ck_assert_ptr_eq(decision_worse(&ranked[k], &ranked[i]), &ranked[i]);
		}
	}
}
END_TEST

START_TEST(the_first_of_two_equals_wins)
{
	struct decision one = ranked[3], other = ranked[3];
	ck_assert_ptr_eq(decision_worse(&one, &other), &one);
	ck_assert_ptr_eq(decision_worse(&other, &one), &other);
}
END_TEST

struct order_row {
	const char *policy;
	const char *sources;
	const char *order;
};

static const struct order_row order_rows[] = {
	{NO_CHECK, "", ""},
	{SOFT, "", "staple ocsp crl"},
	{CRL_FIRST, "", "crl staple ocsp"},
	{CRL_ONLY, "", "crl"},
	{CRL_ONLY ASKS, "", "crl"},
	{SOFT, "depth=1", "staple crl"},
	{SOFT, "depth=1 deaf", "crl"},
	{SOFT, "deaf", "staple ocsp crl"},
	{CHROME_ALL, "depth=2 deaf", "ocsp crl"},
	{"asks_staple=yes must_staple=presence", "", ""},
};

START_TEST(sources_stand_in_the_order_of_the_policy)
{
	const struct order_row *row = &order_rows[_i];
	struct policy policy;
	struct source_result fetched[8] = {0};
	struct decision_input input = {.policy = &policy};
	enum source sources[NUM_SOURCES];
	struct text order;
	read_policy(&policy, row->policy);
	read_sources(&input, fetched, row->sources);
	size_t num = decision_sources(sources, &input);
	text_init(&order, 0);
	for (size_t i = 0; i < num; i++)
		text_append_format(&order, "%s%s", i > 0 ? " " : "", source_names[sources[i]]);
	ck_assert_str_eq(text_string(&order), row->order);
	text_clear(&order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("decision");
	TCase *table = tcase_create("rows");
	tcase_add_loop_test(table, decides_as_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(table, has_enough_rows_with_names_of_their_own);
	tcase_add_loop_test(table, sources_stand_in_the_order_of_the_policy, 0,
			    sizeof order_rows / sizeof order_rows[0]);
	suite_add_tcase(suite, table);
	TCase *rules = tcase_create("rules");
	tcase_set_timeout(rules, 60);
	tcase_add_test(rules, revoked_is_never_a_warning);
	tcase_add_test(rules, good_comes_only_of_a_good_answer);
	tcase_add_test(rules, hard_fail_connects_only_when_good);
	tcase_add_test(rules, no_check_looks_at_nothing);
	tcase_add_test(rules, require_staple_takes_only_a_good_staple);
	tcase_add_test(rules, the_worse_of_two_is_found_from_either_side);
	tcase_add_test(rules, the_first_of_two_equals_wins);
	suite_add_tcase(suite, rules);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
