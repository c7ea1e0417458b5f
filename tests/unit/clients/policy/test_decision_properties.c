/*
 * What must hold whatever the axes: rules that follow from RFC 6960, RFC 7633 and the
 * definitions of the policies, tried on random policies and random results. The seed is
 * printed; REVOSCOPE_SEED repeats a run.
 */
#include "clients/policy/decision.h"

#include "core/clock.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NUM_TRIALS 40000
/* A rule that hardly a trial touches proves nothing. */
#define LEAST_TOUCHED (NUM_TRIALS / 50)

static uint64_t state;

/* xorshift64*: the same numbers everywhere for the same seed. */
static unsigned pick(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(2685821657736338717)) >> 33) % below;
}

/* One trial: a policy, what every source would give, and what the engine made of it. */
struct trial {
	struct policy policy;
	struct decision_input input;
	struct source_result given[NUM_SOURCES]; /* by enum source */
	struct source_result fetched[NUM_SOURCES];
	struct decision decision;
};

static struct source_result random_result(enum source source)
{
	static const enum check never_fetched[] = {CHECK_NOT_SUPPORTED, CHECK_NOT_CHECKED};
	struct source_result result = {.source = source, .check = (enum check)pick(NUM_CHECKS)};
	bool is_staple = source == SOURCE_STAPLE;
	while ((is_staple && result.check == CHECK_UNAVAILABLE) ||
	       (!is_staple &&
		(result.check == never_fetched[0] || result.check == never_fetched[1])))
		result.check = (enum check)pick(NUM_CHECKS);
	result.says_revoked = result.check == CHECK_REVOKED || pick(4) == 0;
	if (result.check == CHECK_GOOD || result.check == CHECK_MISSING ||
	    result.check == CHECK_UNKNOWN)
		result.says_revoked = false;
	result.response_status = (int)(1 + pick(6));
	result.unavailable = source == SOURCE_CRL ? REASON_CRL_TIMEOUT : REASON_RESPONDER_TIMEOUT;
	return result;
}

/* Any policy that the reader would let pass. */
static void random_policy(struct policy *policy)
{
	const struct policy_axis *one, *other;
	do {
		policy_init(policy);
		for (size_t i = 0; i < num_policy_axes; i++) {
			const struct policy_axis *axis = &policy_axes[i];
			if (axis->table == NULL)
				continue;
			while (!policy_set(policy, axis,
					   axis->table->names[pick((unsigned)axis->table->num)],
					   NULL))
				;
		}
	} while (policy_contradiction(policy, &one, &other) != NULL);
}

/* Walks as revocation.c does: one fetch after the other, as asked for. */
static void decide(struct trial *trial)
{
	trial->input.fetched = trial->fetched;
	trial->input.num_fetched = 0;
	decision_make(&trial->decision, &trial->input);
	while (trial->decision.go_on) {
		ck_assert_uint_lt(trial->input.num_fetched, NUM_SOURCES);
		trial->fetched[trial->input.num_fetched++] = trial->given[trial->decision.next];
		decision_make(&trial->decision, &trial->input);
	}
}

static void random_trial(struct trial *trial)
{
	*trial = (struct trial){0};
	random_policy(&trial->policy);
	for (int source = 0; source < NUM_SOURCES; source++)
		trial->given[source] = random_result((enum source)source);
	trial->input = (struct decision_input){
		.policy = &trial->policy,
		.depth = pick(8) == 0,
		.must_staple = pick(2) == 0,
		.no_rev_avail = pick(4) == 0,
		.can_carry = pick(4) != 0,
	};
	trial->input.can_ask = trial->input.can_carry && pick(4) != 0;
	if (!trial->input.can_ask)
		trial->given[SOURCE_STAPLE] = (struct source_result){.source = SOURCE_STAPLE,
								     .check = CHECK_NOT_SUPPORTED};
	trial->input.staple = trial->given[SOURCE_STAPLE];
}

/* Whether a source that was looked at gave the check, and with an authentic revoked. */
static bool used_revoked(const struct trial *trial)
{
	enum source sources[NUM_SOURCES];
	decision_sources(sources, &trial->input);
	for (size_t i = 0; i < trial->decision.num_used; i++) {
		const struct source_result *result = &trial->given[sources[i]];
		bool is_stale =
			result->check == CHECK_STALE || result->check == CHECK_NO_NEXT_UPDATE;
		if (result->check == CHECK_REVOKED ||
		    (result->says_revoked && is_stale && trial->policy.heeds_stale_revoked == YES))
			return true;
	}
	return false;
}

static enum outcome outcome_of(int action)
{
	return action == ACTION_CONNECT ? OUTCOME_CONNECT
	       : action == ACTION_WARN  ? OUTCOME_WARN
					: OUTCOME_REJECT;
}

