/* Looks at what a request wants to be examined, and judges nothing of it. */
#ifndef CLIENTS_PROGRAM_EXAMINE_H
#define CLIENTS_PROGRAM_EXAMINE_H

#include "clients/backend/backend.h"
#include "core/text.h"

/*
 * Carries out request->examination, within request->deadline_ms, and appends the answer line:
 * what was seen, or why nothing could be looked at.
 */
void examine_answer(struct text *out, const struct client_backend *backend,
		    const struct request *request);

#endif
