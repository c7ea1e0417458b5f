/* What an environment may say, and where its faults are. */
#include "harness/config/environment.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct client_class known[] = {
	{.id = (char *)"openssl/soft-fail", .title = (char *)"OpenSSL, soft-fail"},
	{.id = (char *)"browser/chrome-default", .title = (char *)"Chrome"},
	{.id = (char *)"browser/chrome-online-checks", .title = (char *)"Chrome, online"},
	{.id = (char *)"runtime/go", .title = (char *)"Go"},
};
static const struct class_file classes = {.classes = known, .num_classes = 4};

static bool read_text(struct environment *environment, const char *text, struct error *err)
{
	struct yaml *yaml = yaml_parse("e.yaml", text, strlen(text), err);
	bool done = yaml != NULL && environment_read_yaml(environment, yaml, &classes, err);
	yaml_free(yaml);
	return done;
}

START_TEST(it_has_classes_and_their_shares)
{
	struct environment environment = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(read_text(&environment,
				"title: T\ntext: more\nclients:\n"
				"- class: browser/chrome-default\n  share: 62.5\n  note: N\n"
				"- {class: runtime/go, share: '37.5 %'}\n",
				&err),
		      "%s", err.text);
	ck_assert_uint_eq(environment.num_clients, 2);
	ck_assert_str_eq(environment.clients[0].title, "Chrome");
	ck_assert_double_eq(environment.clients[0].share, 62.5);
	ck_assert_str_eq(environment.clients[0].note, "N");
	ck_assert_double_eq(environment.clients[1].share, 37.5);
	ck_assert_double_eq(environment.sum, 100);
	ck_assert_str_eq(environment.file, "e.yaml");
	environment_clear(&environment);
}
END_TEST

START_TEST(rounding_is_forgiven)
{
	struct environment environment = {0};
	struct error err = ERROR_INIT;
	ck_assert(read_text(&environment,
			    "title: T\nclients:\n- {class: runtime/go, share: 66.6}\n"
			    "- {class: openssl/soft-fail, share: 33}\n",
			    &err));
	environment_clear(&environment);
}
END_TEST

#define GO "- {class: runtime/go, share: 100}\n"
static const struct {
	const char *name, *text, *error;
} refusals[] = {
	{"no mapping", "- a\n", "e.yaml:1:1: an environment"},
	{"no title", "clients:\n" GO, "e.yaml:1:1: title is missing"},
	{"no clients", "title: T\n", "e.yaml:1:1: clients is missing"},
	{"no list", "title: T\nclients: {a: b}\n", "e.yaml:2:10: clients is a list"},
	{"an empty list", "title: T\nclients: []\n", "e.yaml:2:10: clients is a list"},
	{"no client", "title: T\nclients: [x]\n", "e.yaml:2:11: a client"},
	{"an unknown key", "title: T\nclient: 1\nclients:\n" GO, "e.yaml:2:1: "},
	{"an unknown key of a client", "title: T\nclients:\n- {class: runtime/go, shares: 100}\n",
	 "e.yaml:3:23: "},
	{"no class", "title: T\nclients:\n- {share: 100}\n", "e.yaml:3:3: class is missing"},
	{"no share", "title: T\nclients:\n- {class: runtime/go}\n", "e.yaml:3:3: share is missing"},
	{"a slip", "title: T\nclients:\n- {class: runtime/goo, share: 100}\n",
	 "e.yaml:3:11: unknown client class 'runtime/goo'; did you mean runtime/go?"},
	{"a short form", "title: T\nclients:\n- {class: browser/chrome, share: 100}\n",
	 "did you mean browser/chrome-default, browser/chrome-online-checks?"},
	{"nothing like it", "title: T\nclients:\n- {class: xxxxxxxxxxxxx, share: 100}\n",
	 "e.yaml:3:11: unknown client class 'xxxxxxxxxxxxx' (revoscope list classes"},
	{"twice",
	 "title: T\nclients:\n- {class: runtime/go, share: 50}\n- {class: runtime/go, share: 50}\n",
	 "e.yaml:4:11: duplicate class 'runtime/go', first defined at line 3"},
	{"nothing", "title: T\nclients:\n- {class: runtime/go, share: 0}\n",
	 "e.yaml:3:30: share: invalid percentage '0'"},
	{"below nothing", "title: T\nclients:\n- {class: runtime/go, share: -5}\n",
	 "e.yaml:3:30: share: invalid percentage '-5'"},
	{"more than all", "title: T\nclients:\n- {class: runtime/go, share: 101}\n",
	 "e.yaml:3:30: share: invalid percentage '101'"},
	{"a word", "title: T\nclients:\n- {class: runtime/go, share: most}\n",
	 "e.yaml:3:30: share: invalid percentage 'most'"},
	{"not a number", "title: T\nclients:\n- {class: runtime/go, share: nan}\n",
	 "invalid percentage"},
	{"an exponent", "title: T\nclients:\n- {class: runtime/go, share: 1e2}\n",
	 "invalid percentage"},
	{"too little altogether",
	 "title: T\nclients:\n- {class: runtime/go, share: 40}\n- {class: openssl/soft-fail, "
	 "share: 59}\n",
	 "e.yaml:3:1: the shares of clients add up to 99 %, not to 100 %"},
	{"too much altogether",
	 "title: T\nclients:\n- {class: runtime/go, share: 60}\n- {class: openssl/soft-fail, "
	 "share: 60.25}\n",
	 "add up to 120.25 %, not to 100 %"},
};

