/* Which handshake messages have an empty staple. */
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

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");
	tcase_add_loop_test(tests, empty_staple_is_seen, 0, NUM(messages));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
