/*
 * The one reader of observations: what a client program may say, and what of it is believed.
 */
#ifndef HARNESS_RUN_OBSERVATION_READ_H
#define HARNESS_RUN_OBSERVATION_READ_H

#include "core/error.h"
#include "harness/run/observation.h"

/* More staples, fetches or connections than that are no answer. */
#define OBSERVATION_LIST_MAX 4096

/*
 * Reads object (may be NULL) into *out, which borrows from it; clear it in every case. False with
 * err when something is not as the protocol says: an outcome or reason that is absent, a value out
 * of a closed list, an outcome that is not a client's to give, a member of a wrong type, a list
 * that is too long. *out has the rest then, and can be used: a caller that reads what was stored,
 * perhaps by another version, takes what is there. Members that are not known are passed over.
 */
bool observation_read(struct observation *out, const json_t *object, struct error *err);

#endif
