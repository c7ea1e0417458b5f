/* Any bytes as an environment. */
#include "harness/config/environment.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct client_class known[] = {
		{.id = (char *)"a/b", .title = (char *)"A"},
		{.id = (char *)"c/d", .title = (char *)"C"},
	};
	const struct class_file classes = {.classes = known, .num_classes = 2};
	struct environment environment = {0};
	struct error err = ERROR_INIT;
	struct yaml *yaml = yaml_parse("input.yaml", (const char *)data, size, &err);
	bool done = yaml != NULL && environment_read_yaml(&environment, yaml, &classes, &err);
	yaml_free(yaml);
	if (done != (err.kind == ERROR_NONE))
		abort();
	/* What was read adds up, and has each class once. */
	if (done && (environment.num_clients == 0 || environment.num_clients > 2 ||
		     fabs(environment.sum - 100) > ENVIRONMENT_SLACK))
		abort();
	environment_clear(&environment);
	return 0;
}
