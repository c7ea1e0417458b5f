/* Knows the bytes of reports/json/result.schema.json. */
#include "reports/json/result_schema.h"

const char result_schema[] = {
#include "reports/result_schema.inc"
};
const size_t result_schema_len = sizeof result_schema;
