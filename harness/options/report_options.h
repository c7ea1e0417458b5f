/* The options of reports, as argp children whose input is a struct options. */
#ifndef HARNESS_OPTIONS_REPORT_OPTIONS_H
#define HARNESS_OPTIONS_REPORT_OPTIONS_H

#include "harness/options/options.h"

extern const struct argp report_options_run;    /* --format --color --fail-on --strict ... */
extern const struct argp report_options_advice; /* --format --color, where no cell is expected */
extern const struct argp report_options_saved;  /* --format --color --db: of a saved run */

/* For a help filter of argp: the text of --format with the names of the formats and an example of a
 * short form behind it, in new memory; text itself without memory. */
char *options_format_help(const char *text, const struct name_table *names, const char *example);

#endif
