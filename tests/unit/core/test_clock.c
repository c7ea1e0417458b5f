/* Durations as they are written, deadlines, and times as they are printed. */
#include "core/clock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct duration_row {
	const char *text;
	bool is_duration;
	int64_t ms;
	const char *printed;
};

static const struct duration_row duration_rows[] = {
	{"0s", true, 0, "0s"},
	{"0ms", true, 0, "0s"},
	{"1ms", true, 1, "1ms"},
	{"2500ms", true, 2500, "2500ms"},
	{"2s", true, 2000, "2s"},
	{"10m", true, 600000, "10min"},
	{"10min", true, 600000, "10min"},
	{"25h", true, INT64_C(90000000), "25h"},
	{"-4d", true, INT64_C(-345600000), "-4d"},
	{"+4d", true, INT64_C(345600000), "4d"},
	{"96h", true, INT64_C(345600000), "4d"},
	{"1y", true, INT64_C(31536000000), "365d"},
	{"-2y", true, INT64_C(-63072000000), "-730d"},
	{"1000y", true, INT64_C(31536000000000), "365000d"},
	{"1001y", false, 0, ""},
	{"99999999999999999999d", false, 0, ""},
	{"", false, 0, ""},
	{"-", false, 0, ""},
	{"4", false, 0, ""},
	{"d", false, 0, ""},
	{"4 d", false, 0, ""},
	{"4dd", false, 0, ""},
	{"4D", false, 0, ""},
	{"1.5h", false, 0, ""},
	{"--4d", false, 0, ""},
	{"0x4d", false, 0, ""},
	{" 4d", false, 0, ""},
};

START_TEST(reads_durations_strictly)
{
	const struct duration_row *row = &duration_rows[_i];
	char printed[32];
	int64_t ms = 77;
	ck_assert_msg(duration_parse(&ms, row->text) == row->is_duration, "'%s'", row->text);
	if (!row->is_duration) {
		ck_assert_int_eq(ms, 77);
		return;
	}
	ck_assert_int_eq(ms, row->ms);
	/* Years are read and never written: their length varies. */
	ck_assert_str_eq(duration_print(printed, ms), row->printed);
}
END_TEST

START_TEST(a_printed_duration_reads_as_the_same)
{
	static const int64_t all[] = {1, 999, 1000, 59000, 60000, 3600000, 86400000, -5, -7200000};
	char printed[32];
	int64_t again;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		ck_assert(duration_parse(&again, duration_print(printed, all[i])));
		ck_assert_int_eq(again, all[i]);
	}
}
END_TEST

START_TEST(a_deadline_is_over_when_its_time_is)
{
	struct deadline past = deadline_in_ms(-1), far = deadline_in_ms(60000);
	ck_assert(deadline_over(past));
	ck_assert_int_eq(deadline_left_ms(past), 0);
	ck_assert(!deadline_over(far));
	ck_assert_int_gt(deadline_left_ms(far), 59000);
	ck_assert_int_le(deadline_left_ms(far), 60000);
	ck_assert_int_eq(deadline_earlier(past, far).at_us, past.at_us);
	ck_assert_int_eq(deadline_earlier(far, past).at_us, past.at_us);
}
END_TEST

START_TEST(a_fraction_of_a_millisecond_is_still_left)
{
	/* Rounded down it would be 0, and a caller would poll without waiting. */
	struct deadline soon = {.at_us = clock_monotonic_us() + 50000 + 1};
	ck_assert_int_ge(deadline_left_ms(soon), 1);
	struct deadline distant = {.at_us = INT64_MAX};
	ck_assert_int_eq(deadline_left_ms(distant), INT32_MAX);
}
END_TEST

START_TEST(prints_moments_in_utc)
{
	char out[32];
	ck_assert_str_eq(clock_print_utc(out, 0), "1970-01-01T00:00:00Z");
	ck_assert_str_eq(clock_print_utc(out, 1795395723), "2026-11-23T01:02:03Z");
	ck_assert_str_eq(clock_print_utc(out, -1), "1969-12-31T23:59:59Z");
	ck_assert_str_eq(clock_print_utc(out, INT64_MAX), "9223372036854775807");
}
END_TEST

START_TEST(reads_moments_in_utc_and_no_other_form)
{
	static const char *const wrong[] = {"",
					    "2026-11-23",
					    "2026-11-23T01:02:03",
					    "2026-11-23T01:02:03Zx",
					    "+3d",
					    "0",
					    "26-11-23T01:02:03Z",
					    "2026-02-30T00:00:00Z",
					    " 2026-11-23T01:02:03Z",
					    "2026-11-23T24:00:00Z"};
	int64_t at = 5;
	ck_assert(clock_parse_utc(&at, "2026-11-23T01:02:03Z"));
	ck_assert_int_eq(at, 1795395723);
	ck_assert(clock_parse_utc(&at, "1969-12-31T23:59:59Z"));
	ck_assert_int_eq(at, -1);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!clock_parse_utc(&at, wrong[i]), "%s", wrong[i]);
}
END_TEST

START_TEST(the_monotonic_clock_never_goes_back)
{
	int64_t last = clock_monotonic_us();
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_us();
		ck_assert_int_ge(now, last);
		last = now;
	}
	ck_assert_int_gt(clock_wall_s(), 1700000000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock");
	TCase *cases = tcase_create("clock");
	tcase_add_loop_test(cases, reads_durations_strictly, 0,
			    sizeof duration_rows / sizeof duration_rows[0]);
	tcase_add_test(cases, a_printed_duration_reads_as_the_same);
	tcase_add_test(cases, a_deadline_is_over_when_its_time_is);
	tcase_add_test(cases, a_fraction_of_a_millisecond_is_still_left);
	tcase_add_test(cases, prints_moments_in_utc);
	tcase_add_test(cases, reads_moments_in_utc_and_no_other_form);
	tcase_add_test(cases, the_monotonic_clock_never_goes_back);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
