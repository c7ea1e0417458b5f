/*
 * The attempts of a cell under --repeat.
 */
#ifndef HARNESS_RUN_ATTEMPTS_H
#define HARNESS_RUN_ATTEMPTS_H

#include "harness/run/verdict.h"

#include <jansson.h>

/* Attempts that follow each other with the same result; at most that many are kept. */
#define ATTEMPTS_MAX 100

struct attempts_entry {
	enum outcome outcome;
	enum reason reason;
	char *detail; /* of the first of them */
	int64_t times;
};

/* Plain data; zero bytes are an empty list. */
struct attempts {
	struct attempts_entry *items;
	size_t num;
};

/* False without memory. */
bool attempts_add(struct attempts *attempts, const struct attempt *attempt, const char *detail);
void attempts_clear(struct attempts *attempts);

/* As a document has them: [{outcome, reason, detail, times}, ...]. New reference, or NULL without
 * memory. */
json_t *attempts_to_json(const struct attempts *attempts);

/* Reads them back (NULL: none). False with err, and an empty list, when it is no such array. */
bool attempts_read(struct attempts *out, const json_t *array, struct error *err);

/* How many there were, at least 1. */
int attempts_total(const struct attempts *attempts);

#endif
