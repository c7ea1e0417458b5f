/* One check without a connection, from the request to the answer's line. */
#ifndef CLIENTS_VERIFY_H
#define CLIENTS_VERIFY_H

#include "clients/request.h"
#include "core/text.h"

/* Does what request->verification wants, at its time, and appends the answer. */
void verify_answer(struct text *out, const struct request *request);

#endif
