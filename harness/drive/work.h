/*
 * The cells of a run as work for the pool: what is asked for each, what its answers
 * and the lab's log make of it, and its record.
 */
#ifndef HARNESS_DRIVE_WORK_H
#define HARNESS_DRIVE_WORK_H

#include "harness/drive/job_options.h"
#include "harness/drive/lab_process.h"
#include "harness/drive/pool.h"
#include "harness/run/run.h"

struct work;

/* lab is NULL for endpoints. All are borrowed. NULL without memory. */
struct work *work_new(struct run *run, struct pool *pool, struct lab_process *lab,
		      const struct job_options *options);
void work_free(struct work *work);

/* Gives a cell its outcome without any probe. */
bool work_settle(struct work *work, size_t row, size_t class, enum outcome outcome,
		 enum reason reason, const char *detail, struct error *err);

/* Makes the pool work on the cells that are not done: first on those that will wait for a
 * time-out, so that they wait side by side. False without memory. */
bool work_begin(struct work *work);

/*
 * A step of the pool (pool_step), with fds as pool_poll filled and poll answered them; NULL for the
 * first. After an interruption the cells whose answers came are done. POOL_FAILED with err.
 */
enum pool_end work_step(struct work *work, const struct pollfd *fds, struct error *err);

#endif
