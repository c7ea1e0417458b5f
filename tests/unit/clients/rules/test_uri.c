/* When two URIs are the same (RFC 5280 section 7.4). */
#include "clients/rules/uri.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *one, *other;
	bool is_same;
} rows[] = {
	{"http://a.test/1", "http://a.test/1", true},
	{"http://a.test/1", "http://a.test/2", false},
	{"HTTP://A.Test/1", "http://a.test/1", true},
	{"http://a.test/Crl", "http://a.test/crl", false},
	{"http://a.test:80/1", "http://a.test/1", true},
	{"http://a.test:/1", "http://a.test/1", true},
	{"http://a.test:8080/1", "http://a.test/1", false},
	{"http://a.test:443/1", "http://a.test/1", false},
	{"https://a.test:443/1", "https://a.test/1", true},
	{"https://a.test/1", "http://a.test/1", false},
	{"ftp://a.test:21/1", "ftp://a.test/1", true},
	{"ldap://a.test:389/cn=1", "ldap://a.test/cn=1", true},
	{"other://a.test:80/1", "other://a.test/1", false},
	{"http://a.test", "http://a.test/", true},
	{"http://a.test?x", "http://a.test/?x", true},
	{"other://a.test", "other://a.test/", false},
	{"http://a.test/%61%2d%7E", "http://a.test/a-~", true},
	{"http://a.test/%2f", "http://a.test/%2F", true},
	{"http://a.test/%2F", "http://a.test//", false},
	{"http://a.test/%20", "http://a.test/ ", false},
	{"http://a.test/%2561", "http://a.test/%61", false},
	{"http://a.test/%6", "http://a.test/%6", true},
	{"http://a.test/%6", "http://a.test/%06", false},
	{"http://%61.test/1", "http://a.test/1", true},
	{"http://%41.test/1", "http://a.test/1", true},
	{"http://a%2fb/1", "http://A%2Fb/1", true},
	{"http://a.test/x/../1", "http://a.test/1", true},
	{"http://a.test/./1", "http://a.test/1", true},
	{"http://a.test/%2e%2E/1", "http://a.test/1", true},
	{"http://a.test/../../1", "http://a.test/1", true},
	{"http://a.test/x/..", "http://a.test/", true},
	{"http://a.test/x/.", "http://a.test/x/", true},
	{"http://a.test/x/..y", "http://a.test/..y", false},
	{"http://a.test/x/.../1", "http://a.test/1", false},
	{"http://a.test//1", "http://a.test/1", false},
	{"http://a.test/1?x=../1", "http://a.test/1?x=1", false},
	{"http://a.test/1?%61", "http://a.test/1?a", true},
	{"http://a.test/1?A", "http://a.test/1?a", false},
	{"http://a.test/1#f", "http://a.test/1", false},
	{"http://User@a.test/1", "http://user@a.test/1", false},
	{"http://u@A.test:80/1", "http://u@a.test/1", true},
	{"http://[2001:DB8::1]:80/1", "http://[2001:db8::1]/1", true},
	{"http://[2001:db8::80]/1", "http://[2001:db8::]/1", false},
	{"http:/1", "HTTP:/1", true},
	{"urn:A", "URN:A", true},
	{"urn:A", "urn:a", false},
	{"A.test/1", "a.test/1", false},
	{"1http://a/", "1HTTP://a/", false},
	{"", "", true},
	{"", "http://a.test/", false},
	{"http:", "HTTP:", true},
	{"http://", "http:///", true},
};

START_TEST(uris_are_compared_in_their_normal_form)
{
	struct der one = der_of(rows[_i].one, strlen(rows[_i].one));
	struct der other = der_of(rows[_i].other, strlen(rows[_i].other));
	ck_assert_msg(uri_is_same(one, other) == rows[_i].is_same, "%s and %s", rows[_i].one,
		      rows[_i].other);
	ck_assert_msg(uri_is_same(other, one) == rows[_i].is_same, "%s and %s", rows[_i].other,
		      rows[_i].one);
	ck_assert(uri_is_same(one, one));
}
END_TEST

START_TEST(a_nul_is_a_byte_as_any)
{
	ck_assert(!uri_is_same(der_of("http://a\0b/", 11), der_of("http://a\0c/", 11)));
	ck_assert(uri_is_same(der_of("http://a\0b/", 11), der_of("HTTP://a\0b/", 11)));
	ck_assert(!uri_is_same(der_of("a\0:x", 4), der_of("A\0:x", 4)));
	ck_assert(!uri_is_same(der_of("http://a/%00", 12), der_of("http://a/\0", 10)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uri");
	TCase *tests = tcase_create("uri");
	tcase_add_loop_test(tests, uris_are_compared_in_their_normal_form, 0,
			    sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_nul_is_a_byte_as_any);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
