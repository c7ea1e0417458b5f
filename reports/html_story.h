/* The stories: per scenario or endpoint, what each client class saw, decided, and why. */
#ifndef REPORTS_HTML_STORY_H
#define REPORTS_HTML_STORY_H

#include "core/error.h"
#include "harness/run.h"

#include <stdbool.h>
#include <stdio.h>

bool html_write_stories(FILE *out, struct run *run, struct error *err);

/* The fragment of a cell's story, "cell-ROW-CLASS", without '#'. */
void html_write_cell_id(FILE *out, const struct run_row *row, const struct run_class *class);

/* The CSS class and the words of an outcome with its marks: "connect, blind". */
const char *html_cell_style(const struct cell *cell);
void html_write_cell_words(FILE *out, const struct cell *cell);

#endif
