/* When a CRL with an issuingDistributionPoint is about a certificate. */
#include "clients/rules/flags.h"
#include "clients/rules/scope.h"

#include "core/name.h"
#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

/* The certificate of the rows points to http://c/ to http://g/ and to the directory name CN=CA1;
 * under RULE_SCOPE_BY_URI only the first four URIs count. */
static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	bool is_ca;
	unsigned flags;
	enum check check;
} scopes[] = {
	{"nothing is limited", BYTES("\x30\x00"), false, 0, CHECK_GOOD},
	{"only user certificates, of a user", BYTES("\x30\x03\x81\x01\xff"), false, 0, CHECK_GOOD},
	{"only user certificates, of a CA", BYTES("\x30\x03\x81\x01\xff"), true, 0,
	 CHECK_WRONG_CERTIFICATE},
	{"only CA certificates, of a CA", BYTES("\x30\x03\x82\x01\xff"), true, 0, CHECK_GOOD},
	{"only CA certificates, of a user", BYTES("\x30\x03\x82\x01\xff"), false, 0,
	 CHECK_WRONG_CERTIFICATE},
	{"a limit that is false", BYTES("\x30\x03\x82\x01\x00"), false, 0, CHECK_GOOD},
	{"our distribution point", BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://d/"), false, 0,
	 CHECK_GOOD},
	{"one of several is ours",
	 BYTES("\x30\x1a\xa0\x18\xa0\x16\x86\x09http://x/\x86\x09http://c/"), false, 0, CHECK_GOOD},
	{"another distribution point", BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://x/"), false, 0,
	 CHECK_WRONG_CERTIFICATE},
	{"the start of the certificate's", BYTES("\x30\x0e\xa0\x0c\xa0\x0a\x86\x08http://d"), false,
	 0, CHECK_WRONG_CERTIFICATE},
	{"ours for CA certificates only",
	 BYTES("\x30\x12\xa0\x0d\xa0\x0b\x86\x09http://d/\x82\x01\xff"), false, 0,
	 CHECK_WRONG_CERTIFICATE},
	{"only some reasons", BYTES("\x30\x04\x83\x02\x01\x06"), false, 0, CHECK_WRONG_CERTIFICATE},
	{"indirect", BYTES("\x30\x03\x84\x01\xff"), false, 0, CHECK_WRONG_CERTIFICATE},
	{"only attribute certificates", BYTES("\x30\x03\x85\x01\xff"), false, 0,
	 CHECK_WRONG_CERTIFICATE},
	{"cut", BYTES("\x30\x03\x81\x01"), false, 0, CHECK_MALFORMED},
	{"something after it", BYTES("\x30\x00\x00"), false, 0, CHECK_GOOD},
	{"no sequence", BYTES("\x31\x00"), false, 0, CHECK_MALFORMED},
	{"nothing", BYTES(""), false, 0, CHECK_MALFORMED},
	{"fields in another order", BYTES("\x30\x06\x82\x01\xff\x81\x01\xff"), false, 0,
	 CHECK_MALFORMED},
	{"our directory name, in another type of string",
	 BYTES("\x30\x16\xa0\x14\xa0\x12\xa4\x10\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x13"
	       "\x03"
	       "CA\x31"),
	 false, 0, CHECK_GOOD},
	{"a name relative to the issuer's", BYTES("\x30\x08\xa0\x06\xa1\x04\x30\x02\x05\x00"),
	 false, 0, CHECK_WRONG_CERTIFICATE},
	{"RULE_SCOPE_BY_URI: what cannot be read", BYTES("\x30\x03\x81\x01"), false,
	 RULE_SCOPE_BY_URI, CHECK_WRONG_CERTIFICATE},
	{"RULE_SCOPE_BY_URI: something after it", BYTES("\x30\x00\x00"), false, RULE_SCOPE_BY_URI,
	 CHECK_WRONG_CERTIFICATE},
	{"RULE_SCOPE_BY_URI: our distribution point",
	 BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://d/"), false, RULE_SCOPE_BY_URI, CHECK_GOOD},
	{"RULE_SCOPE_BY_URI: the fifth of the certificate's",
	 BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://g/"), false, RULE_SCOPE_BY_URI,
	 CHECK_WRONG_CERTIFICATE},
	{"the fifth of the certificate's", BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://g/"),
	 false, 0, CHECK_GOOD},
	{"RULE_SCOPE_BY_URI: our directory name",
	 BYTES("\x30\x16\xa0\x14\xa0\x12\xa4\x10\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c"
	       "\x03"
	       "CA1"),
	 false, RULE_SCOPE_BY_URI, CHECK_WRONG_CERTIFICATE},
};

static void put_certificate(struct element *extensions, bool is_ca)
{
	struct element full = {.len = 0}, points = {.len = 0}, constraints = {.len = 0};
	struct element name = {.len = 0};
	for (int letter = 'c'; letter <= 'g'; letter++) {
		const char uri[] = {'h', 't', 't', 'p', ':', '/', '/', (char)letter, '/'};
		element_put(&full, DER_CONTEXT(6), uri, sizeof uri);
	}
	element_put(&name, DER_OID, "\x55\x04\x03", 3);
	element_put(&name, 0x0c, "ca1", 3);
	element_wrap(&name, DER_SEQUENCE);
	element_wrap(&name, DER_SET);
	element_wrap(&name, DER_SEQUENCE);
	element_wrap(&name, DER_CONSTRUCTED(4));
	element_add(&full, &name);
	element_wrap(&full, DER_CONSTRUCTED(0));
	element_wrap(&full, DER_CONSTRUCTED(0));
	element_wrap(&full, DER_SEQUENCE);
	element_add(&points, &full);
	element_wrap(&points, DER_SEQUENCE);
	element_put_extension(extensions, "\x55\x1d\x1f", 3, false, &points);
	if (is_ca)
		element_put(&constraints, DER_BOOLEAN, "\xff", 1);
	element_wrap(&constraints, DER_SEQUENCE);
	element_put_extension(extensions, "\x55\x1d\x13", 3, true, &constraints);
}

START_TEST(a_scope_takes_in_its_certificates)
{
	struct element extensions = {.len = 0};
	put_certificate(&extensions, scopes[_i].is_ca);
	const struct certificate certificate = {.extensions = element_der(&extensions)};
	enum check check = scope_check(der_of(scopes[_i].bytes, scopes[_i].len), &certificate,
				       scopes[_i].flags);
	ck_assert_msg(check == scopes[_i].check, "%s: %s", scopes[_i].name, check_name(check));
}
END_TEST

/* keyCertSign (bit 5) without basicConstraints, for a list that is about CA certificates. */
START_TEST(key_usage_makes_a_ca_under_its_flag)
{
	static const uint8_t only_ca[] = {0x30, 0x03, 0x82, 0x01, 0xff};
	struct element extensions = {.len = 0}, usage = {.len = 0};
	element_put(&usage, DER_BIT_STRING, "\x02\x04", 2);
	element_put_extension(&extensions, "\x55\x1d\x0f", 3, true, &usage);
	const struct certificate certificate = {.extensions = element_der(&extensions)};
	struct der scope = der_of(only_ca, sizeof only_ca);
	ck_assert_int_eq(scope_check(scope, &certificate, 0), CHECK_WRONG_CERTIFICATE);
	ck_assert_int_eq(scope_check(scope, &certificate, RULE_CA_BY_KEY_USAGE), CHECK_GOOD);
	const struct certificate plain = {.extensions = der_of(NULL, 0)};
	ck_assert_int_eq(scope_check(scope, &plain, RULE_CA_BY_KEY_USAGE), CHECK_WRONG_CERTIFICATE);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("rules_scope");
	TCase *tests = tcase_create("rules_scope");
	tcase_add_loop_test(tests, a_scope_takes_in_its_certificates, 0, NUM(scopes));
	tcase_add_test(tests, key_usage_makes_a_ca_under_its_flag);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
