/*
 * Reading DER (X.690): never beyond an end, never recursive, one element after the other.
 * Says nothing about what an element means.
 */
#ifndef CLIENTS_RULES_DER_H
#define CLIENTS_RULES_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};
#define DER_CONTEXT(number)     (0x80 | (number))
#define DER_CONSTRUCTED(number) (0xa0 | (number))

/* Bytes still to be read; borrowed. */
struct der {
	const uint8_t *at;
	size_t len;
};

struct der der_of(const void *bytes, size_t len);
bool der_equals(struct der in, const void *bytes, size_t len);
bool der_same(struct der one, struct der other);

/* Whether the contents of two INTEGERs are the same number, also with superfluous bytes in
 * front (X.690 section 8.3.2 forbids them, and certificates have them). */
bool der_is_same_number(struct der one, struct der other);

/* The contents of an OID that is written as a literal. */
#define DER_IS(in, literal) der_equals(in, literal, sizeof(literal) - 1)

/* Whether the next element has the tag. */
bool der_next_is(struct der in, int tag);

/* Takes the next element, which must have the tag; *content is what it holds. False, and
 * nothing is taken, for another tag or a length beyond the end. */
bool der_take(struct der *in, struct der *content, int tag);

/* The same, but with tag and length: what a signature covers, a name. */
bool der_take_whole(struct der *in, struct der *element, int tag);

/* Takes the next element, whatever its tag is (a low number, a definite length). */
bool der_take_any(struct der *in, int *tag, struct der *content);
bool der_skip(struct der *in);

/* Whether the bytes are one SEQUENCE with nothing after it. */
bool der_is_one_sequence(struct der in);

/* Takes an INTEGER or an ENUMERATED that is not negative and fits. */
bool der_take_number(struct der *in, int *number, int tag);

/* Takes one Extension (RFC 5280 section 4.1). */
struct der_extension {
	struct der id;
	bool critical;
	struct der value;
};
bool der_take_extension(struct der *in, struct der_extension *extension);

/* The value of the first extension with this id (contents of an OID) in what is inside of a
 * SEQUENCE OF Extension. False: there is none, or one before it cannot be read; *value is as it
 * was. */
bool der_find_extension(struct der *value, struct der extensions, struct der id);

/* What a time may look like beside YYYYMMDDHHMMSSZ and YYMMDDHHMMSSZ, the only forms that
 * RFC 5280 section 4.1.2.5 allows. */
enum {
	DER_TIME_SHORT = 1,    /* without seconds */
	DER_TIME_FRACTION = 2, /* with fractions of a second */
	DER_TIME_OFFSET = 4,   /* an offset from UTC instead of the Z */
	DER_TIME_NO_ZONE = 8,  /* without the Z */
	DER_TIME_ANY = 15,     /* any of these */
};

/* Takes a GeneralizedTime or a UTCTime as seconds since 1970. False without taking when the next
 * element is neither; true with *readable false for one that is no such time. */
bool der_take_time(struct der *in, int64_t *seconds, bool *readable, int forms);

#endif
