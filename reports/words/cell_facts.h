/*
 * One cell with everything that a report says of it, read back from its record.
 */
#ifndef REPORTS_WORDS_CELL_FACTS_H
#define REPORTS_WORDS_CELL_FACTS_H

#include "core/error.h"
#include "harness/run/cell_record.h"

/* Everything is borrowed from the run or from the record, which is owned. */
struct cell_facts {
	const struct run_row *row;
	const struct run_class *class;
	const struct run_stack *stack;
	const struct cell *cell;
	struct cell_record record;
	const char *detail;                   /* never NULL or empty */
	const struct observation *seen;       /* of the record; zero when there is none */
	const struct observed_staple *staple; /* the leaf's; NULL: the client saw none */
};

/* Reads a cell; clear it afterwards, also on failure. */
bool cell_facts_load(struct cell_facts *facts, struct run *run, size_t row, size_t class,
		     struct error *err);
void cell_facts_clear(struct cell_facts *facts);

/* "connect", or "not run". */
const char *cell_facts_outcome(const struct cell_facts *facts);

#endif
