/* What the sources of status that a certificate names come to for a client. */
#ifndef HARNESS_DOCTOR_SOURCE_VERDICT_H
#define HARNESS_DOCTOR_SOURCE_VERDICT_H

#include "harness/model/examination.h"

#include <stddef.h>

/* What one fetch from a source comes to, and what the attempts at a responder do: of their checks
 * the most telling. An answer that no stack was shown, since it is too large, is a bad one. */
enum source_verdict source_verdict_of_fetch(const struct fetch *fetch,
					    const struct status_answer *answer);
enum source_verdict source_verdict_of(const struct responder_attempt *attempts, size_t num);
/* One of the CRLs of sources; one for some reasons is good if they cover every reason together. */
enum source_verdict source_verdict_of_crl(const struct status_sources *sources,
					  const struct crl_source *crl);

/* The most telling of all of a kind; NONE without one. */
enum source_verdict source_verdict_best_responder(const struct status_sources *sources);
enum source_verdict source_verdict_best_crl(const struct status_sources *sources);

#endif
