/*
 * OCSP responses, OCSP requests and CRLs with GnuTLS's functions.
 *
 * What GnuTLS (3.7.9 to 3.8) does not do is done here: it compares the issuer's name
 * and the serial number of a CertID, not the issuer's key; it does not look whether
 * the signature is by the responder that the response names when that is nobody's
 * certificate; it tolerates a thisUpdate in the future; it says nothing of critical
 * extensions of a single response, which are not checked.
 */
#ifndef CLIENTS_GNUTLS_OCSP_H
#define CLIENTS_GNUTLS_OCSP_H

#include "clients/facts/observation.h"

#include "core/error.h"

#include <gnutls/x509.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked of a response or CRL. Everything is borrowed. */
struct response_question {
	gnutls_x509_crt_t certificate; /* whose status; NULL: whom it names first */
	gnutls_x509_crt_t issuer;      /* its issuer in the verified chain; NULL: only decode */
	int64_t now;                   /* seconds since 1970 */
	int skew_s;                    /* tolerance around both times */
	int max_age_s;        /* without a nextUpdate; -1 any age, 0 a nextUpdate is wanted */
	bool any_certid_hash; /* else SHA-1 only */
	const uint8_t *nonce; /* as it was sent; NULL when none was */
	size_t nonce_len;
};

/* Checks an OCSPResponse in the order of RFC 6960 section 3.2; without an issuer only
 * what is in it is told (CHECK_NOT_CHECKED). */
void response_check(struct status_check *out, const struct response_question *question,
		    const uint8_t *der, size_t len);

/* Checks a CRL, DER or PEM: issuer, signature, scope, times, entry. */
void crl_check(struct status_check *out, const struct response_question *question,
	       const uint8_t *bytes, size_t len);

/* What the times of a response or CRL say: GOOD, NOT_YET_VALID, STALE or NO_NEXT_UPDATE. */
enum check times_check(const struct status_check *check, const struct response_question *question);

/* Writes a DER OCSPRequest with a CertID by SHA-1. New memory, which the caller frees. */
bool request_encode(uint8_t **der, size_t *len, const struct response_question *question,
		    struct error *err);

#endif
