/*
 * The advice of a run that has one, as a part of its report: the answer and its conditions, who is
 * refused and who still connects, and how long an outage is survived. A run without advice
 * gets nothing. Everything that the advice says is foreign, for a document may be of any origin.
 */
#ifndef REPORTS_ADVICE_REPORT_H
#define REPORTS_ADVICE_REPORT_H

#include "reports/format.h"

void advice_append_text(struct text *out, const struct run *run,
			const struct format_options *options);

/* A section of level 2. */
void advice_write_markdown(FILE *out, const struct run *run);

/* A section with the id "advice", and its charts as inline SVG. */
void advice_write_html(FILE *out, const struct run *run);

#endif
