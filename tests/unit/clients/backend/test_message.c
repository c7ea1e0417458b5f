/* Which handshake messages have an empty staple, and where a staple is. */
#include "clients/backend/message.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1
#define CERTIFICATE    MESSAGE_CERTIFICATE
#define STATUS         MESSAGE_CERTIFICATE_STATUS

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
	{"the same bytes in another message", 20, true, BYTES("\x01\x00\x00\x00"), false},
};

START_TEST(empty_staple_is_seen)
{
	ck_assert_msg(message_has_empty_staple(messages[_i].type, messages[_i].is_tls_1_3,
					       messages[_i].bytes,
					       messages[_i].len) == messages[_i].empty,
		      "%s", messages[_i].name);
}
END_TEST

/* Two certificates, "aa" with a staple "30" and "bb" with what a row says. */
#define TWO(len, extensions) \
	"\x00\x00\x00" len   \
	"\x00\x00\x01\xaa\x00\x09\x00\x05\x00\x05\x01\x00\x00\x01\x30\x00\x00\x01\xbb" extensions

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	const char *certificate;
	const char *staple; /* NULL: none */
} staples[] = {
	{"of the first", BYTES(TWO("\x15", "\x00\x00")), "\xaa", "\x30"},
	{"of the second", BYTES(TWO("\x1f", "\x00\x0a\x00\x05\x00\x06\x01\x00\x00\x02\x31\x32")),
	 "\xbb", "\x31\x32"},
	{"of the second, behind another extension",
	 BYTES(TWO("\x22", "\x00\x0d\x00\x12\x00\x00\x00\x05\x00\x05\x01\x00\x00\x01\x31")), "\xbb",
	 "\x31"},
	{"of the second, empty", BYTES(TWO("\x1d", "\x00\x08\x00\x05\x00\x04\x01\x00\x00\x00")),
	 "\xbb", ""},
	{"none for the second", BYTES(TWO("\x15", "\x00\x00")), "\xbb", NULL},
	{"none for a certificate that was not sent", BYTES(TWO("\x15", "\x00\x00")), "\xcc", NULL},
	{"another type of status",
	 BYTES(TWO("\x1e", "\x00\x09\x00\x05\x00\x05\x02\x00\x00\x01\x31")), "\xbb", NULL},
	{"something behind the response",
	 BYTES(TWO("\x1f", "\x00\x0a\x00\x05\x00\x06\x01\x00\x00\x01\x31\x32")), "\xbb", NULL},
	{"the response is cut", BYTES(TWO("\x1e", "\x00\x09\x00\x05\x00\x05\x01\x00\x00\x02\x31")),
	 "\xbb", NULL},
	{"the list is cut", BYTES("\x00\x00\x00\xff\x00\x00\x01\xaa\x00\x00"), "\xaa", NULL},
	{"nothing", BYTES(""), "\xaa", NULL},
};

START_TEST(staple_of_a_certificate_is_found)
{
	const char *staple = staples[_i].staple;
	struct der found = {NULL, 0};
	bool is_found = message_find_staple(&found, staples[_i].bytes, staples[_i].len,
					    der_of(staples[_i].certificate, 1));
	ck_assert_msg(is_found == (staple != NULL), "%s", staples[_i].name);
	if (is_found)
		ck_assert_msg(der_equals(found, staple, strlen(staple)), "%s", staples[_i].name);
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");
	tcase_add_loop_test(tests, empty_staple_is_seen, 0, NUM(messages));
	tcase_add_loop_test(tests, staple_of_a_certificate_is_found, 0, NUM(staples));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
