/*
 * The few bytes of DER that GnuTLS leaves to its users: whether something is one
 * element and no more, and what an extension holds.
 */
#ifndef CLIENTS_GNUTLS_DER_H
#define CLIENTS_GNUTLS_DER_H

#include "clients/facts/observation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes still to be read; borrowed. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* Takes the next element (low tag numbers, definite length). False: there is none. */
bool span_take(struct span *in, uint8_t *tag, struct span *content);

/* Whether the bytes are one SEQUENCE with nothing after it. */
bool span_is_one_sequence(const uint8_t *bytes, size_t len);

/*
 * Whether a successful OCSP response is of version 1 (RFC 6960 section 4.2.2.3) and no
 * entry has a critical extension that is not understood. GnuTLS 3.7 has no call for the
 * extensions of an entry, and gnutls_ocsp_resp_get_version says 1 of version 2 as well.
 */
bool contents_are_understood(const uint8_t *der, size_t len);

/* The same of the entries of a CRL, in DER (RFC 5280 section 5.3): one that is not
 * understood forbids to use the list for any certificate. */
bool list_is_understood(const uint8_t *der, size_t len);

/*
 * Whether a CRL with this issuingDistributionPoint (RFC 5280 section 5.2.5) speaks of a
 * certificate: it is about its kind, names a distribution point that the certificate
 * names too, and is not limited in any other way.
 */
bool scope_fits(const uint8_t *der, size_t len, bool is_ca, const struct certificate_facts *facts);

#endif
