/* A double-ended queue of probes that wait, as a growing ring. */
#ifndef HARNESS_DRIVE_QUEUE_H
#define HARNESS_DRIVE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_item {
	uint64_t cookie;
	int tries; /* how often it was in flight already */
};

/* All zero bytes is an empty queue. */
struct queue {
	struct queue_item *items;
	size_t size; /* a power of two, or 0 */
	size_t head;
	size_t num;
};

/* False without memory. */
bool queue_push(struct queue *queue, struct queue_item item, bool at_front);

/* Takes the first; false when there is none. */
bool queue_pop(struct queue *queue, struct queue_item *item);

void queue_clear(struct queue *queue);

#endif
