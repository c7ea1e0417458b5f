/*
 * The causes that the doctor knows, as a closed list: what each means, which remedy it has, and
 * which cells of the matrix show it.
 */
#ifndef HARNESS_DOCTOR_CAUSE_H
#define HARNESS_DOCTOR_CAUSE_H

#include "core/name.h"

#include <jansson.h>
#include <stdint.h>

#define CAUSE(symbol, spelling, topic, reasons, title, text, afterwards) CAUSE_##symbol,
enum cause {
#include "harness/doctor/cause.def"
	NUM_CAUSES
};
#undef CAUSE

/* How bad it is: the level of what a doctor says is that of its worst cause. */
enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };

/* How sure it is. */
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };

#define NO_TOPIC (-1)

struct cause_about {
	const char *id;
	int topic;        /* enum remedy_topic, or NO_TOPIC */
	uint64_t reasons; /* bit enum reason: of cells that this cause explains */
	const char *title, *text, *afterwards;
};

const struct cause_about *cause_about(enum cause cause);
extern const struct name_table cause_names; /* ids and titles */

/* The cause among those of an examination, which may be anybody's; of one that is there twice the
 * first. Borrowed; NULL when it was not found. */
const json_t *cause_find(const json_t *examination, enum cause cause);

const char *severity_name(enum severity severity);
const char *confidence_name(enum confidence confidence);

#endif
