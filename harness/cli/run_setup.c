/* Knows how a run begins: where from, by which command line, with which client classes. */
#include "harness/cli/run_setup.h"

#include "core/json.h"
#include "harness/options/command_data.h"
#include "harness/options/command_line.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool add_classes(struct run *run, const struct command_data *data, const bool *chosen,
			struct error *err)
{
	const struct class_file *file = &data->classes;
	int *stacks = calloc(file->num_stacks + 1, sizeof *stacks);
	bool done = stacks != NULL;
	for (size_t i = 0; done && i < file->num_stacks; i++) {
		bool wanted = false;
		for (size_t k = 0; k < file->num_classes; k++)
			wanted = wanted || (chosen[k] && file->classes[k].stack == i);
		stacks[i] = wanted ? run_add_stack(run, &file->stacks[i]) : -1;
		done = !wanted || stacks[i] >= 0;
	}
	for (size_t k = 0; done && k < file->num_classes; k++) {
		const struct client_class *class = &file->classes[k];
		if (chosen[k])
			done = run_add_class(run, class, (size_t)stacks[class->stack]) >= 0;
	}
	free(stacks);
	if (!done)
		error_set(err, ERROR_UNABLE, "out of memory");
	else if (run_num_classes(run) == 0)
		done = error_set(err, ERROR_USAGE, "no client class selected: nothing to test");
	return done;
}

/* For `retest`: argv[0] is "revoscope COMMAND". */
static void set_arguments(struct run *run, int argc, char **argv)
{
	char *directory = getcwd(NULL, 0);
	json_t *arguments = json_array();
	const char *command = strchr(argv[0], ' ');
	json_array_append_new(arguments,
			      json_foreign_string(command != NULL ? command + 1 : argv[0]));
	for (int i = 1; i < argc; i++)
		json_array_append_new(arguments, json_foreign_string(argv[i]));
	run_set_arguments(run, directory, arguments);
	json_decref(arguments);
	free(directory);
}

struct run *run_setup(const struct command_data *data, const struct options *options, int argc,
		      char **argv, struct error *err)
{
	char host[256] = "unknown";
	bool *chosen = NULL;
	struct text command;
	struct selection selection = command_data_selection(options);
	gethostname(host, sizeof host - 1);
	if (!plan_classes(&chosen, &data->classes, &selection, err))
		return NULL;
	text_init(&command, 65536);
	command_line_append(&command, argc, argv);
	struct run *run = run_new(options->vantage != NULL ? options->vantage : host,
				  text_string(&command), err);
	text_clear(&command);
	if (run != NULL) {
		run_set_time_factor(run, options->time_factor);
		set_arguments(run, argc, argv);
	}
	if (run != NULL && !add_classes(run, data, chosen, err)) {
		run_free(run);
		run = NULL;
	}
	free(chosen);
	return run;
}
