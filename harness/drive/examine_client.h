/*
 * One client program that can examine (clients/README.md, request key `examine`), asked question
 * by question while it stays up.
 */
#ifndef HARNESS_DRIVE_EXAMINE_CLIENT_H
#define HARNESS_DRIVE_EXAMINE_CLIENT_H

#include "core/error.h"
#include "harness/config/class.h"
#include "harness/config/data_paths.h"
#include "harness/drive/message_examination.h"

#include <jansson.h>

struct examine_client;

/*
 * Finds, among the programs of the stacks of a class file, the first that says that it can examine,
 * and gets it ready. clients is "STACK=PATH" of --client. NULL with err: ERROR_UNABLE when
 * there is none, or ERROR_INTERRUPTED.
 */
struct examine_client *examine_client_new(const struct data_paths *paths,
					  const struct class_file *classes,
					  const char *const *clients, size_t num_clients,
					  int deadline_ms, struct error *err);
void examine_client_free(
	struct examine_client *examine_client); /* ends the program; NULL is fine */

/*
 * Queues a question; its id is given here. *answer gets the answer's object `examination`, or,
 * where none came, {"failed": true, "reason": code, "detail": sentence}: a new reference that the
 * caller owns, set by examine_client_wait. False without memory.
 */
bool examine_client_ask(struct examine_client *examine_client,
			const struct message_examination *question, json_t **answer,
			struct error *err);

enum examine_client_end { EXAMINE_CLIENT_DONE, EXAMINE_CLIENT_INTERRUPTED, EXAMINE_CLIENT_FAILED };

/* Waits until every question is answered, several at a time. What was not answered is NULL. */
enum examine_client_end examine_client_wait(struct examine_client *examine_client,
					    struct error *err);

/* Whether an answer is one of an examination. */
bool examine_client_has_answered(const json_t *answer);

#endif
