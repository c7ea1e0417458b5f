/* Looks at what a request wants to be examined, and judges nothing of it. */
#ifndef CLIENTS_PROGRAM_EXAMINE_H
#define CLIENTS_PROGRAM_EXAMINE_H

#include "clients/backend/backend.h"
#include "core/text.h"

/* NULL when the client program can examine, else why it cannot. */
const char *examine_lack(const struct client_backend *backend);

/*
 * Carries out request->examination, within request->deadline_ms, and appends the answer line:
 * what was seen, or why nothing could be looked at.
 */
void examine_answer(struct text *out, const struct client_backend *backend,
		    const struct request *request);

#endif
