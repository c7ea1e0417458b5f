/* The YAML reader: every node has its place, and whatever is broken is named with its. */
#include "harness/config/yaml.h"

#include "core/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct refusal {
	const char *name;
	const char *bytes;
	size_t len; /* 0: strlen */
	const char *text;
};

static const struct refusal refusals[] = {
	{"a NUL byte", "a: \0b", 5, "f.yaml:1:4: a NUL byte"},
	{"an escape character", "a: b\nc: \033[31m", 0, "f.yaml:2:4: a control character"},
	{"a lone continuation byte", "a: b\n\n  x\x80", 0, "f.yaml:3:4: a byte that is not UTF-8"},
	{"an overlong form", "\xc0\xaf", 0, "f.yaml:1:1: a byte that is not UTF-8"},
	{"a cut character at the end", "\xc3\xa9: \xe2\x82", 0,
	 "f.yaml:1:4: a byte that is not UTF-8"},
	{"UTF-16", "a\0:\0 \0b\0", 8, "f.yaml:1:2: a NUL byte"},
	{"only a comment", "# nothing\n", 0, "f.yaml:1:1: empty"},
	{"only a marker", "---\n", 0, "f.yaml:1:1: empty"},
	{"a list without an end", "a: [1, 2\n", 0, "f.yaml:2:1: flow sequence without a closing"},
	{"a text without an end", "a: 1\nb: \"x\n", 0, "f.yaml:2:5: double-quoted scalar without"},
	{"a tab as indentation", "a:\n\tb: c\n", 0, "f.yaml:2:"},
	{"an odd indentation", "a: 1\n  b: 2\n", 0, "f.yaml:1:4: "},
	{"a reserved letter", "a: @b\n", 0, "f.yaml:1:4: "},
	{"a key twice", "a: 1\nb: 2\n  \na: 3\n", 0,
	 "f.yaml:4:1: duplicate key 'a', first defined at line 1"},
	{"a key twice, quoted once", "{a: 1, \"a\": 2}", 0, "f.yaml:1:8: duplicate key 'a'"},
	{"a second document", "a: 1\n---\nb: 2\n", 0, "f.yaml:2:1: a second document"},
	{"an alias", "a: &x 1\nb: *x\n", 0, "f.yaml:1:7: anchors (&name) are not used"},
	{"an alias alone", "b: *x\n", 0, "f.yaml:1:"},
	{"a tag", "a: !!int 3\n", 0, "f.yaml:1:10: tags (!name) are not used"},
	{"a list as key", "? [a, b]\n: c\n", 0, "f.yaml:1:3: a key is a plain word"},
	{"a mapping as key", "{{a: b}: c}", 0, "f.yaml:1:2: a key is a plain word"},
	{"a NUL out of an escape", "a: \"x\\0y\"\n", 0, "f.yaml:1:4: a text with a NUL character"},
	{"quotes that libfyaml misreads", "a: 'b''''c'\n", 0,
	 "f.yaml:1:4: a text that the YAML library misreads: write it in double quotes"},
	{"levels without end", "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 0,
	 "f.yaml:1:17: nested deeper than 16 levels"},
};

START_TEST(refuses_with_place)
{
	const struct refusal *row = &refusals[_i];
	struct error err = ERROR_INIT;
	size_t len = row->len != 0 ? row->len : strlen(row->bytes);
	struct yaml *yaml = yaml_parse("f.yaml", row->bytes, len, &err);
	ck_assert_msg(yaml == NULL, "%s: accepted", row->name);
	ck_assert_msg(strncmp(err.text, row->text, strlen(row->text)) == 0, "%s: '%s'", row->name,
		      err.text);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
}
END_TEST

static struct yaml *parse(const char *text)
{
	struct error err = ERROR_INIT;
	struct yaml *yaml = yaml_parse("f.yaml", text, strlen(text), &err);
	ck_assert_msg(yaml != NULL, "%s", err.text);
	return yaml;
}

START_TEST(knows_every_place)
{
	struct yaml *yaml = parse("title: x\n"
				  "\"quoted\": 'single'\n"
				  "map: {a: 1, b: [yes, \"2\"]}\n"
				  "list:\n"
				  "  - one\n"
				  "  - key: value\n"
				  "absent:\n");
	struct yaml_node *root = yaml_root(yaml);
	struct yaml_node *key, *value;
	static const struct {
		int line, column, value_line, value_column;
	} places[] = {{1, 1, 1, 8}, {2, 1, 2, 11}, {3, 1, 3, 6}, {4, 1, 5, 3}, {7, 1, 7, 0}};
	ck_assert_uint_eq(yaml_count(root), 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert(yaml_pair(root, i, &key, &value));
		ck_assert_int_eq(yaml_line(key), places[i].line);
		ck_assert_int_eq(yaml_column(key), places[i].column);
		ck_assert_int_eq(yaml_line(value), places[i].value_line);
		/* 0: where nothing stands, releases of libfyaml differ. */
		if (places[i].value_column > 0)
			ck_assert_int_eq(yaml_column(value), places[i].value_column);
	}
	ck_assert(!yaml_pair(root, 5, &key, &value));
	struct yaml_node *list = yaml_get(yaml_get(root, "map"), "b");
	ck_assert_int_eq(yaml_column(yaml_item(list, 1)), 22);
	ck_assert_str_eq(yaml_text(yaml_item(list, 1)), "2");
	ck_assert_ptr_null(yaml_item(list, 2));
	yaml_free(yaml);
}
END_TEST

