/* A finding as the result document has it. */
#ifndef HARNESS_MODEL_FINDING_JSON_H
#define HARNESS_MODEL_FINDING_JSON_H

#include "harness/model/finding.h"

extern const struct record_type finding_type; /* record_read and record_write take it */

#endif
