/* What comes of a response by mbedTLS when no certificate is given. */
#include "tests/unit/clients/mbedtls/maker.h"

#include "clients/rules/response_rules.h"

#include <check.h>
#include <stdlib.h>

static struct maker maker;

#define ONE(...) .singles = {{__VA_ARGS__}}

static const struct {
	const char *name;
	struct recipe recipe;
	bool has_issuer;
	enum check check;
	enum status status;
	bool authentic;
} leafless[] = {
	{"decoded only",
	 {ONE(.status = STATUS_REVOKED)},
	 false,
	 CHECK_NOT_CHECKED,
	 STATUS_REVOKED,
	 false},
	{"decoded only, the signature is corrupt",
	 {.corrupt = true},
	 false,
	 CHECK_NOT_CHECKED,
	 STATUS_GOOD,
	 false},
	{"decoded only, no entry",
	 {.no_entries = true},
	 false,
	 CHECK_MALFORMED,
	 STATUS_NONE,
	 false},
	{"decoded only, an error",
	 {.response_status = 3},
	 false,
	 CHECK_ERROR_RESPONSE,
	 STATUS_NONE,
	 false},
	{"any certificate of the issuer",
	 {ONE(.wrong = WRONG_SERIAL)},
	 true,
	 CHECK_GOOD,
	 STATUS_GOOD,
	 true},
	{"one of another issuer",
	 {ONE(.wrong = WRONG_KEY)},
	 true,
	 CHECK_WRONG_CERTIFICATE,
	 STATUS_NONE,
	 false},
	{"any certificate, the signature is corrupt",
	 {.corrupt = true},
	 true,
	 CHECK_BAD_SIGNATURE,
	 STATUS_GOOD,
	 false},
};

START_TEST(without_a_certificate_the_response_says_whose_it_is)
{
	struct question question = maker_question(&maker);
	question.certificate = NULL;
	if (!leafless[_i].has_issuer)
		question.issuer = NULL;
	struct made made;
	struct status_check seen;
	maker_respond(&made, &maker, &leafless[_i].recipe);
	response_judge(&seen, &question, der_of(made.data, made.len));
	ck_assert_msg(seen.check == leafless[_i].check, "%s: %s", leafless[_i].name,
		      check_name(seen.check));
	ck_assert_msg(seen.status == leafless[_i].status, "%s", leafless[_i].name);
	ck_assert_msg(seen.authentic == leafless[_i].authentic, "%s", leafless[_i].name);
}
END_TEST

static void set_up(void)
{
	maker_init(&maker);
}

static void tear_down(void)
{
	maker_clear(&maker);
}

int main(void)
{
	Suite *suite = suite_create("mbedtls_leafless");
	TCase *tests = tcase_create("mbedtls_leafless");
	tcase_add_unchecked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, without_a_certificate_the_response_says_whose_it_is, 0,
			    (int)(sizeof leafless / sizeof *leafless));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
