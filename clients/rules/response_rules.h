/*
 * The rules of RFC 6960 section 3.2 for accepting an OCSP response: one order of checks for every
 * stack. Not checked: whether a delegated responder's certificate is itself revoked (section
 * 4.2.2.2.1 leaves that to policy).
 */
#ifndef CLIENTS_RULES_RESPONSE_RULES_H
#define CLIENTS_RULES_RESPONSE_RULES_H

#include "clients/rules/question.h"

/*
 * Checks the bytes as an OCSPResponse and fills *out. Depends on nothing but its arguments;
 * what goes wrong is a check. Without an issuer only what is in the response is noted
 * (CHECK_NOT_CHECKED).
 */
void response_judge(struct status_check *out, const struct question *question, struct der bytes);

#endif
