/* Knows the command `retest`: a saved run repeated, and the differences. */
#include "harness/cli/commands.h"
#include "harness/cli/diff_output.h"
#include "harness/cli/failure.h"
#include "harness/cli/saved_run.h"
#include "harness/options/command_line.h"
#include "harness/run/run_head.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char doc[] =
	"Repeats a saved run as it was started and shows the differences."
	"\vRUN is the id of a saved run, a prefix of it, or the part after its '-'; latest (the "
	"default) is the run that was started last, latest~1 the one before. It is started with "
	"the same arguments in the same directory; scenarios, classes and names are read again, "
	"and what changed in them is reported. Its reports, evidence and expectations are not "
	"written again, so that no file of the earlier run is overwritten. The new run is saved "
	"too.\n\n"
	"The arguments come from the database, --client among them: repeat only runs that you "
	"would start yourself.\n\n"
	"Examples:\n"
	"  revoscope retest                          repeat the last run and compare\n"
	"  revoscope retest 20261123T010203Z --format json\n"
	"  revoscope retest latest~3 --format html=changes.html\n\n"
	"Exit status: 0 no differences, 1 differences, 2 wrong usage, no such run, or what it "
	"names is no longer there, 3 the run could not be repeated or was interrupted, or nothing "
	"could be tested, in the new run as in the old one.";

struct retest_options {
	struct diff_output output;
	const char *run;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct retest_options *options = state->input;
	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &options->output; return 0;
	case ARGP_KEY_ARG:
		if (options->run != NULL)
			options_fail(state, "one run at a time");
		options->run = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&diff_output_argp, 0, NULL, 0}, {0}};
const struct argp cmd_retest_argp = {
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = doc,
	.children = children,
};

/* The commands that can be repeated. */
static const struct {
	const char *word;
	const char *name; /* argv[0] */
	int (*repeat)(int argc, char **argv, struct again *again);
} commands[] = {
	{"run", "revoscope run", cmd_run_again},
	{"probe", "revoscope probe", cmd_probe_again},
	{"doctor", "revoscope doctor", cmd_doctor_again},
	{"advise", "revoscope advise", cmd_advise_again},
};
#define NUM_COMMANDS (sizeof commands / sizeof *commands)

/* The words of a run as a new argv that ends with NULL; free it and nothing in it. *command says
 * which of the commands. NULL with err. */
static char **take_words(const struct run *run, int *argc, size_t *command, struct error *err)
{
	const json_t *arguments = run_arguments(run);
	size_t num = json_array_size(arguments);
	const char *word = json_string_value(json_array_get(arguments, 0));
	*command = 0;
	while (*command < NUM_COMMANDS && word != NULL &&
	       strcmp(commands[*command].word, word) != 0)
		(*command)++;
	if (word == NULL || *command == NUM_COMMANDS || run_directory(run) == NULL) {
		error_set(err, ERROR_USAGE,
			  "run %s has no saved arguments, so it cannot be repeated", run_id(run));
		return NULL;
	}
	char **words = calloc(num + 1, sizeof *words);
	if (words == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	words[0] = (char *)commands[*command].name;
	for (size_t i = 1; i < num; i++)
		words[i] = (char *)json_string_value(json_array_get(arguments, i));
	*argc = (int)num;
	return words;
}

/* What is done, before it is done: the very words, for the command line that a database has beside
 * them is not what is started. */
static void announce(const char *name, const struct run *run, int argc, char **words)
{
	struct text command, line;
	text_init(&command, 0);
	text_init(&line, 0);
	command_line_append(&command, argc, words);
	text_append_visible(&line, text_string(&command), command.len);
	text_clear(&command);
	text_append(&line, " (in ");
	text_append_visible(&line, run_directory(run), strlen(run_directory(run)));
	text_append(&line, ")");
	fprintf(stderr, "%s: repeats %s: %s\n", name, run_id(run), text_string(&line));
	text_clear(&line);
}

/* Works from the directory of the earlier run; comes back, since our own files are named from
 * here. The exit status of the run. */
static int repeat(const char *name, const struct run *run, struct again *again, struct error *err)
{
	int argc = 0, status = EXIT_UNABLE;
	size_t command;
	char **words = take_words(run, &argc, &command, err);
	if (words == NULL)
		return EXIT_UNABLE;
	announce(name, run, argc, words);
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		error_set_errno(err, ERROR_UNABLE, "the working directory");
	else if (chdir(run_directory(run)) != 0)
		error_set_errno(err, ERROR_USAGE, "the directory of run %s does not exist: %s",
				run_id(run), run_directory(run));
	else
		status = commands[command].repeat(argc, words, again);
	if (here >= 0 && fchdir(here) != 0)
		error_set_errno(err, ERROR_UNABLE, "the working directory");
	if (here >= 0)
		close(here);
	free(words);
	return status;
}

/* The run before out of the store, and the path of that, which no other directory changes. */
static struct run *load(const char *word, const struct diff_output *output, char **db,
			struct error *err)
{
	char *usual = output->db == NULL ? store_default_path(err) : NULL;
	const char *path = output->db != NULL ? output->db : usual;
	struct store *store = path != NULL ? store_open(path, STORE_READ, err) : NULL;
	struct run *run = NULL;
	if (store != NULL && (*db = realpath(path, NULL)) == NULL)
		error_set_errno(err, ERROR_UNABLE, "%s", path);
	else if (store != NULL)
		run = store_load(store, word, STORE_CELLS_ONLY, err);
	store_close(store);
	free(usual);
	return run;
}

/* run_status: how the new run itself ended. */
static int compare(const char *name, struct run *before, const struct again *again, int run_status,
		   struct diff_output *output)
{
	struct error err = ERROR_INIT;
	struct run *after = saved_run_load(again->id, again->db, STORE_CELLS_ONLY, &err);
	if (after == NULL)
		return failure_print(name, &err);
	int status = diff_output_write(output, name, before, after);
	fprintf(stderr, "%s: the new run is %s\n", name, run_id(after));
	/* Where every server is gone that is what moved; but nothing moved is no good news when
	 * nothing was tested now either. */
	if (run_finished(after) == NULL ||
	    (status == EXIT_AS_EXPECTED && run_status == EXIT_UNABLE))
		status = EXIT_UNABLE;
	run_free(after);
	return status;
}

int cmd_retest(int argc, char **argv)
{
	struct retest_options options = {.run = NULL};
	struct error err = ERROR_INIT;
	struct again again = {.db = NULL};
	char *db = NULL;
	struct run *before = NULL;
	int status = EXIT_UNABLE;
	if (!options_parse(&cmd_retest_argp, argc, argv, &options, &err)) {
		status = EXIT_AS_EXPECTED; /* help, when there is no err */
		goto out;
	}
	before = load(options.run != NULL ? options.run : "latest", &options.output, &db, &err);
	if (before == NULL || !diff_output_open(&options.output, &err))
		goto out;
	again.db = db;
	status = repeat(argv[0], before, &again, &err);
	if (err.kind == ERROR_NONE && again.is_kept)
		status = compare(argv[0], before, &again, status, &options.output);
out:
	if (err.kind != ERROR_NONE)
		status = failure_print(argv[0], &err);
	diff_output_close(&options.output);
	run_free(before);
	free(db);
	return status;
}
