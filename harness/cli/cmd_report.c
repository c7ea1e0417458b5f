/* Knows the command `report`: a saved run in other formats. */

#include "harness/cli/commands.h"
#include "harness/cli/expectation_file.h"
#include "harness/cli/failure.h"
#include "harness/cli/report_files.h"
#include "harness/cli/saved_run.h"
#include "harness/options/command_data.h"
#include "harness/options/report_options.h"
#include "harness/run/run_head.h"

static const char doc[] =
	"Writes a saved run in another format, or in several at once."
	"\vRUN is the id of a saved run, a prefix of it, or the part after its '-'; latest (the "
	"default) is the run that was started last, latest~1 the one before. FILE.json is a result "
	"document (as written by --format json); - is one on standard input.\n\n"
	"Examples:\n"
	"  revoscope report                               the last run again\n"
	"  revoscope report latest~1 --format html=before.html\n"
	"  revoscope report result.json --format text --format html=result.html\n"
	"  revoscope report --write-expect mine.yaml      for --expect of the next run\n"
	"  revoscope list runs                            which runs are saved\n\n"
	"Exit status: 0 written, whatever the result of the run; 2 wrong usage, no such run or "
	"document; 3 it could not be read or written.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = options; return 0;
	case ARGP_KEY_ARG:
		if (options->words.num == 1)
			options_fail(state, "one run at a time");
		return word_list_add(&options->words, arg);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&report_options_saved, 0, NULL, 0}, {0}};
const struct argp cmd_report_argp = {
	.parser = parse,
	.args_doc = "[RUN|FILE.json]",
	.doc = doc,
	.children = children,
};

/* Patterns of classes are held against the classes that are known now. */
static bool write_expectations(const char *name, struct run *run, const struct options *options,
			       struct error *err)
{
	struct command_data data = {0};
	struct file_writer file = {0};
	if (options->write_expect == NULL)
		return true;
	if (run_clock(run)->offset_s != 0)
		return error_set(err, ERROR_USAGE,
				 "--write-expect: the clock of run %s was moved; there are no "
				 "expectations for it",
				 run_id(run));
	bool done = command_data_load(&data, options, err) &&
		    file_writer_open(&file, options->write_expect, err) &&
		    expectation_file_write(name, &file, run, &data.classes, err);
	file_writer_abort(&file);
	command_data_clear(&data);
	return done;
}

int cmd_report(int argc, char **argv)
{
	struct options options;
	struct error err = ERROR_INIT;
	options_init(&options);
	struct report_files files = {0};
	struct run *run = NULL;
	if (options_parse(&cmd_report_argp, argc, argv, &options, &err))
		run = saved_run_load(options.words.num > 0 ? options.words.items[0] : "latest",
				     options.db, STORE_RECORDS, &err);
	if (run != NULL && report_files_open(&files, &options, &err) &&
	    write_expectations(argv[0], run, &options, &err))
		report_files_write(&files, run, options.color, &err);
	int status = err.kind != ERROR_NONE ? failure_print(argv[0], &err) : EXIT_AS_EXPECTED;
	report_files_close(&files);
	run_free(run);
	options_clear(&options);
	return status;
}
