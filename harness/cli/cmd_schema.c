/* Knows the command `schema`: what our documents and files look like to a machine. */

#include "core/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/config/data_schema.h"
#include "harness/options/options.h"
#include "reports/diff_report.h"
#include "reports/json/result_schema.h"
#include "reports/verification_report.h"

#include <string.h>

static const char doc[] = "Prints a JSON Schema (2020-12)."
			  "\v"
			  "  result     the document of --format json\n"
			  "  diff       the document of `revoscope diff --format json`\n"
			  "  verification  the document of `revoscope verify --format json`\n"
			  "  scenario   a scenario file (YAML)\n"
			  "  classes    a file of client classes (YAML)\n"
			  "  environment  client classes and their shares, for advise (YAML)\n\n"
			  "Examples:\n"
			  "  revoscope schema result > result.schema.json\n"
			  "  revoscope schema scenario > .vscode/scenario.schema.json";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_ARG: return word_list_add(&options->words, arg);
	case ARGP_KEY_END:
		if (options->words.num != 1)
			options_fail(state, "one of result, diff, verification, scenario, classes, "
					    "environment is expected");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_schema_argp = {
	.parser = parse,
	.args_doc = "result|diff|verification|scenario|classes|environment",
	.doc = doc};

static void print(json_t *schema)
{
	json_dumpf(schema, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(schema);
}

int cmd_schema(int argc, char **argv)
{
	static const char *const names[] = {"result",   "diff",    "verification",
					    "scenario", "classes", "environment"};
	struct options options;
	struct error err = ERROR_INIT;
	options_init(&options);
	if (!options_parse(&cmd_schema_argp, argc, argv, &options, &err)) {
		options_clear(&options);
		return err.kind != ERROR_NONE ? failure_print(argv[0], &err) : EXIT_AS_EXPECTED;
	}
	const char *word = options.words.items[0];
	int status = EXIT_AS_EXPECTED;
	if (strcmp(word, "result") == 0) {
		fwrite(result_schema, 1, result_schema_len, stdout);
	} else if (strcmp(word, "diff") == 0) {
		fwrite(diff_schema, 1, diff_schema_len, stdout);
	} else if (strcmp(word, "verification") == 0) {
		fwrite(verification_schema, 1, verification_schema_len, stdout);
	} else if (strcmp(word, "scenario") == 0) {
		print(data_schema_scenario());
	} else if (strcmp(word, "classes") == 0) {
		print(data_schema_classes());
	} else if (strcmp(word, "environment") == 0) {
		print(data_schema_environment());
	} else {
		const char *nearest = text_nearest(word, names, sizeof names / sizeof *names);
		error_set(&err, ERROR_USAGE,
			  "no schema of '%.64s'%s%s%s (there are: result, diff, verification, "
			  "scenario, classes, environment)",
			  word, nearest != NULL ? "; did you mean '" : "",
			  nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
		status = failure_print(argv[0], &err);
	}
	options_clear(&options);
	return status;
}
