/* Any bytes as a scenario file, and as a file of expectations. */
#include "harness/config/scenario_read.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario_list list = {0};
	struct error err = ERROR_INIT;
	struct yaml *yaml = yaml_parse("fuzz/input.yaml", (const char *)data, size, &err);
	bool done = yaml != NULL && scenario_read_yaml(&list, yaml, "fuzz/input.yaml", &err);
	struct expectation_list deviations = {0};
	if (yaml != NULL)
		expectation_read_own_yaml(&deviations, yaml, NULL);
	for (size_t i = 0; i < deviations.num; i++)
		expectation_expired(&deviations.items[i], 0);
	expectation_find(NULL, &deviations,
			 &(struct expectation_cell){"a/b", "c@d", "3.0.2", 0, false});
	expectation_list_clear(&deviations);
	yaml_free(yaml);
	/* A refusal says why; what is accepted is whole. */
	if (done != (err.kind == ERROR_NONE) || done != (list.num > 0))
		abort();
	for (size_t i = 0; i < list.num; i++) {
		json_t *object = scenario_to_json(&list.items[i]);
		struct situation again;
		if (!situation_from_json(&again, json_object_get(object, "situation"), NULL))
			abort();
		json_decref(object);
	}
	scenario_list_clear(&list);
	return 0;
}
