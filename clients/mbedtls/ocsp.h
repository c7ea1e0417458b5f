/*
 * OCSP for a stack that has none: a verifier of responses (RFC 6960) and a writer
 * of requests over mbedTLS's own ASN.1, X.509 and public-key functions.
 *
 * Not checked: whether a delegated responder's certificate is itself revoked
 * (RFC 6960 section 4.2.2.2.1 leaves that to policy), and signatures by RSASSA-PSS
 * or EdDSA, which count as not verified. A delegate's certificate has to satisfy the
 * default profile of mbedTLS: one that is signed with SHA-1 is not authorised.
 */
#ifndef CLIENTS_MBEDTLS_OCSP_H
#define CLIENTS_MBEDTLS_OCSP_H

#include "clients/mbedtls/compat.h"
#include "clients/facts/observation.h"
#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked of a response. Everything is borrowed. */
struct response_question {
	const mbedtls_x509_crt *certificate; /* whose status; NULL: whom it names first */
	const mbedtls_x509_crt *issuer; /* its issuer in the verified chain; NULL: only decode */
	int64_t now;                    /* seconds since 1970 */
	int skew_s;                     /* tolerance around both times */
	int max_age_s;        /* without a nextUpdate; -1 any age, 0 a nextUpdate is wanted */
	bool any_certid_hash; /* else SHA-1 only */
	const uint8_t *nonce; /* as it was sent; NULL when none was */
	size_t nonce_len;
};

/*
 * Checks len bytes as an OCSPResponse, in the order of RFC 6960 section 3.2, and
 * fills *out. Depends on nothing but its arguments; what goes wrong is a check. Without an
 * issuer only what is in the response is told (CHECK_NOT_CHECKED).
 */
void response_check(struct status_check *out, const struct response_question *question,
		    const uint8_t *der, size_t len);

/*
 * Writes a DER OCSPRequest with one CertID by SHA-1 and, when nonce_len > 0, a nonce
 * (at most 128 bytes, RFC 9654). New memory in *der, which the caller frees.
 */
bool request_encode(uint8_t **der, size_t *len, const mbedtls_x509_crt *certificate,
		    const mbedtls_x509_crt *issuer, const uint8_t *nonce, size_t nonce_len,
		    struct error *err);

/* mbedTLS's own words for verification flags, in one line. */
void flags_print(char *out, size_t size, uint32_t flags);

/* Notes what a call of mbedTLS said: code and its text. */
void native_note(struct native *native, int code, const char *text);

/*
 * Hashes issuer's key as a CertID or a ResponderID wants it: the BIT STRING of the
 * SubjectPublicKeyInfo without tag, length and unused bits. False for a hash that
 * mbedTLS does not have.
 */
bool issuer_key_hash(uint8_t out[static MBEDTLS_MD_MAX_SIZE], const mbedtls_x509_crt *issuer,
		     mbedtls_md_type_t hash);

#endif
