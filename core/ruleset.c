/* Knows the versions of the rules, and which reasons were split. */
#include "core/ruleset.h"

#include <stddef.h>

static const struct {
	int version;
	const char *text;
} versions[] = {
#define RULESET(version, text) {version, text},
#include "core/ruleset.def"
#undef RULESET
};

static const struct {
	enum reason before, now;
} successors[] = {
#define REASON_SUCCESSOR(old, new) {REASON_##old, REASON_##new},
#include "core/reason_successor.def"
#undef REASON_SUCCESSOR
};

int ruleset_current(void)
{
	return versions[sizeof versions / sizeof *versions - 1].version;
}

bool ruleset_read(int *version, const json_t *object, int fallback, struct error *err)
{
	const json_t *rules = json_object_get(object, "rules");
	json_int_t value = json_integer_value(rules);
	*version = fallback;
	if (rules == NULL)
		return true;
	if (!json_is_integer(rules) || value < RULESET_FIRST || value > RULESET_MOST)
		return error_set(err, ERROR_USAGE, "'rules' is not a whole number from %d to %d",
				 RULESET_FIRST, RULESET_MOST);
	*version = (int)value;
	return true;
}

const char *ruleset_text(int version)
{
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (versions[i].version == version)
			return versions[i].text;
	return NULL;
}

bool ruleset_is_successor(enum reason before, enum reason now)
{
	for (size_t i = 0; i < sizeof successors / sizeof *successors; i++)
		if (successors[i].before == before && successors[i].now == now)
			return true;
	return false;
}
