/*
 * From what a client answered to what that means: blind, exposed, expected or not,
 * and the worst of several attempts.
 */
#ifndef HARNESS_RUN_VERDICT_H
#define HARNESS_RUN_VERDICT_H

#include "harness/run/run.h"

/* What one attempt gave. */
struct attempt {
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
};

/*
 * Whether a is worse news than b: no verdict before reject before warn before
 * connect, and of two that connect the one with less assurance.
 */
bool attempt_is_worse(const struct attempt *a, const struct attempt *b);

/* Adds an attempt to a cell: keeps the worst, and marks one that varies. Returns true when
 * this attempt is now what the cell shows. */
bool verdict_add(struct cell *cell, const struct attempt *attempt);

/*
 * Judges a cell after its last attempt: blind, exposed, and against what is
 * expected (the scenario's list and the deviations; either may be NULL). version is the stack's,
 * NULL when it is not known; now is in seconds since 1970. Marks it done.
 */
void verdict_judge(struct cell *cell, const struct run_row *row, const char *class_id,
		   const char *version, struct expectation_list *deviations, int64_t now);

/* Judges a cell of a run by what the run knows: its clock, the stack's version, deviations. */
void verdict_judge_cell(struct run *run, size_t row, size_t class);

/* Takes a judgement back, before the outcome of a judged cell is changed. */
void verdict_withdraw(struct cell *cell);

/*
 * After the last cell: at an endpoint the truth is not known in advance, but what one
 * client class established authentically (assurance revoked) exposes every other class
 * that went on connecting there.
 */
void verdict_compare_endpoints(struct run *run);

/* Whether the cell has the expected outcome, and as its reason a successor of a part of the
 * expected one: the rules changed, and not the client. */
bool cell_has_split_reason(const struct cell *cell);

/* Whether the cell was held against an expectation, or has no verdict where one was due. */
bool cell_is_judged(const struct cell *cell);

/* A cell of a stack that this build has no client program for: shown, but no failing of
 * anybody, so never unexpected. */
bool cell_is_not_built(const struct cell *cell);

#endif
