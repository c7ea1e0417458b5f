/*
 * The JSON Schema of a record (core/record.h), from the table that it is read and written by. What
 * is written by hand of it, such as a description or a narrower type, stays; every other member of
 * the table is added.
 */
#ifndef REPORTS_JSON_RECORD_SCHEMA_H
#define REPORTS_JSON_RECORD_SCHEMA_H

#include "core/record.h"

/*
 * Completes schema, the schema of an object, and those of the objects inside it; defs (may be NULL)
 * is what "#/$defs/NAME" refers to. False without memory, and when a property is written by hand
 * that the table does not have.
 */
bool record_schema_complete(json_t *schema, const json_t *defs, const struct record_type *type);

#endif
