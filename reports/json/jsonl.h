/*
 * A run as JSON Lines: {"head": …}, one {"cell": …} per cell, {"end": …}. While a run goes on
 * the cells come as they are done; of a run that is over they come in the order of the matrix.
 */
#ifndef REPORTS_JSON_JSONL_H
#define REPORTS_JSON_JSONL_H

#include "reports/format.h"

bool jsonl_write(FILE *out, struct run *run, const struct format_options *options,
		 struct error *err);

extern const struct format_stream jsonl_stream;

#endif
