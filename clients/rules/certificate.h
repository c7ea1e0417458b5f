/*
 * The parts of a certificate that the rules go by, as they are in its DER (RFC 5280 section 4.1).
 * Verifies nothing.
 */
#ifndef CLIENTS_RULES_CERTIFICATE_H
#define CLIENTS_RULES_CERTIFICATE_H

#include "clients/rules/der.h"

#include <stdbool.h>

/* Borrowed from the certificate's bytes. */
struct certificate {
	struct der whole;           /* the certificate itself */
	struct der serial;          /* contents of the INTEGER */
	struct der issuer, subject; /* names, with tag and length */
	struct der validity;        /* two times */
	struct der key;             /* the bits of subjectPublicKey: what a CertID hashes */
	struct der extensions;      /* inside the SEQUENCE OF; empty when absent */
};

bool certificate_read(struct certificate *out, struct der in);

/* The value of an extension, by the contents of its OID. */
bool certificate_extension(struct der *value, const struct certificate *certificate, struct der id);

/* basicConstraints with cA. */
bool certificate_is_ca(const struct certificate *certificate);

/* The bits of keyUsage (RFC 5280 section 4.2.1.3); without the extension every bit is set. */
enum key_usage { KEY_USAGE_CERT_SIGN = 5, KEY_USAGE_CRL_SIGN = 6 };
bool certificate_has_usage(const struct certificate *certificate, enum key_usage bit);

#endif
