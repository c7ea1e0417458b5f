/*
 * What a client requires of revocation status, as data: the axes of classes.yaml and
 * of a request to a client program. clients/policy/decision.h says what follows from it.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/error.h"
#include "core/name.h"

#include <jansson.h>

#define V(symbol, spelling)     symbol,
#define VALUES(tag, what, list) enum tag { list };
#include "core/policy.def"
#undef V
/* The last value of an axis that has a more general one: what that one does. */
enum { ACTION_INHERIT = ACTION_NEXT_OR_REJECT + 1 };

/* One int per axis, so that the table of axes can reach each; the comment names the enum. */
struct policy {
#define AXIS_NAME(field, values, fallback, sent, text)        int field;
#define AXIS_NUMBER(field, least, most, fallback, sent, text) int field;
#include "core/policy.def"
};

struct policy_axis {
	const char *name;
	const struct name_table *table; /* NULL for a number */
	int least, most, fallback;
	bool always_sent; /* else only when it is not at its default: policy.def */
	size_t offset;    /* of the int in struct policy */
	const char *text;
};

extern const struct policy_axis policy_axes[];
extern const size_t num_policy_axes;

/* Every axis at its default: a client that looks at nothing. */
void policy_init(struct policy *policy);

/* NULL when there is no such axis. */
const struct policy_axis *policy_find_axis(const char *name);

int policy_get(const struct policy *policy, const struct policy_axis *axis);

/* Sets an axis from its spelling ("full", "2000"; for no/yes also "false"/"true"). On
 * failure err says which values there are, without a place: the caller puts it in front. */
bool policy_set(struct policy *policy, const struct policy_axis *axis, const char *spelling,
		struct error *err);

/* The spelling of an axis's value; a number is written into buffer. */
const char *policy_spell(const struct policy *policy, const struct policy_axis *axis,
			 char buffer[static 16]);

/*
 * Two axes that contradict each other (a staple is required but not requested).
 * Returns NULL when there are none, else one sentence, and the two axes.
 */
const char *policy_contradiction(const struct policy *policy, const struct policy_axis **one,
				 const struct policy_axis **other);

/* Every axis as a JSON object, names and numbers. New reference. */
json_t *policy_to_json(const struct policy *policy);

/* Reads what policy_to_json writes; an axis that is absent keeps its default, an
 * unknown axis or value is an error. JSON true and false stand for yes and no. */
bool policy_from_json(struct policy *policy, const json_t *object, struct error *err);

#endif
