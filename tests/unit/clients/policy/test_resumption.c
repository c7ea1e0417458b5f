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
};

#define KNEW_GOOD                                                                                  \
	{                                                                                          \
		.outcome = OUTCOME_CONNECT, .reason = REASON_STATUS_GOOD, .assurance = STATUS_GOOD \
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
	 true, OUTCOME_CONNECT, REASON_SESSION_RESUMED, STATUS_NONE},
	{"skip knows nothing", RESUMPTION_SKIP, true, STAGE_NONE, KNEW_GOOD, true, OUTCOME_CONNECT,
	 REASON_SESSION_RESUMED, STATUS_NONE},
	{"good is remembered", RESUMPTION_REMEMBER, true, STAGE_AFTER_HANDSHAKE, KNEW_GOOD, true,
	 OUTCOME_CONNECT, REASON_STATUS_GOOD, STATUS_GOOD},
	{"a warning is remembered", RESUMPTION_REMEMBER, true, STAGE_NONE, WARNED, true,
	 OUTCOME_WARN, REASON_STAPLE_STALE, STATUS_NONE},
};

START_TEST(a_resumed_session_is_judged_by_the_rule)
{
	const struct row *row = &rows[_i];
	struct policy policy;
	struct observation seen = {.resumed = row->resumed, .stage = row->stage, .num_earlier = 1};
	seen.earlier[0] = row->before;
	policy_init(&policy);
	policy.resumption = (int)row->rule;
	ck_assert_msg(resumption_judge(&seen, &policy) == row->judged, "%s", row->name);
	if (!row->judged)
		return;
	ck_assert_msg(seen.outcome == row->outcome, "%s: %s", row->name,
		      outcome_name(seen.outcome));
	ck_assert_msg(seen.reason == row->reason, "%s: %s", row->name, reason_name(seen.reason));
	ck_assert_msg(seen.assurance == row->assurance, "%s", row->name);
	ck_assert_msg(strstr(seen.detail, "resumed") != NULL, "%s", row->name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resumption");
	TCase *tcase = tcase_create("rules");
	tcase_add_loop_test(tcase, a_resumed_session_is_judged_by_the_rule, 0,
			    (int)(sizeof rows / sizeof rows[0]));
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? 0 : 1;
}
