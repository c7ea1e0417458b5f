/*
 * The rows as documents: what a scenario or endpoint is, what its servers send, and the story of
 * every client class there. Classes with the same story share it. Ids: a row is "r3", the cell of
 * row 3 and class 17 "c3-17" (indices of the run).
 */
#ifndef REPORTS_HTML_HTML_STORY_H
#define REPORTS_HTML_HTML_STORY_H

#include "core/error.h"
#include "harness/run/run.h"

#include <stdbool.h>
#include <stdio.h>

/* False when a record cannot be read back, or without memory. */
bool html_write_stories(FILE *out, struct run *run, struct error *err);

#endif
