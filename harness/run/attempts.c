/* Knows how a cell's attempts are listed, written and read. */
#include "harness/run/attempts.h"

#include "core/json.h"
#include "core/json_members.h"

#include <stdlib.h>
#include <string.h>

static bool append(struct attempts *attempts, const struct attempts_entry *entry)
{
	struct attempts_entry *grown =
		reallocarray(attempts->items, attempts->num + 1, sizeof *grown);
	if (grown == NULL)
		return false;
	attempts->items = grown;
	grown[attempts->num] = *entry;
	grown[attempts->num].detail = strdup(entry->detail);
	return grown[attempts->num++].detail != NULL;
}

bool attempts_add(struct attempts *attempts, const struct attempt *attempt, const char *detail)
{
	struct attempts_entry *last =
		attempts->num > 0 ? &attempts->items[attempts->num - 1] : NULL;
	if (last != NULL && last->outcome == attempt->outcome && last->reason == attempt->reason) {
		last->times++;
		return true;
	}
	return attempts->num == ATTEMPTS_MAX ||
	       append(attempts, &(struct attempts_entry){attempt->outcome, attempt->reason,
							 (char *)detail, 1});
}

void attempts_clear(struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->num; i++)
		free(attempts->items[i].detail);
	free(attempts->items);
	*attempts = (struct attempts){0};
}

json_t *attempts_to_json(const struct attempts *attempts)
{
	json_t *array = json_array();
	for (size_t i = 0; i < attempts->num; i++) {
		const struct attempts_entry *entry = &attempts->items[i];
		json_t *one = json_object();
		json_set(one, "outcome", json_string(outcome_name(entry->outcome)));
		json_set(one, "reason", json_string(reason_name(entry->reason)));
		json_set(one, "detail", json_foreign_string(entry->detail));
		json_set(one, "times", json_integer(entry->times));
		json_append(array, one);
	}
	return array;
}

struct plain {
	const char *detail;
	struct number times;
};

static bool read_entry(struct attempts *out, const json_t *object, struct error *err)
{
	static const struct json_member members[] = {
		{"detail", JSON_MEMBER_TEXT, offsetof(struct plain, detail), NULL},
		{"times", JSON_MEMBER_NUMBER, offsetof(struct plain, times), NULL},
	};
	struct plain plain = {0};
	int outcome = json_members_name(object, "outcome", &outcome_names, -1, err);
	int reason = json_members_name(object, "reason", &reason_names, -1, err);
	if (outcome < 0 || reason < 0 ||
	    !JSON_MEMBERS_READ(&plain, object, "attempts.", members, err))
		return false;
	return append(out,
		      &(struct attempts_entry){(enum outcome)outcome, (enum reason)reason,
					       (char *)(plain.detail != NULL ? plain.detail : ""),
					       plain.times.value > 0 ? plain.times.value : 1}) ||
	       error_set(err, ERROR_UNABLE, "out of memory");
}

bool attempts_read(struct attempts *out, const json_t *array, struct error *err)
{
	*out = (struct attempts){0};
	if (array == NULL || json_is_null(array))
		return true;
	if (!json_is_array(array))
		return error_set(err, ERROR_UNABLE, "'attempts' has the wrong type");
	for (size_t i = 0; i < json_array_size(array) && i < ATTEMPTS_MAX; i++) {
		if (read_entry(out, json_array_get(array, i), err))
			continue;
		attempts_clear(out);
		return false;
	}
	return true;
}

int attempts_total(const struct attempts *attempts)
{
	int64_t num = 0;
	for (size_t i = 0; i < attempts->num && num < INT32_MAX; i++)
		num += attempts->items[i].times < INT32_MAX ? attempts->items[i].times : INT32_MAX;
	return num > 0 && num < INT32_MAX ? (int)num : 1;
}
