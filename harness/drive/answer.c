/* Knows what an answer of a client program is taken for, and which one is none. */
#include "harness/drive/answer.h"

#include "harness/run/observation_read.h"

const char *answer_id(const json_t *object)
{
	return json_string_value(json_object_get(object, "id"));
}

bool answer_take(struct answer *answer, json_t *object, struct error *err)
{
	*answer = (struct answer){.object = object};
	if (observation_read(&answer->observation, object, err)) {
		if (answer->observation.detail == NULL)
			answer->observation.detail = "";
		return true;
	}
	answer_clear(answer);
	return false;
}

bool answer_take_refusal(struct answer *answer, json_t *object, const char *key, struct error *err)
{
	if (!answer_take(answer, object, err))
		return false;
	enum outcome outcome = answer->observation.outcome;
	if (outcome != OUTCOME_CONNECT && outcome != OUTCOME_WARN)
		return true;
	answer_clear(answer);
	return error_set(err, ERROR_UNABLE,
			 "'outcome' is a verdict on a connection, and '%s' is missing", key);
}

bool answer_take_check(struct answer *answer, json_t *object, struct error *err)
{
	json_t *check = json_object_get(object, "check");
	if (check == NULL)
		return answer_take_refusal(answer, object, "check", err);
	*answer = (struct answer){.object = object, .check = check};
	if (status_check_read(&answer->seen, check, err))
		return true;
	answer_clear(answer);
	return false;
}

void answer_clear(struct answer *answer)
{
	observation_clear(&answer->observation);
	json_decref(answer->object);
	*answer = (struct answer){0};
}
