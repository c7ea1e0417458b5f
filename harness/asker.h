/*
 * One client program that can examine (clients/README.md, request key `examine`), asked question
 * by question while it stays up.
 */
#ifndef HARNESS_ASKER_H
#define HARNESS_ASKER_H

#include "core/error.h"
#include "harness/class.h"
#include "harness/data_paths.h"
#include "harness/message_examination.h"

#include <jansson.h>

struct asker;

/*
 * Finds, among the programs of the stacks of a class file, the first that says that it can examine,
 * and gets it ready. clients is "STACK=PATH" of --client. NULL with err: ERROR_UNABLE when
 * there is none, or "interrupted".
 */
struct asker *asker_new(const struct data_paths *paths, const struct class_file *classes,
			const char *const *clients, size_t num_clients, int deadline_ms,
			struct error *err);
void asker_free(struct asker *asker); /* ends the program; NULL is fine */

/*
 * Queues a question; its id is given here. *answer gets the answer's object `examination`, or,
 * where none came, {"failed": true, "reason": code, "detail": sentence}: a new reference that the
 * caller owns, set by asker_wait. False without memory.
 */
bool asker_ask(struct asker *asker, const struct message_examination *question, json_t **answer,
	       struct error *err);

enum asker_end { ASKER_DONE, ASKER_INTERRUPTED, ASKER_FAILED };

/* Waits until every question is answered, several at a time. What was not answered is NULL. */
enum asker_end asker_wait(struct asker *asker, struct error *err);

/* Whether an answer is one of an examination. */
bool asker_has_answered(const json_t *answer);

#endif
