/*
 * What a certificate says about its own status: where to ask, and what a server has to staple.
 * mbedTLS parses none of it, and the others each a part.
 */
#ifndef CLIENTS_RULES_POINTERS_H
#define CLIENTS_RULES_POINTERS_H

#include "clients/facts/observation.h"
#include "clients/rules/certificate.h"

/*
 * Fills *out but for its sha256. In an extension that is no DER it stops silently; a URL is left
 * out when it is too long, holds bytes outside of printable ASCII (under RULE_ANY_URL_BYTES only
 * a NUL is too much), or is beyond MAX_URLS. flags: enum rule_flag.
 */
void pointers_read(struct certificate_facts *out, const struct certificate *certificate,
		   unsigned flags);

/* Whether the certificate is for this address: an iPAddress of its subjectAltName with the same
 * bytes, 4 or 16 (RFC 5280 section 4.2.1.6). */
bool pointers_have_address(const struct certificate *certificate, struct der address);

#endif
