/* The options of reports, as argp children whose input is a struct options. */
#ifndef HARNESS_OPTIONS_REPORT_OPTIONS_H
#define HARNESS_OPTIONS_REPORT_OPTIONS_H

#include "harness/options/options.h"

extern const struct argp report_options_run;    /* --format --color --fail-on --strict ... */
extern const struct argp report_options_advice; /* --format --color, where no cell is expected */
extern const struct argp report_options_saved;  /* --format --color --db: of a saved run */

#endif
