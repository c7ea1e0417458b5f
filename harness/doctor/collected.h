/*
 * Private to examiner: the certificates, chains and staples that handshakes brought, and whose
 * status is asked.
 */
#ifndef HARNESS_DOCTOR_COLLECTED_H
#define HARNESS_DOCTOR_COLLECTED_H

#include "harness/doctor/examining.h"

/* Takes the certificates and staples of a handshake's answer into the examination; the handshake
 * gets the ids. */
void examining_take_chain(struct examining *x, struct handshake *handshake,
			  const struct handshake_answer *answer);
void examining_take_staples(struct examining *x, struct handshake *handshake,
			    const struct handshake_answer *answer);

/* Remembers the certificates that a response (base64) brings for its signer; waits for them. */
void examining_read_signers(struct examining *x, const char *bytes);

/* The chain of the first leaf that counts for the examination: the verified one, or the first.
 * NULL: none came. */
const struct sent_chain *examining_chain(const struct examining *x);

/* PEM of a certificate by its id; NULL when it is not known. */
const char *examining_pem(const struct examining *x, const char *id);

/* The issuer of a chain's leaf: of the verified path, or by its name of what was sent; its key, or
 * NULL when neither has it. */
const char *examining_issuer_in(const struct examining *x, const struct sent_chain *chain);

/* The certificates whose status is asked: 0 is the first leaf, others[of - 1] each of the rest.
 * Keys; NULL when there is none. */
const char *examining_subject(const struct examining *x, size_t of);
const char *examining_issuer(const struct examining *x, size_t of);
/* The sources that it names; borrowed until one more certificate is added. */
struct status_sources *examining_sources(struct examining *x, size_t of);

#endif
