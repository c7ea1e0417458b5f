/* When a CRL with an issuingDistributionPoint is about a certificate. */
#include "clients/rules/scope.h"

#include "core/name.h"
#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>

#define BYTES(literal) literal, sizeof(literal) - 1

/* IssuingDistributionPoints (AT_…, ONLY_…) and DistributionPoints (POINT_…) in DER. */
#define ONLY_USER     "0\x03\x81\x01\xff"
#define ONLY_CA       "0\x03\x82\x01\xff"
#define INDIRECT      "0\x03\x84\x01\xff"
#define SOME          "0\x04\x83\x02\x06@"
#define POINT_D       "0\x0f\xa0\x0d\xa0\x0b\x86\x09http://d/"
#define POINT_X       "0\x0f\xa0\x0d\xa0\x0b\x86\x09http://x/"
#define POINT_XD      "0\x1a\xa0\x18\xa0\x16\x86\x09http://x/\x86\x09http://d/"
#define AT_D          "0\x0f\xa0\x0d\xa0\x0b\x86\x09http://d/"
#define AT_XD         "0\x1a\xa0\x18\xa0\x16\x86\x09http://x/\x86\x09http://d/"
#define AT_D_INDIRECT "0\x12\xa0\x0d\xa0\x0b\x86\x09http://d/\x84\x01\xff"
#define CN_CA                            \
	"0\x0d"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x0c\x02" \
	"CA"
#define POINT_SHARD                     \
	"0\x18\xa0\x16\xa0\x14\xa4\x12" \
	"0\x10"                         \
	"1\x0e"                         \
	"0\x0c\x06\x03U\x04\x03\x0c\x05Shard"
#define POINT_SPELLED                   \
	"0\x19\xa0\x17\xa0\x15\xa4\x13" \
	"0\x11"                         \
	"1\x0f"                         \
	"0\x0d\x06\x03U\x04\x03\x13\x06SHARD "
#define POINT_OTHER                     \
	"0\x18\xa0\x16\xa0\x14\xa4\x12" \
	"0\x10"                         \
	"1\x0e"                         \
	"0\x0c\x06\x03U\x04\x03\x0c\x05Other"
#define AT_SHARD                        \
	"0\x18\xa0\x16\xa0\x14\xa4\x12" \
	"0\x10"                         \
	"1\x0e"                         \
	"0\x0c\x06\x03U\x04\x03\x0c\x05Shard"
#define AT_ISSUER                        \
	"0\x15\xa0\x13\xa0\x11\xa4\x0f"  \
	"0\x0d"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x13\x02" \
	"ca"
#define AT_ISSUER_INDIRECT               \
	"0\x18\xa0\x13\xa0\x11\xa4\x0f"  \
	"0\x0d"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x0c\x02" \
	"CA\x84\x01\xff"
#define POINT_RELATIVE                   \
	"0\x0e\xa0\x0c\xa1\x0a"          \
	"0\x08\x06\x03U\x04\x03\x0c\x01" \
	"1"
#define AT_RELATIVE                      \
	"0\x0e\xa0\x0c\xa1\x0a"          \
	"0\x08\x06\x03U\x04\x03\x13\x01" \
	"1"
#define AT_RELATIVE_FULL                 \
	"0!\xa0\x1f\xa0\x1d\xa4\x1b"     \
	"0\x19"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x0c\x02" \
	"ca1\x0a"                        \
	"0\x08\x06\x03U\x04\x03\x0c\x01" \
	"1"
#define POINT_RELATIVE_FULL              \
	"0!\xa0\x1f\xa0\x1d\xa4\x1b"     \
	"0\x19"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x0c\x02" \
	"CA1\x0a"                        \
	"0\x08\x06\x03U\x04\x03\x0c\x01" \
	"1"
#define POINT_SOME "0\x13\xa0\x0d\xa0\x0b\x86\x09http://d/\x81\x02\x06@"
#define POINT_REST "0\x14\xa0\x0d\xa0\x0b\x86\x09http://d/\x81\x03\x07?\x80"
#define POINT_BY_OTHER                                        \
	"0%\xa0\x0d\xa0\x0b\x86\x09http://d/\xa2\x14\xa4\x12" \
	"0\x10"                                               \
	"1\x0e"                                               \
	"0\x0c\x06\x03U\x04\x03\x0c\x05Other"
