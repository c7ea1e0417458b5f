/* Knows how what stands beside the cells of a run is read and written. */
#include "harness/run/run_addition.h"

#include "harness/model/examination_json.h"

const char *run_addition_key(enum run_addition which)
{
	static const char *const keys[NUM_RUN_ADDITIONS] = {"examinations", "advice"};
	return keys[which];
}

bool run_addition_read(struct run *run, enum run_addition which, const json_t *value,
		       enum error_kind kind, struct error *err)
{
	if (!json_is_object(value))
		return error_set(err, kind, "'%s' is not an object", run_addition_key(which));
	if (which == RUN_ADDITION_ADVICE) {
		run_set_advice(run, json_incref((json_t *)value));
		return true;
	}
	struct examinations *all = examinations_read(value, kind, err);
	if (all != NULL)
		run_set_examinations(run, all);
	return all != NULL;
}

bool run_addition_write(json_t **value, const struct run *run, enum run_addition which)
{
	const struct examinations *all = run_examinations(run);
	*value = NULL;
	if (which == RUN_ADDITION_ADVICE)
		*value = json_incref((json_t *)run_advice(run));
	else if (all != NULL)
		*value = examinations_write(all);
	return *value != NULL || which == RUN_ADDITION_ADVICE || all == NULL;
}
