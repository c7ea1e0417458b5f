/*
 * By how much a run waits less than its files say: the delays of slow responders and the
 * time-outs of policies are divided, and nothing else, so that who is slower than whom stays.
 */
#ifndef HARNESS_RUN_TIME_FACTOR_H
#define HARNESS_RUN_TIME_FACTOR_H

#include "core/policy.h"
#include "core/situation.h"

enum { TIME_FACTOR_MOST = 100, TIME_FACTOR_RUN = 2 };

/* Reads a number from 1 to TIME_FACTOR_MOST; decimals are allowed, exponents are not. */
bool time_factor_parse(double *factor, const char *text);

/* "2", "1.5". Returns out. */
const char *time_factor_print(char out[static 24], double factor);

/* The policy's timeout_ms, at least 1. */
void time_factor_shorten_policy(struct policy *policy, double factor);

/* The responder's and the CRL's `slow`. */
void time_factor_shorten_situation(struct situation *situation, double factor);

#endif