START_TEST(faults_have_their_place)
{
	struct environment environment = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!read_text(&environment, refusals[_i].text, &err), "%s", refusals[_i].name);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_msg(strstr(err.text, refusals[_i].error) != NULL, "%s: %s", refusals[_i].name,
		      err.text);
	environment_clear(&environment);
}
END_TEST

START_TEST(all_faults_are_reported_together)
{
	struct environment environment = {0};
	struct error err = ERROR_INIT;
	ck_assert(!read_text(&environment,
			     "title: T\nclients:\n- {class: runtime/goo, share: x}\n"
			     "- {class: runtime/go, share: 0}\n",
			     &err));
	ck_assert(strstr(err.text, "e.yaml:3:11: ") != NULL);
	ck_assert(strstr(err.text, "e.yaml:3:31: ") != NULL);
	ck_assert(strstr(err.text, "e.yaml:4:30: ") != NULL);
	/* What is wrong with the parts is not said of the sum as well. */
	ck_assert(strstr(err.text, "add up") == NULL);
	environment_clear(&environment);
}
END_TEST

static const struct {
	const char *text;
	bool is_percent;
	double value;
} percents[] = {
	{"40", true, 40},  {"0.5", true, 0.5},        {"12.25 %", true, 12.25},
	{"7%", true, 7},   {"3.", true, 3},           {"", false, 0},
	{".5", false, 0},  {"1 2", false, 0},         {"5%%", false, 0},
	{"1,5", false, 0}, {"0x10", false, 0},        {"+4", false, 0},
	{"inf", false, 0}, {"99999999999", false, 0},
};

START_TEST(percentages_are_plain_numbers)
{
	double value = 0;
	ck_assert_msg(environment_parse_percent(&value, percents[_i].text) ==
			      percents[_i].is_percent,
		      "%s", percents[_i].text);
	if (percents[_i].is_percent)
		ck_assert_double_eq_tol(value, percents[_i].value, 1e-9);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("environment");
	TCase *tests = tcase_create("environment");
	tcase_add_test(tests, it_has_classes_and_their_shares);
	tcase_add_test(tests, rounding_is_forgiven);
	tcase_add_test(tests, all_faults_are_reported_together);
	tcase_add_loop_test(tests, faults_have_their_place, 0, sizeof refusals / sizeof *refusals);
	tcase_add_loop_test(tests, percentages_are_plain_numbers, 0,
			    sizeof percents / sizeof *percents);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
