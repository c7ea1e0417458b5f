/* Looks at what a request wants to be examined, and judges nothing of it. */
#ifndef CLIENTS_EXAMINE_H
#define CLIENTS_EXAMINE_H

#include "clients/request.h"
#include "core/text.h"

/*
 * Carries out request->examination, within request->deadline_ms, and appends the answer line:
 * what was seen, or why nothing could be looked at.
 */
void examine_answer(struct text *out, const struct request *request);

#endif
