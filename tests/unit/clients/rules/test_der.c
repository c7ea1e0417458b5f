/* How DER is read: lengths, numbers, and the forms of times. */
#include "clients/rules/der.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

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

START_TEST(one_sequence_is_distinguished)
{
	ck_assert_msg(der_is_one_sequence(der_of(sequences[_i].bytes, sequences[_i].len)) ==
			      sequences[_i].one,
		      "%s", sequences[_i].name);
}
END_TEST

static const struct {
	const char *text;
	int forms;
	bool readable;
	int64_t seconds;
} times[] = {
	{"19700101000000Z", 0, true, 0},
	{"20260921142640Z", 0, true, 1790000800},
	{"20000229000000Z", 0, true, 951782400},
	{"19000301000000Z", 0, true, -2203891200},
	{"99991231235959Z", 0, true, 253402300799},
	{"20230229000000Z", 0, false, 0},
	{"21000229000000Z", 0, false, 0},
	{"20261301000000Z", 0, false, 0},
	{"20260921240000Z", 0, false, 0},
	{"20260921146040Z", 0, false, 0},
	{"20260921142660Z", 0, false, 0},
	{"20260921142640", 0, false, 0},
	{"202609211426Z", 0, false, 0},
	{"20260921142640.5Z", 0, false, 0},
	{"20260921142640+0100", 0, false, 0},
	{"2026 921142640Z", 0, false, 0},
	{"202609211426Z", DER_TIME_SHORT, true, 1790000760},
	{"2026092114Z", DER_TIME_SHORT, false, 0},
	{"20260921142640.5Z", DER_TIME_SHORT, false, 0},
	{"20260921142640.25Z", DER_TIME_FRACTION, true, 1790000800},
	{"20260921142640.Z", DER_TIME_FRACTION, false, 0},
	{"20260921142640+0100", DER_TIME_OFFSET, true, 1789997200},
	{"20260921142640-0030", DER_TIME_OFFSET, true, 1790002600},
	{"20260921142640+1300", DER_TIME_OFFSET, false, 0},
	{"20260921142640+01", DER_TIME_OFFSET, false, 0},
	{"20260921142640", DER_TIME_NO_ZONE, true, 1790000800},
	{"20260921142640x", DER_TIME_NO_ZONE, false, 0},
	{"260921142640Z", 0, true, 1790000800},
	{"500101000000Z", 0, true, -631152000},
	{"490101000000Z", 0, true, 2493072000},
	{"2609211426Z", DER_TIME_SHORT, true, 1790000760},
	{"260921142640.5Z", DER_TIME_FRACTION, false, 0},
};

/* Two digits of the year are a UTCTime. */
static struct der time_of(uint8_t out[static 64], const char *text)
{
	size_t len = strlen(text);
	bool is_utc = strcspn(text, "Z+-.x") == 12 || strcspn(text, "Z+-.x") == 10;
	if (strncmp(text, "20", 2) == 0)
		is_utc = false;
	out[0] = is_utc ? DER_UTC_TIME : DER_GENERALIZED_TIME;
	out[1] = (uint8_t)len;
	memcpy(out + 2, text, len);
	return der_of(out, len + 2);
}

START_TEST(a_time_is_read_in_the_forms_that_are_allowed)
{
	uint8_t bytes[64];
	struct der in = time_of(bytes, times[_i].text);
	int64_t seconds;
	bool readable = false;
	ck_assert(der_take_time(&in, &seconds, &readable, times[_i].forms));
	ck_assert_msg(readable == times[_i].readable, "%s", times[_i].text);
	ck_assert_uint_eq(in.len, 0);
	if (readable)
		ck_assert_int_eq(seconds, times[_i].seconds);
}
END_TEST

static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	int number; /* -1: none */
} numbers[] = {
	{"zero", BYTES("\x02\x01\x00"), 0},
	{"one byte", BYTES("\x02\x01\x7f"), 127},
	{"negative", BYTES("\x02\x01\x80"), -1},
	{"two bytes", BYTES("\x02\x02\x01\x00"), 256},
	{"leading zeros", BYTES("\x02\x06\x00\x00\x00\x00\x01\x02"), 258},
	{"the largest", BYTES("\x02\x04\x7f\xff\xff\xff"), 2147483647},
	{"too large", BYTES("\x02\x05\x00\x80\x00\x00\x00"), -1},
	{"no bytes", BYTES("\x02\x00"), -1},
	{"another tag", BYTES("\x0a\x01\x01"), -1},
};

START_TEST(a_number_is_read_when_it_fits)
{
	struct der in = der_of(numbers[_i].bytes, numbers[_i].len);
	int number = -1;
	bool taken = der_take_number(&in, &number, DER_INTEGER);
	ck_assert_msg(taken == (numbers[_i].number >= 0), "%s", numbers[_i].name);
	ck_assert_msg(number == numbers[_i].number, "%s: %d", numbers[_i].name, number);
	ck_assert_uint_eq(in.len, taken ? 0 : numbers[_i].len);
}
END_TEST

/* Nothing of an element with another tag is taken, and the content stays. */
START_TEST(another_tag_takes_nothing)
{
	static const uint8_t bytes[] = {0xa0, 0x01, 0x05};
	struct der in = der_of(bytes, sizeof bytes), content = {NULL, 0};
	ck_assert(!der_take(&in, &content, DER_SEQUENCE));
	ck_assert_uint_eq(in.len, sizeof bytes);
	ck_assert_ptr_null(content.at);
	ck_assert_uint_eq(content.len, 0);
}
END_TEST

START_TEST(numbers_are_compared_without_superfluous_bytes)
{
	struct der seventeen = der_of("\x11", 1), high = der_of("\x00\x91", 2);
	ck_assert(der_is_same_number(seventeen, der_of("\x00\x00\x11", 3)));
	ck_assert(der_is_same_number(high, der_of("\x00\x00\x91", 3)));
	ck_assert(!der_is_same_number(high, der_of("\x91", 1)));
	ck_assert(der_is_same_number(der_of("\xff\x91", 2), der_of("\x91", 1)));
	ck_assert(!der_is_same_number(seventeen, der_of("\x11\x00", 2)));
	ck_assert(!der_is_same_number(seventeen, der_of("", 0)));
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("rules_der");
	TCase *tests = tcase_create("rules_der");
	tcase_add_loop_test(tests, one_sequence_is_distinguished, 0, NUM(sequences));
	tcase_add_loop_test(tests, a_time_is_read_in_the_forms_that_are_allowed, 0, NUM(times));
	tcase_add_loop_test(tests, a_number_is_read_when_it_fits, 0, NUM(numbers));
	tcase_add_test(tests, another_tag_takes_nothing);
	tcase_add_test(tests, numbers_are_compared_without_superfluous_bytes);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
