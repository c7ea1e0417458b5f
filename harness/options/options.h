/*
 * The options that commands share, as argp children: what is chosen, how the work
 * is done, where the reports go.
 */
#ifndef HARNESS_OPTIONS_OPTIONS_H
#define HARNESS_OPTIONS_OPTIONS_H

#include "harness/drive/job_options.h"
#include "harness/run/run.h"
#include "harness/run/run_head.h"
#include "reports/format.h"

#include <argp.h>
#include <stdbool.h>

enum { OPTIONS_OUTPUTS_MAX = 16 };

/* When the exit status is 1; each level includes `unexpected`, but for never. */
enum fail_on {
	FAIL_ON_UNEXPECTED,
	FAIL_ON_REJECT,
	FAIL_ON_WARN,
	FAIL_ON_UNSUPPORTED,
	FAIL_ON_NEVER
};
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Words in the order given; borrowed. */
struct word_list {
	const char **items;
	size_t num;
};

struct output {
	const struct format *format;
	const char *path; /* "-" is standard output */
};

/* A run that is done once more for `retest`: kept there, and without a report of its own. */
struct again {
	const char *db;
	char id[RUN_ID_MAX + 1]; /* of the new run, once it has begun */
	bool is_kept;            /* it came to its end, and all of it is in the database */
};

struct options {
	struct word_list words;   /* what is no option */
	struct word_list classes; /* --class, and so on */
	struct word_list tags;
	struct word_list excludes;
	struct word_list clients;
	struct word_list class_files; /* on top of the project's, as the next two */
	struct word_list scenario_directories;
	struct word_list deviation_files;
	const char *expectations; /* NULL: none */
	const char *write_expect; /* NULL: nowhere */
	const char *vantage;
	struct output outputs[OPTIONS_OUTPUTS_MAX];
	size_t num_outputs;
	enum color_choice color;
	enum fail_on fail_on;
	bool strict;
	int jobs, repeat, deadline_ms;
	double time_factor;
	const char *at; /* NULL: the clients' clock is not moved */
	const char *evidence;
	const char *fetch;
	const char *db; /* NULL: where runs are kept usually */
	bool no_store;
	bool is_silent;      /* no text on standard output unless it was asked for */
	struct again *again; /* NULL but for `retest` */
};

/* What --scenarios and --classes do, in every command that has them. */
#define OPTIONS_SCENARIOS_TEXT                                                                   \
	"Read scenarios from DIR too; one with the id of an earlier scenario overrides it. May " \
	"be "                                                                                    \
	"repeated"
#define OPTIONS_CLASSES_TEXT                                                                     \
	"Read stacks, policies and client classes from FILE too; one with the id of an earlier " \
	"one "                                                                                   \
	"overrides it. May be repeated"

#define OPTIONS_DB_TEXT                                                        \
	"Database of saved runs (default: $XDG_STATE_HOME/revoscope/runs.db, " \
	"or below ~/.local/state)"

extern const struct argp options_selection_argp; /* --class --tag --exclude --scenarios --classes */
extern const struct argp
	options_classes_argp;               /* --class --exclude --classes, where no scenario is */
extern const struct argp options_work_argp; /* --jobs --timeout --repeat --evidence ... */
extern const struct argp options_examination_argp; /* the same, where --repeat is of handshakes */

void options_init(struct options *options);
void options_clear(struct options *options);

/*
 * Parses a command's line; argv[0] is "revoscope COMMAND". Input of the parser and its
 * children is `input`, whose first member is a struct options. False without err when help was
 * wanted and printed; with ERROR_USAGE when something is wrong, whose text names the nearest of an
 * unknown option, and is empty when argp has printed it.
 */
bool options_parse(const struct argp *argp, int argc, char **argv, void *input, struct error *err);

/* Adds a word: 0, or ENOMEM, as a parser of argp returns it. */
error_t word_list_add(struct word_list *list, const char *word);

/* For a parser: this is wrong, so that options_parse fails; nothing more is parsed, and the first
 * fault is kept. The parser goes on with any value. */
void options_fail(struct argp_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What --time-factor was given; options_fail when that is none. So with the next three. */
double options_time_factor(struct argp_state *state, const char *text);

enum color_choice options_color(struct argp_state *state, const char *text);

/* Turns what was parsed into the same for `retest`, which keeps its own files from being
 * written over; again may be NULL. Borrowed. */
void options_set_again(struct options *options, struct again *again);

/* Which of several names. */
int options_choose(struct argp_state *state, const char *option, const char *text,
		   const char *const *names, size_t num);

/* Milliseconds of --timeout: seconds, or a duration of 1 ms to 1 h. */
int options_deadline(struct argp_state *state, const char *text);

/* A number within bounds. */
int options_number(struct argp_state *state, const char *option, const char *text, int least,
		   int most);

#endif
