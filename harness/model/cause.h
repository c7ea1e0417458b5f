/*
 * The causes that the doctor knows, as a closed list: what each means, what fixes it, and which
 * cells of the matrix show it.
 */
#ifndef HARNESS_MODEL_CAUSE_H
#define HARNESS_MODEL_CAUSE_H

#include "core/name.h"

#include <stdbool.h>

#define CAUSE(symbol, spelling, fix, reasons, title, text, afterwards) CAUSE_##symbol,
enum cause {
#include "harness/model/cause.def"
	NUM_CAUSES
};
#undef CAUSE
extern const struct name_table cause_names; /* ids and titles */

/* How bad it is: the level of what a doctor says is that of its worst cause. */
#define SEVERITY(symbol, spelling) SEVERITY_##symbol,
enum severity {
#include "harness/model/severity.def"
	NUM_SEVERITIES
};
#undef SEVERITY
extern const struct name_table severity_names;

/* What an examination comes to: nothing, or its worst severity. */
#define SEVERITY(symbol, spelling) LEVEL_##symbol,
enum level {
	LEVEL_OK,
#include "harness/model/severity.def"
	NUM_LEVELS
};
#undef SEVERITY
extern const struct name_table level_names;

/* How sure it is. */
#define CONFIDENCE(symbol, spelling, words) CONFIDENCE_##symbol,
enum confidence {
#include "harness/model/confidence.def"
	NUM_CONFIDENCES
};
#undef CONFIDENCE
extern const struct name_table confidence_names; /* texts: " (likely)", behind a headline */

#define NO_TOPIC (-1)

struct cause_about {
	const char *id;
	int topic;                  /* enum remedy_topic, or NO_TOPIC */
	const char *advice;         /* what to do, where there is no topic; else NULL */
	const enum reason *reasons; /* of cells that this cause explains */
	size_t num_reasons;
	const char *title, *text, *afterwards;
};

const struct cause_about *cause_about(enum cause cause);
bool cause_explains(enum cause cause, enum reason reason);

#endif
