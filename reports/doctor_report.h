/*
 * What the doctor found, as a part of the report of a run that has it: the causes with their
 * evidence, affected classes and fix, and the steps of the examination. A run
 * without gets nothing. Everything in it is foreign, for a document may be of any origin.
 */
#ifndef REPORTS_DOCTOR_REPORT_H
#define REPORTS_DOCTOR_REPORT_H

#include "reports/format.h"

void doctor_append_text(struct text *out, const struct run *run,
			const struct format_options *options);

/* A section of level 2 for each endpoint. */
void doctor_write_markdown(FILE *out, const struct run *run);

/* A section with the id "doctor". */
void doctor_write_html(FILE *out, const struct run *run);

#endif
