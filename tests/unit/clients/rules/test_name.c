/* When two names are the same (RFC 5280 section 7.1). */
#include "clients/rules/name.h"

#include "tests/unit/clients/rules/element.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { UTF8 = 0x0c, NUMERIC = 0x12, PRINTABLE = 0x13, T61 = 0x14, BMP = 0x1e, UNIVERSAL = 0x1c };

#define TEXT(literal) literal, sizeof(literal) - 1

/* One attribute on each side. */
static const struct {
	const char *name;
	int tag;
	const char *value;
	size_t len;
	int other_tag;
	const char *other;
	size_t other_len;
	bool same;
} rows[] = {
	{"the same bytes", UTF8, TEXT("The CA"), UTF8, TEXT("The CA"), true},
	{"another type of string", UTF8, TEXT("The CA"), PRINTABLE, TEXT("The CA"), true},
	{"another case", UTF8, TEXT("The CA"), UTF8, TEXT("tHE ca"), true},
	{"more blanks inside", UTF8, TEXT("The CA"), UTF8, TEXT("The \t CA"), true},
	{"blanks at the ends", UTF8, TEXT("The CA"), UTF8, TEXT("  The CA "), true},
	{"no blank", UTF8, TEXT("The CA"), UTF8, TEXT("TheCA"), false},
	{"nothing but blanks, and nothing", UTF8, TEXT("  "), UTF8, TEXT(""), true},
	{"another letter", UTF8, TEXT("The CA"), UTF8, TEXT("The CB"), false},
	{"the beginning", UTF8, TEXT("The CA"), UTF8, TEXT("The C"), false},
	{"a letter beyond ASCII", UTF8, TEXT("\xc3\xa9"), UTF8, TEXT("\xc3\xa9"), true},
	{"beyond ASCII, case matters", UTF8, TEXT("\xc3\xa9"), UTF8, TEXT("\xc3\x89"), false},
	{"UTF-8 and Latin-1", UTF8, TEXT("\xc3\xa9"), T61, TEXT("\xe9"), true},
	{"UTF-8 and two bytes", UTF8,
	 TEXT("\xc3\xa9"
	      "A"),
	 BMP,
	 TEXT("\x00\xe9\x00"
	      "a"),
	 true},
	{"UTF-8 and four bytes", UTF8, TEXT("\xf0\x9f\x94\x91"), UNIVERSAL,
	 TEXT("\x00\x01\xf5\x11"), true},
	{"UTF-8 that is cut", UTF8, TEXT("A\xc3"), PRINTABLE, TEXT("A\xc3"), false},
	{"a wrong second byte", UTF8,
	 TEXT("\xc3"
	      "A"),
	 T61, TEXT("\xc1"), false},
	{"half a letter of two bytes", BMP,
	 TEXT("\x00"
	      "A\x00"),
	 UTF8, TEXT("A"), false},
	{"beyond Unicode", UNIVERSAL, TEXT("\x7f\xff\xff\xff"), UTF8, TEXT("A"), false},
	{"a type that is not compared by letters", NUMERIC, TEXT("12"), PRINTABLE, TEXT("12"),
	 false},
	{"the same bytes of such a type", NUMERIC, TEXT("12"), NUMERIC, TEXT("12"), true},
};

static void put_attribute(struct element *to, const char *id, int tag, const char *value,
			  size_t len)
{
	struct element attribute = {.len = 0};
	element_put(&attribute, DER_OID, id, 3);
	element_put(&attribute, tag, value, len);
	element_wrap(&attribute, DER_SEQUENCE);
	element_add(to, &attribute);
}

START_TEST(values_are_compared_as_strings)
{
	struct element one = {.len = 0}, other = {.len = 0};
	put_attribute(&one, "\x55\x04\x03", rows[_i].tag, rows[_i].value, rows[_i].len);
	put_attribute(&other, "\x55\x04\x03", rows[_i].other_tag, rows[_i].other,
		      rows[_i].other_len);
	struct element *both[] = {&one, &other};
	for (int i = 0; i < 2; i++) {
		element_wrap(both[i], DER_SET);
		element_wrap(both[i], DER_SEQUENCE);
	}
	struct der first = element_der(&one), second = element_der(&other);
	ck_assert_msg(name_is_same(first, second) == rows[_i].same, "%s", rows[_i].name);
	ck_assert_msg(name_is_same(second, first) == rows[_i].same, "%s, turned round",
		      rows[_i].name);
}
END_TEST

