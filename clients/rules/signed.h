/* What a signature is about (RFC 5280 sections 4.1.1 and 5.1.1, RFC 6960 section 4.2.1). */
#ifndef CLIENTS_RULES_SIGNED_H
#define CLIENTS_RULES_SIGNED_H

#include "clients/rules/der.h"

#include <stdbool.h>

enum signed_kind { SIGNED_RESPONSE, SIGNED_LIST, SIGNED_CERTIFICATE };

/* Borrowed. */
struct signed_bytes {
	enum signed_kind kind;
	struct der bytes;     /* that are signed, with their tag */
	struct der algorithm; /* AlgorithmIdentifier, with its tag */
	struct der signature; /* whole bytes */
};

/* Reads a certificate, a CRL or a BasicOCSPResponse as far as its signature. False: malformed. */
bool signed_read(struct signed_bytes *out, enum signed_kind kind, struct der in);

#endif
