/*
 * A bounded queue of texts between one reader and several workers: when it is full
 * the reader waits, so that a flood of requests stays in the pipe.
 */
#ifndef CLIENTS_PROGRAM_QUEUE_H
#define CLIENTS_PROGRAM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

/* At most capacity texts are held. NULL without memory. */
struct queue *queue_new(size_t capacity);
void queue_free(struct queue *queue); /* frees the texts that are left, too */

/* Copies len bytes into the queue; waits while it is full. False without memory. */
bool queue_put(struct queue *queue, const char *text, size_t len);

/* Waits for a text, which the caller frees; it has a NUL after *len bytes. NULL when
 * the queue is closed and empty. */
char *queue_take(struct queue *queue, size_t *len);

/* Nothing more will be put. */
void queue_close(struct queue *queue);

#endif
