/* `explain RUN/ROW/CLASS`: the story of a cell of a kept run or of a result document. */
#ifndef HARNESS_CLI_EXPLAIN_CELL_H
#define HARNESS_CLI_EXPLAIN_CELL_H

#include "core/error.h"

#include <stdbool.h>

/* Whether a word names a cell: RUN/ROW/CLASS, or FILE.json/ROW/CLASS. */
bool explain_is_cell(const char *word);

/* Prints its story. db as --db. */
bool explain_cell(const char *word, const char *db, struct error *err);

#endif
