/* Knows the command `schema`: what our documents and files look like to a machine. */

#include "core/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/config/data_schema.h"
#include "harness/options/options.h"
#include "reports/json/document_schema.h"

#include <string.h>

static const char doc[] = "Prints a JSON Schema (2020-12)."
			  "\v  result     the document of --format json\n"
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

/* Takes over the schema. Write errors show on stdout. */
static bool print(json_t *schema, struct error *err)
{
	bool done = schema != NULL &&
		    (json_dumpf(schema, stdout, JSON_INDENT(2)) == 0 || ferror(stdout));
	json_decref(schema);
	if (!done)
		return error_set(err, ERROR_UNABLE, "out of memory");
	putchar('\n');
	return true;
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
	bool done = false;
	if (strcmp(word, "result") == 0) {
		done = print(document_schema_result(), &err);
	} else if (strcmp(word, "diff") == 0) {
		done = print(document_schema_diff(), &err);
	} else if (strcmp(word, "verification") == 0) {
		done = print(document_schema_verification(), &err);
	} else if (strcmp(word, "scenario") == 0) {
		done = print(data_schema_scenario(), &err);
	} else if (strcmp(word, "classes") == 0) {
		done = print(data_schema_classes(), &err);
	} else if (strcmp(word, "environment") == 0) {
		done = print(data_schema_environment(), &err);
	} else {
		const char *nearest = text_nearest(word, names, sizeof names / sizeof *names);
		error_set(&err, ERROR_USAGE,
			  "unknown schema '%.64s'%s%s%s (one of: result, diff, verification, "
			  "scenario, classes, environment)",
			  word, nearest != NULL ? "; did you mean '" : "",
			  nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	}
	options_clear(&options);
	return done ? EXIT_AS_EXPECTED : failure_print(argv[0], &err);
}
