/*
 * The parts of an OCSP response (RFC 6960 section 4.2.1), as they stand in its bytes.
 * Whether they are true is the business of mbedtls_ocsp.h.
 */
#ifndef CLIENTS_MBEDTLS_RESPONSE_H
#define CLIENTS_MBEDTLS_RESPONSE_H

#include "clients/mbedtls/der.h"

#include "core/name.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

/* The parts of a BasicOCSPResponse; every run of bytes is borrowed from the response. */
struct response {
	struct der signed_part; /* tbsResponseData with its tag */
	struct der signature;
	struct der certificates;   /* inside the SEQUENCE OF; empty when absent */
	struct der responder_name; /* one of the two is not empty */
	struct der responder_key;
	struct der entries;
	struct der nonce;
	bool has_nonce;
	int64_t produced_at;
	mbedtls_md_type_t hash;
	mbedtls_pk_type_t key_type; /* MBEDTLS_PK_NONE: an algorithm that is not known */
};

/* One SingleResponse. */
struct entry {
	struct der hash_id, name_hash, key_hash, serial;
	enum status status;
	int64_t this_update, next_update, revocation_time;
	bool has_next_update;
	int revocation_reason;
};

/*
 * Reads the outer OCSPResponse, and what is in it when its status is successful (0).
 * *status is set as soon as it is known. False: malformed, or a critical extension
 * that is not understood.
 */
bool response_read(struct response *response, int *status, struct der in);

/* Takes the next SingleResponse of response.entries; the same rule for false. */
bool response_take_entry(struct entry *entry, struct der *entries);

#endif
