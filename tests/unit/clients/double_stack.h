/*
 * Doubles of a stack and of the network: a response is the name of a check ("stale",
 * "stale+revoked") or "try-later", and a URL ends in what its server answers ("http://r/unknown").
 */
#ifndef TESTS_UNIT_CLIENTS_DOUBLE_STACK_H
#define TESTS_UNIT_CLIENTS_DOUBLE_STACK_H

#include "clients/backend/probe.h"

#include "core/clock.h"

/* What the stack can do and knows; set_up_probe resets all. */
struct double_stack {
	bool can_staple, can_staple_all, can_make_requests;
	struct certificate_facts issuers[3]; /* depth 1 to 3 */
	char fetched[512];                   /* "ocsp:URL crl:URL", in the order asked */
	size_t last_nonce_len;
	size_t num_crls;               /* that were given to check as CRLs */
	struct deadline last_deadline; /* of the last fetch */
};
extern struct double_stack double_stack;

/* A probe in which the handshake has come as far as the judge. */
struct set_up {
	struct request request;
	struct probe *probe;
};

/* policy: axis=value words. Free with tear_down. */
void set_up_probe(struct set_up *setup, const char *policy);
void tear_down(struct set_up *setup);

/* Words that start with c are CRL URLs, all others responders. */
void add_urls(struct certificate_facts *facts, const char *urls);

#endif
