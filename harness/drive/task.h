/* A cell in the making: from its first request until its record is written. Open plain data. */
#ifndef HARNESS_DRIVE_TASK_H
#define HARNESS_DRIVE_TASK_H

#include "core/clock.h"
#include "harness/run/attempts.h"
#include "harness/run/observation.h"

#include <jansson.h>
#include <stdint.h>

#define TASK_PORTS_MAX 64

struct task {
	size_t row, class;
	int retries;
	int first_retry;     /* with which the first attempt that counts began */
	int num_repeats;     /* alone, of doubtful attempts */
	int num_repeats_now; /* of the attempt under way */
	bool is_certain;     /* the client connected, so that the lab's events must come */
	int64_t started_us;
	int64_t busy_us;
	bool asked; /* a request for it was sent */
	bool settling;
	struct deadline settle;
	size_t connections_due;    /* that the lab must have seen, and has not reported yet */
	int ports[TASK_PORTS_MAX]; /* of fetches whose requests were not reported yet */
	size_t num_ports;
	char *detail;
	json_t *observation, *connections, *requests; /* as they came */
	struct attempts attempts;
	char *folder; /* of the attempt in flight; NULL without --evidence */
	struct task *previous, *next;
};

/* NULL without memory. */
struct task *task_new(size_t row, size_t class);
void task_free(struct task *task); /* NULL is fine */

/* Notes which events of the lab must still come for what a client observed. */
void task_expect(struct task *task, const struct observation *seen);

/* Whether some of them have not come. */
bool task_is_incomplete(const struct task *task);

/*
 * Begins a doubtful attempt afresh: what is still to come for it is not the cell's. Of the cell's
 * first attempt what came is not either, and the lab counts its connections from the start.
 */
void task_begin_again(struct task *task, bool is_first);

#endif
