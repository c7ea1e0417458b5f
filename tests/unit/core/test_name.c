/* Knows what must hold of the closed lists. */
#include "core/name.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	enum reason reason;
	bool about_status;
} layers[] = {
	{REASON_STATUS_GOOD, true},       {REASON_NOT_CHECKED, true},
	{REASON_SESSION_RESUMED, true},   {REASON_NO_REV_AVAIL, true},
	{REASON_STAPLE_STALE, true},      {REASON_STAPLE_NOT_SUPPORTED, true},
	{REASON_STATUS_UNKNOWN, true},    {REASON_RESPONDER_BAD_ANSWER, true},
	{REASON_CRL_BAD_ANSWER, true},    {REASON_FETCH_FORBIDDEN, true},
	{REASON_CHAIN_INCOMPLETE, false}, {REASON_CHAIN_INVALID, false},
	{REASON_CONNECT_DNS, false},      {REASON_STARTTLS_FAILED, false},
	{REASON_TLS_PROTOCOL, false},     {REASON_POLICY_UNSUPPORTED, false},
	{REASON_PROGRAM_HANG, false},     {REASON_INTERRUPTED, false},
};

START_TEST(reason_distinguishes_status_from_the_rest)
{
	ck_assert_msg(reason_is_about_status(layers[_i].reason) == layers[_i].about_status, "%s",
		      reason_name(layers[_i].reason));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name");
	TCase *lists = tcase_create("lists");
	tcase_add_loop_test(lists, reason_distinguishes_status_from_the_rest, 0,
			    sizeof layers / sizeof *layers);
	suite_add_tcase(suite, lists);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
