/* The request by which a client program is asked for a cell. */
#ifndef HARNESS_DRIVE_CELL_REQUEST_H
#define HARNESS_DRIVE_CELL_REQUEST_H

#include "harness/drive/delay.h"
#include "harness/drive/job_options.h"
#include "harness/drive/lab_process.h"
#include "harness/drive/task.h"
#include "harness/run/run.h"

/* lab: NULL for endpoints. New reference; NULL without memory. */
json_t *cell_request_to_json(struct run *run, const struct lab_process *lab,
			     const struct job_options *options, const struct task *task,
			     const char *id);

/* What such a request means for the times of its answer. frame borrows situation, which is filled
 * with what the lab plays. */
void cell_request_frame(struct delay_frame *frame, struct situation *situation, struct run *run,
			const struct job_options *options, const struct task *task);

#endif
