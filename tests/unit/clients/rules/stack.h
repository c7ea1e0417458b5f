/*
 * A stack for the tests of the rules: its hashes are their names and what is hashed, and it
 * believes whatever signature it is asked about, unless it is to find one bad.
 */
#ifndef TESTS_UNIT_CLIENTS_RULES_STACK_H
#define TESTS_UNIT_CLIENTS_RULES_STACK_H

#include "clients/rules/question.h"

#include "tests/unit/clients/rules/element.h"

#define STACK_NOW INT64_C(1790000000) /* 2026-09-21 */
#define STACK_DAY 86400

size_t stack_digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes);

extern const struct status_reader stack_reader;

/* Puts a time that lies so many seconds from STACK_NOW. */
void stack_put_time(struct element *to, int64_t offset);

/* A certificate's parts: CN=issuer with the key "key" issued serial 0x11, CN=leaf. Borrowed for
 * ever. */
extern struct certificate stack_leaf, stack_issuer;
void stack_make(void);

/* About stack_leaf, now, with every hash and age. */
/* What it says of a signature is what *signature is then, GOOD at first. */
struct question stack_question(enum signature *signature);

#endif
