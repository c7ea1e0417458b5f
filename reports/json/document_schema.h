/*
 * JSON Schemas of the documents that the programs write. The shape of each is a file
 * (*.schema.json); where a value is one of a closed list, the list comes from the table that writer
 * and reader use: {"list": NAME} becomes an enum, {"list": NAME, "without": [...]} one of fewer,
 * and with "or_null": true null is allowed as well. An advice and an examination are completed by
 * the tables that write them (record_schema.h).
 */
#ifndef REPORTS_JSON_DOCUMENT_SCHEMA_H
#define REPORTS_JSON_DOCUMENT_SCHEMA_H

#include <jansson.h>

/* Of the result document and the lines of jsonl. New reference; NULL without memory. */
json_t *document_schema_result(void);

/* Of a comparison. New reference; NULL without memory. */
json_t *document_schema_diff(void);

/* Of what `revoscope verify` found. New reference; NULL without memory. */
json_t *document_schema_verification(void);

#endif
