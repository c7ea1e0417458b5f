/* Private to work: its data, and what its files call of each other. */
#ifndef HARNESS_DRIVE_WORK_PARTS_H
#define HARNESS_DRIVE_WORK_PARTS_H

#include "harness/drive/lab_log.h"
#include "harness/drive/task.h"
#include "harness/drive/work.h"
#include "harness/run/delay.h"

struct work {
	struct run *run;
	struct pool *pool;
	struct lab_process *lab;
	const struct job_options *options;
	struct lab_log *lab_log;
	struct task **tasks;   /* by cell; NULL when not in the making */
	struct task *settling; /* list */
	size_t num_done, num_cells;
	struct error err;
};

/* Stops the work; its cause is in work->err, or there is no memory. */
void work_fail(struct work *work);

/* The cell of a task. */
struct cell *work_cell(struct work *work, const struct task *task);

/* The task of a cell, new if there is none; NULL without memory. */
struct task *work_take_task(struct work *work, uint64_t cookie);

/* With --evidence: writes the object among the evidence of the attempt in flight. */
bool work_keep_evidence(struct work *work, struct task *task, const char *name,
			const json_t *object);

/* Takes from the lab's log what it has of the cell. */
void work_collect(struct work *work, struct task *task);

/* The last attempt has ended: the record waits for the lab's log. */
void work_settle_task(struct work *work, struct task *task);

/* Its record is written: it is judged, and the listener gets it. */
void work_report(struct work *work, size_t row, size_t class);

/* The request by which a client program is asked for a cell. lab: NULL for endpoints. New
 * reference; NULL without memory. */
json_t *work_request_to_json(struct run *run, const struct lab_process *lab,
			     const struct job_options *options, const struct task *task,
			     const char *id);

/* What such a request means for the times of its answer. frame borrows situation, which is filled
 * with what the lab plays. */
void work_request_frame(struct delay_frame *frame, struct situation *situation, struct run *run,
			const struct job_options *options, const struct task *task);

/* What the pool calls (harness/drive/pool_source.h). */
void work_answered(void *context, uint64_t cookie, struct answer *answer);
void work_failed(void *context, uint64_t cookie, const struct pool_failure *failure);
void work_doubted(void *context, uint64_t cookie, const char *detail);

#endif
