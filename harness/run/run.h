/*
 * A run and its matrix: rows (scenarios or endpoints) by classes, one cell each.
 * Only what the matrix needs stays in memory; each cell's observation and what the
 * lab saw lie in an unlinked spool file, so that memory stays flat over many cells.
 */
#ifndef HARNESS_RUN_RUN_H
#define HARNESS_RUN_RUN_H

#include "core/name.h"
#include "core/text.h"
#include "harness/config/class.h"
#include "harness/config/expectation.h"
#include "harness/config/scenario.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct run;
struct examinations; /* harness/model/examination.h */

/* A stack as it showed itself in this run. */
struct run_stack {
	const struct stack *stack; /* borrowed from the class file */
	char *version;             /* NULL when the program is not there */
	json_t *description;       /* what --describe printed; NULL likewise */
	bool compliant;
	char *fault;         /* why not compliant, or why not there; NULL when all is well */
	size_t num_restarts; /* of its program after it died, hung or babbled in the run */
	char *last_failure;  /* what it did the last time; NULL when never */
};

struct run_class {
	const struct client_class *class; /* borrowed */
	size_t stack;                     /* index of run_stack */
};

/* A scenario, or an endpoint. */
struct run_row {
	char *id;
	const struct scenario *scenario; /* NULL for an endpoint */
	char *host;                      /* endpoint: as given */
	char *address;                   /* endpoint: numeric; NULL when it did not resolve */
	int port;
	char *server_name;
};

enum cell_mark {
	CELL_BLIND = 1,
	CELL_EXPOSED = 2,
	CELL_UNEXPECTED = 4,
	CELL_VARIES = 8,
	CELL_DONE = 16,
	CELL_REPEATED = 32,   /* alone, since a time-out of an attempt was this machine's */
	CELL_INCOMPLETE = 64, /* the lab's log of it is not complete */
};

struct cell {
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
	unsigned marks;                  /* CELL_* */
	struct expectation *expectation; /* borrowed; NULL when nothing is expected */
	int64_t spool_offset;            /* of its record; -1 when there is none */
	size_t spool_len;
	int num_attempts;
	uint64_t duration_us;
};

#define RUN_ID_MAX 31

/* The clock of the clients, against that of the lab and of the harness. */
struct run_clock {
	int64_t offset_s; /* 0: not moved */
	char at[32];      /* UTC text: where it stands at the start */
};

struct run *run_new(const char *vantage, const char *command, struct error *err);
void run_free(struct run *run);

/* Building; each returns the index or -1 without memory. */
int run_add_stack(struct run *run, const struct stack *stack);
int run_add_class(struct run *run, const struct client_class *class, size_t stack);
int run_add_row(struct run *run, const struct run_row *row); /* copies */
bool run_make_cells(struct run *run, struct error *err);     /* after all of these */

size_t run_num_stacks(const struct run *run);
size_t run_num_classes(const struct run *run);
size_t run_num_rows(const struct run *run);
struct run_stack *run_stack_at(struct run *run, size_t i);
const struct run_class *run_class_at(const struct run *run, size_t i);
const struct run_row *run_row_at(const struct run *run, size_t i);
struct cell *run_cell(struct run *run, size_t row, size_t class);

/* What the doctor saw and found, by endpoint. Takes over all; NULL takes them away. */
void run_set_examinations(struct run *run, struct examinations *all);
/* Borrowed; NULL when the run has none. */
const struct examinations *run_examinations(const struct run *run);
/* The same, which are the caller's then; the run has none any more. */
struct examinations *run_take_examinations(struct run *run);

/* Whether must-staple is safe, in the form that the document's schema gives it. Takes over the
 * reference; NULL takes it away. */
void run_set_advice(struct run *run, json_t *advice);
/* Borrowed; NULL when the run has none. */
const json_t *run_advice(const struct run *run);

/* Hands something over that has to live as long as the run: its classes, its scenarios. */
void run_own(struct run *run, void *owned, void (*free_owned)(void *owned));

/* What is kept of a cell beside its verdict: a line of JSON (harness/run/cell_record.h). Read, it
 * is empty when there is none. */
bool run_read_record(struct run *run, const struct cell *cell, struct text *out, struct error *err);
bool run_write_record(struct run *run, struct cell *cell, const void *bytes, size_t len,
		      struct error *err);

bool run_is_lab(const struct run *run); /* rows are scenarios */

/* Deviations and the user's own expectations of this run (borrowed), for the stale and expired
 * ones among them. */
void run_set_deviations(struct run *run, struct expectation_list *deviations);
struct expectation_list *run_deviations(const struct run *run);

/* A deviation, and no expectation of the user's own, whose cells ran and did not show it. */
static inline bool expectation_is_stale(const struct expectation *item)
{
	return item->is_deviation && expectation_fault(item) == EXPECTATION_STALE;
}

struct run_summary {
	size_t num_cells, num_done;
	size_t by_outcome[NUM_OUTCOMES];
	size_t num_unexpected, num_blind, num_exposed, num_varies;
	size_t num_repeated, num_incomplete, num_overload; /* overload: without a verdict for it */
	/* Deviations and the user's own expectations (enum expectation_fault). */
	size_t num_stale, num_expired, num_unused;
};
void run_summarize(struct run *run, struct run_summary *out);

#endif
