/*
 * The matrix as letters: rows by classes, one letter and its marks per cell, wrapped
 * into blocks that fit the width.
 */
#ifndef REPORTS_TEXT_MATRIX_TEXT_H
#define REPORTS_TEXT_MATRIX_TEXT_H

#include "core/text.h"
#include "harness/run/run.h"
#include "reports/format.h"

/* Appends matrix and legend. False without memory. */
bool matrix_text_append(struct text *out, struct run *run, const struct format_options *options);

#endif
