/*
 * A run that is saved in the store while it goes on. A store that fails does not stop the run;
 * recorder_finish says so.
 */
#ifndef HARNESS_CLI_RECORDER_H
#define HARNESS_CLI_RECORDER_H

#include "harness/archive/store.h"
#include "harness/options/options.h"

/* All zero bytes at first, and when nothing is saved. */
struct recorder {
	struct store *store;
	struct store_writer *writer;
};

/* Opens the store of --db, or the usual one; not with --no-store. False with err when the run
 * cannot be saved; the recorder is usable all the same, and saves nothing. */
bool recorder_start(struct recorder *recorder, struct run *run, const struct options *options,
		    struct error *err);

/* For the job's listener (harness/drive/job_options.h). */
void recorder_add(struct recorder *recorder, size_t row, size_t class);
int recorder_tick(struct recorder *recorder);

/* What earlier runs in the store saw, for the reports (run_lives). Without it they show what this
 * run saw, so that a failure is no reason to stop. */
void recorder_read_lives(struct recorder *recorder, struct run *run);

/* Ends it; false with err when not all could be saved. */
bool recorder_finish(struct recorder *recorder, struct error *err);

#endif
