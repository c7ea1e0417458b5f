/*
 * Where a comparison goes: the options that `diff` and `retest` share, the files, the exit
 * status.
 */
#ifndef HARNESS_CLI_DIFF_OUTPUT_H
#define HARNESS_CLI_DIFF_OUTPUT_H

#include "core/file.h"
#include "harness/options/options.h"
#include "reports/diff_report.h"

/* Plain data; initialize with = {0}. The input of diff_output_argp. */
struct diff_output {
	struct {
		const struct diff_format *format;
		const char *path; /* "-" is standard output */
		struct file_writer file;
	} items[OPTIONS_OUTPUTS_MAX + 1];
	size_t num, num_open;
	enum color_choice color;
	const char *db; /* NULL: where runs are kept usually */
};

extern const struct argp diff_output_argp; /* --format --color --db */

/* Opens the files; the text to standard output when nothing else goes there. */
bool diff_output_open(struct diff_output *output, struct error *err);

/*
 * Compares, writes what moved to all of them and says on standard error, as the command of this
 * name, what a user must not miss. Returns 1 when something moved, 0 when not, 2 when the runs are
 * of two kinds, 3 when it could not be done or no cell was done in both.
 */
int diff_output_write(struct diff_output *output, const char *name, struct run *before,
		      struct run *after);

/* Removes what was not put in place; harmless after diff_output_write. */
void diff_output_close(struct diff_output *output);

#endif
