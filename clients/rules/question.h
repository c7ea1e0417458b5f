/*
 * What is asked of an OCSP response or a CRL, and what a stack does for the answer: it reads the
 * bytes with its own parser, computes digests, and verifies signatures. Plain data, all of it
 * borrowed.
 */
#ifndef CLIENTS_RULES_QUESTION_H
#define CLIENTS_RULES_QUESTION_H

#include "clients/facts/observation.h"
#include "clients/rules/certificate.h"
#include "clients/rules/signed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a stack says of a signature. */
enum signature {
	SIGNATURE_GOOD,
	SIGNATURE_REFUSED,     /* it verifies, by an algorithm that the stack refuses here */
	SIGNATURE_UNSUPPORTED, /* the stack does not have its algorithm, curve or type of key */
	SIGNATURE_BAD,
};

/*
 * Whether the key of a certificate verifies these bytes, and nothing else: neither names nor times
 * nor usages. Fills out->signer with the certificate's subject when it does, and out->native with
 * what the stack says when it does not.
 */
typedef enum signature verify_function(struct status_check *out, struct der signer,
				       const struct signed_bytes *what);

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
	/* Instead of question.verify: the signature of what is open. NULL in most. */
	enum signature (*verify)(void *opened, struct status_check *out, struct der signer);
	void (*close)(void *opened);
	bool wants_next_update; /* the stack takes what has none for expired */
};

/* What is asked, and of whom. */
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
	verify_function *verify;
	const struct status_reader *reader;
	/* Further certificates, of which one may be that of a CRL's issuer, and whether one of
	 * them has a path to the trust anchor that the certificate is verified with. */
	struct der (*other)(void *probe, size_t place); /* empty behind the last; NULL: none */
	bool (*has_path)(void *probe, struct der certificate);
	void *probe; /* for both */
};

/* Notes in out->native what the rules found themselves: no stack said it. */
void question_say(struct status_check *out, const char *text);

/* Whether a digest is that of the bytes; false also for a hash that the stack does not have. */
bool question_hashes(const struct question *question, const char *hash, struct der digest,
		     struct der bytes);

/* The first critical extension of a list that none of the ids (contents of OIDs, ended by one
 * without bytes) names. */
bool question_knows(struct der extensions, const struct der *known);

#endif
