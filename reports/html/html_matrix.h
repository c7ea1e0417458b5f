/*
 * The matrix with its filter and its legend. A cell is one link to its story ("#c3-17"); its
 * words are in the page, the style shows a letter instead where columns are narrow.
 */
#ifndef REPORTS_HTML_HTML_MATRIX_H
#define REPORTS_HTML_HTML_MATRIX_H

#include "harness/run/run.h"

#include <stdio.h>

void html_write_matrix(FILE *out, struct run *run);

#endif