START_TEST(a_part_with_several_attributes_is_a_set)
{
	struct element one = {.len = 0}, other = {.len = 0}, fewer = {.len = 0};
	put_attribute(&one, "\x55\x04\x03", UTF8, "a", 1);
	put_attribute(&one, "\x55\x04\x0a", UTF8, "b", 1);
	put_attribute(&other, "\x55\x04\x0a", PRINTABLE, "b", 1);
	put_attribute(&other, "\x55\x04\x03", PRINTABLE, "a", 1);
	put_attribute(&fewer, "\x55\x04\x03", PRINTABLE, "a", 1);
	struct element *all[] = {&one, &other, &fewer};
	for (int i = 0; i < 3; i++) {
		element_wrap(all[i], DER_SET);
		element_wrap(all[i], DER_SEQUENCE);
	}
	ck_assert(name_is_same(element_der(&one), element_der(&other)));
	ck_assert(!name_is_same(element_der(&one), element_der(&fewer)));
	ck_assert(!name_is_same(element_der(&fewer), element_der(&one)));
}
END_TEST

START_TEST(names_with_other_parts_differ)
{
	struct element one = {.len = 0}, other = {.len = 0}, longer = {.len = 0};
	element_put_name(&one, "CA", UTF8);
	element_put_name(&other, "ca", PRINTABLE);
	put_attribute(&longer, "\x55\x04\x06", PRINTABLE, "DE", 2);
	element_wrap(&longer, DER_SET);
	struct der in = element_der(&other), parts;
	ck_assert(der_take(&in, &parts, DER_SEQUENCE));
	struct element rest = {.len = parts.len};
	memcpy(rest.bytes, parts.at, parts.len);
	element_add(&longer, &rest);
	element_wrap(&longer, DER_SEQUENCE);
	ck_assert(name_is_same(element_der(&one), element_der(&other)));
	ck_assert(!name_is_same(element_der(&one), element_der(&longer)));
	ck_assert(!name_is_same(element_der(&longer), element_der(&one)));
	ck_assert(!name_is_same(element_der(&one), der_of("\x05\x00", 2)));
}
END_TEST

START_TEST(a_name_may_be_given_in_two_parts)
{
	const struct der nothing = {NULL, 0};
	struct element whole = {.len = 0}, base = {.len = 0}, part = {.len = 0}, last = {.len = 0};
	element_put_name(&whole, "CA", UTF8);
	put_attribute(&base, "\x55\x04\x0a", PRINTABLE, "example", 7);
	element_wrap(&base, DER_SET);
	element_wrap(&base, DER_SEQUENCE);
	put_attribute(&part, "\x55\x04\x03", PRINTABLE, "ca", 2);
	put_attribute(&last, "\x55\x04\x03", PRINTABLE, "cb", 2);
	struct der one = element_der(&whole), other = element_der(&base);
	struct der end = element_der(&part), wrong = element_der(&last);
	ck_assert(name_is_same_parts(one, nothing, other, end));
	ck_assert(name_is_same_parts(other, end, one, nothing));
	ck_assert(name_is_same_parts(other, end, other, end));
	ck_assert(!name_is_same_parts(one, nothing, other, wrong));
	ck_assert(!name_is_same_parts(other, wrong, other, end));
	ck_assert(!name_is_same_parts(one, nothing, other, nothing));
	ck_assert(!name_is_same_parts(one, end, one, nothing));
	ck_assert(!name_is_same_parts(one, nothing, one, end));
}
END_TEST

#define NUM(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
	Suite *suite = suite_create("rules_name");
	TCase *tests = tcase_create("rules_name");
	tcase_add_loop_test(tests, values_are_compared_as_strings, 0, NUM(rows));
	tcase_add_test(tests, a_part_with_several_attributes_is_a_set);
	tcase_add_test(tests, names_with_other_parts_differ);
	tcase_add_test(tests, a_name_may_be_given_in_two_parts);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
