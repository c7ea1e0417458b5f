/*
 * Where the probes of a pool come from, and what it does when a client program misbehaves: as
 * callbacks, so that neither the pool nor the slot of one program knows what is asked.
 */
#ifndef HARNESS_DRIVE_POOL_SOURCE_H
#define HARNESS_DRIVE_POOL_SOURCE_H

#include "core/text.h"
#include "harness/drive/answer.h"

#include <stdint.h>

#define POOL_FAILURES_MAX 8    /* in a row; then a program is given up */
#define POOL_GRACE_MS     2000 /* after a probe's own deadline */
#define POOL_REPEATS_MAX  2    /* alone, of a probe that failed for what this machine did */

/* How a probe ended without an answer. Strings are borrowed for the call. */
struct pool_failure {
	enum outcome outcome; /* ERROR, CRASH or HANG */
	enum reason reason;
	const char *detail;
	const char *talk;  /* the last of its stderr, or "" */
	const char *bytes; /* what it said that was no answer, or NULL; num_bytes of it */
	size_t num_bytes;
};

/* Where the probes come from and the answers go to; all functions are called from within
 * pool_step. */
struct pool_source {
	void *context;
	/* How answers are taken: answer_take, or what suits what the requests ask for. */
	bool (*take)(struct answer *answer, json_t *object, struct error *err);
	/* Appends the request line. `again`: it was in flight before and is tried again. */
	bool (*request)(void *context, uint64_t cookie, const char *id, bool again,
			struct text *line);
	/* Takes over answer. */
	void (*answered)(void *context, uint64_t cookie, struct answer *answer);
	void (*failed)(void *context, uint64_t cookie, const struct pool_failure *failure);
	/* The program answered it a second time: its answer is not to be believed. */
	void (*doubted)(void *context, uint64_t cookie, const char *detail);
	/* Whether the probe costs this machine little once it has begun, since it waits for
	 * something that is slow on purpose. NULL: none. */
	bool (*waits)(void *context, uint64_t cookie);
	/* After every turn; returns in how many ms it wants the next, or -1. NULL: never. */
	int (*tick)(void *context);
	/* Whether all is done, when no probe is waiting or in flight. NULL: yes. */
	bool (*finished)(void *context);
};

#endif
