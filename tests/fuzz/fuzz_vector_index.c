/* Any bytes as a list of test vectors. */
#include "harness/verify/vector_index.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vector_index index;
	struct error err = ERROR_INIT;
	bool done = vector_index_parse(&index, "list.tsv", (const char *)data, size, &err);
	if (done != (err.kind == ERROR_NONE) || done != (index.num > 0))
		abort();
	for (size_t i = 0; i < index.num; i++) {
		const struct vector *vector = &index.items[i];
		if (vector->name == NULL || vector->response == NULL || vector->line < 2 ||
		    vector_class_name(vector->class) == NULL)
			abort();
	}
	vector_index_clear(&index);
	return 0;
}
