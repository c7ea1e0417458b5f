/* How far a run is, on standard error, when that is a terminal. */
#ifndef HARNESS_CLI_PROGRESS_H
#define HARNESS_CLI_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* All zero bytes at the start. */
struct progress {
	int is_terminal; /* 0 not asked yet, 1 yes, -1 no */
	int64_t shown_at_us;
	size_t shown_len;
};

/* At most ten times a second. */
void progress_show(struct progress *progress, size_t num_done, size_t num_cells);

/* Takes the line away again. */
void progress_end(struct progress *progress);

#endif
