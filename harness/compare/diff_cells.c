/* Knows what may become of a cell, and how that is called. */
#include "harness/compare/diff_parts.h"

#define MOVE(symbol, spelling, one, several, text) spelling,
static const char *const spellings[] = {
#include "harness/compare/diff_move.def"
};
#undef MOVE
#define MOVE(symbol, spelling, one, several, text) text,
static const char *const texts[] = {
#include "harness/compare/diff_move.def"
};
#undef MOVE
#define MOVE(symbol, spelling, one, several, text) {one, several},
static const char *const headings[][2] = {
#include "harness/compare/diff_move.def"
};
#undef MOVE

const struct name_table move_names = {"move", spellings, texts, NUM_MOVES};

const char *move_name(enum move move)
{
	return spellings[move];
}

const char *move_heading(enum move move, bool of_one)
{
	return headings[move][of_one ? 0 : 1];
}

struct diff_state state_of(const struct cell *cell)
{
	return (struct diff_state){cell->outcome, cell->reason, cell->assurance,
				   (cell->marks & CELL_EXPOSED) != 0};
}

int state_compare(const struct diff_state *a, const struct diff_state *b)
{
	if (a->outcome != b->outcome)
		return a->outcome < b->outcome ? -1 : 1;
	if (a->reason != b->reason)
		return a->reason < b->reason ? -1 : 1;
	if (a->assurance != b->assurance)
		return a->assurance < b->assurance ? -1 : 1;
	return (int)a->exposed - (int)b->exposed;
}

static bool connects(const struct diff_state *state)
{
	return state->outcome == OUTCOME_CONNECT || state->outcome == OUTCOME_WARN;
}

/* Whether a pair of states, which are not the same, is such a move; each test assumes that
 * those before it failed. */
static bool fits(enum move move, const struct diff_state *before, const struct diff_state *after)
{
	bool judged = outcome_is_verdict(before->outcome);
	bool is_judged = outcome_is_verdict(after->outcome);
	bool refused = before->outcome == OUTCOME_REJECT;
	switch (move) {
	case MOVE_BREAKS:
		return connects(before) && after->outcome == OUTCOME_REJECT && !before->exposed;
	case MOVE_EXPOSES: return refused && connects(after) && after->exposed;
	case MOVE_EXPOSED: return !before->exposed && after->exposed;
	case MOVE_LOST: return judged && !is_judged;
	case MOVE_PROTECTED: return before->exposed && !after->exposed;
	case MOVE_WARNS:
		return before->outcome == OUTCOME_CONNECT && after->outcome == OUTCOME_WARN;
	case MOVE_SILENT:
		return before->outcome == OUTCOME_WARN && after->outcome == OUTCOME_CONNECT;
	case MOVE_ACCEPTS: return refused && connects(after);
	case MOVE_GAINED: return !judged && is_judged;
	case MOVE_FAILS: return !judged && !is_judged;
	case MOVE_REASON: return before->reason != after->reason;
	default: return true;
	}
}

bool move_of(enum move *move, const struct diff_state *before, const struct diff_state *after)
{
	if (state_compare(before, after) == 0)
		return false;
	for (int i = 0; i < NUM_MOVES; i++) {
		*move = (enum move)i;
		if (fits(*move, before, after))
			break;
	}
	return true;
}
