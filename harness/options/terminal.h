/* What standard output can show. */
#ifndef HARNESS_OPTIONS_TERMINAL_H
#define HARNESS_OPTIONS_TERMINAL_H

#include "harness/options/options.h"
#include "reports/format.h"

/* Whether text on standard output may be coloured, and how wide it may be; to a file it may not. */
struct format_options terminal_format_options(enum color_choice color, bool to_stdout);

#endif
