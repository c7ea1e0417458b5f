/*
 * One cell with everything that a report says of it, read back from its record. What the record
 * does not have, or has in another shape than clients/README.md says, is NULL or absent: it came
 * from a client program.
 */
#ifndef REPORTS_WORDS_CELL_FACTS_H
#define REPORTS_WORDS_CELL_FACTS_H

#include "core/error.h"
#include "harness/run/run.h"

/* Everything is borrowed from the run or from the record, which is owned. */
struct cell_facts {
	const struct run_row *row;
	const struct run_class *class;
	const struct run_stack *stack;
	const struct cell *cell;
	struct cell_record record;
	const char *detail; /* never NULL or empty */
	const char *stage;
	const json_t *native, *alert, *tls, *certificate; /* objects, or NULL */
	const json_t *staple; /* the leaf's as the client saw it; NULL: none came, or not told */
};

/* Reads a cell; clear it afterwards, also on failure. */
bool cell_facts_load(struct cell_facts *facts, struct run *run, size_t row, size_t class,
		     struct error *err);
void cell_facts_clear(struct cell_facts *facts);

/* "connect", or "not run". */
const char *cell_facts_outcome(const struct cell_facts *facts);

/* A member that is a string; NULL otherwise. object may be NULL. */
const char *cell_facts_text(const json_t *object, const char *key);

#endif
