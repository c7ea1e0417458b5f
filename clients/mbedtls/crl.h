/*
 * Certificate revocation lists (RFC 5280 section 5) with mbedTLS's functions.
 *
 * mbedTLS refuses every CRL with a critical extension, and so those that are split
 * by issuingDistributionPoint; such a CRL is malformed to this stack.
 */
#ifndef CLIENTS_MBEDTLS_CRL_H
#define CLIENTS_MBEDTLS_CRL_H

#include "clients/mbedtls/ocsp.h"

/*
 * Checks a CRL, DER or PEM (of several in one PEM file the first counts): issuer,
 * signature, times, and whether it lists the certificate. The question's hash and
 * nonce do not matter.
 */
void crl_check(struct status_check *out, const struct response_question *question,
	       const uint8_t *bytes, size_t len);

#endif
