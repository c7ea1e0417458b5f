/*
 * The work of a run that has its rows, as a command does it: a job (harness/drive/job.h), saved and
 * reported while it goes on, and judged.
 */
#ifndef HARNESS_CLI_RUN_WORK_H
#define HARNESS_CLI_RUN_WORK_H

#include "harness/drive/job_options.h"
#include "harness/options/command_data.h"
#include "harness/run/run.h"

/* What a command has to say when the cells are done and before the reports are written: it may
 * set additions of the run. False with err when it could not. */
struct conclusion {
	bool (*make)(struct conclusion *conclusion, struct run *run, struct error *err);
	void *context;
	bool found; /* set by make: something that the exit status has to show */
};

/*
 * Opens the reports' files, makes the cells, runs the job, concludes (conclusion may be NULL; one
 * is made of an interrupted run too), writes the reports, and returns the exit status. job: what
 * the options do not say; the rest is filled in.
 */
int run_work(const char *name, struct run *run, const struct command_data *data,
	     const struct options *options, struct job_options *job, struct conclusion *conclusion);

#endif
