/* How far a run is, on standard error, when that is a terminal. */
#ifndef HARNESS_DRIVE_PROGRESS_H
#define HARNESS_DRIVE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* All zero bytes at the start. */
struct progress {
	int is_terminal; /* 0 not asked yet, 1 yes, -1 no */
	int64_t shown_at_us;
	size_t shown_len;
};

/* Suits engine_options.progress; context is a struct progress. At most ten times a second. */
void progress_show(void *context, size_t num_done, size_t num_cells);

/* Takes the line away again. */
void progress_end(struct progress *progress);

#endif
