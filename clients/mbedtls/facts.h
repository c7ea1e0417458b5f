/*
 * The facts of a certificate that an answer reports and that revocation goes by.
 */
#ifndef CLIENTS_MBEDTLS_FACTS_H
#define CLIENTS_MBEDTLS_FACTS_H

#include "clients/mbedtls/compat.h"
#include "clients/facts/observation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills *out from a parsed certificate. */
void facts_read(struct certificate_facts *out, const mbedtls_x509_crt *certificate);

/*
 * Adds what the extensions say (the Extensions SEQUENCE, RFC 5280 section 4.1): TLS
 * features (RFC 7633), OCSP and CRL URLs. mbedTLS parses none of these. Stops
 * silently at the first thing that is not DER; URLs that are too long, that hold
 * bytes outside of printable ASCII, or beyond MAX_URLS are left out.
 */
void facts_read_extensions(struct certificate_facts *out, const uint8_t *bytes, size_t len);

/* Whether the certificate is for this address: an iPAddress of its subjectAltName with the same
 * bytes, 4 or 16 (RFC 5280 section 4.2.1.6). */
bool facts_has_address(const mbedtls_x509_crt *certificate, const uint8_t *address, size_t len);

#endif
