/*
 * A small certificate authority for the tests of the mbedTLS backend: keys,
 * certificates and OCSP responses, all made when the test runs.
 */
#ifndef TESTS_UNIT_CLIENTS_MBEDTLS_MAKER_H
#define TESTS_UNIT_CLIENTS_MBEDTLS_MAKER_H

#include "clients/mbedtls/session.h"
#include "clients/rules/question.h"

#define MAKER_NOW INT64_C(1790000000) /* 2026-09-21 */

/* Bytes that grow up to a fixed size; an overflow ends the test. */
struct made {
	uint8_t data[8192];
	size_t len;
};

/* Who there is. OTHER_ISSUER has the issuer's name and another key; RSA_DELEGATE is made by
 * maker_add_rsa alone, since its key takes a while. */
enum person {
	LEAF,
	ISSUER,
	OTHER_ISSUER,
	UNRELATED,
	DELEGATE,
	NO_EKU,
	EXPIRED,
	GRANDCHILD,
	RSA_DELEGATE,
	NUM_PEOPLE
};

struct maker {
	mbedtls_pk_context keys[NUM_PEOPLE];
	mbedtls_x509_crt certificates[NUM_PEOPLE];
	struct certificate leaf, issuer; /* what a question borrows */
};

/* Everybody. Ends the program when mbedTLS fails. */
void maker_init(struct maker *maker);
void maker_add_rsa(struct maker *maker);
void maker_clear(struct maker *maker);

/* A question about LEAF at MAKER_NOW, by this stack's rules: every hash, every age, no nonce. */
struct question maker_question(struct maker *maker);

enum wrong { RIGHT, WRONG_SERIAL, WRONG_NAME, WRONG_KEY };

/* One SingleResponse; times are seconds relative to MAKER_NOW. */
struct single {
	enum wrong wrong;
	bool sha256;
	enum status status; /* NONE means good */
	int64_t this_update;
	int64_t next_update;
	bool no_next_update;
	bool critical_extension;
};

/* A response; zeroed it is a good one, signed by the issuer, of a day ago for six days. */
struct recipe {
	int response_status;
	bool no_bytes;
	bool other_type; /* not id-pkix-ocsp-basic */
	bool version_2;
	enum person signer; /* LEAF stands for ISSUER, unless by_leaf */
	bool by_leaf;
	enum person named; /* LEAF: the signer */
	bool named_by_key;
	mbedtls_md_type_t hash; /* of an RSA signature; 0: SHA-256, as all others have */
	bool no_certificate;    /* the signer's certificate is not inside */
	bool corrupt;
	bool critical_extension;
	bool no_entries;
	const uint8_t *nonce;
	size_t nonce_len;
	struct single singles[2];
	size_t num_singles; /* 0: one, singles[0] */
};

void maker_respond(struct made *out, struct maker *maker, const struct recipe *recipe);

/* Puts tag, length and content at the end of out. */
void made_put(struct made *out, int tag, const void *content, size_t len);
void made_wrap(struct made *out, int tag, const struct made *content);

#endif
