/* Which part of a CA's certificates a CRL is about (RFC 5280 section 5.2.5). */
#ifndef CLIENTS_RULES_SCOPE_H
#define CLIENTS_RULES_SCOPE_H

#include "clients/rules/certificate.h"

#include "core/name.h"

/*
 * What the value of an issuingDistributionPoint means for a certificate, under flags (enum
 * rule_flag): GOOD, WRONG_CERTIFICATE, or MALFORMED. A CRL is in scope when it is about the
 * certificate's kind, names a distribution point that the certificate names too, and is not
 * limited in any other way.
 */
enum check scope_check(struct der value, const struct certificate *certificate, unsigned flags);

#endif
