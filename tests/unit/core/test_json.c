/* Strict reading and one-line writing of JSON. */
#include "core/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *bytes;
	size_t len;       /* 0: strlen */
	const char *text; /* NULL: accepted */
};

static const struct row rows[] = {
	{"an object", "{\"a\": 1}", 0, NULL},
	{"an object in white space", " {\"a\": [1, 2]} \n", 0, NULL},
	{"nothing", "", 0, "not JSON"},
	{"a list", "[1]", 0, "a JSON object is expected"},
	{"a number", "1", 0, "not JSON"},
	{"a key twice", "{\"a\": 1, \"a\": 2}", 0, "not JSON"},
	{"something behind it", "{} {}", 0, "not JSON"},
	{"half of one", "{\"a\":", 0, "not JSON"},
	{"a lone byte that is not UTF-8", "{\"a\": \"\x80\"}", 0, "not JSON"},
	{"a NUL behind it", "{}\0", 3, "not JSON"},
};

START_TEST(takes_one_object_and_nothing_else)
{
	const struct row *row = &rows[_i];
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(
		row->bytes, row->len != 0 ? row->len : strlen(row->bytes), ERROR_USAGE, &err);
	ck_assert_msg((object != NULL) == (row->text == NULL), "%s: %s", row->name, err.text);
	if (row->text != NULL) {
		ck_assert_msg(strstr(err.text, row->text) != NULL, "%s: %s", row->name, err.text);
		ck_assert_int_eq(err.kind, ERROR_USAGE);
	}
	json_decref(object);
}
END_TEST

START_TEST(nesting_has_an_end)
{
	size_t len = 100000;
	char *deep = malloc(len);
	struct error err = ERROR_INIT;
	memset(deep, '[', len);
	memcpy(deep, "{\"a\":", 5);
	ck_assert_ptr_null(json_parse_object(deep, len, ERROR_USAGE, &err));
	free(deep);
}
END_TEST

START_TEST(names_the_unknown_key)
{
	static const char *const known[] = {"a", "b"};
	struct error err = ERROR_INIT;
	json_t *object = json_pack("{s:i, s:i}", "a", 1, "c", 2);
	ck_assert(!json_only_keys(object, "request", known, 2, &err));
	ck_assert_str_eq(err.text, "request: unknown key 'c'");
	json_object_del(object, "c");
	ck_assert(json_only_keys(object, "request", known, 2, NULL));
	json_decref(object);
}
END_TEST

START_TEST(writes_one_line_with_sorted_keys)
{
	struct text out;
	text_init(&out, 0);
	json_t *object = json_pack("{s:s, s:i}", "b", "x\ny", "a", 1);
	ck_assert(json_append_line(&out, object));
	ck_assert_str_eq(text_string(&out), "{\"a\":1,\"b\":\"x\\ny\"}\n");
	json_decref(object);
	text_clear(&out);
}
END_TEST

START_TEST(any_foreign_bytes_can_be_stored)
{
	json_t *plain = json_foreign_string("caf\xc3\xa9");
	json_t *odd = json_foreign_string("a\xff"
					  "b");
	ck_assert_str_eq(json_string_value(plain), "caf\xc3\xa9");
	ck_assert_str_eq(json_string_value(odd), "a\\xffb");
	json_decref(plain);
	json_decref(odd);
}
END_TEST

START_TEST(sets_nothing_for_null)
{
	json_t *object = json_object();
	json_set_if(object, "a", NULL);
	json_set(object, "b", json_integer(1));
	ck_assert_uint_eq(json_object_size(object), 1);
	json_decref(object);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *cases = tcase_create("json");
	tcase_add_loop_test(cases, takes_one_object_and_nothing_else, 0,
			    sizeof rows / sizeof rows[0]);
	tcase_add_test(cases, nesting_has_an_end);
	tcase_add_test(cases, names_the_unknown_key);
	tcase_add_test(cases, writes_one_line_with_sorted_keys);
	tcase_add_test(cases, any_foreign_bytes_can_be_stored);
	tcase_add_test(cases, sets_nothing_for_null);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
