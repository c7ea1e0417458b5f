/*
 * The rules for using a CRL for one certificate (RFC 5280 section 6.3.3), as far as they go here:
 * direct, complete CRLs by the issuer of the certificate.
 */
#ifndef CLIENTS_RULES_LIST_RULES_H
#define CLIENTS_RULES_LIST_RULES_H

#include "clients/rules/question.h"

/* Checks the bytes as a CRL and fills *out: signer, scope, critical extensions, entry, times.
 * The question needs a certificate and its issuer; its hash and its nonce do not matter. */
void list_judge(struct status_check *out, const struct question *question, struct der bytes);

#endif