#define POINT_BY_ISSUER                                          \
	"0\x22\xa0\x0d\xa0\x0b\x86\x09http://d/\xa2\x11\xa4\x0f" \
	"0\x0d"                                                  \
	"1\x0b"                                                  \
	"0\x09\x06\x03U\x04\x03\x0c\x02"                         \
	"CA"
#define POINT_ISSUER_ALONE               \
	"0\x13\xa2\x11\xa4\x0f"          \
	"0\x0d"                          \
	"1\x0b"                          \
	"0\x09\x06\x03U\x04\x03\x0c\x02" \
	"CA"

/* What a certificate and a CRL say of each other; every row's certificate is by CN=CA. */
static const struct {
	const char *name;
	/* DistributionPoints of the certificate, one after the other; NULL: no extension. */
	const char *points;
	size_t points_len;
	const char *scope; /* NULL: no issuingDistributionPoint */
	size_t scope_len;
	bool is_ca;
	enum check check;
	bool all_reasons;
} rows[] = {
	{"nothing is said", NULL, 0, NULL, 0, false, CHECK_GOOD, true},
	{"nothing is limited", NULL, 0, BYTES("\x30\x00"), false, CHECK_GOOD, true},
	{"user certificates, of a user", NULL, 0, BYTES(ONLY_USER), false, CHECK_GOOD, true},
	{"user certificates, of a CA", NULL, 0, BYTES(ONLY_USER), true, CHECK_WRONG_CERTIFICATE,
	 false},
	{"CA certificates, of a CA", NULL, 0, BYTES(ONLY_CA), true, CHECK_GOOD, true},
	{"CA certificates, of a user", NULL, 0, BYTES(ONLY_CA), false, CHECK_WRONG_CERTIFICATE,
	 false},
	{"a limit that is false", NULL, 0, BYTES("\x30\x03\x82\x01\x00"), false, CHECK_GOOD, true},
	{"attribute certificates", NULL, 0, BYTES("\x30\x03\x85\x01\xff"), false,
	 CHECK_WRONG_CERTIFICATE, false},
	{"indirect, by the issuer itself", NULL, 0, BYTES(INDIRECT), false, CHECK_GOOD, true},

	{"the certificate's URI", BYTES(POINT_D), BYTES(AT_D), false, CHECK_GOOD, true},
	{"the second point's URI", BYTES(POINT_X POINT_D), BYTES(AT_D), false, CHECK_GOOD, true},
	{"the second URI of a point", BYTES(POINT_XD), BYTES(AT_D), false, CHECK_GOOD, true},
	{"one of the CRL's URIs", BYTES(POINT_D), BYTES(AT_XD), false, CHECK_GOOD, true},
	{"another URI", BYTES(POINT_X), BYTES(AT_D), false, CHECK_WRONG_CERTIFICATE, false},
	{"a URI, and the certificate has none", NULL, 0, BYTES(AT_D), false,
	 CHECK_WRONG_CERTIFICATE, false},
	{"a URI, and the CRL has none", BYTES(POINT_X), NULL, 0, false, CHECK_GOOD, true},
	{"the certificate's URI for CA certificates", BYTES(POINT_D),
	 BYTES("\x30\x12\xa0\x0d\xa0\x0b\x86\x09http://d/\x82\x01\xff"), false,
	 CHECK_WRONG_CERTIFICATE, false},

	{"the certificate's directory name", BYTES(POINT_SHARD), BYTES(AT_SHARD), false, CHECK_GOOD,
	 true},
	{"in another spelling", BYTES(POINT_SPELLED), BYTES(AT_SHARD), false, CHECK_GOOD, true},
	{"another directory name", BYTES(POINT_OTHER), BYTES(AT_SHARD), false,
	 CHECK_WRONG_CERTIFICATE, false},
	{"the issuer's own directory name", BYTES(POINT_X), BYTES(AT_ISSUER), false, CHECK_GOOD,
	 true},
	{"relative names", BYTES(POINT_RELATIVE), BYTES(AT_RELATIVE), false, CHECK_GOOD, true},
	{"a relative and a full name", BYTES(POINT_RELATIVE), BYTES(AT_RELATIVE_FULL), false,
	 CHECK_GOOD, true},
	{"a full and a relative name", BYTES(POINT_RELATIVE_FULL), BYTES(AT_RELATIVE), false,
	 CHECK_GOOD, true},
	{"a relative name, and another URI", BYTES(POINT_D), BYTES(AT_RELATIVE), false,
	 CHECK_WRONG_CERTIFICATE, false},

	{"a CRL of some reasons", BYTES(POINT_D), BYTES(SOME), false, CHECK_GOOD, false},
	{"a CRL of every reason", BYTES(POINT_D), BYTES("\x30\x05\x83\x03\x07\x7f\x80"), false,
	 CHECK_GOOD, true},
	{"a point of some reasons", BYTES(POINT_SOME), BYTES(AT_D), false, CHECK_GOOD, false},
	{"a point of some reasons, and no scope", BYTES(POINT_SOME), NULL, 0, false, CHECK_GOOD,
	 false},
	{"points for some reasons and for the others", BYTES(POINT_SOME POINT_REST), BYTES(AT_D),
	 false, CHECK_GOOD, true},
	{"a point of some reasons, and one of all", BYTES(POINT_SOME POINT_D), BYTES(AT_D), false,
	 CHECK_GOOD, true},
	{"of all at another place", BYTES(POINT_SOME POINT_X), BYTES(AT_D), false, CHECK_GOOD,
	 false},

	{"a point of another issuer", BYTES(POINT_BY_OTHER), BYTES(AT_D), false,
	 CHECK_WRONG_CERTIFICATE, false},
	{"a point of another issuer, and no scope", BYTES(POINT_BY_OTHER), NULL, 0, false,
	 CHECK_GOOD, true},
	{"a point of this issuer, not indirect", BYTES(POINT_BY_ISSUER), BYTES(AT_D), false,
	 CHECK_WRONG_CERTIFICATE, false},
	{"a point of this issuer, indirect", BYTES(POINT_BY_ISSUER), BYTES(AT_D_INDIRECT), false,
	 CHECK_GOOD, true},
	{"a point with an issuer alone, indirect", BYTES(POINT_ISSUER_ALONE),
	 BYTES(AT_ISSUER_INDIRECT), false, CHECK_GOOD, true},

	{"cut", NULL, 0, BYTES("\x30\x03\x81\x01"), false, CHECK_MALFORMED, false},
	{"something after it", NULL, 0, BYTES("\x30\x00\x00"), false, CHECK_MALFORMED, false},
	{"no sequence", NULL, 0, BYTES("\x31\x00"), false, CHECK_MALFORMED, false},
	{"empty", NULL, 0, BYTES(""), false, CHECK_MALFORMED, false},
	{"fields in another order", NULL, 0, BYTES("\x30\x06\x82\x01\xff\x81\x01\xff"), false,
	 CHECK_MALFORMED, false},
	{"reasons that are none", NULL, 0, BYTES("\x30\x02\x83\x00"), false, CHECK_MALFORMED,
	 false},
};

