/* The hashes that a CertID can be by (RFC 6960 section 4.1.1), by name and by OID. */
#ifndef CLIENTS_RULES_HASH_H
#define CLIENTS_RULES_HASH_H

#include "clients/rules/der.h"

#include <stddef.h>

/* The name of a hash ("sha1", "sha256", "sha3-256") by the contents of its OID; NULL for one
 * that is not known. */
const char *hash_find(struct der id);

/* The contents of the OID of a hash that is known by this name. */
struct der hash_id(const char *name);

/* The name of the hash, or its OID as dotted numbers. */
void hash_print(char *out, size_t size, struct der id);

#endif
