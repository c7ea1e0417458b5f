/* What is wrong with deviations and the user's own expectations after a run, in its document. */
#ifndef HARNESS_ARCHIVE_EXPECTATION_JSON_H
#define HARNESS_ARCHIVE_EXPECTATION_JSON_H

#include "harness/config/expectation.h"

#include <jansson.h>

/* {stale: [...], expired: [...], unused: [...]}, each {class, scenario or endpoint, outcome,
 * reason, why, until, from, deviation}. Stale deviations are not among them: these have a key
 * of their own in the document. list may be NULL. New reference. */
json_t *expectation_faults_to_json(const struct expectation_list *list);

/* Appends what the other wrote, so that expectation_fault says the same of them. What has not
 * the form is an ERROR_USAGE; the document is foreign. */
bool expectation_faults_from_json(struct expectation_list *list, const json_t *faults,
				  struct error *err);

#endif
