/*
 * Walks the sources of revocation status of the certificates in scope, lazily: the
 * staple is there, OCSP and CRLs are fetched only when the decision asks for them.
 */
#ifndef CLIENTS_REVOCATION_H
#define CLIENTS_REVOCATION_H

#include "clients/decision.h"
#include "clients/probe.h"

/* What one source gave, with the evidence behind it; borrowed from the observation. */
struct source_record {
	struct source_result result;
	const struct status_check *check; /* NULL when nothing came to be checked */
	const struct fetch_facts *fetch;  /* NULL for a staple, and when nothing was fetched */
};

/* One walked certificate: its sources in the order in which they were used. */
struct certificate_walk {
	size_t depth;
	bool must_staple;
	bool insists; /* policy and certificate insist on a staple */
	struct source_record records[NUM_SOURCES];
	size_t num_records;
	struct decision decision;
};

/*
 * Walks, decides, and fills outcome, reason, assurance, detail, native, staples[]
 * and fetches[] of the observation. Returns the alert that says why, for the case
 * that the outcome is REJECT (RFC 8446 section 6.2).
 */
int revocation_judge(struct probe *probe);

#endif
