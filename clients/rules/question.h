/*
 * What is asked of an OCSP response or a CRL, and what a stack does for the answer: it reads the
 * bytes with its own parser, computes digests, and verifies the signature. Plain data, all of it
 * borrowed.
 */
#ifndef CLIENTS_RULES_QUESTION_H
#define CLIENTS_RULES_QUESTION_H

#include "clients/facts/observation.h"
#include "clients/rules/certificate.h"
#include "clients/rules/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct question;

/* A stack's functions for one kind of signed status, OCSP responses or CRLs. */
struct status_reader {
	/*
	 * Reads the bytes with the stack's parser. NULL: it refuses them, and out->native (of a
	 * response also out->response_status) says what it found; out->check is
	 * CHECK_MALFORMED unless it is set. *der is the bytes; a
	 * stack that accepts more than DER points it to the same in DER, which is valid as long
	 * as the returned object.
	 */
	void *(*open)(struct status_check *out, struct der *der);
	/*
	 * Verifies the signature, and that its key may sign: is the issuer's, or for a response
	 * that of a delegated responder (RFC 6960 section 4.2.2.2). CHECK_GOOD, BAD_SIGNATURE,
	 * UNAUTHORIZED_SIGNER or ALGORITHM_UNSUPPORTED; fills out->signer and out->native. With
	 * out->authentic set and the last of these a CRL verifies, though the stack refuses its
	 * algorithm: who is listed in it is revoked, who is not is not good. response is NULL for a
	 * CRL.
	 */
	enum check (*check_signer)(void *opened, struct status_check *out,
				   const struct question *question,
				   const struct response *response);
	void (*close)(void *opened);
	bool wants_next_update; /* the stack takes what has none for expired */
};

struct question {
	const struct certificate *certificate; /* whose status; NULL: whom the response names */
	const struct certificate *issuer;      /* NULL: the response is only decoded */
	int64_t now;                           /* seconds since 1970 */
	int skew_s;                            /* tolerance around both times */
	int max_age_s;            /* without a nextUpdate; -1 any age, 0 a nextUpdate is wanted */
	bool any_certid_hash;     /* else SHA-1 only */
	bool only_first;          /* the first entry for the certificate counts, whatever it says */
	bool ignores_criticals;   /* critical extensions of a response are as any */
	bool heeds_stale_revoked; /* a revoked entry counts although it is not current */
	struct der nonce;         /* as it was sent; empty when none was */
	/* Hashes, by the name that hash_find gives. The length of the digest, 0 for a hash that
	 * the stack does not have. */
	size_t (*digest)(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes);
	const struct status_reader *reader;
	void *context; /* of the reader */
};

/* Notes in out->native what the rules found themselves: no stack said it. */
void question_say(struct status_check *out, const char *text);

/* The first critical extension of a list that none of the ids (contents of OIDs, ended by one
 * without bytes) names. */
bool question_knows(struct der extensions, const struct der *known);

#endif
