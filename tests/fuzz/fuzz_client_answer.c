/* Any bytes as a line of a client program: its description, and an answer. */
#include "core/json.h"
#include "harness/drive/answer.h"
#include "harness/drive/description.h"
#include "harness/drive/message_examination.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	const char *stack, *version;
	int concurrency = 0;
	struct answer answer;
	json_t *object = json_parse_object((const char *)data, size, ERROR_UNABLE, &err);
	if (object == NULL)
		return 0;
	if (description_check(object, &stack, &version, &concurrency, NULL) &&
	    (stack == NULL || version == NULL || concurrency < 1))
		abort();
	if (answer_take_examination(&answer, json_incref(object), NULL) &&
	    answer.examination == NULL && answer.observation.outcome < OUTCOME_REJECT)
		abort();
	answer_clear(&answer);
	bool taken = answer_take(&answer, object, &err);
	/* A refusal says why; what is taken is within the closed lists. */
	if (taken != (err.kind == ERROR_NONE))
		abort();
	if (taken &&
	    (answer.observation.outcome >= OUTCOME_CRASH ||
	     answer.observation.reason >= NUM_REASONS ||
	     answer.observation.assurance == STATUS_UNKNOWN || answer.observation.detail == NULL))
		abort();
	answer_clear(&answer);
	return 0;
}
