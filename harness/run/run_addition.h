/*
 * What a command saw or concluded beside the cells of a run, as JSON: members of the run's
 * document, which the store keeps under the same keys.
 */
#ifndef HARNESS_RUN_RUN_ADDITION_H
#define HARNESS_RUN_RUN_ADDITION_H

#include "harness/run/run.h"

enum run_addition {
	RUN_ADDITION_EXAMINATIONS, /* "examinations" */
	RUN_ADDITION_ADVICE,       /* "advice" */
	NUM_RUN_ADDITIONS
};
const char *run_addition_key(enum run_addition which);

/* Gives the run what a document has; value is borrowed. False with an error of this kind. */
bool run_addition_read(struct run *run, enum run_addition which, const json_t *value,
		       enum error_kind kind, struct error *err);

/* A new reference in *value; NULL there when the run has none. False without memory. */
bool run_addition_write(json_t **value, const struct run *run, enum run_addition which);

#endif
