/*
 * What a resumed session means under a policy. It brings no certificate and no staple, so
 * that a client looks for a status again, keeps what it knew, or does not look.
 */
#ifndef CLIENTS_POLICY_RESUMPTION_H
#define CLIENTS_POLICY_RESUMPTION_H

#include "clients/facts/observation.h"
#include "core/policy.h"

/*
 * seen->stage tells where it is asked: in a hook of the stack, or after the handshake.
 * Fills outcome, reason, assurance and detail of the observation when the session was
 * resumed and the policy does not look again. False: the sources are to be walked.
 */
bool resumption_judge(struct observation *seen, const struct policy *policy);

#endif
