/*
 * The parts of a CRL (RFC 5280 section 5.1), as they are in its DER: the view that the rules look
 * at. Whether they are true is the business of judge.h.
 */
#ifndef CLIENTS_RULES_LIST_H
#define CLIENTS_RULES_LIST_H

#include "clients/rules/der.h"

#include <stdbool.h>
#include <stdint.h>

/* Every run of bytes is borrowed from the CRL. */
struct list {
	struct der issuer; /* name, with its tag */
	int64_t this_update, next_update;
	bool has_this_update, has_next_update; /* there, and can be read */
	bool is_next_update_broken;            /* there, and cannot be read */
	struct der entries;                    /* inside the SEQUENCE OF; empty when absent */
	const uint8_t *entries_start;          /* their tag; NULL when absent */
	struct der extensions;                 /* likewise */
};

/* One revoked certificate. */
struct listed {
	struct der serial; /* contents of the INTEGER */
	int64_t revocation_time;
	struct der extensions; /* inside the SEQUENCE OF; empty when absent */
};

/* False: malformed. forms: DER_TIME_*. */
bool list_read(struct list *out, struct der in, int forms);

/* Takes the next one of list.entries. False: malformed. */
bool list_take_entry(struct listed *out, struct der *entries, int forms);

/* The reason (CRLReason) of a listed one; -1 when it has none. */
int list_reason(const struct listed *listed);

#endif
