/*
 * Differences from a list of test vectors that are known, each with its cause:
 *
 *     - stack: "gnutls"                       # a pattern, as is case
 *       case: "openssl_ocsp/valid-*"          # suite/case
 *       got: invalid                          # good, revoked, unknown or invalid
 *       why: "one sentence with the place in the stack's source"
 */
#ifndef HARNESS_VERIFY_EXPLAINED_H
#define HARNESS_VERIFY_EXPLAINED_H

#include "harness/verify/vector_index.h"

struct explanation {
	char *from; /* "FILE:LINE" */
	char *stack, *name, *why;
	enum vector_class got;
	size_t num_used;
};

struct explained {
	struct explanation *items;
	size_t num;
};

bool explained_read(struct explained *out, const char *path, struct error *err);
void explained_clear(struct explained *explained);

/* The first that explains it, which is counted as used; NULL when none does. */
const struct explanation *explained_find(struct explained *explained, const char *stack,
					 const char *name, enum vector_class got);

#endif
