/*
 * Who may sign an OCSP response (RFC 6960 section 4.2.2.2): one rule for every stack, which
 * contributes the verification of a signature alone.
 */
#ifndef CLIENTS_RULES_SIGNER_H
#define CLIENTS_RULES_SIGNER_H

#include "clients/rules/question.h"
#include "clients/rules/response.h"

/*
 * CHECK_GOOD, BAD_SIGNATURE, UNAUTHORIZED_SIGNER or ALGORITHM_UNSUPPORTED; fills out->signer and
 * out->native. The issuer's certificate is tried first, then each certificate of the response
 * that the response names as its responder's, until one will do.
 */
enum check signer_check(struct status_check *out, const struct question *question,
			const struct response *response);

#endif
