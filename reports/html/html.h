/*
 * A run as one self-contained HTML page: the answer in words, the matrix, and the
 * story of every cell. No network; works from file://, and without scripts, which only filter
 * and open stories beside the matrix.
 */
#ifndef REPORTS_HTML_HTML_H
#define REPORTS_HTML_HTML_H

#include "core/error.h"
#include "harness/run/run.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes the page. False when a record cannot be read back; write errors show on out. */
bool html_write_run(FILE *out, struct run *run, struct error *err);

#endif
