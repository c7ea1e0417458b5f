/* Knows when an OCSP response or a CRL is current. */
#include "clients/rules/freshness.h"

enum check freshness_check(int64_t this_update, int64_t next_update, bool has_next, int64_t now,
			   int64_t skew_s, int64_t max_age_s)
{
	if (this_update > now + skew_s)
		return CHECK_NOT_YET_VALID;
	if (has_next)
		return next_update < this_update || next_update + skew_s < now ? CHECK_STALE
									       : CHECK_GOOD;
	if (max_age_s == 0)
		return CHECK_NO_NEXT_UPDATE;
	/* The tolerance is for moments, not for an age. */
	if (max_age_s > 0 && now - this_update > max_age_s)
		return CHECK_STALE;
	return CHECK_GOOD;
}
