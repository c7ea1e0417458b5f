/* One check without a connection, from the request to the answer's line. */
#ifndef CLIENTS_PROGRAM_VERIFY_H
#define CLIENTS_PROGRAM_VERIFY_H

#include "clients/backend/backend.h"
#include "core/text.h"

/* Does what request->verification wants, at its time, and appends the answer. */
void verify_answer(struct text *out, const struct client_backend *backend,
		   const struct request *request);

#endif
