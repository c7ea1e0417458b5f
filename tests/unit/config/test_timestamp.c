/* Moments: what is one, and which. */
#include "harness/config/timestamp.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1795395723) /* 2026-11-23T01:02:03Z */
#define BAD INT64_C(-1)

static const struct {
	const char *name, *text;
	int64_t at_s;
} rows[] = {
	{"days from now", "+3d", NOW + 3 * 86400},
	{"hours ago", "-2h", NOW - 7200},
	{"no time from now", "+0s", NOW},
	{"whole seconds in milliseconds", "+2000ms", NOW + 2},
	{"a moment in UTC", "2026-11-23T01:02:03Z", NOW},
	{"a day in UTC", "2026-11-23", 1795392000},
	{"a leap day", "2028-02-29", 1835395200},
	{"the first second", "1970-01-01T00:00:00Z", 0},
	{"the last second", "9999-12-31T23:59:59Z", 253402300799},
	{"seconds since 1970", "1355875200", 1355875200},
	{"zero", "0", 0},
	{"less than a second", "+500ms", BAD},
	{"a duration without a sign", "3d", BAD},
	{"a duration without a unit", "+3", BAD},
	{"before 1970", "-100y", BAD},
	{"before 1970 in UTC", "1969-12-31", BAD},
	{"after 9999", "+9000y", BAD},
	{"after 9999 in seconds", "253402300800", BAD},
	{"too many digits", "1355875200000000000000", BAD},
	{"a day that is not", "2027-02-29", BAD},
	{"an hour that is not", "2026-11-23T24:00:00Z", BAD},
	{"a month that is not", "2026-13-01", BAD},
	{"a place on earth", "2026-11-23T01:02:03+01:00", BAD},
	{"no zone", "2026-11-23T01:02:03", BAD},
	{"something behind it", "2026-11-23 ", BAD},
	{"nothing", "", BAD},
	{"a word", "tomorrow", BAD},
};

START_TEST(a_moment_is_read_exactly_or_refused)
{
	struct error err = ERROR_INIT;
	int64_t at_s = BAD;
	bool done = timestamp_parse(&at_s, rows[_i].text, NOW, &err);
	ck_assert_msg(done == (rows[_i].at_s != BAD), "%s: %s", rows[_i].name, err.text);
	if (done)
		ck_assert_msg(at_s == rows[_i].at_s, "%s: %lld", rows[_i].name, (long long)at_s);
	else
		ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("moment");
	TCase *tests = tcase_create("moment");
	tcase_add_loop_test(tests, a_moment_is_read_exactly_or_refused, 0,
			    sizeof rows / sizeof *rows);
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
