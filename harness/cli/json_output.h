/* Documents of the commands that list or show something, on standard output. */
#ifndef HARNESS_CLI_JSON_OUTPUT_H
#define HARNESS_CLI_JSON_OUTPUT_H

#include <jansson.h>

/* Prints a document, indented and with sorted keys, and takes it over. */
void json_output_print(json_t *document);

#endif
