/* Which URLs of a certificate can be used, and why the others cannot. */
#include "clients/facts/url.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { USABLE = -1 };

static const struct {
	const char *url;
	int why; /* enum url_fault, or USABLE */
} rows[] = {
	{"http://o.test", USABLE},
	{"http://o.test/", USABLE},
	{"HTTP://O.test:8080/a/b?c=d#e", USABLE},
	{"http://127.0.0.1:1/", USABLE},
	{"http://[::1]/", USABLE},
	{"http://[fe80::1]:80", USABLE},
	{"http://o.test:/", USABLE},
	{"http://user:secret@o.test/", USABLE}, /* without them */
	{"http://o.test?a", USABLE},
	{"http://exa_mple.test/{a}", USABLE},
	{"ldap://o.test/cn=a?list", URL_FAULT_SCHEME},
	{"ldap:///cn=a b", URL_FAULT_SCHEME}, /* the scheme says more than the blank */
	{"https://o.test/", URL_FAULT_SCHEME},
	{"file:///etc/passwd", URL_FAULT_SCHEME},
	{"ftp://o.test/", URL_FAULT_SCHEME},
	{"httpx://o.test/", URL_FAULT_SCHEME},
	{"htt://o.test/", URL_FAULT_SCHEME},
	{"o.test:80/a", URL_FAULT_SCHEME}, /* "o.test" is a scheme by RFC 3986 */
	{"o.test/ocsp", URL_FAULT_NO_SCHEME},
	{"//o.test/ocsp", URL_FAULT_NO_SCHEME},
	{"/ocsp", URL_FAULT_NO_SCHEME},
	{"127.0.0.1:80/", URL_FAULT_NO_SCHEME},
	{"://o.test/", URL_FAULT_NO_SCHEME},
	{" http://o.test/", URL_FAULT_NO_SCHEME},
	{"ht tp://o.test/", URL_FAULT_NO_SCHEME},
	{"http://o.test/ ", URL_FAULT_CHARACTERS},
	{"http://o.test/a b", URL_FAULT_CHARACTERS},
	{"http://o.test/\r\nX: y", URL_FAULT_CHARACTERS},
	{"http://o.test/\x7f", URL_FAULT_CHARACTERS},
	{"http://\xc3\xb6.test/", URL_FAULT_CHARACTERS},
	{"", URL_FAULT_MALFORMED},
	{"http:", URL_FAULT_MALFORMED},
	{"http:/o.test/", URL_FAULT_MALFORMED},
	{"http:o.test", URL_FAULT_MALFORMED},
	{"http://", URL_FAULT_MALFORMED},
	{"http:///ocsp", URL_FAULT_MALFORMED},
	{"http://:80/", URL_FAULT_MALFORMED},
	{"http://?a", URL_FAULT_MALFORMED},
	{"http://user@/", URL_FAULT_MALFORMED},
	{"http://u@v@o.test/", URL_FAULT_MALFORMED},
	{"http:\\\\o.test\\", URL_FAULT_MALFORMED},
	{"http://o.test\\@p.test/", URL_FAULT_MALFORMED},
	{"http://o.test:65536/", URL_FAULT_MALFORMED},
	{"http://o.test:0/", URL_FAULT_MALFORMED},
	{"http://o.test:99999999999/", URL_FAULT_MALFORMED},
	{"http://o.test:a/", URL_FAULT_MALFORMED},
	{"http://o.test:80:80/", URL_FAULT_MALFORMED},
	{"http://[::1/", URL_FAULT_MALFORMED},
	{"http://[zz]/", URL_FAULT_MALFORMED},
	{"http://[]/", URL_FAULT_MALFORMED},
	{"http://[::1]x/", URL_FAULT_MALFORMED},
	{"http://a[::1]/", URL_FAULT_MALFORMED},
	{"http://<host>/", URL_FAULT_MALFORMED},
};

START_TEST(a_url_is_usable_or_has_a_fault)
{
	const char *url = rows[_i].url;
	enum url_fault why = NUM_URL_FAULTS;
	bool usable = url_is_usable(url, strlen(url), &why);
	ck_assert_msg(usable == (rows[_i].why == USABLE), "'%s' is %susable", url,
		      usable ? "" : "not ");
	ck_assert_msg(usable || (int)why == rows[_i].why, "'%s': %s", url,
		      usable ? "" : url_fault_name(why));
}
END_TEST

START_TEST(bytes_are_bounded)
{
	char url[URL_TEXT_MAX + 1];
	enum url_fault why;
	memset(url, 'a', sizeof url);
	memcpy(url, "http://", 7);
	ck_assert(url_is_usable(url, URL_TEXT_MAX - 1, &why));
	ck_assert(!url_is_usable(url, URL_TEXT_MAX, &why));
	ck_assert_int_eq(why, URL_FAULT_TOO_LONG);
	/* An unusable scheme says more than the length. */
	memcpy(url, "ldap://", 7);
	ck_assert(!url_is_usable(url, URL_TEXT_MAX, &why));
	ck_assert_int_eq(why, URL_FAULT_SCHEME);
}
END_TEST

START_TEST(a_nul_is_a_control_character)
{
	enum url_fault why;
	ck_assert(!url_is_usable("http://good.test\0.evil.test/", 28, &why));
	ck_assert_int_eq(why, URL_FAULT_CHARACTERS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("url");
	TCase *tests = tcase_create("url");
	tcase_add_loop_test(tests, a_url_is_usable_or_has_a_fault, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, bytes_are_bounded);
	tcase_add_test(tests, a_nul_is_a_control_character);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
