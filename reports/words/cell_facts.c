/* Knows what a report says of a cell. */
#include "reports/words/cell_facts.h"

bool cell_facts_load(struct cell_facts *facts, struct run *run, size_t row, size_t class,
		     struct error *err)
{
	*facts = (struct cell_facts){
		.row = run_row_at(run, row),
		.class = run_class_at(run, class),
		.cell = run_cell(run, row, class),
	};
	facts->stack = run_stack_at(run, facts->class->stack);
	if (!cell_record_load(&facts->record, run, facts->cell, err))
		return false;
	facts->detail = facts->record.detail;
	if (facts->detail == NULL || facts->detail[0] == '\0')
		facts->detail = reason_text(facts->cell->reason);
	facts->seen = &facts->record.observation;
	facts->staple = observation_leaf_staple(facts->seen);
	return true;
}

void cell_facts_clear(struct cell_facts *facts)
{
	cell_record_clear(&facts->record);
	*facts = (struct cell_facts){0};
}

const char *cell_facts_outcome(const struct cell_facts *facts)
{
	return (facts->cell->marks & CELL_DONE) != 0 ? outcome_name(facts->cell->outcome)
						     : "not run";
}
