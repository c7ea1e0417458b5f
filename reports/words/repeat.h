/*
 * The command that repeats one cell: what decides over the run (data files, trust, clock,
 * time-outs) is taken over from the run's command line, what only chooses or reports is not.
 * Options that were shortened (`--scen`) are not recognized.
 */
#ifndef REPORTS_WORDS_REPEAT_H
#define REPORTS_WORDS_REPEAT_H

#include "core/text.h"
#include "harness/run/run.h"

/* Appends "revoscope run 'stale@25h' --class openssl/hard-fail", quoted for a shell. Not
 * escaped for any format. */
void repeat_append(struct text *out, const struct run *run, size_t row, size_t class);

#endif
