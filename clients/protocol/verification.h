/*
 * What a request without a connection wants to be checked: an OCSP response or a CRL,
 * for a certificate that was given with it (clients/README.md, request key `verify`).
 */
#ifndef CLIENTS_PROTOCOL_VERIFICATION_H
#define CLIENTS_PROTOCOL_VERIFICATION_H

#include "core/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verification_kind { VERIFICATION_OCSP, VERIFICATION_CRL };

/* Plain data, all owned. Certificates are PEM text; NULL when not given. */
struct verification {
	bool wanted; /* the request is one of these */
	enum verification_kind kind;
	uint8_t *bytes; /* the response, or the CRL (DER or PEM) */
	size_t len;
	char *certificate; /* whose status; NULL: that of whom the response names first */
	char *issuer;      /* NULL: to be found among those below; without a certificate
			    * too, the response is only decoded */
	char *chain;       /* more certificates, in any order */
	char *trust;       /* anchors, roots or not; NULL: the issuer is one */
	bool has_time;
	int64_t at_s; /* seconds since 1970 that are now */
};

/* Reads the value of `verify`. What is wrong is in err; clear it in every case. */
bool verification_read(struct verification *out, const json_t *value, struct error *err);
void verification_clear(struct verification *verification);

#endif
