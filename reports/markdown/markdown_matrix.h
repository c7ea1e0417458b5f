/*
 * The matrix as Markdown tables that fit a page: one per family, in blocks of columns that keep a
 * policy together.
 */
#ifndef REPORTS_MARKDOWN_MARKDOWN_MATRIX_H
#define REPORTS_MARKDOWN_MARKDOWN_MATRIX_H

#include "harness/run/run.h"

#include <stdio.h>

void markdown_write_matrix(FILE *out, struct run *run);

#endif
