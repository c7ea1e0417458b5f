/*
 * What a file of the user's holds: certificates, an OCSP response or a CRL, in DER, in PEM
 * or in plain base64. Whether it is sound inside is for the stacks to say; here is decided
 * only whether it is such a thing at all:
 *
 * - PEM, when a line of it begins with "-----BEGIN": the blocks with a fitting label count,
 *   all others are passed over; at least one must be there, each whole and in base64;
 * - DER, when it begins with a SEQUENCE of definite length that is all there. Bytes behind
 *   it are an error in a certificate, and kept in a response or CRL: stacks judge them;
 * - base64, when it is nothing else and decodes to such DER.
 */
#ifndef HARNESS_VERIFY_DER_INPUT_H
#define HARNESS_VERIFY_DER_INPUT_H

#include "core/error.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_INPUT_MAX_BYTES ((size_t)16 << 20)

enum der_input_kind { DER_INPUT_CERTIFICATE, DER_INPUT_RESPONSE, DER_INPUT_CRL };

struct blob {
	uint8_t *bytes;
	size_t len;
};

struct blob_list {
	struct blob *items;
	size_t num;
};

void blob_list_clear(struct blob_list *list);

/* Reads bytes; out gets what is there, in its order, behind what it has. ERROR_USAGE without
 * a place says what is wrong. */
bool der_input_parse(struct blob_list *out, const char *bytes, size_t len, enum der_input_kind kind,
		     struct error *err);

/* The same for a file of at most DER_INPUT_MAX_BYTES; errors name it. */
bool der_input_read(struct blob_list *out, const char *path, enum der_input_kind kind,
		    struct error *err);

/* Whether DER is shaped like a certificate, and not like another structure. */
bool der_input_is_certificate(const struct blob *der);

/* Issuer and subject of a certificate as they are in it, with tag and length; borrowed. False: it
 * cannot be read. */
bool der_input_names(struct blob *issuer, struct blob *subject, const struct blob *certificate);

/* Appends certificates as PEM. */
bool der_input_print(struct text *out, const struct blob *items, size_t num);

#endif
