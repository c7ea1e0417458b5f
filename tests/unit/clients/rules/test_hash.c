/* The hashes of CertIDs by name and by OID, and how one that is not known is printed. */
#include "clients/rules/hash.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *id;
	size_t len;
	const char *name; /* NULL: not known */
	const char *printed;
} rows[] = {
	{BYTES("\x2b\x0e\x03\x02\x1a"), "sha1", "sha1"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), "sha256", "sha256"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), "sha384", "sha384"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), "sha512", "sha512"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x08"), "sha3-256", "sha3-256"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x7f"), NULL, "2.16.840.1.101.3.4.2.127"},
	{BYTES("\x60\x86\x48\x01\x65\x03\x04\x02"), NULL, "2.16.840.1.101.3.4.2"},
	{BYTES("\x2a\x03"), NULL, "1.2.3"},
	{BYTES("\x06\x01"), NULL, "0.6.1"},
	{BYTES(""), NULL, "unknown"},
};

START_TEST(hashes_are_found_by_their_oid)
{
	struct der id = der_of(rows[_i].id, rows[_i].len);
	const char *name = hash_find(id);
	char printed[64];
	hash_print(printed, sizeof printed, id);
	ck_assert_str_eq(printed, rows[_i].printed);
	ck_assert_msg((name != NULL) == (rows[_i].name != NULL), "%s", printed);
	if (name == NULL)
		return;
	ck_assert_str_eq(name, rows[_i].name);
	ck_assert(der_same(hash_id(name), id));
}
END_TEST

START_TEST(a_name_that_is_not_known_has_no_oid)
{
	ck_assert_uint_eq(hash_id("sha0").len, 0);
}
END_TEST

START_TEST(an_oid_is_printed_no_further_than_there_is_room)
{
	char printed[8];
	hash_print(printed, sizeof printed, der_of(BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x7f")));
	ck_assert_str_eq(printed, "2.16.84");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tests = tcase_create("hash");
	tcase_add_loop_test(tests, hashes_are_found_by_their_oid, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tests, a_name_that_is_not_known_has_no_oid);
	tcase_add_test(tests, an_oid_is_printed_no_further_than_there_is_room);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
