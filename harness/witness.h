/*
 * The other side of the story: what the lab saw, held until the cell that it
 * belongs to asks for it. Events that nobody asks for are forgotten.
 */
#ifndef HARNESS_WITNESS_H
#define HARNESS_WITNESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct witness;

struct witness *witness_new(void);
void witness_free(struct witness *witness);

/* Takes over an event of the lab; other events than connection and request are dropped. */
void witness_take(struct witness *witness, json_t *event);

/* Whether something was taken since the last call. */
bool witness_has_news(struct witness *witness);

/* The label that the harness puts in front of a scenario's host: "c17." for cell 16,
 * "c17r1." when it is tried anew, so that the lab counts its connections from the start. */
const char *witness_label(char out[static 32], size_t cell, int retries);

/* Appends the connections of a cell to list; returns how many. */
size_t witness_collect_connections(struct witness *witness, json_t *list, size_t cell);

/* Appends the requests that came from a client's port for a scenario; returns how many. */
size_t witness_collect_requests(struct witness *witness, json_t *list, const char *scenario,
				int port);

#endif
