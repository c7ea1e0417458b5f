/*
 * The check of a client program before it is trusted: it must refuse a policy that
 * cannot be (unsupported), connect to a good endpoint, and reject an untrusted one.
 */
#ifndef HARNESS_DRIVE_COMPLIANCE_H
#define HARNESS_DRIVE_COMPLIANCE_H

#include "harness/drive/lab_process.h"
#include "harness/drive/pool.h"

/* The lab must serve a healthy situation under this id and host. */
#define COMPLIANCE_ID   "revoscope-compliance-check"
#define COMPLIANCE_HOST "compliance-check" LAB_DOMAIN

struct compliance;

/*
 * Makes the pool ask all programs whose faults[i] is NULL, side by side; the pool's steps
 * (pool_step) set the faults (new memory) of those that fail. nonce makes the impossible axis one
 * that no program can know. All are borrowed until compliance_end. NULL without memory.
 */
struct compliance *compliance_begin(struct pool *pool, const struct lab_process *lab, char **faults,
				    size_t num_programs, const char *nonce, int deadline_ms);

/* When the pool is at its end, or is not stepped any more. NULL is fine. */
void compliance_end(struct compliance *compliance);

#endif
