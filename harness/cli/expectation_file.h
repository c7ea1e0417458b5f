/* The file of --write-expect: what a run showed, for --expect of a later one. */
#ifndef HARNESS_CLI_EXPECTATION_FILE_H
#define HARNESS_CLI_EXPECTATION_FILE_H

#include "core/file.h"
#include "harness/options/options.h"
#include "harness/run/run.h"

/* Before the work: opens the file that the options name, if any. With a moved clock nothing can be
 * expected, nor written: ERROR_USAGE. */
bool expectation_file_open(struct file_writer *file, const struct options *options,
			   struct error *err);

/* Writes what a run showed, puts the file in place, and says on standard error what cannot be
 * expected. */
bool expectation_file_write(const char *name, struct file_writer *file, struct run *run,
			    const struct class_file *classes, struct error *err);

#endif
