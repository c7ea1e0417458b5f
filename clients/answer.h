/* Writes what was seen as one answer line (clients/README.md). */
#ifndef CLIENTS_ANSWER_H
#define CLIENTS_ANSWER_H

#include "clients/observation.h"
#include "core/text.h"

#include <stdbool.h>

/* Appends the whole answer with its newline. False without memory. */
bool answer_append(struct text *out, const char *id, const struct observation *observation);

/* Appends what a check without a connection gave. */
bool answer_append_check(struct text *out, const char *id, const struct status_check *check);

/* Appends an answer without an attempt: id (NULL for none), outcome, reason, detail. */
bool answer_append_refusal(struct text *out, const char *id, enum outcome outcome,
			   enum reason reason, const char *detail);

#endif
