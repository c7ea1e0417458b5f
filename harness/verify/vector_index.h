/*
 * A list of test vectors: OCSP responses and CRLs of other projects with what they should give.
 *
 * Tab-separated text with one header line. The columns suite, case, kind, response_file and
 * expected_status must be there; cert_file, issuer_file, trust_file, other_files (several
 * joined with ';'), time and alt_time may be, and any others are left out. Times are moments
 * (harness/config/timestamp.h) or empty.
 */
#ifndef HARNESS_VERIFY_VECTOR_INDEX_H
#define HARNESS_VERIFY_VECTOR_INDEX_H

#include "core/error.h"
#include "core/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VECTOR_INDEX_MAX ((size_t)16 << 20)

/*
 * What is judged. Of a response: everything; signature and signer alone; what decodes, and to which
 * status. Of the CRLs in one file: what they say of the certificate, or of each certificate of its
 * path (certificate_path.h) but the trust anchors.
 */
enum vector_kind { VECTOR_OCSP, VECTOR_SIGNATURE, VECTOR_PARSE, VECTOR_CRL, VECTOR_CRL_CHAIN };

/* What comes of it. INVALID: whatever gives no authentic and usable status. */
enum vector_class { CLASS_GOOD, CLASS_REVOKED, CLASS_UNKNOWN, CLASS_INVALID };

struct vector {
	int line;       /* of the list, from 1 */
	char *name;     /* suite/case */
	char *expected; /* as it is written: "invalid:bad-signature" */
	char *response; /* paths as they are written; certificate, issuer, trust may be NULL */
	char *certificate, *issuer, *trust;
	char *others; /* several, joined with ';'; NULL: none */
	enum vector_kind kind;
	enum vector_class class;
	bool has_time;
	int64_t at_s; /* alt_time, or else time */
	/* Its questions (verification.h), certificate by certificate: one for each CRL, one in
	 * all for a response. */
	size_t first_question, num_certificates, num_lists;
};

struct vector_index {
	struct vector *items;
	size_t num;
};

/* Reads text of len bytes that `name` is the name of; every fault is NAME:LINE: text. */
bool vector_index_parse(struct vector_index *out, const char *name, const char *text, size_t len,
			struct error *err);
bool vector_index_read(struct vector_index *out, const char *path, struct error *err);
void vector_index_clear(struct vector_index *index);

const char *vector_class_name(enum vector_class class);

extern const struct name_table vector_classes;

/* "a/b.tsv" and "c.der" give "a/c.der"; an absolute path stays. New memory; NULL without. */
char *vector_path(const char *index_path, const char *path);

#endif
