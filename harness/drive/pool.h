/*
 * The work of all client programs in one poll loop: several probes in flight in each,
 * a hard deadline for every one, and no cell lost when a program dies, hangs or violates the
 * protocol.
 *
 * A probe is known by a cookie, a number below 2^48 that the source chooses. What happens
 * when a program misbehaves: it is killed and started afresh; when it is plain which probe
 * is to blame (only one was in flight) that one fails; otherwise every probe that was in
 * flight is tried again alone, and the culprit fails then. A program that fails
 * POOL_FAILURES_MAX times in a row is given up and its waiting probes fail.
 */
#ifndef HARNESS_DRIVE_POOL_H
#define HARNESS_DRIVE_POOL_H

#include "harness/drive/pool_source.h"
#include "harness/drive/program.h"
#include "harness/drive/regulator.h"

#include <poll.h>

#define POOL_SHARE 16 /* probes in flight per program, when nothing else is said */

struct pool;

/* programs stay the caller's. share: probes in flight per program. */
struct pool *pool_new(struct program *programs, size_t num_programs, int share, int deadline_ms);
void pool_free(struct pool *pool);

/* A further process in the loop (the lab): on_line is called for each of its lines, and
 * once with NULL when it ended. */
void pool_attach(struct pool *pool, struct process *process,
		 void (*on_line)(void *context, const char *line, size_t len), void *context);

/* Queues a probe, at the front or the back. False without memory. */
bool pool_add(struct pool *pool, size_t program, uint64_t cookie, bool first);

/* Queues a probe to be tried when no other of any program is waiting or in flight. False without
 * memory. */
bool pool_add_alone(struct pool *pool, size_t program, uint64_t cookie);

/*
 * How many probes of all programs may be in flight at once, those apart that wait
 * (pool_source.waits). It begins without a limit of its own: the source says with regulator_init
 * what its work may take, and notes what it took.
 */
struct regulator *pool_regulator(struct pool *pool);

/* Of all programs together, by their shares. */
int pool_most_in_flight(const struct pool *pool);

enum pool_end { POOL_MORE, POOL_DONE, POOL_INTERRUPTED, POOL_FAILED };

/* Begins to work on what was added, and on what will be; source is copied. */
void pool_begin(struct pool *pool, const struct pool_source *source);

/* Fills fds, PROCESS_NUM_FDS entries for each program and for an attached process and one for the
 * signals, with what the pool waits for, entries that are not used with fd -1. Returns in how many
 * ms at most it wants its next step, -1: whenever there is news. */
int pool_poll(const struct pool *pool, struct pollfd *fds);

/*
 * Does what can be done without waiting: fds as pool_poll filled and poll answered them, NULL for
 * the first step. POOL_MORE until every probe has answered or failed. After an interruption no
 * callback is called for what was not done. POOL_FAILED: the source stopped it.
 */
enum pool_end pool_step(struct pool *pool, const struct pollfd *fds);

/* Begins, and steps until it is at its end; never POOL_MORE. POOL_FAILED with err also when
 * nothing could be waited for. */
enum pool_end pool_run(struct pool *pool, const struct pool_source *source, struct error *err);

/* From a callback: ends the work with POOL_FAILED. */
void pool_stop(struct pool *pool);

/* Likewise with POOL_INTERRUPTED; also before pool_begin. */
void pool_interrupt(struct pool *pool);

/* How often the program failed, what it did the last time (NULL: never), and why it was given
 * up (NULL when it was not). A failure need not cost a cell: what cannot be made to happen again
 * has no culprit. */
size_t pool_num_failures(const struct pool *pool, size_t program);
const char *pool_last_failure(const struct pool *pool, size_t program);
const char *pool_given_up(const struct pool *pool, size_t program);

/* Ends all programs: closes their input, waits a little, kills. */
void pool_end_programs(struct pool *pool, int grace_ms);

#endif
