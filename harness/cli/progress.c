/* Knows how to say how far a run is. */
#include "harness/cli/progress.h"

#include "core/clock.h"

#include <stdio.h>
#include <unistd.h>

#define EVERY_US 100000

void progress_show(struct progress *progress, size_t num_done, size_t num_cells)
{
	if (progress->is_terminal == 0)
		progress->is_terminal = isatty(STDERR_FILENO) ? 1 : -1;
	int64_t now = clock_monotonic_us();
	if (progress->is_terminal < 0 || now - progress->shown_at_us < EVERY_US)
		return;
	progress->shown_at_us = now;
	int len = fprintf(stderr, "\r%zu of %zu cells", num_done, num_cells);
	if (len > 0)
		progress->shown_len = (size_t)len;
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown_len > 0)
		fprintf(stderr, "\r%*s\r", (int)progress->shown_len, "");
	progress->shown_len = 0;
}
