/*
 * The commands of revoscope and what they have in common. Only these print and
 * decide the exit status.
 */
#ifndef HARNESS_CLI_COMMAND_H
#define HARNESS_CLI_COMMAND_H

#include "core/file.h"
#include "core/text.h"
#include "harness/cli/options.h"

enum exit_status { EXIT_AS_EXPECTED = 0, EXIT_FINDING = 1, EXIT_USAGE = 2, EXIT_UNABLE = 3 };

struct command {
	const char *name;
	const char *text; /* what it is for, in some words */
	/* Gets its own words; argv[0] is "revoscope COMMAND". Returns the exit status. */
	int (*run)(int argc, char **argv);
	const struct argp *argp; /* its options, for whoever describes them */
};

/* In the order of --help. */
extern const struct command command_table[];
extern const size_t num_commands;

int cmd_run(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_advise(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_retest(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_schema(int argc, char **argv);

extern const struct argp cmd_run_argp;
extern const struct argp cmd_probe_argp;
extern const struct argp cmd_doctor_argp;
extern const struct argp cmd_advise_argp;
extern const struct argp cmd_diff_argp;
extern const struct argp cmd_retest_argp;
extern const struct argp cmd_report_argp;
extern const struct argp cmd_verify_argp;
extern const struct argp cmd_lab_argp;
extern const struct argp cmd_list_argp;
extern const struct argp cmd_explain_argp;
extern const struct argp cmd_schema_argp;

/* The same work for `retest`, with argv as it was kept; again is filled in. */
int cmd_run_again(int argc, char **argv, struct again *again);
int cmd_probe_again(int argc, char **argv, struct again *again);
int cmd_doctor_again(int argc, char **argv, struct again *again);
int cmd_advise_again(int argc, char **argv, struct again *again);

/* Appends the command line as one could type it again. */
void command_append_line(struct text *out, int argc, char **argv);

/* Prints an error, line by line, and returns its exit status. */
int command_fail(const char *name, const struct error *err);

/* The files and folders of the project, and what is read from them. */
struct command_data {
	struct data_paths paths;
	struct class_file classes;
	struct expectation_list deviations;
};

/* Finds and reads; on top what --classes, --deviations and --expect name, with the stacks that
 * --client adds. */
bool command_data_load(struct command_data *data, const struct options *options, struct error *err);
void command_data_clear(struct command_data *data);

/* Chooses among the project's scenarios and those of --scenarios. */
bool command_plan_scenarios(struct scenario_list *out, const struct data_paths *paths,
			    const struct options *options, const struct selection *selection,
			    struct error *err);

/* Where something of the project's stands is told without the folder of its data, so that
 * documents of two machines can be compared. */
void command_shorten_scenarios(struct scenario_list *list, const struct data_paths *paths);

/* The selection that the options make. Borrows from them. */
struct selection command_selection(const struct options *options);

/* A run with the chosen classes and their stacks, without rows and cells yet. NULL with err. */
struct run *command_new_run(const struct command_data *data, const struct options *options,
			    int argc, char **argv, struct error *err);

/* What a command has to say when the cells are done and before the reports are written: it may
 * set additions of the run. False with err when it could not. */
struct conclusion {
	bool (*make)(struct conclusion *conclusion, struct run *run, struct error *err);
	void *context;
	bool found; /* set by make: something that the exit status tells */
};

/*
 * Does the work of a run that has its rows: opens the reports' files, makes the cells, runs
 * the engine, concludes (conclusion may be NULL; one is made of an interrupted run too), writes
 * the reports, and returns the exit status.
 */
int command_do_run(const char *name, struct run *run, const struct command_data *data,
		   const struct options *options, struct engine_options *engine,
		   struct conclusion *conclusion);

/* Writes what a run showed to --write-expect's file and tells on standard error what cannot be
 * expected. Opened before the work: file_writer_open. */
bool command_write_expectations(const char *name, struct file_writer *file, struct run *run,
				const struct class_file *classes, struct error *err);

/* Whether text on standard output may be coloured, and how wide it may be. */
struct format_options command_format_options(enum color_choice color, bool to_stdout);

#endif
