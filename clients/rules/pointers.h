/*
 * What a certificate says about its own status: where to ask, and what a server has to staple.
 * mbedTLS parses none of it, and the others each a part.
 */
#ifndef CLIENTS_RULES_POINTERS_H
#define CLIENTS_RULES_POINTERS_H

#include "clients/facts/observation.h"
#include "clients/rules/certificate.h"

/*
 * Fills *out but for its sha256. A pointer that cannot be used is kept with the reason, so that it
 * is not taken for an absent one: a URL that url_is_usable() refuses, one behind MAX_URLS usable
 * ones, a name of another kind, and an extension that does not parse.
 */
void pointers_read(struct certificate_facts *out, const struct certificate *certificate);

/* Whether the certificate is for this address: an iPAddress of its subjectAltName with the same
 * bytes, 4 or 16 (RFC 5280 section 4.2.1.6). */
bool pointers_have_address(const struct certificate *certificate, struct der address);

#endif
