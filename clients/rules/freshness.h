/*
 * Whether an OCSP response or a CRL is current (RFC 6960 section 4.2.2.1): one rule for
 * every stack. Looks at times only, not at who says them.
 */
#ifndef CLIENTS_RULES_FRESHNESS_H
#define CLIENTS_RULES_FRESHNESS_H

#include "core/name.h"

#include <stdbool.h>
#include <stdint.h>

/* Times in seconds since 1970, limits in seconds as the axes skew_s and max_age_s have
 * them. GOOD, NOT_YET_VALID, STALE or NO_NEXT_UPDATE. */
enum check freshness_check(int64_t this_update, int64_t next_update, bool has_next, int64_t now,
			   int64_t skew_s, int64_t max_age_s);

#endif
