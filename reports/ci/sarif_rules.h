/*
 * The rules that results in SARIF refer to. Their ids are stable: a consumer keeps its
 * suppressions by them.
 */
#ifndef REPORTS_CI_SARIF_RULES_H
#define REPORTS_CI_SARIF_RULES_H

#include "harness/model/cause.h"

#include <jansson.h>
#include <stddef.h>

enum sarif_rule_id {
	SARIF_UNEXPECTED,
	SARIF_EXPOSED,
	SARIF_BLIND,
	SARIF_NO_VERDICT,
	SARIF_STALE_DEVIATION,
	NUM_SARIF_RULES
};

struct sarif_rule {
	const char *id;    /* "revoscope/unexpected-verdict" */
	const char *name;  /* "UnexpectedVerdict": the id for people, as SARIF wants it */
	const char *level; /* "error", "warning" or "note" */
	const char *short_text;
	const char *full_text;
	const char *help; /* what to do about it, in Markdown without links */
};

extern const struct sarif_rule sarif_rules[NUM_SARIF_RULES];

/* What a doctor finds has a rule per cause, behind all others: revoscope/cause/ID. */
#define SARIF_CAUSE_PREFIX "revoscope/cause/"
json_t *sarif_cause_to_json(enum cause cause); /* new reference */

/* "error", "warning" or "note". */
const char *sarif_cause_level(enum severity severity);

/* As a reportingDescriptor (SARIF 2.1.0 section 3.49). New reference. */
json_t *sarif_rule_to_json(const struct sarif_rule *rule);

#endif
