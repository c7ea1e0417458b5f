/*
 * What the sources of revocation status gave for one certificate, in the order in which they
 * were used. Plain data: filled by revocation.c, read by detail.c.
 */
#ifndef CLIENTS_REVOCATION_WALK_H
#define CLIENTS_REVOCATION_WALK_H

#include "clients/facts/observation.h"
#include "clients/policy/decision.h"

/* What one source gave, with the evidence behind it; borrowed from the observation. */
struct source_record {
	struct source_result result;
	const struct status_check *check; /* NULL when nothing came to be checked */
	const struct fetch_facts *fetch;  /* NULL for a staple, and when nothing was fetched */
	/* Where none of the certificate's pointers can be used: how many there are, and the
	 * first. */
	size_t num_unusable;
	struct unusable_url unusable;
	/* CRLs that cover some reasons each, and which reasons they do together; result.check is
	 * GOOD when these are all. */
	size_t num_parts;
	int covered_reasons;
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

#endif
