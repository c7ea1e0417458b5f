/* Verifications without a connection as text, and as a document. */
#ifndef REPORTS_VERIFICATION_REPORT_H
#define REPORTS_VERIFICATION_REPORT_H

#include "harness/verify/vector_judge.h"
#include "harness/verify/verification.h"
#include "reports/format.h"

#include <stdio.h>

/* Plain data; everything is borrowed. */
struct verification_report {
	const struct verification *verification;
	const char *command;
	/* With test vectors, else NULL. */
	const struct vector_index *index;
	const struct vector_verdict *verdicts;
	const struct explained *explained;
};

bool verification_text_write(FILE *out, const struct verification_report *report,
			     const struct format_options *options, struct error *err);

/* The document that verification.schema.json describes. */
bool verification_json_write(FILE *out, const struct verification_report *report,
			     struct error *err);

#endif
