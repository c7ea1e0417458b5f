/*
 * What moved between two runs: cells by row id and class id, never by position; rows and
 * classes that came or went; and what else differs that may be the cause.
 *
 * A cell is compared by outcome, reason, assurance and exposure. Times, durations, ports,
 * details and evidence never count, nor whether attempts differed: the worst is compared.
 */
#ifndef HARNESS_COMPARE_DIFF_H
#define HARNESS_COMPARE_DIFF_H

#include "harness/compare/diff_examinations.h"
#include "harness/run/run.h"

/* The kinds of moves in the order in which they matter. */
#define MOVE(symbol, spelling, one, several, text) MOVE_##symbol,
enum move {
#include "harness/compare/diff_move.def"
	NUM_MOVES
};
#undef MOVE

/* Spelling, and which cells it is said of. */
extern const struct name_table move_names;
const char *move_name(enum move move);
/* "client that connected now rejects", or of several. */
const char *move_heading(enum move move, bool of_one);

/* What is compared of a cell. */
struct diff_state {
	enum outcome outcome;
	enum reason reason;
	enum status assurance;
	bool exposed;
};

/* Moved alike: each of the rows by each of the classes. */
struct diff_group {
	enum move move;
	struct diff_state before, after;
	size_t *rows, *classes; /* indices in the run before; owned */
	size_t num_rows, num_classes;
	char *class_words; /* "gnutls" and all behind it, "*", ids: among the common classes; owned
			    */
};

/* Ids that are borrowed from one of the runs, in its order. */
struct diff_ids {
	const char **items;
	size_t num;
};

/* A stack that is in both runs and is not the same. */
struct diff_stack {
	const char *id, *title;
	const char *before, *after; /* versions; NULL: no program was there */
};

/* An endpoint that is in both runs and was reached at another place. */
struct diff_place {
	const char *id;
	const struct run_row *before, *after;
};

struct diff {
	struct run *before, *after; /* borrowed, must outlive this */

	struct diff_group *groups; /* in the order in which they matter */
	size_t num_groups;
	size_t by_move[NUM_MOVES]; /* cells */
	size_t num_compared, num_moved;
	/* Cells of common rows and classes that were not done in one run or in both. */
	size_t num_undone_before, num_undone_after, num_undone;

	struct diff_ids rows_appeared, rows_gone, classes_appeared, classes_gone;
	/* Same id, but something else behind it: another situation or truth, another policy. */
	struct diff_ids rows_redefined, classes_redefined;
	struct diff_stack *stacks;
	size_t num_stacks;
	struct diff_place *places;
	size_t num_places;
	struct diff_examination *examinations; /* of targets that the doctor saw both times */
	size_t num_examinations;
	bool same_run, clock_differs, time_factor_differs;
};

/*
 * NULL with err: ERROR_USAGE when one run is of the lab and the other of endpoints, since a
 * scenario and an endpoint have nothing in common; ERROR_UNABLE without memory.
 */
struct diff *diff_new(struct run *before, struct run *after, struct error *err);
void diff_free(struct diff *diff);

/* Whether a cell moved, rows or classes came or went, or the doctor sees something else. What may
 * be the cause of moves, such as the version of a stack, is none itself. */
bool diff_has_moved(const struct diff *diff);

/* How many different classes have a move of this kind. */
size_t diff_count_classes(const struct diff *diff, enum move move);

#endif
