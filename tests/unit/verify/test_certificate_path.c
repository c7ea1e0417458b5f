/* Certificates of a list of test vectors: which are on the path of one. */
#include "harness/verify/certificate_path.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CERTIFICATE_LEN = 33, MOST = 6 };

/* A certificate of two letters, subject and issuer, as far as their names. */
static void make(uint8_t out[static CERTIFICATE_LEN], const char *letters)
{
	static const uint8_t shape[CERTIFICATE_LEN] = {
		0x30, 31, 0x30, 24, 0xa0, 3, 2,    1,    2, 2,    1, 1, /* version, serial */
		0x30, 0,  0x30, 3,  0x31, 1, 0,    0x30, 0, 0x30, 3, 0x31,
		1,    0,  0x30, 0,  0x30, 0, 0x03, 1,    0};
	memcpy(out, shape, CERTIFICATE_LEN);
	out[18] = (uint8_t)letters[1];
	out[25] = (uint8_t)letters[0];
}

/* Lists of certificates, "subject issuer" each, divided by blanks. */
static const struct {
	const char *name, *path, *others, *anchors, *expected;
} rows[] = {
	{"nothing else", "li ir", "", "rr", "li ir"},
	{"the rest of the path", "li", "ir", "rr", "li ir"},
	{"in any order", "li", "jr ij", "rr", "li ij jr"},
	{"what is not on the path is left out", "li", "xr ir", "rr", "li ir"},
	{"an anchor is left out", "li", "ir rr", "rr", "li ir"},
	{"nothing above an anchor", "li ir", "rs", "ir", "li ir"},
	{"what is there is not there twice", "li ir", "ir li", "rr", "li ir"},
	{"two of one name", "li", "ir is", "rr ss", "li ir is"},
	{"all when a name cannot be followed", "li", "Ir xy", "rr", "li Ir xy"},
	{"all behind a part of the path", "li", "ij Jr", "rr", "li ij Jr"},
	{"a circle ends", "li", "ij ji", "rr", "li ij ji"},
};

static void fill(struct blob_list *list, uint8_t bytes[static MOST][CERTIFICATE_LEN],
		 struct blob items[static MOST], const char *words)
{
	*list = (struct blob_list){items, 0};
	for (; *words != '\0'; words += words[2] == ' ' ? 3 : 2) {
		make(bytes[list->num], words);
		items[list->num] = (struct blob){bytes[list->num], CERTIFICATE_LEN};
		list->num++;
	}
}

START_TEST(a_path_has_what_its_names_lead_to)
{
	static uint8_t bytes[4][MOST][CERTIFICATE_LEN];
	struct blob items[4][MOST];
	struct blob_list given, others, anchors, expected, path = {0};
	fill(&given, bytes[0], items[0], rows[_i].path);
	fill(&others, bytes[1], items[1], rows[_i].others);
	fill(&anchors, bytes[2], items[2], rows[_i].anchors);
	fill(&expected, bytes[3], items[3], rows[_i].expected);
	ck_assert(path_join(&path, &given));
	ck_assert(path_extend(&path, &others, &anchors));
	ck_assert_msg(path.num == expected.num, "%s: %zu", rows[_i].name, path.num);
	for (size_t i = 0; i < path.num; i++)
		ck_assert_msg(
			memcmp(path.items[i].bytes, expected.items[i].bytes, CERTIFICATE_LEN) == 0,
			"%s: %zu", rows[_i].name, i);
	free(path.items);
}
END_TEST

START_TEST(names_of_what_is_cut_are_none)
{
	uint8_t bytes[CERTIFICATE_LEN];
	struct blob issuer, subject;
	make(bytes, "li");
	ck_assert(der_input_names(&issuer, &subject, &(struct blob){bytes, CERTIFICATE_LEN}));
	ck_assert_uint_eq(issuer.len, 5);
	ck_assert_uint_eq(issuer.bytes[4], 'i');
	ck_assert_uint_eq(subject.bytes[4], 'l');
	for (size_t len = 0; len < CERTIFICATE_LEN; len++)
		ck_assert_msg(!der_input_names(&issuer, &subject, &(struct blob){bytes, len}),
			      "%zu", len);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate_path");
	TCase *tests = tcase_create("certificate_path");
	tcase_add_loop_test(tests, a_path_has_what_its_names_lead_to, 0,
			    sizeof rows / sizeof *rows);
	tcase_add_test(tests, names_of_what_is_cut_are_none);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
