/*
 * What an examination could not look at, and why: what is not said here was looked at. Nothing of
 * it is a fault of the endpoint by itself; causes say what is.
 */
#ifndef HARNESS_DOCTOR_UNEXAMINED_H
#define HARNESS_DOCTOR_UNEXAMINED_H

#include "harness/model/examination.h"

#include <stdbool.h>

/* What an examination does not say of how it was made. */
struct unexamined_facts {
	bool fetches;        /* false: --no-fetch */
	bool proxy_resolves; /* the target's name was left to the proxy */
	size_t addresses_max;
	/* Whether this machine has a route to a numeric address. */
	bool (*has_route)(const char *address);
};

/* By the routing table, without sending anything. */
bool unexamined_has_route(const char *address);

/* Adds to the examination's list; facts are borrowed. False without memory. */
bool unexamined_note(struct examination *seen, const struct unexamined_facts *facts);

#endif
