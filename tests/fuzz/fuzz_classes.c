/* Any bytes as a file of client classes. */
#include "harness/config/class_read.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct class_file file = {0};
	struct error err = ERROR_INIT;
	struct yaml *yaml = yaml_parse("input.yaml", (const char *)data, size, &err);
	bool done = yaml != NULL && class_file_read_yaml(&file, yaml, &err);
	size_t num = file.num_classes;
	bool again = done && class_file_add_yaml(&file, yaml, &err);
	yaml_free(yaml);
	/* Everything in it stands in its own place: neither refused nor more than before. */
	if (done && (!again || file.num_classes != num))
		abort();
	if (done != (err.kind == ERROR_NONE))
		abort();
	for (size_t i = 0; done && i < file.num_classes; i++) {
		const struct policy_axis *one, *other;
		json_t *object = class_to_json(&file, &file.classes[i]);
		if (policy_contradiction(&file.classes[i].policy, &one, &other) != NULL)
			abort();
		json_decref(object);
	}
	class_file_clear(&file);
	return 0;
}
