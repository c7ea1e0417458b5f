/* Knows the command line as tables of shell scripts. */
#include "docs/generate/page.h"

const struct part shell_parts[] = {{NULL, NULL}};
