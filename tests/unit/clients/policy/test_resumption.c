/* What a resumed session means: looked at again, remembered, or not at all. */
#include "clients/policy/resumption.h"

#include <check.h>
#include <string.h>

struct row {
	const char *name;
	enum resumption rule;
	bool resumed;
	enum stage stage; /* none: asked in the stack's hook */
	struct earlier_connection before;
	bool judged;
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
	const char *word; /* of the sentence */
};

#define KNEW_GOOD                                                                                  \
	{                                                                                          \
		.outcome = OUTCOME_CONNECT, .reason = REASON_STATUS_GOOD, .assurance = STATUS_GOOD \
	}
#define KNEW_REVOKED                                                      \
	{                                                                 \
		.outcome = OUTCOME_WARN, .reason = REASON_STATUS_REVOKED, \
		.assurance = STATUS_REVOKED                               \
	}
#define WARNED                                                                                   \
	{                                                                                        \
		.outcome = OUTCOME_WARN, .reason = REASON_STAPLE_STALE, .assurance = STATUS_NONE \
	}

static const struct row rows[] = {
	{"a full handshake is looked at", RESUMPTION_SKIP, false, STAGE_NONE, KNEW_GOOD,
	 .judged = false},
	{"recheck looks again", RESUMPTION_RECHECK, true, STAGE_AFTER_HANDSHAKE, KNEW_GOOD,
	 .judged = false},
	{"a hook that is called looks again", RESUMPTION_HOOK, true, STAGE_NONE, KNEW_GOOD,
	 .judged = false},
	{"one that is not called does not", RESUMPTION_HOOK, true, STAGE_AFTER_HANDSHAKE, KNEW_GOOD,
	 true, OUTCOME_CONNECT, REASON_SESSION_RESUMED, STATUS_NONE, "resumed"},
	{"skip knows nothing", RESUMPTION_SKIP, true, STAGE_NONE, KNEW_GOOD, true, OUTCOME_CONNECT,
	 REASON_SESSION_RESUMED, STATUS_NONE, "resumed"},
	{"skip says what was known before", RESUMPTION_SKIP, true, STAGE_AFTER_HANDSHAKE, KNEW_GOOD,
	 true, OUTCOME_CONNECT, REASON_SESSION_RESUMED, STATUS_NONE, "status good"},
	{"skip says that it was revoked before", RESUMPTION_SKIP, true, STAGE_NONE, KNEW_REVOKED,
	 true, OUTCOME_CONNECT, REASON_SESSION_RESUMED, STATUS_NONE, "status revoked"},
	{"revoked is remembered", RESUMPTION_REMEMBER, true, STAGE_NONE, KNEW_REVOKED, true,
	 OUTCOME_WARN, REASON_STATUS_REVOKED, STATUS_REVOKED, "status revoked"},
	{"good is remembered", RESUMPTION_REMEMBER, true, STAGE_AFTER_HANDSHAKE, KNEW_GOOD, true,
	 OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD, "status good"},
	{"a warning is remembered", RESUMPTION_REMEMBER, true, STAGE_NONE, WARNED, true,
	 OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE, "resumed"},
};

START_TEST(a_resumed_session_is_judged_by_the_rule)
{
	const struct row *row = &rows[_i];
	struct policy policy;
	/* Of two earlier connections the last counts, and nothing that was there before. */
	struct observation seen = {.resumed = row->resumed,
				   .stage = row->stage,
				   .outcome = OUTCOME_ERROR,
				   .assurance = STATUS_REVOKED,
				   .num_earlier = 2};
	seen.earlier[0] = (struct earlier_connection){.outcome = OUTCOME_REJECT,
						      .reason = REASON_STAPLE_MALFORMED,
						      .assurance = STATUS_UNKNOWN};
	seen.earlier[1] = row->before;
	policy_init(&policy);
	policy.resumption = (int)row->rule;
	ck_assert_msg(resumption_judge(&seen, &policy) == row->judged, "%s", row->name);
	if (!row->judged)
		return;
	ck_assert_msg(seen.outcome == row->outcome, "%s: %s", row->name,
		      outcome_name(seen.outcome));
	ck_assert_msg(seen.reason == row->reason, "%s: %s", row->name, reason_name(seen.reason));
	ck_assert_msg(seen.assurance == row->assurance, "%s", row->name);
	ck_assert_msg(strstr(seen.detail, row->word) != NULL, "%s: %s", row->name, seen.detail);
}
END_TEST

START_TEST(without_an_earlier_connection_there_is_nothing_to_go_by)
{
	struct observation seen = {.resumed = true};
	struct policy policy;
	policy_init(&policy);
	policy.resumption = RESUMPTION_REMEMBER;
	ck_assert(!resumption_judge(&seen, &policy));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resumption");
	TCase *tcase = tcase_create("rules");
	tcase_add_loop_test(tcase, a_resumed_session_is_judged_by_the_rule, 0,
			    (int)(sizeof rows / sizeof rows[0]));
	tcase_add_test(tcase, without_an_earlier_connection_there_is_nothing_to_go_by);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? 0 : 1;
}
