/*
 * The attempts of a cell under --repeat as its record lists them.
 */
#ifndef HARNESS_RUN_ATTEMPTS_H
#define HARNESS_RUN_ATTEMPTS_H

#include "harness/run/verdict.h"

#include <jansson.h>

/* Adds an attempt to the array [{outcome, reason, detail, times}, ...]. Attempts that follow
 * each other with the same result are one entry with a count; at most 100 entries are kept. */
void attempts_add(json_t *attempts, const struct attempt *attempt, const char *detail);

#endif
