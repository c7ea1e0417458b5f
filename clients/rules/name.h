/*
 * Whether two names are the same by RFC 5280 section 7.1: case and inner blanks do not matter,
 * nor which type of string a value is written in. Letters outside of ASCII have to be the same
 * (no Unicode normalization), as in the stacks themselves.
 */
#ifndef CLIENTS_RULES_NAME_H
#define CLIENTS_RULES_NAME_H

#include "clients/rules/der.h"

#include <stdbool.h>

enum name_rule {
	NAME_RFC_5280,
	NAME_BY_LETTERS, /* case and blanks matter, the type of string does not */
};

/* Both are a Name with its tag and length. */
bool name_is_same(struct der one, struct der other, enum name_rule rule);

#endif
