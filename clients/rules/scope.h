/* Which part of a CA's certificates a CRL is about, and for which reasons it lists them (RFC 5280
 * sections 5.2.5 and 6.3.3). */
#ifndef CLIENTS_RULES_SCOPE_H
#define CLIENTS_RULES_SCOPE_H

#include "clients/rules/certificate.h"

#include "clients/facts/observation.h"

/*
 * Whether a CRL is about the certificate: GOOD, WRONG_CERTIFICATE, or MALFORMED. value is that of
 * its issuingDistributionPoint, with at NULL when it has none; list_issuer the name of its issuer.
 * *reasons: a certificate that it does not list is not revoked for any of these (REASONS_ALL); it
 * may be for one that the CRL leaves out.
 */
enum check scope_check(int *reasons, struct der value, const struct certificate *certificate,
		       struct der list_issuer);

/* Whether a distribution point of the certificate names another issuer of CRLs (cRLIssuer). */
bool scope_is_delegated(const struct certificate *certificate, struct der list_issuer);

#endif
