/*
 * The story of one cell as text: what came out, what was expected, what the client saw and
 * did, and what the lab saw of it.
 */
#ifndef REPORTS_WORDS_CELL_TEXT_H
#define REPORTS_WORDS_CELL_TEXT_H

#include "core/text.h"
#include "harness/run/run.h"

/* Appends it in lines of at most `width` columns, where words allow. Everything foreign is made
 * visible. False with err when the record cannot be read. */
bool cell_text_append(struct text *out, struct run *run, size_t row, size_t class, int width,
		      struct error *err);

#endif
