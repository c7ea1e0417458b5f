/* Knows the command `diff`: the differences between two runs. */
#include "harness/cli/commands.h"
#include "harness/cli/diff_output.h"
#include "harness/cli/failure.h"
#include "harness/cli/saved_run.h"

#include <string.h>

static const char doc[] =
	"Shows the differences between two runs: which verdicts changed, the worst change first."
	"\vA and B are ids of saved runs, prefixes of them, or the part after the '-' of one; "
	"latest is the run that was started last, latest~1 the one before. A file (with a slash in "
	"it, or the ending .json) is a result document, what --format json wrote; - is one on "
	"standard input.\n\n"
	"Cells are found by scenario or endpoint and client class, wherever they stand. A verdict, "
	"its reason, what the client knew and whether it is exposed count; times, ports and words "
	"do not. The order: clients that connected and now refuse; that now connect to a revoked "
	"certificate; newly exposed ones; verdicts that are no more; warnings that came or went; "
	"clients that refused and now connect; that are no longer exposed; other causes and "
	"reasons. Rows and classes that were added or removed are reported once. A run of the lab "
	"and one of endpoints cannot be compared.\n\n"
	"Examples:\n"
	"  revoscope diff latest~1 latest\n"
	"  revoscope diff before.json after.json --html=changes.html\n"
	"  revoscope diff 20261123T010203Z-1a2b latest --format json\n\n"
	"Exit status: 0 no differences, 1 differences, 2 wrong usage, no such run or no such "
	"document, 3 it could not be read or written, or no cell was done in both.";

struct diff_options {
	struct diff_output output;
	const char *runs[2];
	size_t num_runs;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &options->output; return 0;
	case ARGP_KEY_ARG:
		if (options->num_runs == 2)
			options_fail(state, "more than two runs; try: %s latest~1 latest",
				     state->name);
		else
			options->runs[options->num_runs++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (options->num_runs < 2)
			options_fail(state, "two runs are expected; try: %s latest~1 latest",
				     state->name);
		else if (strcmp(options->runs[0], "-") == 0 && strcmp(options->runs[1], "-") == 0)
			options_fail(state, "only one of the two can be on standard input");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&diff_output_argp, 0, NULL, 0}, {0}};
const struct argp cmd_diff_argp = {
	.parser = parse,
	.args_doc = "A B",
	.doc = doc,
	.children = children,
};

int cmd_diff(int argc, char **argv)
{
	struct diff_options options = {.num_runs = 0};
	struct error err = ERROR_INIT;
	int status = EXIT_AS_EXPECTED;
	struct run *before = NULL, *after = NULL;
	if (options_parse(&cmd_diff_argp, argc, argv, &options, &err))
		before = saved_run_load(options.runs[0], options.output.db, STORE_CELLS_ONLY, &err);
	if (before != NULL)
		after = saved_run_load(options.runs[1], options.output.db, STORE_CELLS_ONLY, &err);
	if (after != NULL && diff_output_open(&options.output, &err))
		status = diff_output_write(&options.output, argv[0], before, after);
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	diff_output_close(&options.output);
	run_free(before);
	run_free(after);
	return status;
}
