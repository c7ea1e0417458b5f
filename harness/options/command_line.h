/* A command line, as it can be typed again. */
#ifndef HARNESS_OPTIONS_COMMAND_LINE_H
#define HARNESS_OPTIONS_COMMAND_LINE_H

#include "core/text.h"

/* Appends the words, quoted for a shell where that is needed. */
void command_line_append(struct text *out, int argc, char **argv);

#endif
