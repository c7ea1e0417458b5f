/*
 * Reading DER with mbedTLS's ASN.1 functions: never beyond an end, never
 * recursive, one element after the other.
 */
#ifndef CLIENTS_MBEDTLS_DER_H
#define CLIENTS_MBEDTLS_DER_H

#include <mbedtls/asn1.h>
#include <mbedtls/x509.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_CONTEXT(number)     (MBEDTLS_ASN1_CONTEXT_SPECIFIC | (number))
#define DER_CONSTRUCTED(number) (DER_CONTEXT(number) | MBEDTLS_ASN1_CONSTRUCTED)
#define DER_SEQUENCE            (MBEDTLS_ASN1_SEQUENCE | MBEDTLS_ASN1_CONSTRUCTED)

/* Bytes still to be read; borrowed. mbedTLS reads through pointers that are not
 * const and writes nothing. */
struct der {
	unsigned char *at;
	unsigned char *end;
};

struct der der_of(const uint8_t *bytes, size_t len);
bool der_is_empty(const struct der *in);
size_t der_len(const struct der *in);
bool der_equals(const struct der *in, const void *bytes, size_t len);

/* Whether the next element has the tag. */
bool der_next_is(const struct der *in, int tag);

/* Takes the next element, which must have the tag; *content is what it holds. False,
 * and nothing is taken, for another tag or a length beyond the end. */
bool der_take(struct der *in, struct der *content, int tag);

/* The same, but with tag and length: what a signature covers. */
bool der_take_whole(struct der *in, struct der *element, int tag);

/* Takes the next element, whatever its tag is. */
bool der_skip(struct der *in);

/* Takes one X.509 Extension (RFC 5280 section 4.1). */
struct der_extension {
	struct der id;
	bool critical;
	struct der value;
};
bool der_take_extension(struct der *in, struct der_extension *extension);

/* Takes a GeneralizedTime in the only form that RFC 5280 section 4.1.2.5.2 allows,
 * YYYYMMDDHHMMSSZ, as seconds since 1970. */
bool der_take_time(struct der *in, int64_t *seconds);

/* Seconds since 1970 of a time that mbedTLS parsed. */
int64_t der_seconds(const mbedtls_x509_time *time);

#endif
