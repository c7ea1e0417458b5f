/* Knows how stale, expired and unused expectations are in the document of a run. */
#include "harness/archive/expectation_json.h"

#include "core/json.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *key;
	enum expectation_fault fault;
} kinds[] = {
	{"stale", EXPECTATION_STALE},
	{"expired", EXPECTATION_EXPIRED},
	{"unused", EXPECTATION_UNUSED},
};
#define NUM_KINDS (sizeof kinds / sizeof *kinds)

static json_t *item_to_json(const struct expectation *item)
{
	json_t *object = json_object();
	json_set(object, "class", json_foreign_string(item->class_pattern));
	json_set(object, item->of_endpoints ? "endpoint" : "scenario",
		 json_foreign_string(item->row_pattern));
	json_set(object, "outcome", json_string(outcome_name(item->outcome)));
	json_set(object, "reason",
		 item->has_reason ? json_string(reason_name(item->reason)) : json_null());
	json_set(object, "why", json_foreign_string_or_null(item->why));
	json_set(object, "until", json_foreign_string_or_null(item->until));
	json_set(object, "from", json_foreign_string_or_null(item->from));
	json_set(object, "deviation", json_boolean(item->is_deviation));
	return object;
}

json_t *expectation_faults_to_json(const struct expectation_list *list)
{
	json_t *faults = json_object();
	for (size_t kind = 0; kind < NUM_KINDS; kind++) {
		json_t *items = json_array();
		for (size_t i = 0; list != NULL && i < list->num; i++) {
			const struct expectation *item = &list->items[i];
			bool elsewhere =
				item->is_deviation && kinds[kind].fault == EXPECTATION_STALE;
			if (!elsewhere && expectation_fault(item) == kinds[kind].fault)
				json_append(items, item_to_json(item));
		}
		json_set(faults, kinds[kind].key, items);
	}
	return faults;
}

/* The text under a key, or NULL for null; anything else sets *bad. */
static char *take_text(const json_t *object, const char *key, bool *bad)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_null(value))
		return NULL;
	char *text = json_is_string(value) ? strdup(json_string_value(value)) : NULL;
	*bad = *bad || text == NULL;
	return text;
}

static bool read_item(struct expectation *item, const json_t *object, enum expectation_fault fault)
{
	bool bad = !json_is_object(object);
	const char *reason = json_string_value(json_object_get(object, "reason"));
	const char *word = json_string_value(json_object_get(object, "outcome"));
	int outcome = word != NULL ? name_find(&outcome_names, word) : -1;
	int value = reason != NULL ? name_find(&reason_names, reason) : 0;
	*item = (struct expectation){
		.of_endpoints = json_object_get(object, "endpoint") != NULL,
		.is_deviation = json_is_true(json_object_get(object, "deviation")),
	};
	item->is_own = !item->is_deviation;
	item->class_pattern = take_text(object, "class", &bad);
	item->row_pattern = take_text(object, item->of_endpoints ? "endpoint" : "scenario", &bad);
	item->why = take_text(object, "why", &bad);
	item->until = take_text(object, "until", &bad);
	item->from = take_text(object, "from", &bad);
	if (bad || outcome < 0 || value < 0 || item->class_pattern == NULL ||
	    item->row_pattern == NULL || item->from == NULL)
		return false;
	item->outcome = (enum outcome)outcome;
	item->has_reason = reason != NULL;
	item->reason = (enum reason)value;
	item->num_decided = item->num_applied = fault == EXPECTATION_STALE;
	item->num_expired = fault == EXPECTATION_EXPIRED;
	return true;
}

bool expectation_faults_from_json(struct expectation_list *list, const json_t *faults,
				  struct error *err)
{
	for (size_t kind = 0; kind < NUM_KINDS; kind++) {
		const json_t *items = json_object_get(faults, kinds[kind].key);
		if (!json_is_array(items))
			return error_set(err, ERROR_USAGE,
					 "a run's expectations have no list of the %s",
					 kinds[kind].key);
		for (size_t i = 0; i < json_array_size(items); i++) {
			struct expectation *grown =
				reallocarray(list->items, list->num + 1, sizeof *grown);
			if (grown == NULL)
				return error_set(err, ERROR_UNABLE, "out of memory");
			list->items = grown;
			/* Counted at once, so that clearing the list frees what was read. */
			if (!read_item(&grown[list->num++], json_array_get(items, i),
				       kinds[kind].fault))
				return error_set(err, ERROR_USAGE,
						 "number %zu of the %s expectations is malformed",
						 i + 1, kinds[kind].key);
		}
	}
	return true;
}
