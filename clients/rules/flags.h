/*
 * Where the stacks' answers about the same bytes still differ because of our code, and not because
 * of their libraries: each difference is a flag, named after its effect, and each stack has its
 * set. A flag is removed when the stacks that have it are given the right answer.
 */
#ifndef CLIENTS_RULES_FLAGS_H
#define CLIENTS_RULES_FLAGS_H

enum rule_flag {
	/* Neither a response nor a CRL is too long. */
	RULE_ANY_LENGTH = 1 << 0,
	/* A certificate without an issuer in the chain is checked as the wrong certificate, and
	 * not as one without an authorized signer. */
	RULE_LONE_IS_ANOTHER = 1 << 1,
	/* A URL of a certificate may hold any byte but NUL; otherwise printable ASCII alone. */
	RULE_ANY_URL_BYTES = 1 << 2,
	/* Names are the same only when their bytes are. */
	RULE_NAMES_AS_BYTES = 1 << 3,
	/* Times without seconds can be read; those of a CRL alone, then also without the Z. */
	RULE_SHORT_TIMES = 1 << 4,
	RULE_SHORT_LIST_TIMES = 1 << 5,
	/* Times with fractions of a second, or with an offset instead of the Z, can be read. */
	RULE_ODD_TIMES = 1 << 6,
	/* A nextUpdate that cannot be read is an absent one. */
	RULE_BROKEN_NEXT_IS_ABSENT = 1 << 7,

	/* OCSP: producedAt and the times of revocation have to be readable. */
	RULE_ALL_TIMES_COUNT = 1 << 8,
	/* Times and critical extensions of the entry alone that counts matter, and are looked at
	 * when it is found; otherwise those of all entries, and first of all. */
	RULE_OTHER_ENTRIES_ARE_IGNORED = 1 << 9,
	/* The critical extensions that RFC 6960 section 4.4 defines are not known. */
	RULE_NO_STATUS_EXTENSIONS = 1 << 10,
	/* An extension that is known in an entry of a CRL is known in one of a response, and the
	 * other way round. */
	RULE_ENTRIES_SHARE_EXTENSIONS = 1 << 11,
	/* Of several entries for the certificate, none revoked, the latest thisUpdate counts, and
	 * not the first. */
	RULE_LATEST_ENTRY = 1 << 12,
	/* A CertID hashes the issuer's subject, and not the certificate's issuer field as RFC 6960
	 * section 4.1.1 wants. */
	RULE_CERTID_OF_SUBJECT = 1 << 13,
	/* No entry is for a certificate whose issuer field and whose issuer's subject differ in
	 * a byte. */
	RULE_CERTID_OF_SAME_BYTES = 1 << 14,
	/* CertIDs by SHA-1 and SHA-256 alone are known. */
	RULE_TWO_HASHES = 1 << 15,
	/* Without a certificate it is about the serial number of the first entry; otherwise about
	 * any that the issuer could have given. */
	RULE_FIRST_SERIAL = 1 << 16,
	/* A nonce that lacks its inner OCTET STRING counts as none, or is compared as it is;
	 * otherwise it is wrong. */
	RULE_RAW_NONCE_IS_NONE = 1 << 17,
	RULE_RAW_NONCE_COUNTS = 1 << 18,

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

#define RULES_OF_OPENSSL                                                                  \
	(RULE_ANY_LENGTH | RULE_ANY_URL_BYTES | RULE_LONE_IS_ANOTHER | RULE_SHORT_TIMES | \
	 RULE_ODD_TIMES | RULE_OTHER_ENTRIES_ARE_IGNORED | RULE_NO_STATUS_EXTENSIONS |    \
	 RULE_LATEST_ENTRY | RULE_TWO_HASHES | RULE_FIRST_SERIAL | RULE_CA_BY_KEY_USAGE | \
	 RULE_LIST_ENTRY_DETAILS | RULE_LIST_OF_ISSUER_FIELD)

#define RULES_OF_GNUTLS                                                                       \
	(RULE_NAMES_AS_BYTES | RULE_SHORT_TIMES | RULE_BROKEN_NEXT_IS_ABSENT |                \
	 RULE_ENTRIES_SHARE_EXTENSIONS | RULE_CERTID_OF_SUBJECT | RULE_CERTID_OF_SAME_BYTES | \
	 RULE_RAW_NONCE_IS_NONE | RULE_LIST_ENTRIES_FIRST | RULE_LIST_EXTENSIONS_IN_ORDER |   \
	 RULE_DELTA_IS_COMPLETE | RULE_SCOPE_BY_URI | RULE_LIST_ISSUER_BY_LETTERS |           \
	 RULE_LIST_OF_ISSUER_FIELD)

#define RULES_OF_MBEDTLS                                                                           \
	(RULE_NAMES_AS_BYTES | RULE_SHORT_LIST_TIMES | RULE_ALL_TIMES_COUNT |                      \
	 RULE_CERTID_OF_SUBJECT | RULE_RAW_NONCE_COUNTS | RULE_DELTA_IS_COMPLETE | RULE_NO_SCOPE | \
	 RULE_LIST_TIMES_MAY_CROSS)

#endif
