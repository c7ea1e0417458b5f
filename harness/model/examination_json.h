/*
 * Examinations as the result document has them: `examinations`, by target. Its reader takes
 * a foreign document: absent members are fine, a member of a wrong type is refused with its place.
 */
#ifndef HARNESS_MODEL_EXAMINATION_JSON_H
#define HARNESS_MODEL_EXAMINATION_JSON_H

#include "harness/model/examination.h"

/* New memory for examinations_free; NULL with an error of this kind. */
struct examinations *examinations_read(const json_t *object, enum error_kind kind,
				       struct error *err);

/* New reference; NULL without memory. */
json_t *examinations_write(const struct examinations *all);

/* The parts that a client program's answer has in the same form (clients/README.md). */
extern const struct record_type certificate_type, examination_type, fetch_type;
/* Of a struct handshake what the program says: not where, by what and what came. */
extern const struct record_type handshake_outcome_type;

#endif
