/*
 * The policy engine: from what the sources of revocation status gave for one
 * certificate, and a policy, to a decision (clients/README.md, "How a decision
 * comes about"). Pure: no clock, no network, no stack.
 */
#ifndef CLIENTS_POLICY_DECISION_H
#define CLIENTS_POLICY_DECISION_H

#include "core/name.h"
#include "core/policy.h"

#include <stdbool.h>
#include <stddef.h>

enum source { SOURCE_STAPLE, SOURCE_OCSP, SOURCE_CRL };
enum { NUM_SOURCES = 3 };

/* What one source gave. */
struct source_result {
	enum source source;
	enum check check;
	/* An authentic answer says revoked. Counts also when check says that the answer
	 * is stale or lacks a nextUpdate, never when it says something else. */
	bool says_revoked;
	/* CHECK_UNAVAILABLE: which layer failed, as a reason (responder-dns, crl-http, ...). */
	enum reason unavailable;
	int response_status; /* CHECK_ERROR_RESPONSE: RFC 6960 section 4.2.1 */
};

/* The certificate that is walked, and what the stack can do about it. */
struct decision_input {
	const struct policy *policy;
	size_t depth;     /* 0 is the leaf */
	bool must_staple; /* it has TLS feature 5 */
	/* It has noRevAvail and no pointer to a status (RFC 9608 section 3), and is a leaf. */
	bool no_rev_avail;
	/* TLS can carry a staple for this depth: RFC 6066 section 8 knows the leaf's alone, RFC
	 * 8446 section 4.4.2.1 one for each certificate. And the stack can be given it. */
	bool can_carry, can_ask;
	bool leaf_has_staple; /* one came for the leaf, whatever depth this is */
	/* Always filled, also when the policy does not look: CHECK_MISSING when nothing
	 * came, CHECK_NOT_SUPPORTED when the stack cannot ask. */
	struct source_result staple;
	/* What was fetched so far, in the order of decision.next; borrowed. */
	const struct source_result *fetched;
	size_t num_fetched;
};

struct decision {
	/* The walk is not over: fetch `next`, append its result, decide again. The
	 * fields below then hold what follows if nothing more can be fetched. */
	bool go_on;
	enum source next;
	/* How many of decision_sources() were looked at; 0 when the walk did not begin,
	 * because a staple that is insisted on is missing or not good. */
	size_t num_used;
	enum outcome outcome; /* connect, warn or reject */
	enum reason reason;
	enum source source; /* whose failure or answer the reason is */
	/* GOOD, REVOKED, or NONE: what is known of the certificate. */
	enum status assurance;
};

void decision_make(struct decision *decision, const struct decision_input *input);

/*
 * The sources that the policy uses for a certificate, in their order. Returns how
 * many. A staple for an intermediate is no source where TLS cannot carry it; nothing is
 * fetched for a certificate with noRevAvail that the policy accepts.
 */
size_t decision_sources(enum source out[static NUM_SOURCES], const struct decision_input *input);

/* True when what a source gave counts as revoked: authentic, and current or heeded all the same. */
bool decision_is_revoked(const struct policy *policy, const struct source_result *result);

/* True when the policy, or the certificate with it, insists on a staple. */
bool decision_insists(const struct decision_input *input);

/* The worse of two decisions about certificates of one chain: reject before warn
 * before connect, revoked before unknown before good; the first among equals. */
const struct decision *decision_worse(const struct decision *one, const struct decision *other);

/* The reason that stands for a failed check of a source. */
enum reason decision_reason(const struct source_result *result);

#endif
