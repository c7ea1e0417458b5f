/*
 * What a request asks to be looked at and not judged (clients/README.md, request key
 * `examine`): one handshake, a heap of certificates, or one fetch.
 */
#ifndef CLIENTS_PROTOCOL_EXAMINATION_H
#define CLIENTS_PROTOCOL_EXAMINATION_H

#include "core/error.h"
#include "core/policy.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum examination_kind {
	EXAMINATION_HANDSHAKE,
	EXAMINATION_CERTIFICATES,
	EXAMINATION_FETCH,
	NUM_EXAMINATION_KINDS
};

/* Of which kind the certificate's key is to be, where a server has several. */
enum examination_key { EXAMINATION_KEY_ANY, EXAMINATION_KEY_RSA, EXAMINATION_KEY_ECDSA };

enum examination_what { EXAMINATION_OCSP, EXAMINATION_CRL, EXAMINATION_ISSUER };

/* Plain data, all owned. What the kind has no use for is at its default. */
struct examination {
	bool wanted; /* the request is one of these */
	enum examination_kind kind;
	/* Of a handshake. */
	bool asks_staple;
	bool asks_http; /* a HEAD behind the handshake */
	enum examination_key key;
	/* Of certificates: DER, PEM or PKCS#7. */
	uint8_t *bytes;
	size_t len;
	/* Of a fetch. */
	enum examination_what what;
	char *url;
	enum ocsp_method method; /* GET or POST, of OCSP alone */
	char *certificate;       /* PEM, of OCSP alone: of whom it asks */
	char *issuer;
	char *file; /* of a CRL alone: where the body goes */
};

/* The value of `kind`, or -1 when it is none. */
int examination_kind_of(const json_t *value);

/* Reads the value of `examine`. What is wrong is in err; clear it in every case. */
bool examination_read(struct examination *out, const json_t *value, struct error *err);
void examination_clear(struct examination *examination);

#endif
