/*
 * How a long CRL comes before the parser of a stack: in parts, each a CRL of the same issuer and
 * extensions with some of the entries. A parser makes a structure for each entry, and with entries
 * of 20 bytes that is several times the CRL.
 */
#ifndef CLIENTS_RULES_LONG_LIST_H
#define CLIENTS_RULES_LONG_LIST_H

#include "clients/rules/question.h"

#define LONG_LIST_LEN  ((size_t)1 << 20)   /* what is longer is parsed in parts */
#define LONG_LIST_PART ((size_t)256 << 10) /* bytes of entries in one of them, or one entry */
/* What is in no DER that the rules can read is parsed whole, by stacks that take it. */
#define LONG_LIST_WHOLE_MAX ((size_t)4 << 20)

/*
 * Whether the bytes are longer than LONG_LIST_LEN, and DER that can be parsed in parts; of PEM
 * that is what its first CRL holds, to which *bytes points then. *decoded is its memory, which the
 * caller frees in every case.
 */
bool long_list_is(uint8_t **decoded, struct der *bytes);

/* Whether the stack can read every part. False: out->check and out->native say why. */
bool long_list_read(struct status_check *out, const struct status_reader *reader, struct der bytes);

#endif
