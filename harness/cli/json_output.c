/* Knows how a document is printed. */
#include "harness/cli/json_output.h"

#include <stdio.h>

void json_output_print(json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(document);
}
