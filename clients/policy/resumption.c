/* Knows how a client handles revocation status in a resumed session. */
#include "clients/policy/resumption.h"

#include <stdio.h>

static const char *words_of(enum status assurance)
{
	switch (assurance) {
	case STATUS_GOOD: return "good";
	case STATUS_REVOKED: return "revoked";
	default: return "not established";
	}
}

bool resumption_judge(struct observation *seen, const struct policy *policy)
{
	bool was_hooked = policy->resumption == RESUMPTION_HOOK && seen->stage == STAGE_NONE;
	if (!seen->resumed || seen->num_earlier == 0 || was_hooked ||
	    policy->resumption == RESUMPTION_RECHECK)
		return false;
	/* The last of them: it was a full handshake, or remembers one. */
	const struct earlier_connection *earlier = &seen->earlier[seen->num_earlier - 1];
	if (policy->resumption == RESUMPTION_REMEMBER) {
		seen->outcome = earlier->outcome;
		seen->reason = earlier->reason;
		seen->assurance = earlier->assurance;
		snprintf(seen->detail, sizeof seen->detail,
			 "the session was resumed, and what the full handshake gave is remembered: "
			 "status %s",
			 words_of(earlier->assurance));
	} else {
		seen->outcome = OUTCOME_CONNECT;
		seen->reason = REASON_SESSION_RESUMED;
		seen->assurance = STATUS_NONE;
		snprintf(seen->detail, sizeof seen->detail,
			 "the session was resumed, and the status was not checked again; the "
			 "previous connection ended with status %s",
			 words_of(earlier->assurance));
	}
	return true;
}
