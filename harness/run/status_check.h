/*
 * How one stack validates an OCSP response or a CRL: the object `check` of the client protocol
 * (clients/README.md), typed, with its one reader. Plain data; texts are borrowed from the JSON.
 */
#ifndef HARNESS_RUN_STATUS_CHECK_H
#define HARNESS_RUN_STATUS_CHECK_H

#include "core/error.h"
#include "harness/run/observation.h"

/* All in hexadecimal, but the hash's name. */
struct checked_certid {
	bool is_present;
	const char *hash, *issuer_name_hash, *issuer_key_hash, *serial;
};

struct status_check {
	enum check verdict;
	bool has_status;
	enum status status; /* of the entry; NONE without one */
	struct flag authentic, fresh, tolerated;
	struct number response_status;   /* RFC 6960, section 4.2.1 */
	struct number revocation_reason; /* RFC 5280, section 5.3.1 */
	struct number covered_reasons;   /* of an INCOMPLETE CRL (core/reason_flags.h) */
	const char *this_update, *next_update, *produced_at, *revocation_time; /* UTC */
	const char *signer;
	struct checked_certid certid;
	struct observed_native native;
};

/* False with err, which names the member, when it is not as the protocol says. */
bool status_check_read(struct status_check *out, const json_t *object, struct error *err);

#endif
