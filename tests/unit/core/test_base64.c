/* Base64: what is decoded, what is refused, and that it comes back the same. */
#include "core/base64.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *text, *bytes; /* bytes NULL: refused */
} rows[] = {
	/* The first six are those of RFC 4648 section 10. */
	{"one byte", "Zg==", "f"},
	{"two bytes", "Zm8=", "fo"},
	{"three bytes", "Zm9v", "foo"},
	{"four bytes", "Zm9vYg==", "foob"},
	{"five bytes", "Zm9vYmE=", "fooba"},
	{"six bytes", "Zm9vYmFy", "foobar"},
	{"the last two letters", "Pz8+Pj8/", "?\?>>??"},
	{"lines", " Zm9v\r\n\tYmFy \n", "foobar"},
	{"white space in a group", "Zm 9vYg=\n=", "foob"},
	{"nothing", "", NULL},
	{"white space alone", " \n", NULL},
	{"pads alone", "====", NULL},
	{"one letter", "Z", NULL},
	{"a missing pad", "Zm8", NULL},
	{"a pad too many", "Zm9v=", NULL},
	{"four pads too many", "Zm9v====", NULL},
	{"a letter behind a pad", "Zg==Zg==", NULL},
	{"bits behind the end of one byte", "Zh==", NULL},
	{"bits behind the end of two bytes", "Zm9=", NULL},
	{"the letters of URLs", "Pz8-Pj8_", NULL},
	{"a foreign letter", "Zm9*", NULL},
	{"a byte above ASCII", "Zm9\xc3", NULL},
};

START_TEST(only_base64_is_decoded)
{
	uint8_t *bytes = NULL;
	size_t len = 0;
	const char *wanted = rows[_i].bytes;
	bool done = base64_decode(&bytes, &len, rows[_i].text, strlen(rows[_i].text));
	ck_assert_msg(done == (wanted != NULL), "%s", rows[_i].name);
	if (done) {
		ck_assert_msg(len == strlen(wanted) && memcmp(bytes, wanted, len) == 0, "%s",
			      rows[_i].name);
		free(bytes);
	}
}
END_TEST

START_TEST(a_nul_is_no_letter)
{
	uint8_t *bytes = NULL;
	size_t len = 0;
	ck_assert(!base64_decode(&bytes, &len, "Zm9v\0Zm9", 8));
}
END_TEST

START_TEST(bytes_come_back_in_lines_of_any_length)
{
	uint8_t bytes[300];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t len = 1; len <= sizeof bytes; len++) {
		uint8_t *back = NULL;
		size_t back_len = 0, line_len = len % 3 * 32;
		struct text text;
		text_init(&text, 0);
		ck_assert(base64_append(&text, bytes, len, line_len));
		if (line_len > 0)
			ck_assert_uint_le(strcspn(text_string(&text), "\n"), line_len);
		else
			ck_assert_ptr_null(strchr(text_string(&text), '\n'));
		ck_assert(base64_decode(&back, &back_len, text_string(&text), text.len));
		ck_assert_uint_eq(back_len, len);
		ck_assert_mem_eq(back, bytes, len);
		free(back);
		text_clear(&text);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("base64");
	TCase *tests = tcase_create("base64");
	tcase_add_loop_test(tests, only_base64_is_decoded, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_nul_is_no_letter);
	tcase_add_test(tests, bytes_come_back_in_lines_of_any_length);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
