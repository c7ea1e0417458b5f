/*
 * A run for a person at a terminal: the matrix, what it comes to, what is not as it
 * should be, and what one has to know of the stacks.
 */
#ifndef REPORTS_TEXT_TEXT_REPORT_H
#define REPORTS_TEXT_TEXT_REPORT_H

#include "reports/format.h"

bool text_report_write(FILE *out, struct run *run, const struct format_options *options,
		       struct error *err);

#endif
