/*
 * The check of a client program before it is trusted: it must refuse a policy that
 * cannot be (unsupported), connect to a good endpoint, and reject an untrusted one.
 */
#ifndef HARNESS_DRIVE_COMPLIANCE_H
#define HARNESS_DRIVE_COMPLIANCE_H

#include "harness/drive/lab_process.h"
#include "harness/drive/pool.h"

#define COMPLIANCE_ID   "revoscope-compliance-check"
#define COMPLIANCE_HOST "compliance-check" LAB_DOMAIN

/* The healthy situation that the lab must serve as COMPLIANCE_ID. Static. */
const struct situation *compliance_situation(void);

/*
 * Asks all programs whose faults[i] is NULL, side by side, and sets the faults (new
 * memory) of those that fail. nonce makes the impossible axis one that no program can have
 * been taught.
 */
enum pool_end compliance_check(struct pool *pool, const struct lab_process *lab, char **faults,
			       size_t num_programs, const char *nonce, int deadline_ms,
			       struct error *err);

#endif
