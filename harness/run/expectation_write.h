/*
 * The results of a run, as a file that --expect reads: a user who compares the next run with it
 * sees what moved. Crashes and hangs, and cells of stacks that are not built, are left out, for
 * they cannot be expected.
 */
#ifndef HARNESS_RUN_EXPECTATION_WRITE_H
#define HARNESS_RUN_EXPECTATION_WRITE_H

#include "core/text.h"
#include "harness/run/run.h"

struct expectation_written {
	size_t num_entries, num_cells;
	size_t num_left_out; /* done cells that crashed, hung, or are of no stack that is built */
};

/*
 * Appends the file to out. A pattern of classes is written only where it matches no class of
 * `classes` (all that are known; may be NULL: those of the run) but those that showed the same.
 * What was written is read back and held against the run; where that does not give what was seen
 * (more than a file may hold, names that YAML cannot say), ERROR_UNABLE says so.
 */
bool expectation_write(struct text *out, struct run *run, const struct class_file *classes,
		       struct expectation_written *written, struct error *err);

#endif
