/* OCSP responses, right and wrong, for the tests of the rules. */
#ifndef TESTS_UNIT_CLIENTS_RULES_RESPONSE_MAKER_H
#define TESTS_UNIT_CLIENTS_RULES_RESPONSE_MAKER_H

#include "tests/unit/clients/rules/stack.h"

enum strange {
	NO_EXTENSION,
	STRANGE,          /* an extension that is not known */
	STRANGE_CRITICAL, /* a critical one */
	CUTOFF_CRITICAL,  /* archiveCutoff, critical */
	REASON_CRITICAL,  /* the reason of a CRL's entry, critical */
};

/* One SingleResponse; zeroed it is a good one of a day ago for six days. */
struct single {
	enum status status;
	const char *hash; /* "sha1" unless it says another */
	bool other_serial, other_name, other_key, plain_name;
	int64_t this_update, next_update; /* seconds from now; 0: a day ago, in five days */
	bool no_next;
	const char *this_text, *next_text, *revoked_text; /* instead */
	enum strange extension;
};

struct recipe {
	struct single singles[3];
	size_t num_singles; /* 0: one; 9: none */
	int status;
	int version; /* 0: not written */
	const char *produced_text;
	enum strange extension;
	const char *nonce, *raw_nonce;
	/* Of the question. */
	bool sha1_only, with_nonce, only_first, ignores_criticals, heeds_current_only;
};

/* About stack_leaf by stack_issuer, relative to STACK_NOW. */
void make_response(struct element *out, const struct recipe *recipe);

#endif
