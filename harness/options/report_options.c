/* Knows the options that say where reports go, and when there is a finding. */
#include "harness/options/report_options.h"

#include "core/text.h"
#include "reports/format.h"

#include <stdlib.h>
#include <string.h>

enum key {
	KEY_EXPECT = 0x400,
	KEY_WRITE_EXPECT,
	KEY_COLOR,
	KEY_DB,
	KEY_FAIL_ON,
	KEY_STRICT,
	KEY_SHORT_FORM, /* and one more for each further format */
};

static const struct argp_option output_options[] = {
	{NULL, 0, NULL, 0, "Reports and exit status:", 4},
	{"format", 'f', "FMT[=FILE]", 0,
	 "The report's format; may be repeated. Without a file to standard output, where only one "
	 "can go (default: text). jsonl is written line by line during the run",
	 4},
	{"expect", KEY_EXPECT, "FILE", 0,
	 "Expectations: a list of {class, scenario or endpoint, verdict, reason, why, until} in "
	 "YAML; overrides those of the scenarios",
	 4},
	{"write-expect", KEY_WRITE_EXPECT, "FILE", 0,
	 "Write the results as a file for --expect, to compare a later run with them", 4},
	{"color", KEY_COLOR, "auto|always|never", 0,
	 "Colour of text (default: auto; NO_COLOR is respected)", 4},
	{"fail-on", KEY_FAIL_ON, "LEVEL", 0,
	 "Exit with 1 on: unexpected (default: a cell not as expected, or without a verdict); "
	 "additionally reject, warn (which includes reject) or unsupported; or never",
	 4},
	{"strict", KEY_STRICT, NULL, 0,
	 "Stale and expired deviations and expectations, and stacks that are missing, fail too", 4},
	{0},
};

static const struct argp_option report_options[] = {
	{NULL, 0, NULL, 0, "Reports:", 4},
	{"format", 'f', "FMT[=FILE]", 0,
	 "The report's format; may be repeated. Without a file to standard output, where only "
	 "one can go (default: text)",
	 4},
	{"color", KEY_COLOR, "auto|always|never", 0,
	 "Colour of text (default: auto; NO_COLOR is respected)", 4},
	{0},
};

static const struct argp_option formats_options[] = {
	{"format", 'f', "FMT[=FILE]", 0,
	 "The report's format; may be repeated. Without a file to standard output, where only "
	 "one can go (default: text)",
	 0},
	{"write-expect", KEY_WRITE_EXPECT, "FILE", 0,
	 "Write the results as a file for --expect of run and probe", 0},
	{"color", KEY_COLOR, "auto|always|never", 0,
	 "Colour of text (default: auto; NO_COLOR is respected)", 0},
	{"db", KEY_DB, "FILE", 0, OPTIONS_DB_TEXT, 0},
	{0},
};

static void add_output(struct options *options, struct argp_state *state,
		       const struct format *format, const char *path)
{
	if (options->num_outputs == OPTIONS_OUTPUTS_MAX)
		options_fail(state, "--format: more than %d formats", OPTIONS_OUTPUTS_MAX);
	else if (path != NULL && path[0] == '\0')
		options_fail(state, "--format: '%s=' has no file name", format->name);
	path = path == NULL ? "-" : path;
	for (size_t i = 0; i < options->num_outputs; i++)
		if (strcmp(options->outputs[i].path, path) == 0)
			options_fail(state, "--format: two reports to %s",
				     strcmp(path, "-") == 0 ? "standard output (stdout)" : path);
	if (options->num_outputs < OPTIONS_OUTPUTS_MAX)
		options->outputs[options->num_outputs++] = (struct output){format, path};
}

static void parse_format(struct options *options, struct argp_state *state, const char *text)
{
	struct error err = ERROR_INIT;
	const char *equals = strchr(text, '=');
	size_t len = equals != NULL ? (size_t)(equals - text) : strlen(text);
	const struct format *format = format_find(text, len, &err);
	if (format == NULL)
		options_fail(state, "--format: %s", err.text);
	else
		add_output(options, state, format, equals != NULL ? equals + 1 : NULL);
}

/* --junit[=FILE] is --format junit[=FILE], and so for every format. */
enum short_form {
#define FORMAT(symbol, file, name, whom, text) SHORT_FORM_##symbol,
#define FORMAT_LIVE                            FORMAT
#include "reports/format.def"
#undef FORMAT
	NUM_SHORT_FORMS
};
static const struct argp_option short_forms[] = {
#define FORMAT(symbol, file, name, whom, text)              \
	{name,   KEY_SHORT_FORM + (int)SHORT_FORM_##symbol, \
	 "FILE", OPTION_ARG_OPTIONAL | OPTION_HIDDEN,       \
	 NULL,   0},
#include "reports/format.def"
#undef FORMAT
#undef FORMAT_LIVE
	{0}};

static error_t parse_short_form(int key, char *arg, struct argp_state *state)
{
	if (key < KEY_SHORT_FORM || key >= KEY_SHORT_FORM + NUM_SHORT_FORMS)
		return ARGP_ERR_UNKNOWN;
	add_output(state->input, state, &formats[key - KEY_SHORT_FORM], arg);
	return 0;
}

static const struct argp short_forms_argp = {.options = short_forms, .parser = parse_short_form};
static const struct argp_child format_children[] = {{&short_forms_argp, 0, NULL, 0}, {0}};

static error_t parse_output(int key, char *arg, struct argp_state *state)
{
	static const char *const levels[] = {"unexpected", "reject", "warn", "unsupported",
					     "never"};
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = options; return 0;
	case 'f': parse_format(options, state, arg); return 0;
	case KEY_COLOR: options->color = options_color(state, arg); return 0;
	case KEY_FAIL_ON:
		options->fail_on = (enum fail_on)options_choose(state, "--fail-on", arg, levels, 5);
		return 0;
	case KEY_EXPECT: options->expectations = arg; return 0;
	case KEY_WRITE_EXPECT:
		if (arg[0] == '\0' || strcmp(arg, "-") == 0)
			options_fail(state, "--write-expect: '%s' is not a file name", arg);
		options->write_expect = arg;
		return 0;
	case KEY_STRICT: options->strict = true; return 0;
	case KEY_DB: options->db = arg; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

char *options_format_help(const char *text, const struct name_table *names, const char *example)
{
	char list[256], *filled = NULL;
	if (asprintf(&filled,
		     "%s. One of: %s. --%s[=FILE] is short for --format %s[=FILE], and so for each",
		     text, name_list(list, sizeof list, names), example, example) < 0)
		return (char *)text;
	return filled;
}

static char *list_formats(int key, const char *text, void *input)
{
	(void)input;
	return key == 'f' && text != NULL ? options_format_help(text, &format_names, "junit")
					  : (char *)text;
}

const struct argp report_options_run = {.options = output_options,
					.parser = parse_output,
					.children = format_children,
					.help_filter = list_formats};

const struct argp report_options_advice = {.options = report_options,
					   .parser = parse_output,
					   .children = format_children,
					   .help_filter = list_formats};

const struct argp report_options_saved = {.options = formats_options,
					  .parser = parse_output,
					  .children = format_children,
					  .help_filter = list_formats};
