/* The JSON Schema of the result document, carried by the program (result.schema.json). */
#ifndef REPORTS_JSON_RESULT_SCHEMA_H
#define REPORTS_JSON_RESULT_SCHEMA_H

#include <stddef.h>

extern const char result_schema[]; /* not NUL-terminated */
extern const size_t result_schema_len;

#endif
