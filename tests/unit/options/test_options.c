/* What a command line is parsed to, that a fault comes back to the caller, and that every format of
 * the table is an option. */
#include "harness/options/report_options.h"

#include "core/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = state->child_inputs[1] = options; return 0;
	case ARGP_KEY_ARG: return word_list_add(&options->words, arg);
	case ARGP_KEY_END:
		if (options->words.num == 0)
			options_fail(state, "a word is expected");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&options_work_argp, 0, NULL, 0}, {&report_options_run, 0, NULL, 0}, {0}};
static const struct argp argp = {.parser = parse, .children = children};

/* Up to four words behind the command's name. */
static bool parse_words(struct options *options, struct error *err, const char *const *words)
{
	char *argv[6] = {(char *)"revoscope test"};
	int argc = 1;
	for (; argc < 5 && words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)words[argc - 1];
	options_init(options);
	*err = ERROR_INIT;
	return options_parse(&argp, argc, argv, options, err);
}

static const struct {
	const char *words[5];
	const char *fault; /* NULL: none, and help was not wanted; "": help */
} lines[] = {
	{{"word", "--jobs", "3"}, NULL},
	{{"word", "--jobs", "0"}, "--jobs: invalid number '0'"},
	{{"word", "--jobs", "x", "--timeout=y"}, "--jobs: invalid number 'x'"},
	{{"--timeout=y", "--jobs=x"}, "--timeout: invalid time 'y'"},
	{{"--jobz", "3"}, "did you mean '--jobs'"},
	{{"word", "--color", "pink"}, "auto, always, never"},
	{{"word", "--format", "htm"}, "did you mean 'html'"},
	{{"word", "--json", "--csv"}, "two reports to standard output"},
	{{"word", "--json="}, "has no file name"},
	{{"word", "--client", "x"}, "STACK=PATH"},
	{{NULL}, "a word is expected"},
	{{"--jobs", "0", "--help"}, "--jobs: invalid number '0'"},
	{{"--help", "--jobs", "0"}, ""},
	{{"--usage"}, ""},
};

START_TEST(a_fault_comes_back)
{
	struct options options;
	struct error err;
	const char *fault = lines[_i].fault;
	bool done = parse_words(&options, &err, lines[_i].words);
	ck_assert_int_eq(done, fault == NULL);
	if (fault != NULL && fault[0] != '\0') {
		ck_assert_int_eq(err.kind, ERROR_USAGE);
		ck_assert_msg(strstr(err.text, fault) != NULL, "%s", err.text);
	} else {
		ck_assert_int_eq(err.kind, ERROR_NONE);
	}
	options_clear(&options);
}
END_TEST

/* Of the faults that getopt prints, with nothing to add. */
START_TEST(what_getopt_has_said_is_an_empty_fault)
{
	struct options options;
	struct error err;
	ck_assert(!parse_words(&options, &err, (const char *[]){"word", "--jobs", NULL}));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_str_eq(err.text, "");
	options_clear(&options);
}
END_TEST

START_TEST(more_reports_than_there_is_room_for)
{
	char paths[OPTIONS_OUTPUTS_MAX + 1][32];
	char *argv[OPTIONS_OUTPUTS_MAX + 4] = {(char *)"revoscope test", (char *)"word"};
	struct options options;
	struct error err = ERROR_INIT;
	for (int i = 0; i <= OPTIONS_OUTPUTS_MAX; i++) {
		snprintf(paths[i], sizeof paths[i], "--csv=%d.csv", i);
		argv[i + 2] = paths[i];
	}
	options_init(&options);
	ck_assert(!options_parse(&argp, OPTIONS_OUTPUTS_MAX + 3, argv, &options, &err));
	ck_assert_msg(strstr(err.text, "more than") != NULL, "%s", err.text);
	options_clear(&options);
}
END_TEST

/* Row _i of the table: the long form, the short one, and the help. */
START_TEST(every_format_is_an_option)
{
	const char *name = formats[_i].name;
	char spelled[64], quick[64];
	struct options options;
	struct error err;
	snprintf(spelled, sizeof spelled, "%s=a", name);
	snprintf(quick, sizeof quick, "--%s=b", name);
	ck_assert_msg(parse_words(&options, &err,
				  (const char *[]){"word", "--format", spelled, quick, NULL}),
		      "%s", err.text);
	ck_assert_uint_eq(options.num_outputs, 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert_ptr_eq(options.outputs[i].format, &formats[_i]);
	options_clear(&options);
	static const struct argp *const groups[] = {&report_options_run, &report_options_advice,
						    &report_options_saved};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		char *help = groups[i]->help_filter('f', "The format", NULL);
		ck_assert_msg(strstr(help, name) != NULL, "%s", help);
		free(help);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tests = tcase_create("options");
	tcase_add_loop_test(tests, a_fault_comes_back, 0, sizeof lines / sizeof *lines);
	tcase_add_test(tests, what_getopt_has_said_is_an_empty_fault);
	tcase_add_test(tests, more_reports_than_there_is_room_for);
	tcase_add_loop_test(tests, every_format_is_an_option, 0, (int)format_names.num);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
