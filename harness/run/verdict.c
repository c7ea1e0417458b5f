/* Knows what the outcome of a cell means. */
#include "harness/run/verdict.h"

#include "core/clock.h"
#include "core/ruleset.h"
#include "harness/run/run_head.h"

static int badness(const struct attempt *attempt)
{
	switch (attempt->outcome) {
	case OUTCOME_CRASH: return 60;
	case OUTCOME_HANG: return 50;
	case OUTCOME_ERROR: return 40;
	case OUTCOME_UNSUPPORTED: return 30;
	case OUTCOME_REJECT: return 20;
	case OUTCOME_WARN: return attempt->assurance == STATUS_REVOKED ? 11 : 10;
	default: break;
	}
	return attempt->assurance == STATUS_REVOKED ? 2 : attempt->assurance == STATUS_NONE ? 1 : 0;
}

bool attempt_is_worse(const struct attempt *a, const struct attempt *b)
{
	return badness(a) > badness(b);
}

bool verdict_add(struct cell *cell, const struct attempt *attempt)
{
	struct attempt shown = {cell->outcome, cell->reason, cell->assurance};
	bool first = cell->num_attempts++ == 0;
	if (!first && (attempt->outcome != shown.outcome || attempt->reason != shown.reason))
		cell->marks |= CELL_VARIES;
	if (!first && !attempt_is_worse(attempt, &shown))
		return false;
	cell->outcome = attempt->outcome;
	cell->reason = attempt->reason;
	cell->assurance = attempt->assurance;
	return true;
}

static bool completed(const struct cell *cell)
{
	return cell->outcome == OUTCOME_CONNECT || cell->outcome == OUTCOME_WARN;
}

static bool says_something(enum outcome outcome)
{
	return outcome_is_verdict(outcome) || outcome == OUTCOME_UNSUPPORTED;
}

bool cell_is_not_built(const struct cell *cell)
{
	return cell->outcome == OUTCOME_UNSUPPORTED && cell->reason == REASON_PROGRAM_MISSING;
}

static struct expectation *find_expectation(const struct run_row *row,
					    struct expectation_list *deviations,
					    const struct expectation_cell *cell)
{
	/* The list is the scenario's own, but who was applied and held is counted in it. */
	struct expectation_list *own =
		row->scenario != NULL ? (struct expectation_list *)&row->scenario->expect : NULL;
	return expectation_find(own, deviations, cell);
}

static void judge(struct cell *cell, const struct run_row *row, struct expectation *expected)
{
	cell->marks |= CELL_DONE;
	if (cell->outcome == OUTCOME_CONNECT && cell->assurance == STATUS_NONE)
		cell->marks |= CELL_BLIND;
	if (completed(cell) && (cell->assurance == STATUS_REVOKED ||
				(row->scenario != NULL && row->scenario->truth == STATUS_REVOKED)))
		cell->marks |= CELL_EXPOSED;
	cell->expectation = expected;
	if (expected != NULL)
		expected->num_decided++;
	if (cell_is_not_built(cell))
		return;
	bool holds = says_something(cell->outcome);
	if (expected != NULL) {
		holds = cell->outcome == expected->outcome &&
			(!expected->has_reason || cell->reason == expected->reason);
		if (holds || says_something(cell->outcome)) {
			expected->num_applied++;
			expected->num_seen += holds;
		}
	}
	if (!holds)
		cell->marks |= CELL_UNEXPECTED;
}

void verdict_judge(struct cell *cell, const struct run_row *row, const char *class_id,
		   const char *version, struct expectation_list *deviations, int64_t now)
{
	const struct expectation_cell of = {class_id, row->id, version, now, row->scenario == NULL};
	expectation_note_expired(deviations, &of);
	judge(cell, row, find_expectation(row, deviations, &of));
}

/* verdict_judge for a cell of a run with a moved clock: what scenarios expect is for the
 * present, so that nothing is expected here but a verdict. */
static void judge_moved(struct cell *cell, const struct run_row *row)
{
	judge(cell, row, NULL);
}

void verdict_judge_cell(struct run *run, size_t row, size_t class)
{
	const struct run_class *of = run_class_at(run, class);
	struct cell *cell = run_cell(run, row, class);
	if (run_clock(run)->offset_s != 0)
		judge_moved(cell, run_row_at(run, row));
	else
		verdict_judge(cell, run_row_at(run, row), of->class->id,
			      run_stack_at(run, of->stack)->version, run_deviations(run),
			      clock_wall_s());
}

void verdict_withdraw(struct cell *cell)
{
	struct expectation *expected = cell->expectation;
	bool held = (cell->marks & CELL_UNEXPECTED) == 0;
	if (expected != NULL)
		expected->num_decided--;
	if (expected != NULL && !cell_is_not_built(cell) &&
	    (held || says_something(cell->outcome))) {
		expected->num_applied--;
		expected->num_seen -= held;
	}
	cell->expectation = NULL;
	cell->marks &= ~(unsigned)(CELL_BLIND | CELL_EXPOSED | CELL_UNEXPECTED | CELL_DONE);
}

void verdict_compare_endpoints(struct run *run)
{
	for (size_t row = 0; row < run_num_rows(run); row++) {
		bool revoked = false;
		if (run_row_at(run, row)->scenario != NULL)
			continue;
		for (size_t i = 0; i < run_num_classes(run); i++)
			revoked = revoked || (run_cell(run, row, i)->marks & CELL_DONE &&
					      run_cell(run, row, i)->assurance == STATUS_REVOKED);
		for (size_t i = 0; revoked && i < run_num_classes(run); i++)
			if (run_cell(run, row, i)->marks & CELL_DONE &&
			    completed(run_cell(run, row, i)))
				run_cell(run, row, i)->marks |= CELL_EXPOSED;
	}
}

bool cell_has_split_reason(const struct cell *cell)
{
	const struct expectation *expected = cell->expectation;
	return (cell->marks & CELL_UNEXPECTED) != 0 && expected != NULL && expected->has_reason &&
	       expected->outcome == cell->outcome &&
	       ruleset_is_successor(expected->reason, cell->reason);
}

bool cell_is_judged(const struct cell *cell)
{
	return (cell->marks & CELL_DONE) != 0 && !cell_is_not_built(cell) &&
	       (cell->expectation != NULL || (cell->marks & CELL_UNEXPECTED) != 0);
}
