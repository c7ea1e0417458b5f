/*
 * The result document (reports/json/result.schema.json): objects keyed by id and sorted,
 * cells one per line, written as they are read back, never held together.
 */
#ifndef REPORTS_JSON_RESULT_JSON_H
#define REPORTS_JSON_RESULT_JSON_H

#include "core/error.h"
#include "harness/run/run.h"

#include <stdio.h>

/* One cell as the document has it. New reference; NULL with err. What there was no memory for,
 * here and below, is found by json_end. */
json_t *result_json_cell(struct run *run, size_t row, size_t class, struct error *err);

/* What is known before the first cell: the document without cells and summary. New reference. */
json_t *result_json_head(struct run *run);

/* What is known after the last: run, stacks and summary of the document. New reference. */
json_t *result_json_end(struct run *run);

#endif
