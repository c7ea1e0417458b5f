/* Which parameters of RSASSA-PSS are read, and as what. */
#include "clients/rules/pss.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PSS            "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define SHA256         "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
#define MGF1           "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *name, *bytes;
	size_t len;
	const char *hash, *mask_hash; /* NULL: not read */
	int salt_len;
} rows[] = {
	{"all by default", BYTES("\x30\x0d" PSS "\x30\x00"), "sha1", "sha1", 20},
	{"SHA-256",
	 BYTES("\x30\x3e" PSS "\x30\x31\xa0\x0f" SHA256 "\xa1\x1c\x30\x1a" MGF1 SHA256 "\xa2\x00"),
	 "sha256", "sha256", 20},
	{"SHA-256 with its salt",
	 BYTES("\x30\x41" PSS "\x30\x34\xa0\x0f" SHA256 "\xa1\x1c\x30\x1a" MGF1 SHA256
	       "\xa2\x03\x02\x01\x20"),
	 "sha256", "sha256", 32},
	{"the hash alone", BYTES("\x30\x1e" PSS "\x30\x11\xa0\x0f" SHA256), "sha256", "sha1", 20},
	{"trailer 1", BYTES("\x30\x12" PSS "\x30\x05\xa3\x03\x02\x01\x01"), "sha1", "sha1", 20},
	{"trailer 2", BYTES("\x30\x12" PSS "\x30\x05\xa3\x03\x02\x01\x02"), NULL, NULL, 0},
	{"no parameters", BYTES("\x30\x0b" PSS), NULL, NULL, 0},
	{"NULL", BYTES("\x30\x0d" PSS "\x05\x00"), NULL, NULL, 0},
	{"an unknown hash", BYTES("\x30\x15" PSS "\x30\x08\xa0\x06\x30\x04\x06\x02\x2a\x03"), NULL,
	 NULL, 0},
	{"a negative salt", BYTES("\x30\x12" PSS "\x30\x05\xa2\x03\x02\x01\xff"), NULL, NULL, 0},
	{"something behind", BYTES("\x30\x0f" PSS "\x30\x02\x05\x00"), NULL, NULL, 0},
	{"cut", BYTES("\x30\x1e" PSS "\x30\x11\xa0\x0f\x30\x0d\x06\x09"), NULL, NULL, 0},
	{"PKCS #1 v1.5", BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"),
	 NULL, NULL, 0},
};

START_TEST(parameters_are_read)
{
	struct pss pss;
	bool is_read = pss_read(&pss, der_of(rows[_i].bytes, rows[_i].len));
	ck_assert_msg(is_read == (rows[_i].hash != NULL), "%s", rows[_i].name);
	if (!is_read)
		return;
	ck_assert_msg(strcmp(pss.hash, rows[_i].hash) == 0, "%s: %s", rows[_i].name, pss.hash);
	ck_assert_msg(strcmp(pss.mask_hash, rows[_i].mask_hash) == 0, "%s: %s", rows[_i].name,
		      pss.mask_hash);
	ck_assert_msg(pss.salt_len == rows[_i].salt_len, "%s: %d", rows[_i].name, pss.salt_len);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pss");
	TCase *tests = tcase_create("pss");
	tcase_add_loop_test(tests, parameters_are_read, 0, (int)(sizeof rows / sizeof *rows));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
