/* What is read of the entries of a CRL. */
#include "clients/rules/list.h"

#include <check.h>
#include <stdlib.h>

#define TIME       \
	"\x17\x0d" \
	"260101000000Z"
#define BYTES(literal) literal, sizeof(literal) - 1

enum { BROKEN = -2 };

static const struct {
	const char *name, *entry;
	size_t len;
	int reason;
} rows[] = {
	{"without extensions", BYTES("\x30\x12\x02\x01\x11" TIME), -1},
	{"keyCompromise",
	 BYTES("\x30\x20\x02\x01\x11" TIME
	       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01"),
	 1},
	{"removeFromCRL",
	 BYTES("\x30\x20\x02\x01\x11" TIME
	       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x08"),
	 8},
	{"a reason that is an INTEGER",
	 BYTES("\x30\x20\x02\x01\x11" TIME
	       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x02\x01\x01"),
	 -1},
	{"another extension",
	 BYTES("\x30\x20\x02\x01\x11" TIME
	       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x18\x04\x03\x0a\x01\x01"),
	 -1},
	{"no time", BYTES("\x30\x03\x02\x01\x11"), BROKEN},
	{"something behind", BYTES("\x30\x14\x02\x01\x11" TIME "\x05\x00"), BROKEN},
	{"cut", BYTES("\x30\x12\x02\x01\x11\x17\x0d"), BROKEN},
};

START_TEST(entries_are_read)
{
	struct der entries = der_of(rows[_i].entry, rows[_i].len);
	struct listed listed;
	bool is_read = list_take_entry(&listed, &entries, 0);
	ck_assert_msg(is_read == (rows[_i].reason != BROKEN), "%s", rows[_i].name);
	if (!is_read)
		return;
	ck_assert_uint_eq(entries.len, 0);
	ck_assert(der_equals(listed.serial, "\x11", 1));
	ck_assert_int_eq(listed.revocation_time, INT64_C(1767225600));
	ck_assert_msg(list_reason(&listed) == rows[_i].reason, "%s: %d", rows[_i].name,
		      list_reason(&listed));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("list");
	TCase *tests = tcase_create("list");
	tcase_add_loop_test(tests, entries_are_read, 0, (int)(sizeof rows / sizeof *rows));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