START_TEST(gives_values_as_they_are_written)
{
	struct yaml *yaml = parse("plain: yes\n"
				  "folded: >-\n  two\n  lines\n"
				  "empty: ''\n"
				  "letters: \"\xc3\xa9 \\u20ac\"\n"
				  "list: []\n");
	struct yaml_node *root = yaml_root(yaml);
	ck_assert_int_eq(yaml_kind(root), YAML_MAPPING);
	ck_assert_str_eq(yaml_text(yaml_get(root, "plain")), "yes");
	ck_assert_str_eq(yaml_text(yaml_get(root, "folded")), "two lines");
	ck_assert_str_eq(yaml_text(yaml_get(root, "empty")), "");
	ck_assert_str_eq(yaml_text(yaml_get(root, "letters")), "\xc3\xa9 \xe2\x82\xac");
	ck_assert_int_eq(yaml_kind(yaml_get(root, "list")), YAML_SEQUENCE);
	ck_assert_uint_eq(yaml_count(yaml_get(root, "list")), 0);
	ck_assert_ptr_null(yaml_text(yaml_get(root, "list")));
	ck_assert_ptr_null(yaml_get(root, "nothing"));
	ck_assert_ptr_null(yaml_get(yaml_get(root, "plain"), "nothing"));
	yaml_free(yaml);
}
END_TEST

START_TEST(joins_a_text_of_many_pieces)
{
	struct text text, expected;
	text_init(&text, 0);
	text_init(&expected, 0);
	text_append(&text, "a: '");
	for (size_t i = 0; i < 300; i++) {
		text_append(&text, "x''");
		text_append(&expected, "x'");
	}
	text_append(&text, "'");
	struct yaml *yaml = parse(text_string(&text));
	ck_assert_str_eq(yaml_text(yaml_get(yaml_root(yaml), "a")), text_string(&expected));
	yaml_free(yaml);
	text_clear(&text);
	text_clear(&expected);
}
END_TEST

START_TEST(adds_faults_line_by_line)
{
	struct error err = ERROR_INIT;
	struct yaml *yaml = parse("a: 1\nb: 2\n");
	struct yaml_node *key, *value;
	yaml_pair(yaml_root(yaml), 0, &key, &value);
	ck_assert(!yaml_fault(yaml, value, &err, "one %d", 1));
	yaml_pair(yaml_root(yaml), 1, &key, &value);
	ck_assert(!yaml_fault(yaml, key, &err, "two \033[0m"));
	ck_assert_str_eq(err.text, "f.yaml:1:4: one 1\nf.yaml:2:1: two \\x1b[0m");
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert(!yaml_fault(yaml, key, NULL, "to nobody"));
	yaml_free(yaml);
}
END_TEST

START_TEST(says_when_there_is_no_room_for_more)
{
	struct error err = ERROR_INIT;
	struct yaml *yaml = parse("a: 1\n");
	for (int i = 0; i < 200; i++)
		yaml_fault(yaml, yaml_root(yaml), &err, "fault number %d of many", i);
	const char *last = strrchr(err.text, '\n');
	ck_assert_ptr_nonnull(last);
	ck_assert_str_eq(last + 1, "f.yaml: there are more errors");
	yaml_free(yaml);
}
END_TEST

START_TEST(bounds_its_input)
{
	struct error err = ERROR_INIT;
	size_t len = YAML_MAX_BYTES + 1;
	char *bytes = malloc(len);
	memset(bytes, 'a', len);
	ck_assert_ptr_null(yaml_parse("f.yaml", bytes, len, &err));
	ck_assert_str_eq(err.text, "f.yaml: larger than the 1048576 bytes allowed here");
	free(bytes);
	/* Refused at a bound, not after hours of comparing keys. */
	struct text keys;
	text_init(&keys, 0);
	for (int i = 0; i < 100000; i++)
		text_append_format(&keys, "k%d: 1\n", i);
	err = ERROR_INIT;
	ck_assert_ptr_null(yaml_parse("f.yaml", text_string(&keys), keys.len, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "more than 1024 entries"));
	text_clear(&keys);
}
END_TEST

START_TEST(names_the_file_that_cannot_be_read)
{
	struct error err = ERROR_INIT;
	ck_assert_ptr_null(yaml_load("/nonexistent/x.yaml", &err));
	ck_assert_str_eq(err.text, "/nonexistent/x.yaml: No such file or directory");
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	err = ERROR_INIT;
	ck_assert_ptr_null(yaml_load("/", &err));
	ck_assert_str_eq(err.text, "/: is a directory, not a file");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("yaml");
	TCase *tcase = tcase_create("yaml");
	tcase_add_loop_test(tcase, refuses_with_place, 0, sizeof refusals / sizeof refusals[0]);
	tcase_add_test(tcase, knows_every_place);
	tcase_add_test(tcase, gives_values_as_they_are_written);
	tcase_add_test(tcase, joins_a_text_of_many_pieces);
	tcase_add_test(tcase, adds_faults_line_by_line);
	tcase_add_test(tcase, says_when_there_is_no_room_for_more);
	tcase_add_test(tcase, bounds_its_input);
	tcase_add_test(tcase, names_the_file_that_cannot_be_read);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
