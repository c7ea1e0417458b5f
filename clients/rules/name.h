/*
 * Whether two names are the same by RFC 5280 section 7.1: case and inner blanks do not matter,
 * nor which type of string a value is written in. Letters outside of ASCII have to be the same
 * (no Unicode normalization), as in the stacks themselves.
 */
#ifndef CLIENTS_RULES_NAME_H
#define CLIENTS_RULES_NAME_H

#include "clients/rules/der.h"

#include <stdbool.h>

/* Both are a Name with its tag and length. */
bool name_is_same(struct der one, struct der other);

/* The same of names that are given in two parts: a Name, and the RelativeDistinguishedName (inside
 * its SET) that follows it, or nothing. */
bool name_is_same_parts(struct der one, struct der one_part, struct der other,
			struct der other_part);

#endif
