/* DER that the tests of the rules write, from the inside to the outside. */
#ifndef TESTS_UNIT_CLIENTS_RULES_ELEMENT_H
#define TESTS_UNIT_CLIENTS_RULES_ELEMENT_H

#include "clients/rules/der.h"

/* Bytes that grow up to a fixed size; an overflow ends the test. */
struct element {
	uint8_t bytes[4096];
	size_t len;
};

/* Each adds something at the end: an element, other elements, an Extension with the value. */
void element_put(struct element *to, int tag, const void *content, size_t len);
void element_add(struct element *to, const struct element *what);
void element_put_extension(struct element *to, const char *id, size_t id_len, bool critical,
			   const struct element *value);

/* Puts all of it into one element. */
void element_wrap(struct element *element, int tag);

struct der element_der(const struct element *element);

/* A Name with O and CN, whose values are strings of this tag. */
void element_put_name(struct element *to, const char *common_name, int tag);

#endif