START_TEST(a_scope_takes_in_its_certificates)
{
	struct element extensions = {.len = 0}, points = {.len = 0}, constraints = {.len = 0};
	if (rows[_i].points != NULL) {
		element_put(&points, DER_SEQUENCE, rows[_i].points, rows[_i].points_len);
		element_put_extension(&extensions, "\x55\x1d\x1f", 3, false, &points);
	}
	if (rows[_i].is_ca)
		element_put(&constraints, DER_BOOLEAN, "\xff", 1);
	element_wrap(&constraints, DER_SEQUENCE);
	element_put_extension(&extensions, "\x55\x1d\x13", 3, true, &constraints);
	const struct der issuer = der_of(CN_CA, sizeof CN_CA - 1);
	const struct certificate certificate = {.issuer = issuer,
						.extensions = element_der(&extensions)};
	int reasons;
	enum check check = scope_check(&reasons, der_of(rows[_i].scope, rows[_i].scope_len),
				       &certificate, issuer);
	ck_assert_msg(check == rows[_i].check, "%s: %s", rows[_i].name, check_name(check));
	ck_assert_msg((reasons == REASONS_ALL) == rows[_i].all_reasons, "%s: reasons %x",
		      rows[_i].name, (unsigned)reasons);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("rules_scope");
	TCase *tests = tcase_create("rules_scope");
	tcase_add_loop_test(tests, a_scope_takes_in_its_certificates, 0, NUM(rows));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
