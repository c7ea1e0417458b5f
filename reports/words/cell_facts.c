/* Knows what a cell's record says, and in which shape. */
#include "reports/words/cell_facts.h"

static const json_t *object_of(const json_t *parent, const char *key)
{
	const json_t *value = json_object_get(parent, key);
	return json_is_object(value) ? value : NULL;
}

const char *cell_facts_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const json_t *leaf_staple(const json_t *observation)
{
	size_t i;
	json_t *staple;
	json_array_foreach(json_object_get(observation, "staples"), i, staple)
	{
		const json_t *depth = json_object_get(staple, "depth");
		if (json_is_integer(depth) && json_integer_value(depth) == 0)
			return staple;
	}
	return NULL;
}

bool cell_facts_load(struct cell_facts *facts, struct run *run, size_t row, size_t class,
		     struct error *err)
{
	*facts = (struct cell_facts){
		.row = run_row_at(run, row),
		.class = run_class_at(run, class),
		.cell = run_cell(run, row, class),
	};
	facts->stack = run_stack_at(run, facts->class->stack);
	if (!run_load_record(run, facts->cell, &facts->record, err))
		return false;
	const json_t *observation = facts->record.observation;
	facts->detail = facts->record.detail;
	if (facts->detail == NULL || facts->detail[0] == '\0')
		facts->detail = reason_text(facts->cell->reason);
	facts->stage = cell_facts_text(observation, "stage");
	facts->native = object_of(observation, "native");
	facts->alert = object_of(observation, "alert");
	facts->tls = object_of(observation, "tls");
	facts->certificate = object_of(observation, "certificate");
	facts->staple = leaf_staple(observation);
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
