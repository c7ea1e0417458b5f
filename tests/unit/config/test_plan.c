/* What the words of a selection choose. */
#include "harness/config/plan.h"

#include "core/file.h"
#include "core/text.h"
#include "harness/config/class_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_WORDS 4
#define TAIL      "\nexpect: {'*': connect}\n"
#define VARIANTS  "variants: {1h: {}, 8d: {}}"

/* Two folders: the tree, and another one with files that a user names. */
static char place[64], tree_path[80], other_path[80];

static void put_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	struct error err = ERROR_INIT;
	snprintf(path, sizeof path, "%s/%s", place, folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", place, folder, name);
	ck_assert_msg(file_write(path, text, strlen(text), &err), "%s", err.text);
}

static void make_places(void)
{
	snprintf(place, sizeof place, "/tmp/revoscope-plan-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place));
	snprintf(tree_path, sizeof tree_path, "%s/tree", place);
	snprintf(other_path, sizeof other_path, "%s/mine", place);
	mkdir(tree_path, 0700);
	put_file("tree/healthy", "fine.yaml", "title: T\nwhy: W\ntags: [x]" TAIL);
	put_file("tree/staple", "stale.yaml", "title: T\nwhy: W\ntags: [x, time]\n" VARIANTS TAIL);
	put_file("tree/staple", "staple-gone.yaml", "title: T\nwhy: W\ntags: [y]" TAIL);
	put_file("tree/crl", "crl-old.yaml", "title: T\nwhy: W\ntags: [time]" TAIL);
	put_file("mine", "own.yaml", "title: T\nwhy: W\ntags: [z]" TAIL);
	put_file("broken", "broken.yaml", "title: T\nwhy: W\ntags: [z]\ntruth: x" TAIL);
	put_file("clash", "fine.yaml", "title: T\nwhy: W\ntags: [z]" TAIL);
}

static void remove_places(void)
{
	file_remove_tree(place);
}

struct row {
	const char *name;
	const char *words[MAX_WORDS]; /* @ at the front stands for the folder of the test */
	const char *tags[MAX_WORDS];
	const char *excludes[MAX_WORDS];
	const char *expected; /* ids with blanks, or what the error has */
};

static const struct row choices[] = {
	{"no word is all", {0}, {0}, {0}, "fine stale@1h stale@8d staple-gone crl-old"},
	{"an id", {"fine"}, {0}, {0}, "fine"},
	{"an id with variants is all of them", {"stale"}, {0}, {0}, "stale@1h stale@8d"},
	{"one variant", {"stale@8d"}, {0}, {0}, "stale@8d"},
	{"a family", {"staple"}, {0}, {0}, "stale@1h stale@8d staple-gone"},
	{"a family's id", {"staple/stale"}, {0}, {0}, "stale@1h stale@8d"},
	{"a family's variant", {"staple/stale@1h"}, {0}, {0}, "stale@1h"},
	{"a glob of ids is none of families", {"staple*"}, {0}, {0}, "staple-gone"},
	{"a glob of variants", {"*@1h"}, {0}, {0}, "stale@1h"},
	{"a glob with a family", {"*/c*"}, {0}, {0}, "crl-old"},
	{"the tree's order, each once", {"crl-old", "fine", "f*"}, {0}, {0}, "fine crl-old"},
	{"a file is added", {"@/mine/own.yaml", "fine"}, {0}, {0}, "fine own"},
	{"a folder is added", {"@/mine"}, {0}, {0}, "own"},
	{"a file of the tree",
	 {"@/tree/staple/../staple/stale.yaml"},
	 {0},
	 {0},
	 "stale@1h stale@8d"},
	{"a folder of the tree", {"@/tree/staple/"}, {0}, {0}, "stale@1h stale@8d staple-gone"},
	{"a tag", {0}, {"time"}, {0}, "stale@1h stale@8d crl-old"},
	{"one of two tags", {0}, {"y", "time"}, {0}, "stale@1h stale@8d staple-gone crl-old"},
	{"a tag of a family", {"staple"}, {"time"}, {0}, "stale@1h stale@8d"},
	{"an exclusion", {0}, {0}, {"stale", "crl"}, "fine staple-gone"},
	{"an excluded variant", {"stale"}, {0}, {"stale@1h"}, "stale@8d"},
	{"a class pattern excludes no scenario", {"fine"}, {0}, {"openssl/*"}, "fine"},
};

static const struct row refusals[] = {
	{"a slip in an id",
	 {"crl-odl"},
	 {0},
	 {0},
	 "no scenario, family or file 'crl-odl', did you mean 'crl-old'?"},
	{"a slip in a family", {"staplle"}, {0}, {0}, "'staplle', did you mean 'staple'?"},
	{"a slip in an id with variants", {"stal"}, {0}, {0}, "did you mean 'stale'?"},
	{"nothing near", {"no-such-scenario"}, {0}, {0}, "or file 'no-such-scenario'"},
	{"two unknown words",
	 {"aaaa", "bbbb"},
	 {0},
	 {0},
	 "'aaaa'\nno scenario, family or file 'bbbb'"},
	{"a variant that is none", {"stale@2h"}, {0}, {0}, "'stale@2h', did you mean 'stale@1h'?"},
	{"a file that is none", {"@/mine/none.yaml"}, {0}, {0}, "none.yaml: No such file"},
	{"a broken file", {"@/broken/broken.yaml"}, {0}, {0}, "broken.yaml:4:8: unknown truth 'x'"},
	{"a file with an id of the tree",
	 {"@/clash/fine.yaml"},
	 {0},
	 {0},
	 "/clash/fine.yaml:1:1: duplicate id 'fine', first defined in "},
	{"a slip in a tag",
	 {0},
	 {"tme"},
	 {0},
	 "no scenario has the tag 'tme', did you mean 'time'?"},
	{"nothing left", {"fine"}, {"time"}, {0}, "no scenario selected"},
	{"all excluded", {0}, {0}, {"*"}, "no scenario selected"},
	{"terminal letters", {"a\033[31m"}, {0}, {0}, "'a\\x1b[31m'"},
};

static size_t fill(const char *out[static MAX_WORDS], char paths[static MAX_WORDS][256],
		   const char *const words[static MAX_WORDS])
{
	size_t num = 0;
	for (; num < MAX_WORDS && words[num] != NULL; num++) {
		snprintf(paths[num], 256, "%s%s", words[num][0] == '@' ? place : "",
			 words[num] + (words[num][0] == '@'));
		out[num] = paths[num];
	}
	return num;
}

static bool choose(struct scenario_list *out, const struct row *row, struct error *err)
{
	const char *words[MAX_WORDS];
	char paths[MAX_WORDS][256];
	struct selection selection = {.rows = words, .tags = row->tags, .excludes = row->excludes};
	selection.num_rows = fill(words, paths, row->words);
	while (selection.num_tags < MAX_WORDS && row->tags[selection.num_tags] != NULL)
		selection.num_tags++;
	while (selection.num_excludes < MAX_WORDS && row->excludes[selection.num_excludes] != NULL)
		selection.num_excludes++;
	const char *directory = tree_path;
	return plan_scenarios(out, &directory, 1, &selection, err);
}

START_TEST(chooses_scenarios)
{
	const struct row *row = &choices[_i];
	struct scenario_list list;
	struct error err = ERROR_INIT;
	struct text ids;
	text_init(&ids, 0);
	ck_assert_msg(choose(&list, row, &err), "%s: %s", row->name, err.text);
	for (size_t i = 0; i < list.num; i++)
		text_append_format(&ids, "%s%s", i > 0 ? " " : "", list.items[i].id);
	ck_assert_msg(strcmp(text_string(&ids), row->expected) == 0, "%s: '%s'", row->name,
		      text_string(&ids));
	text_clear(&ids);
	scenario_list_clear(&list);
}
END_TEST

START_TEST(refuses_scenarios)
{
	const struct row *row = &refusals[_i];
	struct scenario_list list;
	struct error err = ERROR_INIT;
	ck_assert_msg(!choose(&list, row, &err), "%s: accepted", row->name);
	ck_assert_msg(strstr(err.text, row->expected) != NULL, "%s: '%s'", row->name, err.text);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_uint_eq(list.num, 0);
}
END_TEST

START_TEST(a_broken_tree_chooses_nothing)
{
	struct scenario_list list;
	struct error err = ERROR_INIT;
	struct row row = {.words = {"fine"}};
	put_file("tree/crl", "bad.yaml", "");
	ck_assert(!choose(&list, &row, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/tree/crl/bad.yaml:1:1: empty"));
}
END_TEST

/* A command line without words gets no scenario that stands aside, and says so; one that names it
 * gets it. */
START_TEST(scenarios_aside_are_left_out_of_a_run_of_everything)
{
	static const char *const word = "crl", *const tag = "aside";
	const struct {
		struct selection selection;
		size_t num;
		const char *left_out;
	} cases[] = {
		{{.leaves_out_aside = true}, 5, "crl-heavier, crl-heavy"},
		{{0}, 7, NULL},
		{{.leaves_out_aside = true, .rows = &word, .num_rows = 1}, 3, NULL},
		{{.leaves_out_aside = true, .tags = &tag, .num_tags = 1}, 2, NULL},
	};
	const char *directory = tree_path;
	put_file("tree/crl", "crl-heavy.yaml", "title: T\nwhy: W\ntags: [aside]" TAIL);
	put_file("tree/crl", "crl-heavier.yaml", "title: T\nwhy: W\ntags: [aside, time]" TAIL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct scenario_list list;
		struct error err = ERROR_INIT;
		ck_assert(plan_scenarios(&list, &directory, 1, &cases[i].selection, &err));
		ck_assert_uint_eq(list.num, cases[i].num);
		ck_assert_pstr_eq(list.left_out, cases[i].left_out);
		scenario_list_clear(&list);
	}
}
END_TEST

START_TEST(a_file_is_named_as_the_user_gave_it)
{
	struct scenario_list list;
	struct error err = ERROR_INIT;
	const char *words[] = {"broken/broken.yaml"};
	struct selection selection = {.rows = words, .num_rows = 1};
	ck_assert_int_eq(chdir(place), 0);
	ck_assert(!plan_scenarios(&list, &(const char *){"tree"}, 1, &selection, &err));
	ck_assert_int_eq(strncmp(err.text, "broken/broken.yaml:4:8: ", 24), 0);
}
END_TEST

static const char classes_text[] =
	"stacks: {openssl: {title: O, program: o}, gnutls: {title: G, program: g}}\n"
	"policies: {soft-fail: {title: S, text: T}, hard-fail: {title: H, text: T}}\n"
	"natives: {openssl: {title: O, text: T}, gnutls: {title: G, text: T}}\n"
	"classes: {browser/x: {stack: gnutls, title: X, origin: source, like: soft-fail}}\n";

struct class_row {
	const char *name;
	const char *patterns[MAX_WORDS];
	const char *excludes[MAX_WORDS];
	const char *expected; /* one letter per class, x for chosen; or the error */
};

/* openssl/soft-fail gnutls/soft-fail openssl/hard-fail gnutls/hard-fail openssl/native
 * gnutls/native browser/x */
static const struct class_row class_choices[] = {
	{"the default ones", {0}, {0}, "xxxxxx-"},
	{"all", {"all"}, {0}, "xxxxxxx"},
	{"one", {"browser/x"}, {0}, "------x"},
	{"a stack", {"gnutls/*"}, {0}, "-x-x-x-"},
	{"two patterns", {"*/native", "*/hard-fail"}, {0}, "--xxxx-"},
	{"a list", {"*/native, browser/*"}, {0}, "----xxx"},
	{"an exclusion", {0}, {"openssl/*"}, "-x-x-x-"},
	{"a scenario excludes no class", {"browser/x"}, {"stale"}, "------x"},
};

static const struct class_row class_refusals[] = {
	{"a slip in a stack",
	 {"opensl/*"},
	 {0},
	 "no client class matches 'opensl/*', did you mean 'openssl/*'?"},
	{"a slip in a policy", {"*/softfail"}, {0}, "did you mean '*/soft-fail'?"},
	{"a slip in an id", {"gnutls/nativ"}, {0}, "did you mean 'gnutls/native'?"},
	{"one bad word of a list", {"*/native, nothing/*"}, {0}, "matches 'nothing/*'"},
	{"an empty word", {""}, {0}, "no client class matches ''"},
	{"nothing left", {"gnutls/*"}, {"*"}, "no client class selected"},
};

static bool choose_classes(bool **chosen, struct class_file *file, const struct class_row *row,
			   struct error *err)
{
	struct selection selection = {.classes = row->patterns, .excludes = row->excludes};
	*file = (struct class_file){0};
	struct yaml *yaml = yaml_parse("c.yaml", classes_text, strlen(classes_text), err);
	ck_assert_msg(yaml != NULL && class_file_read_yaml(file, yaml, err), "%s", err->text);
	yaml_free(yaml);
	while (selection.num_classes < MAX_WORDS && row->patterns[selection.num_classes] != NULL)
		selection.num_classes++;
	while (selection.num_excludes < MAX_WORDS && row->excludes[selection.num_excludes] != NULL)
		selection.num_excludes++;
	return plan_classes(chosen, file, &selection, err);
}

START_TEST(chooses_classes)
{
	const struct class_row *row = &class_choices[_i];
	struct class_file file;
	struct error err = ERROR_INIT;
	bool *chosen;
	char marks[8] = "";
	ck_assert_msg(choose_classes(&chosen, &file, row, &err), "%s: %s", row->name, err.text);
	ck_assert_uint_eq(file.num_classes, 7);
	for (size_t i = 0; i < 7; i++)
		marks[i] = chosen[i] ? 'x' : '-';
	ck_assert_msg(strcmp(marks, row->expected) == 0, "%s: %s", row->name, marks);
	free(chosen);
	class_file_clear(&file);
}
END_TEST

START_TEST(refuses_classes)
{
	const struct class_row *row = &class_refusals[_i];
	struct class_file file;
	struct error err = ERROR_INIT;
	bool *chosen;
	ck_assert_msg(!choose_classes(&chosen, &file, row, &err), "%s: accepted", row->name);
	ck_assert_msg(strstr(err.text, row->expected) != NULL, "%s: '%s'", row->name, err.text);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_ptr_null(chosen);
	class_file_clear(&file);
}
END_TEST

#define NUM(array) (sizeof(array) / sizeof(array)[0])

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *scenarios = tcase_create("scenarios");
	tcase_add_checked_fixture(scenarios, make_places, remove_places);
	tcase_add_loop_test(scenarios, chooses_scenarios, 0, NUM(choices));
	tcase_add_loop_test(scenarios, refuses_scenarios, 0, NUM(refusals));
	tcase_add_test(scenarios, a_broken_tree_chooses_nothing);
	tcase_add_test(scenarios, scenarios_aside_are_left_out_of_a_run_of_everything);
	tcase_add_test(scenarios, a_file_is_named_as_the_user_gave_it);
	TCase *classes = tcase_create("classes");
	tcase_add_loop_test(classes, chooses_classes, 0, NUM(class_choices));
	tcase_add_loop_test(classes, refuses_classes, 0, NUM(class_refusals));
	suite_add_tcase(suite, scenarios);
	suite_add_tcase(suite, classes);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
