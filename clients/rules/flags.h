/*
 * Where the stacks' answers about the same bytes still differ because of our code, and not because
 * of their libraries: each difference is a flag, named after its effect, and each stack has its
 * set. A flag is removed when the stacks that have it are given the right answer.
 */
#ifndef CLIENTS_RULES_FLAGS_H
#define CLIENTS_RULES_FLAGS_H

enum rule_flag {
	/* Names are the same only when their bytes are. */
	RULE_NAMES_AS_BYTES = 1 << 3,
	/* Times without seconds can be read; those of a CRL alone, then also without the Z. */
	RULE_SHORT_TIMES = 1 << 4,
	RULE_SHORT_LIST_TIMES = 1 << 5,
	/* Times with fractions of a second, or with an offset instead of the Z, can be read. */
	RULE_ODD_TIMES = 1 << 6,
	/* A nextUpdate that cannot be read is an absent one. */
	RULE_BROKEN_NEXT_IS_ABSENT = 1 << 7,

	/* An extension that is known in an entry of a CRL is known in one of a response, and the
	 * other way round. */
	RULE_ENTRIES_SHARE_EXTENSIONS = 1 << 11,

	/* CRL: critical extensions of entries are looked at before the signer; otherwise behind
	 * the scope. */
	RULE_LIST_ENTRIES_FIRST = 1 << 19,
	/* Of scope and critical extensions the one that comes first decides; otherwise those
	 * extensions. */
	RULE_LIST_EXTENSIONS_IN_ORDER = 1 << 20,
	/* A delta CRL counts as a complete one unless its indicator is critical. */
	RULE_DELTA_IS_COMPLETE = 1 << 21,
	/* The scope is not looked at. */
	RULE_NO_SCOPE = 1 << 22,
	/* A scope meets a distribution point only by one of the first four URIs of less than 512
	 * bytes, and one that cannot be read is of other certificates. */
	RULE_SCOPE_BY_URI = 1 << 23,
	/* keyCertSign without basicConstraints makes a CA. */
	RULE_CA_BY_KEY_USAGE = 1 << 24,
	/* removeFromCRL makes a certificate good again, and an entry can name another issuer. */
	RULE_LIST_ENTRY_DETAILS = 1 << 25,
	/* The issuer of a CRL is compared letter by letter, in whatever type of string. */
	RULE_LIST_ISSUER_BY_LETTERS = 1 << 26,
	/* A CRL lists no certificate whose issuer field is another name than the CRL's issuer. */
	RULE_LIST_OF_ISSUER_FIELD = 1 << 27,
	/* A nextUpdate before thisUpdate is as good as any. */
	RULE_LIST_TIMES_MAY_CROSS = 1 << 28,
};

#define RULES_OF_OPENSSL                                                                      \
	(RULE_SHORT_TIMES | RULE_ODD_TIMES | RULE_CA_BY_KEY_USAGE | RULE_LIST_ENTRY_DETAILS | \
	 RULE_LIST_OF_ISSUER_FIELD)

#define RULES_OF_GNUTLS                                                                            \
	(RULE_NAMES_AS_BYTES | RULE_SHORT_TIMES | RULE_BROKEN_NEXT_IS_ABSENT |                     \
	 RULE_ENTRIES_SHARE_EXTENSIONS | RULE_LIST_ENTRIES_FIRST | RULE_LIST_EXTENSIONS_IN_ORDER | \
	 RULE_DELTA_IS_COMPLETE | RULE_SCOPE_BY_URI | RULE_LIST_ISSUER_BY_LETTERS |                \
	 RULE_LIST_OF_ISSUER_FIELD)

#define RULES_OF_MBEDTLS                                                                        \
	(RULE_NAMES_AS_BYTES | RULE_SHORT_LIST_TIMES | RULE_DELTA_IS_COMPLETE | RULE_NO_SCOPE | \
	 RULE_LIST_TIMES_MAY_CROSS)

#endif