#define HOLDS(condition, trial_number) \
	ck_assert_msg(condition, "trial %d does not hold: %s", trial_number, #condition)

START_TEST(an_authentic_revoked_is_what_on_revoked_says)
{
	int touched = 0;
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		random_trial(&trial);
		decide(&trial);
		if (!used_revoked(&trial) || trial.decision.num_used == 0)
			continue;
		touched++;
		HOLDS(trial.decision.assurance == STATUS_REVOKED, i);
		HOLDS(trial.decision.outcome == outcome_of(trial.policy.on_revoked), i);
		HOLDS(trial.decision.reason == REASON_STATUS_REVOKED, i);
	}
	ck_assert_int_gt(touched, LEAST_TOUCHED);
}
END_TEST

/* RFC 6960 section 3.2: what is not authentic says nothing, least of all revoked; and to
 * who heeds only what is current, nothing else does. */
START_TEST(an_unauthentic_revoked_changes_nothing)
{
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial, other;
		random_trial(&trial);
		other = trial;
		other.input.policy = &other.policy;
		for (int source = 0; source < NUM_SOURCES; source++) {
			enum check check = other.given[source].check;
			bool is_stale = check == CHECK_STALE || check == CHECK_NO_NEXT_UPDATE;
			if (check != CHECK_REVOKED &&
			    (!is_stale || trial.policy.heeds_stale_revoked == NO))
				other.given[source].says_revoked =
					!other.given[source].says_revoked;
		}
		other.input.staple = other.given[SOURCE_STAPLE];
		decide(&trial);
		decide(&other);
		HOLDS(trial.decision.outcome == other.decision.outcome, i);
		HOLDS(trial.decision.reason == other.decision.reason, i);
		HOLDS(trial.decision.assurance == other.decision.assurance, i);
	}
}
END_TEST

static bool lets_pass(int action)
{
	return action == ACTION_CONNECT || action == ACTION_WARN;
}

static int *action_of(struct policy *policy, const struct policy_axis *axis)
{
	return (int *)(void *)((char *)policy + axis->offset);
}

static bool is_action(const struct policy_axis *axis)
{
	return axis->table != NULL && name_find(axis->table, "next-or-reject") >= 0;
}

START_TEST(hard_fail_connects_only_to_what_it_knows_is_good)
{
	int touched = 0;
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		enum source sources[NUM_SOURCES];
		random_trial(&trial);
		for (size_t axis = 0; axis < num_policy_axes; axis++)
			if (is_action(&policy_axes[axis]) &&
			    lets_pass(*action_of(&trial.policy, &policy_axes[axis])))
				*action_of(&trial.policy, &policy_axes[axis]) = ACTION_REJECT;
		trial.policy.no_rev_avail = NO_REV_AVAIL_IGNORE;
		decide(&trial);
		if (decision_sources(sources, &trial.input) == 0)
			continue;
		touched++;
		HOLDS(trial.decision.outcome == OUTCOME_REJECT ||
			      trial.decision.assurance == STATUS_GOOD,
		      i);
	}
	ck_assert_int_gt(touched, LEAST_TOUCHED);
}
END_TEST

/* RFC 7633 section 4.2.3.1, and the axis requires_staple. */
START_TEST(a_staple_that_is_insisted_on_is_never_done_without)
{
	int touched = 0;
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		random_trial(&trial);
		decide(&trial);
		bool enforces =
			trial.input.must_staple && trial.policy.must_staple == MUST_STAPLE_VALID;
		if (!enforces && trial.policy.requires_staple == NO)
			continue;
		touched++;
		HOLDS(trial.input.staple.check == CHECK_GOOD ||
			      trial.decision.outcome == OUTCOME_REJECT,
		      i);
	}
	ck_assert_int_gt(touched, LEAST_TOUCHED);
}
END_TEST

START_TEST(soft_fail_rejects_only_what_is_revoked)
{
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		random_trial(&trial);
		trial.policy.requires_staple = NO;
		trial.policy.must_staple = MUST_STAPLE_IGNORE;
		for (size_t axis = 0; axis < num_policy_axes; axis++)
			if (is_action(&policy_axes[axis]))
				*action_of(&trial.policy, &policy_axes[axis]) =
					pick(2) == 0 ? ACTION_NEXT : ACTION_WARN;
		trial.policy.on_unavailable = pick(2) == 0 ? ACTION_CONNECT : ACTION_WARN;
		trial.policy.on_revoked = ACTION_REJECT;
		decide(&trial);
		HOLDS(trial.decision.outcome != OUTCOME_REJECT ||
			      trial.decision.assurance == STATUS_REVOKED,
		      i);
	}
}
END_TEST

