/*
 * The few bytes of DER that GnuTLS leaves to its users: whether something is one
 * element and no more, and what an extension holds.
 */
#ifndef CLIENTS_GNUTLS_DER_H
#define CLIENTS_GNUTLS_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes still to be read; borrowed. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* Takes the next element (low tag numbers, definite length). False: there is none. */
bool span_take(struct span *in, uint8_t *tag, struct span *content);

/* Whether the bytes are one SEQUENCE with nothing after it. */
bool span_is_one_sequence(const uint8_t *bytes, size_t len);

#endif
