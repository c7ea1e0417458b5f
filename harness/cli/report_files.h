/*
 * The reports that a command was asked for and the files that they go to: opened before the
 * work, so that a wrong path costs none of it, and renamed when they are whole.
 */
#ifndef HARNESS_CLI_REPORT_FILES_H
#define HARNESS_CLI_REPORT_FILES_H

#include "core/file.h"
#include "harness/options/options.h"
#include "reports/report_stream.h"

/* Plain data; initialize with = {0}. */
struct report_files {
	struct output outputs[OPTIONS_OUTPUTS_MAX + 1];
	struct file_writer files[OPTIONS_OUTPUTS_MAX + 1];
	struct report_stream *streams[OPTIONS_OUTPUTS_MAX + 1]; /* NULL: written at the end */
	size_t num, num_open;
};

/* Opens what --format names; the text to standard output when nothing else goes there. */
bool report_files_open(struct report_files *files, const struct options *options,
		       struct error *err);

/* From now on what can be written cell by cell is: of this run, which has its cells. */
void report_files_follow(struct report_files *files, struct run *run);

/* For each cell that is done. False when the reader of the only report went away (a pipe into
 * `head`): no one waits for the rest. */
bool report_files_cell(struct report_files *files, size_t row, size_t class);

/* Writes every report, or what is left of it, and puts the files in place. All are tried, so that
 * a full disk under one does not cost the others; err has every failure. */
bool report_files_write(struct report_files *files, struct run *run, enum color_choice color,
			struct error *err);

/* Whether the reader of the only report went away. */
bool report_files_are_unread(const struct report_files *files);

/* Removes what was not put in place; harmless after report_files_write. */
void report_files_close(struct report_files *files);

#endif