/* RFC 9608 section 4: no source is asked; a staple that came is looked at as ever. */
START_TEST(nothing_is_fetched_for_an_exempt_certificate)
{
	int touched = 0;
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		random_trial(&trial);
		trial.input.no_rev_avail = true;
		trial.policy.no_rev_avail = NO_REV_AVAIL_ACCEPT;
		trial.policy.requires_staple = NO;
		decide(&trial);
		HOLDS(trial.input.num_fetched == 0, i);
		bool came = trial.input.staple.check != CHECK_MISSING &&
			    trial.input.staple.check != CHECK_NOT_SUPPORTED;
		if (came ||
		    (trial.input.must_staple && trial.policy.must_staple != MUST_STAPLE_IGNORE))
			continue;
		touched++;
		HOLDS(trial.decision.outcome != OUTCOME_REJECT, i);
	}
	ck_assert_int_gt(touched, LEAST_TOUCHED);
}
END_TEST

/* An axis that splits another does what that one says, unless it says something. */
START_TEST(an_axis_that_inherits_is_the_axis_above_it)
{
	static const struct {
		const char *special, *general;
	} pairs[] = {
		{"on_no_url", "on_missing"},
		{"on_not_yet_valid", "on_stale"},
		{"on_unauthorized_signer", "on_bad_signature"},
		{"on_try_later", "on_error_response"},
		{"on_internal_error", "on_error_response"},
	};
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial, other;
		random_trial(&trial);
		for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
			*action_of(&trial.policy, policy_find_axis(pairs[k].special)) =
				ACTION_INHERIT;
		other = trial;
		other.input.policy = &other.policy;
		for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
			*action_of(&other.policy, policy_find_axis(pairs[k].special)) =
				*action_of(&other.policy, policy_find_axis(pairs[k].general));
		decide(&trial);
		decide(&other);
		HOLDS(trial.decision.outcome == other.decision.outcome, i);
		HOLDS(trial.decision.reason == other.decision.reason, i);
	}
}
END_TEST

START_TEST(words_and_knowledge_agree)
{
	for (int i = 0; i < NUM_TRIALS; i++) {
		struct trial trial;
		enum source sources[NUM_SOURCES];
		random_trial(&trial);
		decide(&trial);
		const struct decision *decision = &trial.decision;
		HOLDS(outcome_is_verdict(decision->outcome), i);
		HOLDS((decision->reason == REASON_STATUS_GOOD) ==
			      (decision->assurance == STATUS_GOOD),
		      i);
		HOLDS(decision->assurance != STATUS_REVOKED ||
			      decision->reason == REASON_STATUS_REVOKED,
		      i);
		HOLDS(decision->outcome != OUTCOME_CONNECT || decision->assurance != STATUS_GOOD ||
			      decision->num_used > 0,
		      i);
		if (decision_sources(sources, &trial.input) == 0 &&
		    decision->outcome == OUTCOME_CONNECT)
			HOLDS(decision->reason == REASON_NOT_CHECKED ||
				      decision->reason == REASON_NO_REV_AVAIL,
			      i);
		HOLDS(decision->reason != REASON_NO_REV_AVAIL ||
			      (trial.input.no_rev_avail && decision->assurance == STATUS_NONE &&
			       decision->outcome == OUTCOME_CONNECT &&
			       trial.policy.no_rev_avail == NO_REV_AVAIL_ACCEPT),
		      i);
	}
}
END_TEST

int main(void)
{
	const char *seed = getenv("REVOSCOPE_SEED");
	state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)clock_monotonic_us();
	if (state == 0)
		state = 1;
	printf("REVOSCOPE_SEED=%" PRIu64 " (%d trials for each rule)\n", state, NUM_TRIALS);
	fflush(stdout);

	Suite *suite = suite_create("decision_properties");
	TCase *rules = tcase_create("rules");
	tcase_set_timeout(rules, 60);
	tcase_add_test(rules, an_authentic_revoked_is_what_on_revoked_says);
	tcase_add_test(rules, an_unauthentic_revoked_changes_nothing);
	tcase_add_test(rules, hard_fail_connects_only_to_what_it_knows_is_good);
	tcase_add_test(rules, a_staple_that_is_insisted_on_is_never_done_without);
	tcase_add_test(rules, soft_fail_rejects_only_what_is_revoked);
	tcase_add_test(rules, nothing_is_fetched_for_an_exempt_certificate);
	tcase_add_test(rules, an_axis_that_inherits_is_the_axis_above_it);
	tcase_add_test(rules, words_and_knowledge_agree);
	suite_add_tcase(suite, rules);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
