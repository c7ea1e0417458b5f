/* What the GnuTLS backend reads itself: empty staples in messages, and the scope of CRLs. */
#include "clients/gnutls/der.h"
#include "clients/gnutls/session.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1
#define CERTIFICATE    GNUTLS_HANDSHAKE_CERTIFICATE_PKT
#define STATUS         GNUTLS_HANDSHAKE_CERTIFICATE_STATUS

static const struct {
	const char *name;
	unsigned type;
	bool is_tls_1_3;
	const uint8_t *bytes;
	size_t len;
	bool empty;
} messages[] = {
	{"TLS 1.2, empty", STATUS, false, BYTES("\x01\x00\x00\x00"), true},
	{"TLS 1.2, one byte", STATUS, false, BYTES("\x01\x00\x00\x01\x30"), false},
	{"TLS 1.2, no length", STATUS, false, BYTES("\x01\x00\x00"), false},
	{"TLS 1.2, nothing", STATUS, false, BYTES(""), false},
	{"TLS 1.2, something after it", STATUS, false, BYTES("\x01\x00\x00\x00\x00"), false},
	{"TLS 1.3, empty", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x0e\x00\x00\x01\xaa\x00\x08\x00\x05\x00\x04\x01\x00\x00\x00"), true},
	{"TLS 1.3, one byte", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x0f\x00\x00\x01\xaa\x00\x09\x00\x05\x00\x05\x01\x00\x00\x01\x30"),
	 false},
	{"TLS 1.3, empty after another extension", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x12\x00\x00\x01\xaa\x00\x0c\x00\x12\x00\x00\x00\x05\x00\x04\x01\x00"
	       "\x00"
	       "\x00"),
	 true},
	{"TLS 1.3, empty on the second certificate", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x14\x00\x00\x01\xaa\x00\x00\x00\x00\x01\xbb\x00\x08\x00\x05\x00\x04"
	       "\x01"
	       "\x00\x00\x00"),
	 true},
	{"TLS 1.3, no extensions", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x06\x00\x00\x01\xaa\x00\x00"), false},
	{"TLS 1.3, another extension", CERTIFICATE, true,
	 BYTES("\x00\x00\x00\x0e\x00\x00\x01\xaa\x00\x08\x00\x12\x00\x04\x01\x00\x00\x00"), false},
	{"TLS 1.3, lengths beyond the end", CERTIFICATE, true,
	 BYTES("\x00\xff\xff\xff\x00\x00\x01\xaa\x00\x08\x00\x05\x00\x04\x01\x00\x00\x00"), false},
	{"TLS 1.3, cut", CERTIFICATE, true, BYTES("\x00\x00\x00\x0e\x00\x00\x01\xaa\x00\x08\x00"),
	 false},
	{"the same bytes under TLS 1.2", CERTIFICATE, false,
	 BYTES("\x00\x00\x00\x0e\x00\x00\x01\xaa\x00\x08\x00\x05\x00\x04\x01\x00\x00\x00"), false},
	{"the same bytes in another message", GNUTLS_HANDSHAKE_FINISHED, true,
	 BYTES("\x01\x00\x00\x00"), false},
};

START_TEST(empty_staple_is_seen)
{
	ck_assert_msg(message_has_empty_staple(messages[_i].type, messages[_i].is_tls_1_3,
					       messages[_i].bytes,
					       messages[_i].len) == messages[_i].empty,
		      "%s", messages[_i].name);
}
END_TEST

/* The certificates of the rows point to http://c/ and http://d/. */
static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	bool is_ca;
	bool fits;
} scopes[] = {
	{"nothing is limited", BYTES("\x30\x00"), false, true},
	{"only user certificates, of a user", BYTES("\x30\x03\x81\x01\xff"), false, true},
	{"only user certificates, of a CA", BYTES("\x30\x03\x81\x01\xff"), true, false},
	{"only CA certificates, of a CA", BYTES("\x30\x03\x82\x01\xff"), true, true},
	{"only CA certificates, of a user", BYTES("\x30\x03\x82\x01\xff"), false, false},
	{"a limit that is false", BYTES("\x30\x03\x82\x01\x00"), false, true},
	{"our distribution point", BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://d/"), false, true},
	{"one of several is ours",
	 BYTES("\x30\x1a\xa0\x18\xa0\x16\x86\x09http://x/\x86\x09http://c/"), false, true},
	{"another distribution point", BYTES("\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://x/"), false,
	 false},
	{"the start of ours", BYTES("\x30\x0e\xa0\x0c\xa0\x0a\x86\x08http://d"), false, false},
	{"ours for CA certificates only",
	 BYTES("\x30\x12\xa0\x0d\xa0\x0b\x86\x09http://d/\x82\x01\xff"), false, false},
	{"only some reasons", BYTES("\x30\x04\x83\x02\x01\x06"), false, false},
	{"indirect", BYTES("\x30\x03\x84\x01\xff"), false, false},
	{"only attribute certificates", BYTES("\x30\x03\x85\x01\xff"), false, false},
	{"cut", BYTES("\x30\x03\x81\x01"), false, false},
	{"something after it", BYTES("\x30\x00\x00"), false, false},
	{"no sequence", BYTES("\x31\x00"), false, false},
	{"nothing", BYTES(""), false, false},
};

START_TEST(scope_of_a_list_is_kept)
{
	const struct certificate_facts facts = {.crl_urls = {"http://c/", "http://d/"},
						.num_crl_urls = 2};
	ck_assert_msg(scope_fits(scopes[_i].bytes, scopes[_i].len, scopes[_i].is_ca, &facts) ==
			      scopes[_i].fits,
		      "%s", scopes[_i].name);
}
END_TEST

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	bool one;
} sequences[] = {
	{"empty", BYTES("\x30\x00"), true},
	{"long form", BYTES("\x30\x81\x01\x00"), true},
	{"longest form", BYTES("\x30\x84\x00\x00\x00\x01\x00"), true},
	{"trailing byte", BYTES("\x30\x00\x00"), false},
	{"cut content", BYTES("\x30\x02\x00"), false},
	{"cut length", BYTES("\x30\x82\x01"), false},
	{"indefinite length", BYTES("\x30\x80\x00\x00"), false},
	{"five bytes of length", BYTES("\x30\x85\x00\x00\x00\x00\x01\x00"), false},
	{"length that wraps around", BYTES("\x30\x84\xff\xff\xff\xff\x00"), false},
	{"no sequence", BYTES("\x04\x00"), false},
	{"nothing", BYTES(""), false},
};

START_TEST(one_sequence_is_told_from_more)
{
	ck_assert_msg(span_is_one_sequence(sequences[_i].bytes, sequences[_i].len) ==
			      sequences[_i].one,
		      "%s", sequences[_i].name);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("gnutls_bytes");
	TCase *tests = tcase_create("gnutls_bytes");
	tcase_add_loop_test(tests, empty_staple_is_seen, 0, NUM(messages));
	tcase_add_loop_test(tests, scope_of_a_list_is_kept, 0, NUM(scopes));
	tcase_add_loop_test(tests, one_sequence_is_told_from_more, 0, NUM(sequences));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
