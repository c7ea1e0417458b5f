/*
 * A run made of what was kept of it: the parts of a result document, one by one. The run
 * owns its classes, scenarios and expectations. Everything given is foreign and is checked.
 */
#ifndef HARNESS_ARCHIVE_RUN_MAKER_H
#define HARNESS_ARCHIVE_RUN_MAKER_H

#include "harness/run/run.h"

struct run_maker;

/* How many of each there will be; all are made in this order. */
struct run_maker_size {
	size_t num_stacks, num_classes, num_rows;
};

struct run_maker *run_maker_new(const struct run_maker_size *size, struct error *err);
void run_maker_free(struct run_maker *maker); /* with the run, unless that was taken */

/* The document's member `run`, and the version of the revoscope that ran it. Unknown keys are
 * ignored, here and below: a later version may say more. */
bool run_maker_set_run(struct run_maker *maker, const json_t *about, const char *version,
		       struct error *err);
bool run_maker_add_stack(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err);
bool run_maker_add_class(struct run_maker *maker, const char *id, const json_t *about,
			 struct error *err);
bool run_maker_add_row(struct run_maker *maker, const char *id, const json_t *about,
		       bool is_scenario, struct error *err);
bool run_maker_make_cells(struct run_maker *maker, struct error *err); /* after all of these */

/* What was wrong with deviations and expectations, of the document's member `summary`:
 * stale_deviations, and expectations where it has them. */
bool run_maker_set_faults(struct run_maker *maker, const json_t *summary, struct error *err);

/* What is expected of a cell: the document's `expected`; equal ones are one. *out is NULL for
 * null. Borrowed from the run. */
bool run_maker_expect(struct run_maker *maker, struct expectation **out, const json_t *expected,
		      struct error *err);

/* Where a cell is; false when there is no such row or class. */
bool run_maker_find(const struct run_maker *maker, size_t *row, size_t *class, const char *row_id,
		    const char *class_id);

/* The run that is being made: borrowed. */
struct run *run_maker_run(struct run_maker *maker);

/* The run, whole; the caller's. Ends the maker. */
struct run *run_maker_take(struct run_maker *maker);

#endif
