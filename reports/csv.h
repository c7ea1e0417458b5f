/*
 * A run as a table (RFC 4180): a header, a row per cell. New columns come at the end; none is
 * ever renamed or moved.
 */
#ifndef REPORTS_CSV_H
#define REPORTS_CSV_H

#include "reports/format.h"

bool csv_write(FILE *out, struct run *run, const struct format_options *options, struct error *err);

#endif
