/*
 * A run under way: lab and client programs started, these checked before they are trusted, every
 * cell's probes sent, both sides listened to, verdicts judged.
 *
 * A job prints nothing, ends no process but those that it started, and keeps all that it knows in
 * itself, so that several can go on in one process, one after another or in turns. Its owner drives
 * it:
 *
 *	while (state == JOB_MORE) {
 *		int timeout_ms = job_poll(job, fds);       fills job_num_fds(job) entries
 *		poll(fds, job_num_fds(job), timeout_ms);   with whatever else there is to wait for
 *		state = job_step(job, fds, err);
 *	}
 *	job_finish(job);
 *
 * The signals that interrupt (harness/drive/interrupt.h) end every job of a process that watches
 * them. The process ignores SIGPIPE, since a client program may be gone when it is written to.
 *
 * Steps are short; only a lab whose output has ended and that still runs is waited for, up to half
 * a second. job_finish waits up to PROGRAM_STOP_MS for programs and a lab that do not end.
 */
#ifndef HARNESS_DRIVE_JOB_H
#define HARNESS_DRIVE_JOB_H

#include "harness/drive/job_options.h"
#include "harness/run/run.h"

#include <poll.h>

struct job;

enum job_state { JOB_MORE, JOB_DONE, JOB_INTERRUPTED, JOB_FAILED };

/*
 * Begins to run every cell of run, which has its stacks, classes, rows and cells. run and what
 * options points to are borrowed until job_finish, options is copied. NULL without memory.
 */
struct job *job_start(struct run *run, const struct job_options *options);

/* How many entries job_poll fills. */
size_t job_num_fds(const struct job *job);

/* Fills fds with what the job waits for, entries that are not used with fd -1. Returns in how many
 * ms at most it wants its next step, -1: whenever there is news. */
int job_poll(const struct job *job, struct pollfd *fds);

/*
 * Does what can be done now: fds as job_poll filled and poll answered them. JOB_MORE when there is
 * more to do; anything else stays. Stacks without a usable program get their fault and their cells
 * an outcome; that is no failure. After an interruption, of which nothing else is said, the cells
 * that were done are there and judged. JOB_FAILED with err.
 */
enum job_state job_step(struct job *job, const struct pollfd *fds, struct error *err);

/* Ends the run with what has been done: nothing is left running, and job is freed. Also after
 * JOB_MORE, for an owner that gives up: the run is an interrupted one then. NULL is fine. */
void job_finish(struct job *job);

/* Starts, steps until the end, finishes; never JOB_MORE. For an owner with nothing else to do. */
enum job_state job_run(struct run *run, const struct job_options *options, struct error *err);

#endif
