/*
 * Walks the sources of revocation status of the certificates in scope, lazily: the
 * staple is there, OCSP and CRLs are fetched only when the decision asks for them.
 */
#ifndef CLIENTS_REVOCATION_REVOCATION_H
#define CLIENTS_REVOCATION_REVOCATION_H

#include "clients/backend/probe.h"

/*
 * Walks, decides, and fills outcome, reason, assurance, detail, native, staples[]
 * and fetches[] of the observation. Returns the alert that says why, for the case
 * that the outcome is REJECT (RFC 8446 section 6.2).
 */
int revocation_judge(struct probe *probe);

#endif
