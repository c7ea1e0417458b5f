/*
 * JSON Schemas of the files that users write, made from the tables that their
 * readers use, so that neither can drift from the other.
 */
#ifndef HARNESS_CONFIG_DATA_SCHEMA_H
#define HARNESS_CONFIG_DATA_SCHEMA_H

#include <jansson.h>

/* Of a scenario file. New reference. */
json_t *data_schema_scenario(void);

/* Of a file of client classes. New reference. */
json_t *data_schema_classes(void);

/* Of an environment for advice. New reference. */
json_t *data_schema_environment(void);

#endif
