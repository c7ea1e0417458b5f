/*
 * What one client saw and did in one cell, as HTML: the verdict with its reason, what it asked for,
 * what it got, what its stack and the server say, and what was expected. Times are separate from
 * the rest, so that cells with the same story can share it.
 */
#ifndef REPORTS_HTML_HTML_SEEN_H
#define REPORTS_HTML_HTML_SEEN_H

#include "harness/run/cell_record.h"

#include <stdio.h>

/* The CSS class of an outcome with its marks: "blind", "reject exposed unexpected". */
void html_write_cell_style(FILE *out, const struct cell *cell);

/* The same in words: "connect, blind, exposed". */
void html_write_cell_words(FILE *out, const struct cell *cell);

/* The body of the story: a heading and a list of facts. Holds no time that was measured. */
void html_write_seen(FILE *out, const struct cell *cell, const struct cell_record *record);

/* "12 ms (fetches: 4 ms, 2001 ms)", what was measured of it. Nothing when nothing was. */
void html_write_times(FILE *out, const struct cell *cell, const struct cell_record *record);

#endif
