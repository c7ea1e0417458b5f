/* Growing text, safe display of foreign bytes, nearness of names. */
#include "core/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(grows_and_stays_terminated)
{
	struct text text;
	text_init(&text, 0);
	ck_assert_str_eq(text_string(&text), "");
	for (int i = 0; i < 1000; i++)
		ck_assert(text_append(&text, "ab"));
	ck_assert(text_append_format(&text, "%d", 7));
	ck_assert(text_append_bytes(&text, "01fe", 4));
	ck_assert_uint_eq(text.len, 2005);
	ck_assert_str_eq(text_string(&text) + 2000, "701fe");
	text_clear(&text);
	ck_assert_str_eq(text_string(&text), "");
}
END_TEST

START_TEST(stops_at_its_maximum_and_drops_the_rest)
{
	struct text text;
	text_init(&text, 5);
	ck_assert(text_append(&text, "abcde"));
	ck_assert(!text_append(&text, "f"));
	ck_assert(text.failed);
	ck_assert(!text_append(&text, ""));
	ck_assert_str_eq(text_string(&text), "abcde");
	text_reset(&text);
	ck_assert(text_append(&text, "f"));
	ck_assert_str_eq(text_string(&text), "f");
	text_clear(&text);
}
END_TEST

START_TEST(a_format_that_does_not_fit_leaves_what_was)
{
	struct text text;
	text_init(&text, 6);
	ck_assert(text_append_format(&text, "%s", "abc"));
	ck_assert(!text_append_format(&text, "%d", 123456));
	ck_assert_str_eq(text_string(&text), "abc");
	text_clear(&text);
}
END_TEST

struct visible_row {
	const char *name;
	const char *bytes;
	size_t len;
	const char *shown;
	bool is_utf8;
};

static const struct visible_row visible_rows[] = {
	{"plain", "abc 1", 5, "abc 1", true},
	{"letters beyond ASCII", "\xc3\xa4\xe2\x82\xac", 5, "\xc3\xa4\xe2\x82\xac", true},
	{"a newline", "a\nb", 3, "a\\nb", true},
	{"an escape sequence", "\033[31m", 5, "\\x1b[31m", true},
	{"a NUL", "a\0b", 3, "a\\x00b", true},
	{"delete", "\x7f", 1, "\\x7f", true},
	{"a C1 control", "\xc2\x9b", 2, "\\x9b", true},
	{"text turned round", /* NOLINTNEXTLINE(misc-misleading-bidirectional) */
	 "a\xe2\x80\xae"
	 "b",
	 5, "a\\u{202e}b", true},
	{"a zero-width space", "\xe2\x80\x8b", 3, "\\u{200b}", true},
	{"a byte order mark", "\xef\xbb\xbf", 3, "\\u{feff}", true},
	{"a lone continuation byte", "\x80", 1, "\\x80", false},
	{"an overlong slash", "\xc0\xaf", 2, "\\xc0\\xaf", false},
	{"a surrogate", "\xed\xa0\x80", 3, "\\xed\\xa0\\x80", false},
	{"a cut character", "a\xe2\x82", 3, "a\\xe2\\x82", false},
	{"beyond Unicode", "\xf5\x80\x80\x80", 4, "\\xf5\\x80\\x80\\x80", false},
};

START_TEST(shows_foreign_bytes_harmlessly)
{
	const struct visible_row *row = &visible_rows[_i];
	struct text text;
	text_init(&text, 0);
	text_append_visible(&text, row->bytes, row->len);
	ck_assert_msg(strcmp(text_string(&text), row->shown) == 0, "%s: '%s'", row->name,
		      text_string(&text));
	ck_assert_msg(text_is_utf8(row->bytes, row->len) == row->is_utf8, "%s", row->name);
	text_clear(&text);
}
END_TEST

START_TEST(patterns_match_whole_names)
{
	ck_assert(text_matches("*", "a/b"));
	ck_assert(text_matches("*/no-check", "openssl/no-check"));
	ck_assert(text_matches("staple/?tale", "staple/stale"));
	ck_assert(text_matches("[ab]*", "b"));
	ck_assert(!text_matches("openssl", "openssl/native"));
}
END_TEST

struct specificity {
	const char *name;
	const char *pattern;
	size_t letters;
};

static const struct specificity specificities[] = {
	{"nothing", "", 0},
	{"letters", "gnutls/native", 13},
	{"wildcards", "*?", 0},
	{"a wildcard before letters", "*/native", 7},
	{"a set is one wildcard", "[ab]*", 0},
	{"a long set is not more specific", "[abcdefgh]tale", 4},
	{"a set that excludes", "[!ab]x[^cd]", 1},
	{"a set that begins with a bracket", "x[]ab]y", 2},
	{"a set that excludes a bracket", "x[!]ab]y", 2},
	{"an escaped bracket in a set", "x[a\\]b]y", 2},
	{"a range", "3.[0-9].x", 4},
	{"a class of letters", "a[[:digit:]b]c", 2},
	{"an escaped bracket begins no class", "a[\\[:x]b:]c", 5},
	{"a class that is not closed", "a[[:x]b", 2},
	{"a bracket that is not closed", "a[bc", 4},
	{"a bracket behind the set", "[a]b]", 2},
	{"an escaped wildcard is a letter", "\\*", 1},
	{"an escaped letter is a letter", "a\\b", 2},
	{"an escaped bracket opens no set", "\\[::1]:443", 9},
	{"a backslash at the end", "a\\", 1},
};

START_TEST(the_letters_of_a_pattern_make_it_specific)
{
	const struct specificity *row = &specificities[_i];
	size_t letters = text_specificity(row->pattern);
	ck_assert_msg(letters == row->letters, "%s: %zu", row->name, letters);
}
END_TEST

START_TEST(finds_the_slip_of_a_pen)
{
	static const char *const names[] = {"issuer", "delegate", "root"};
	ck_assert_str_eq(text_nearest("isuer", names, 3), "issuer");
	ck_assert_str_eq(text_nearest("delegete", names, 3), "delegate");
	ck_assert_str_eq(text_nearest("rooot", names, 3), "root");
	/* Two neighbours that changed places are one slip. */
	ck_assert_str_eq(text_nearest("orot", names, 3), "root");
	ck_assert_ptr_null(text_nearest("otor", names, 3));
	ck_assert_ptr_null(text_nearest("completely", names, 3));
	ck_assert_ptr_null(text_nearest("x", names, 0));
}
END_TEST

START_TEST(a_very_long_name_is_near_to_none)
{
	static const char *const names[] = {"issuer"};
	char name[1000];
	memset(name, 'i', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ck_assert_ptr_null(text_nearest(name, names, 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *cases = tcase_create("text");
	tcase_add_test(cases, grows_and_stays_terminated);
	tcase_add_test(cases, stops_at_its_maximum_and_drops_the_rest);
	tcase_add_test(cases, a_format_that_does_not_fit_leaves_what_was);
	tcase_add_loop_test(cases, shows_foreign_bytes_harmlessly, 0,
			    sizeof visible_rows / sizeof visible_rows[0]);
	tcase_add_test(cases, patterns_match_whole_names);
	tcase_add_loop_test(cases, the_letters_of_a_pattern_make_it_specific, 0,
			    sizeof specificities / sizeof specificities[0]);
	tcase_add_test(cases, finds_the_slip_of_a_pen);
	tcase_add_test(cases, a_very_long_name_is_near_to_none);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
