/*
 * The cells of a run as work for the pool: what is asked for each, what its answers
 * and the lab's log make of it, and its record.
 */
#ifndef HARNESS_DRIVE_WORK_H
#define HARNESS_DRIVE_WORK_H

#include "harness/drive/engine.h"
#include "harness/drive/lab_process.h"
#include "harness/drive/pool.h"
#include "harness/drive/lab_log.h"

struct work;

/* lab is NULL for endpoints. All are borrowed. NULL without memory. */
struct work *work_new(struct run *run, struct pool *pool, struct lab_process *lab,
		      const struct engine_options *options);
void work_free(struct work *work);

/* Gives a cell its outcome without any probe. */
bool work_settle(struct work *work, size_t row, size_t class, enum outcome outcome,
		 enum reason reason, const char *detail, struct error *err);

/*
 * Sends the cells that are not done: first those that will wait for a time-out, so that
 * they wait side by side. After an interruption the cells whose answers came are done.
 */
enum pool_end work_run(struct work *work, struct error *err);

#endif
