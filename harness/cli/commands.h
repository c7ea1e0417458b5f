/*
 * The commands of revoscope, each in a file of its own. They and main.c print and decide the exit
 * status; no module below does.
 */
#ifndef HARNESS_CLI_COMMANDS_H
#define HARNESS_CLI_COMMANDS_H

#include <argp.h>
#include <stddef.h>

struct again;

struct command {
	const char *name;
	const char *text; /* what it is for, in some words */
	/* Gets its own words; argv[0] is "revoscope COMMAND". Returns the exit status. */
	int (*run)(int argc, char **argv);
	const struct argp *argp; /* its options, for what describes them (docs/generate) */
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

#endif
