/* The parameters of RSASSA-PSS (RFC 4055 section 3.1) in an AlgorithmIdentifier. */
#ifndef CLIENTS_RULES_PSS_H
#define CLIENTS_RULES_PSS_H

#include "clients/rules/der.h"

#include <stdbool.h>

/* Hashes by the names of hash.h; the salt in bytes. */
struct pss {
	const char *hash, *mask_hash;
	int salt_len;
};

/* False for another algorithm, a hash that is not known, or parameters that cannot be read. The
 * algorithm is with its tag. */
bool pss_read(struct pss *out, struct der algorithm);

#endif
