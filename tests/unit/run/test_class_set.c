/* Client classes and cells in few words: never one too many, never one too few. */
#include "harness/run/class_set.h"
#include "harness/run/grouping.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known; a plus stands before those in the set. */
static const struct {
	const char *known, *words;
} sets[] = {
	{"+a/x +a/y +b/x", "*"},
	{"+a/x", "a/x"},
	{"+a/x +a/y b/x", "a/*"},
	{"+a/x a/y +b/x b/y", "*/x"},
	{"+a/x +a/y +b/x b/y +c/y c/z", "a/*, b/x, c/y"},
	{"+a/x +a/y +a/z +b/x b/y c/y", "a/*, b/x"},
	{"+a/x +b/x +c/x +c/y a/z b/z c/z", "*/x, c/y"},
	{"+a/x a/y b/x", "a/x"},
	{"a/x a/y", ""},
	{"+a/x +ab/x ab/y", "*/x"},
	{"+plain +other/x third/x", "plain, other/x"},
	{"+a/[x] +b/y c/z", "a/[x], b/y"},
};

static size_t make(struct class_member *members, char *text)
{
	size_t num = 0;
	char *save = NULL;
	for (char *id = strtok_r(text, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save))
		members[num++] = (struct class_member){id + (id[0] == '+'), id[0] == '+'};
	return num;
}

START_TEST(the_words_are_few)
{
	struct class_member members[32];
	struct text words;
	char *text = strdup(sets[_i].known);
	text_init(&words, 0);
	ck_assert(class_set_append(&words, members, make(members, text)));
	ck_assert_str_eq(text_string(&words), sets[_i].words);
	text_clear(&words);
	free(text);
}
END_TEST

struct patterns {
	char *items[64];
	size_t num;
};

static bool keep(void *context, const char *pattern)
{
	struct patterns *patterns = context;
	patterns->items[patterns->num++] = strdup(pattern);
	return true;
}

/* Many sets of names with letters that patterns take for more. */
START_TEST(patterns_match_the_set_and_nothing_else)
{
	static const char *const families[] = {"a", "ab", "a*", "[ab]", "?"};
	static const char *const names[] = {"x", "xy", "*", "\\x", "x/y"};
	struct class_member members[25];
	char ids[25][16];
	unsigned random = 3;
	for (int round = 0; round < 400; round++) {
		struct patterns patterns = {.num = 0};
		for (int i = 0; i < 25; i++) {
			random = random * 1103515245 + 12345;
			snprintf(ids[i], sizeof ids[i], "%s/%s", families[i / 5], names[i % 5]);
			members[i] = (struct class_member){ids[i], (random >> 16) % 5 != 0};
		}
		ck_assert(class_set_patterns(members, 25, keep, &patterns));
		for (int i = 0; i < 25; i++) {
			bool matched = false;
			for (size_t k = 0; k < patterns.num; k++)
				matched = matched || text_matches(patterns.items[k], ids[i]);
			ck_assert_msg(matched == members[i].is_in, "%s in round %d", ids[i], round);
		}
		for (size_t k = 0; k < patterns.num; k++)
			free(patterns.items[k]);
	}
}
END_TEST

START_TEST(cells_that_are_alike_become_rectangles)
{
	struct group_cell cells[] = {{1, 2, 0}, {0, 0, 1}, {0, 0, 0}, {0, 1, 0},
				     {0, 1, 1}, {1, 0, 0}, {0, 2, 1}, {1, 1, 3}};
	static const struct {
		size_t key, num_rows, num_classes, row, class;
	} blocks[] = {{0, 2, 2, 0, 0}, {0, 1, 1, 2, 1}, {1, 2, 1, 0, 0}, {1, 1, 1, 1, 3}};
	struct grouping grouping;
	ck_assert(group_make(&grouping, cells, 8));
	ck_assert_uint_eq(grouping.num, 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(grouping.blocks[i].key, blocks[i].key);
		ck_assert_uint_eq(grouping.blocks[i].num_rows, blocks[i].num_rows);
		ck_assert_uint_eq(grouping.blocks[i].num_classes, blocks[i].num_classes);
		ck_assert_uint_eq(grouping.blocks[i].rows[0], blocks[i].row);
		ck_assert_uint_eq(grouping.blocks[i].classes[0], blocks[i].class);
	}
	grouping_clear(&grouping);
	ck_assert(group_make(&grouping, cells, 0));
	ck_assert_uint_eq(grouping.num, 0);
	grouping_clear(&grouping);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("class_set");
	TCase *tcase = tcase_create("class_set");
	tcase_add_loop_test(tcase, the_words_are_few, 0, sizeof sets / sizeof *sets);
	tcase_add_test(tcase, patterns_match_the_set_and_nothing_else);
	tcase_add_test(tcase, cells_that_are_alike_become_rectangles);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
