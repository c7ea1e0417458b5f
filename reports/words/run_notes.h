/*
 * What a reader must know beside the cells, in words: a moved clock, stacks that lack something,
 * a user's own files, stale deviations, an interruption.
 */
#ifndef REPORTS_WORDS_RUN_NOTES_H
#define REPORTS_WORDS_RUN_NOTES_H

#include "core/text.h"
#include "harness/run/run.h"

/* Calls take with each note, one or two sentences whose foreign parts are visible
 * (text_append_visible), not yet escaped for any format. Borrowed for the call. */
void run_notes(struct run *run, void (*take)(void *context, const char *words), void *context);

/* Appends that the clock was moved; nothing when it was not. It is no note, since it is in
 * front of everything. */
void run_notes_append_clock(struct text *out, const struct run *run);

#endif
