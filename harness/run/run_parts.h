/* A run as its own files see it. Private to run. */
#ifndef HARNESS_RUN_RUN_PARTS_H
#define HARNESS_RUN_RUN_PARTS_H

#include "harness/model/staple_life.h"
#include "harness/run/run.h"

struct run {
	char id[RUN_ID_MAX + 1];
	char *vantage, *command, *version, *directory;
	json_t *arguments;
	struct examinations *examinations;
	struct staple_lives *lives;
	json_t *advice;
	char started[32], finished[32];
	bool is_finished, interrupted;
	struct run_clock clock;
	double time_factor;
	int rules;
	struct run_stack *stacks;
	struct run_class *classes;
	struct run_row *rows;
	size_t num_stacks, num_classes, num_rows;
	struct cell *cells; /* row by row */
	struct spool *spool;
	struct expectation_list *deviations;
	void *owned;
	void (*free_owned)(void *owned);
};

#endif
