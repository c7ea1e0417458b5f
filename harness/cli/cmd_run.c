/* Knows the command `run`: the lab's scenarios by the client classes. */

#include "harness/cli/commands.h"
#include "harness/cli/failure.h"
#include "harness/cli/run_setup.h"
#include "harness/cli/run_work.h"
#include "harness/options/command_data.h"
#include "harness/options/report_options.h"
#include "harness/run/time_factor.h"

#include <stdio.h>
#include <string.h>

static const char doc[] =
	"Runs scenarios in the lab on this machine with every client class and shows which "
	"connect, warn and reject. No network is needed."
	"\vSCENARIO is an id (stale), a family (must-staple), a glob ('responder-*') or your own "
	"file (./mine.yaml); by default all scenarios are run except those with the tag aside.\n\n"
	"Examples:\n"
	"  revoscope run\n"
	"  revoscope run must-staple --class '*/hard-fail' --class '*/must-staple'\n"
	"  revoscope run stale --class 'openssl/*' --evidence /tmp/evidence\n"
	"  revoscope run --format json=result.json --format html=result.html\n"
	"  revoscope run ./mine.yaml --repeat 5\n\n"
	"Exit status: 0 all as expected, 1 not, 2 wrong usage or an invalid file, 3 the work could "
	"not be done, nothing was tested, or it was interrupted.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		for (int i = 0; i < 3; i++)
			state->child_inputs[i] = options;
		return 0;
	case ARGP_KEY_ARG: return word_list_add(&options->words, arg);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{&options_selection_argp, 0, NULL, 0},
	{&options_work_argp, 0, NULL, 0},
	{&report_options_run, 0, NULL, 0},
	{0},
};
const struct argp cmd_run_argp = {
	.parser = parse,
	.args_doc = "[SCENARIO|FAMILY|FILE|GLOB ...]",
	.doc = doc,
	.children = children,
};

static bool add_scenarios(struct run *run, const struct scenario_list *scenarios, struct error *err)
{
	for (size_t i = 0; i < scenarios->num; i++) {
		struct run_row row = {.id = scenarios->items[i].id,
				      .scenario = &scenarios->items[i]};
		if (run_add_row(run, &row) < 0)
			return error_set(err, ERROR_UNABLE, "out of memory");
	}
	if (scenarios->num == 0)
		return error_set(err, ERROR_USAGE, "no scenario selected: nothing to test");
	return true;
}

int cmd_run(int argc, char **argv)
{
	return cmd_run_again(argc, argv, NULL);
}

int cmd_run_again(int argc, char **argv, struct again *again)
{
	struct options options;
	struct error err = ERROR_INIT;
	struct command_data data = {0};
	struct scenario_list scenarios = {0};
	struct run *run = NULL;
	int status = EXIT_UNABLE;
	options_init(&options);
	options.time_factor = TIME_FACTOR_RUN;
	if (!options_parse(&cmd_run_argp, argc, argv, &options, &err)) {
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	options_set_again(&options, again);
	struct selection selection = command_data_selection(&options);
	selection.leaves_out_aside = true;
	if (!command_data_load(&data, &options, &err))
		goto out;
	bool planned = command_data_plan(&scenarios, &data.paths, &options, &selection, &err);
	run = run_setup(&data, &options, argc, argv, &err);
	if (!planned || run == NULL || !add_scenarios(run, &scenarios, &err))
		goto out;
	run_set_deviations(run, &data.deviations);
	command_data_shorten(&scenarios, &data.paths);
	if (scenarios.left_out != NULL)
		fprintf(stderr,
			"%s: scenarios with the tag aside are omitted (--tag aside runs them): "
			"%s\n",
			argv[0], scenarios.left_out);
	status = run_work(argv[0], run, &data, &options, &(struct job_options){0}, NULL);
out:
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	run_free(run);
	scenario_list_clear(&scenarios);
	command_data_clear(&data);
	options_clear(&options);
	return status;
}
