/* Knows how a cell's attempts are listed. */
#include "harness/run/attempts.h"

#include "core/json.h"

#include <string.h>

#define ATTEMPTS_MAX 100

void attempts_add(json_t *attempts, const struct attempt *attempt, const char *detail)
{
	size_t num = json_array_size(attempts);
	json_t *last = num > 0 ? json_array_get(attempts, num - 1) : NULL;
	const char *outcome = json_string_value(json_object_get(last, "outcome"));
	const char *reason = json_string_value(json_object_get(last, "reason"));
	bool same = last != NULL && strcmp(outcome, outcome_name(attempt->outcome)) == 0 &&
		    strcmp(reason, reason_name(attempt->reason)) == 0;
	if (same) {
		json_int_t times = json_integer_value(json_object_get(last, "times"));
		json_set(last, "times", json_integer(times + 1));
	} else if (num < ATTEMPTS_MAX) {
		json_t *one = json_object();
		json_set(one, "outcome", json_string(outcome_name(attempt->outcome)));
		json_set(one, "reason", json_string(reason_name(attempt->reason)));
		json_set(one, "detail", json_foreign_string(detail));
		json_set(one, "times", json_integer(1));
		json_array_append_new(attempts, one);
	}
}
