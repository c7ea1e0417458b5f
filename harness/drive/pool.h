/*
 * The work of all client programs in one poll loop: several probes in flight in each,
 * a hard deadline for every one, and no cell lost when a program dies, hangs or babbles.
 *
 * A probe is known by a cookie, a number below 2^48 that the source chooses. What happens
 * when a program misbehaves: it is killed and started afresh; when it is plain which probe
 * is to blame (only one was in flight) that one fails; otherwise every probe that was in
 * flight is tried again alone, and the culprit fails then. A program that fails
 * POOL_FAILURES_MAX times in a row is given up and its waiting probes fail.
 */
#ifndef HARNESS_DRIVE_POOL_H
#define HARNESS_DRIVE_POOL_H

#include "harness/drive/message.h"
#include "harness/drive/program.h"

#define POOL_FAILURES_MAX 8
#define POOL_GRACE_MS     2000 /* after a probe's own deadline */
#define POOL_SHARE        16   /* probes in flight per program, when nothing else is said */

/* How a probe ended without an answer. Strings are borrowed for the call. */
struct pool_failure {
	enum outcome outcome; /* ERROR, CRASH or HANG */
	enum reason reason;
	const char *detail;
	const char *talk;  /* the last of its stderr, or "" */
	const char *bytes; /* what it said that was no answer, or NULL; num_bytes of it */
	size_t num_bytes;
};

/* Who wants the probes; all functions are called from within pool_run. */
struct pool_source {
	void *context;
	/* What the requests ask for, and so how answers are taken. */
	enum answer_kind kind;
	/* Appends the request line. `again`: it was in flight before and is tried anew. */
	bool (*request)(void *context, uint64_t cookie, const char *id, bool again,
			struct text *line);
	/* Takes over answer. */
	void (*answered)(void *context, uint64_t cookie, struct answer *answer);
	void (*failed)(void *context, uint64_t cookie, const struct pool_failure *failure);
	/* The program answered it a second time: its answer is not to be believed. */
	void (*doubted)(void *context, uint64_t cookie, const char *detail);
	/* After every turn; returns in how many ms it wants the next, or -1. NULL: never. */
	int (*tick)(void *context);
	/* Whether all is done, when no probe is waiting or in flight. NULL: yes. */
	bool (*finished)(void *context);
};

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

enum pool_end { POOL_DONE, POOL_INTERRUPTED, POOL_FAILED };

/*
 * Runs until every probe has answered or failed. After an interruption no callback is
 * called for what was not done. POOL_FAILED: poll itself failed, or the source stopped it.
 */
enum pool_end pool_run(struct pool *pool, const struct pool_source *source, struct error *err);

/* From a callback: ends pool_run with POOL_FAILED. */
void pool_stop(struct pool *pool);

/* Likewise with POOL_INTERRUPTED; also before pool_run. */
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
