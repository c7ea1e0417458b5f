/*
 * Cells that are alike, as rectangles of rows by classes: what is true of many cells is said
 * once. Nothing is lost: the rectangles are disjoint and hold exactly the cells given.
 */
#ifndef HARNESS_RUN_GROUPING_H
#define HARNESS_RUN_GROUPING_H

#include <stdbool.h>
#include <stddef.h>

/* A cell, by the numbers of its row and class. Cells of one key are alike. */
struct group_cell {
	size_t key, row, class;
};

/* Each of the rows by each of the classes; both ascending. */
struct group_block {
	size_t key;
	size_t *rows, *classes;
	size_t num_rows, num_classes;
};

/* Ordered by key, then by the first row. */
struct grouping {
	struct group_block *blocks;
	size_t num;
};

/* Sorts the cells, of which none may be there twice, and folds them: first the classes of one
 * row and key, then the rows with the same classes. False without memory. */
bool group_make(struct grouping *grouping, struct group_cell *cells, size_t num);
void grouping_clear(struct grouping *grouping);

#endif
