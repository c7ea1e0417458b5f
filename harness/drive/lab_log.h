/*
 * The other side of the story: what the lab saw, held until the cell that it
 * belongs to asks for it. Events that are not asked for are forgotten.
 */
#ifndef HARNESS_DRIVE_LAB_LOG_H
#define HARNESS_DRIVE_LAB_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct lab_log;

struct lab_log *lab_log_new(void);
void lab_log_free(struct lab_log *lab_log);

/* Takes over an event of the lab; other events than connection and request are dropped. */
void lab_log_take(struct lab_log *lab_log, json_t *event);

/* Whether something was taken since the last call. */
bool lab_log_has_news(struct lab_log *lab_log);

/* The label that the harness puts in front of a scenario's host: "c17." for cell 16,
 * "c17r1." when it is tried again, so that the lab counts its connections from the start. */
const char *lab_log_label(char out[static 32], size_t cell, int retries);

/* Appends the connections of a cell to list; returns how many. Those of tries before the given one
 * (the retries of their labels) are forgotten: they belong to an attempt that does not count. */
size_t lab_log_collect_connections(struct lab_log *lab_log, json_t *list, size_t cell,
				   int first_retry);

/* Appends the requests that came from a client's port for a scenario, or for the intermediate that
 * scenarios share; returns how many. */
size_t lab_log_collect_requests(struct lab_log *lab_log, json_t *list, const char *scenario,
				int port);

#endif
