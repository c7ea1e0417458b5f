/*
 * The parts of an OCSP response (RFC 6960 section 4.2.1), as they are in its bytes: the view that
 * the rules look at. Whether they are true is the business of judge.h.
 */
#ifndef CLIENTS_RULES_RESPONSE_H
#define CLIENTS_RULES_RESPONSE_H

#include "clients/rules/der.h"
#include "clients/rules/signed.h"

#include "core/name.h"

#include <stdbool.h>
#include <stdint.h>

/* Every run of bytes is borrowed from the response. */
struct response {
	int status; /* RFC 6960 section 4.2.1; what is below is of a successful one */
	struct signed_bytes signed_part; /* tbsResponseData */
	struct der certificates;         /* inside the SEQUENCE OF; empty when absent */
	int version;               /* 0 is version 1; -1: another number that is none of these */
	struct der responder_name; /* with tag; one of the two is not empty */
	struct der responder_key;  /* SHA-1 of the key */
	int64_t produced_at;       /* 0 when it cannot be read */
	bool has_produced_at;
	struct der entries;    /* inside the SEQUENCE OF */
	struct der extensions; /* inside the SEQUENCE OF; empty when absent */
};

/* One SingleResponse. */
struct entry {
	/* The CertID: contents of the hash's OID, of the hashes and of the serial number. */
	struct der hash_id, name_hash, key_hash, serial;
	enum status status;
	int64_t this_update, next_update, revocation_time;          /* 0 when they cannot be read */
	bool has_this_update, has_next_update, has_revocation_time; /* there, and can be read */
	bool is_next_update_broken;                                 /* there, and cannot be read */
	int revocation_reason;                                      /* -1 when absent */
	struct der extensions;                                      /* as above */
};

/*
 * Reads the outer OCSPResponse, and what is in it when its status is successful (0).
 * out->status is set as soon as it is known, -1 before. False: malformed. forms: DER_TIME_*.
 */
bool response_read(struct response *out, struct der in, int forms);

/* Takes the next SingleResponse of response.entries. False: malformed. */
bool response_take_entry(struct entry *entry, struct der *entries, int forms);

/* The nonce of a response's extensions (RFC 9654), also when it lacks the OCTET STRING that should
 * be around it. False when there is none. */
bool response_nonce(struct der *nonce, const struct response *response);

#endif
