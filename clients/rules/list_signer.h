/*
 * Who may sign a CRL (RFC 5280 section 6.3.3 (f) and (g)): the issuer of the certificate, or the
 * one that a distribution point of the certificate names as cRLIssuer.
 */
#ifndef CLIENTS_RULES_LIST_SIGNER_H
#define CLIENTS_RULES_LIST_SIGNER_H

#include "clients/rules/list.h"
#include "clients/rules/question.h"

/* A signature that is looked at. Borrowed. */
struct list_signature {
	const struct question *question;
	const struct list *list;
	void *opened; /* for question->reader->verify; NULL: the bytes are verified */
	struct der bytes;
};

/*
 * GOOD, ALGORITHM_UNSUPPORTED, BAD_SIGNATURE or UNAUTHORIZED_SIGNER, with out->signer and
 * out->native. GOOD: *signer is the certificate of who signed it, and *is_refused whether the
 * signature verifies by an algorithm that the stack refuses.
 */
enum check list_signer_check(struct certificate *signer, bool *is_refused, struct status_check *out,
			     const struct list_signature *what);

#endif
