/*
 * What a run says of itself beside its matrix: its id, when and how it was started, by which clock
 * its clients went, and what runs before it saw.
 */
#ifndef HARNESS_RUN_RUN_HEAD_H
#define HARNESS_RUN_RUN_HEAD_H

#include "harness/model/staple_life.h"
#include "harness/run/run.h"

const char *run_id(const struct run *run); /* "20261123T010203Z-1a2b" */
const char *run_vantage(const struct run *run);
const char *run_command(const struct run *run);
const char *run_started(const struct run *run);  /* UTC text */
const char *run_finished(const struct run *run); /* UTC text; NULL while running or interrupted */
const char *run_version(const struct run *run);  /* of the revoscope that ran it */
int run_rules(const struct run *run);            /* the version of its rules (core/ruleset.h) */
void run_finish(struct run *run, bool interrupted);

/* How it was started: a directory and the words behind the program's name ("run", "stale").
 * The array is borrowed; both are NULL when that is not known. */
void run_set_arguments(struct run *run, const char *directory, json_t *arguments);
const char *run_directory(const struct run *run);
const json_t *run_arguments(const struct run *run);

/* It stands at at_s when ours stands at now_s (seconds since 1970). */
void run_move_clock(struct run *run, int64_t at_s, int64_t now_s);
const struct run_clock *run_clock(const struct run *run);

/* By what the delays of slow responders and the policies' time-outs are divided; 1 at first.
 * Scenarios, classes and their documents keep the times that their files state. */
void run_set_time_factor(struct run *run, double factor);
double run_time_factor(const struct run *run);

/* What is known of a run that was kept, instead of what run_new said. Copied. */
struct run_origin {
	const char *id, *version, *started, *vantage, *command;
	const char *finished; /* NULL: it never came to its end */
	struct run_clock clock;
	double time_factor;
	int rules; /* version of the rules (core/ruleset.h) */
};
bool run_restore(struct run *run, const struct run_origin *origin, struct error *err);

/* What earlier runs saw of the staples at the endpoints, in no order; no part of the document.
 * Takes over lives. Borrowed; NULL when it is not known. */
void run_set_lives(struct run *run, struct staple_lives *lives);
const struct staple_lives *run_lives(const struct run *run);

#endif
