/* What the files of diff share: how the state of one cell in two runs is called. Private to diff.
 */
#ifndef HARNESS_COMPARE_DIFF_PARTS_H
#define HARNESS_COMPARE_DIFF_PARTS_H

#include "harness/compare/diff.h"

/* False when nothing moved; else the first of the moves that fits. */
bool move_of(enum move *move, const struct diff_state *before, const struct diff_state *after);

/* What is compared of a cell that was done. */
struct diff_state state_of(const struct cell *cell);

/* Orders states as in reports: by outcome, reason, assurance, exposure. */
int state_compare(const struct diff_state *a, const struct diff_state *b);

#endif
