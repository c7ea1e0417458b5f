/* Knows the axes of a policy, their spellings, and which of them contradict each other. */
#include "core/policy.h"

#include "core/json.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V(symbol, spelling) spelling,
#define TABLE(tag, what, ...)                                       \
	static const char *const tag##_spellings[] = {__VA_ARGS__}; \
	static const struct name_table tag##_names = {              \
		what, tag##_spellings, NULL, sizeof tag##_spellings / sizeof tag##_spellings[0]};
#define VALUES TABLE
#define ACTIONS_OR(tag, inherited) \
	TABLE(tag, "action", "connect", "warn", "reject", "next", "next-or-reject", inherited)
#include "core/policy.def"
#undef V

enum { IF_SET, ALWAYS };
#define AXIS_NAME(field, values, fallback, sent, text) \
	{#field, &values##_names, 0, 0, fallback, sent, offsetof(struct policy, field), text},
#define AXIS_NUMBER(field, least, most, fallback, sent, text) \
	{#field, NULL, least, most, fallback, sent, offsetof(struct policy, field), text},
const struct policy_axis policy_axes[] = {
#include "core/policy.def"
};

const size_t num_policy_axes = sizeof policy_axes / sizeof policy_axes[0];

static int *value_of(struct policy *policy, const struct policy_axis *axis)
{
	return (int *)((char *)policy + axis->offset);
}

void policy_init(struct policy *policy)
{
	for (size_t i = 0; i < num_policy_axes; i++)
		*value_of(policy, &policy_axes[i]) = policy_axes[i].fallback;
}

const struct policy_axis *policy_find_axis(const char *name)
{
	for (size_t i = 0; i < num_policy_axes; i++)
		if (strcmp(policy_axes[i].name, name) == 0)
			return &policy_axes[i];
	return NULL;
}

int policy_get(const struct policy *policy, const struct policy_axis *axis)
{
	return *(const int *)((const char *)policy + axis->offset);
}

static bool set_number(struct policy *policy, const struct policy_axis *axis, const char *spelling,
		       struct error *err)
{
	char *end;
	long number = strtol(spelling, &end, 10);
	if (end == spelling || *end != '\0' || number < axis->least || number > axis->most)
		return error_set(err, ERROR_USAGE,
				 "'%.64s' is no value of %s (a number from %d to %d)", spelling,
				 axis->name, axis->least, axis->most);
	*value_of(policy, axis) = (int)number;
	return true;
}

bool policy_set(struct policy *policy, const struct policy_axis *axis, const char *spelling,
		struct error *err)
{
	if (axis->table == NULL)
		return set_number(policy, axis, spelling, err);
	if (axis->table == &yes_no_names && strcmp(spelling, "true") == 0)
		spelling = "yes";
	if (axis->table == &yes_no_names && strcmp(spelling, "false") == 0)
		spelling = "no";
	int value = name_find(axis->table, spelling);
	bool goes_on = value == ACTION_NEXT || value == ACTION_NEXT_OR_REJECT;
	bool is_final =
		strcmp(axis->name, "on_revoked") == 0 || strcmp(axis->name, "on_unavailable") == 0;
	if (value >= 0 && is_final && goes_on)
		return error_set(
			err, ERROR_USAGE,
			"'%s' is no value of %s, which ends the walk (one of: connect, warn, "
			"reject)",
			spelling, axis->name);
	if (value < 0) {
		char list[160];
		const char *near = text_nearest(spelling, axis->table->names, axis->table->num);
		return error_set(err, ERROR_USAGE, "unknown %s '%.64s' for %s%s%s%s (one of: %s)",
				 axis->table->what, spelling, axis->name,
				 near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
				 near != NULL ? "'" : "",
				 name_list(list, sizeof list, axis->table));
	}
	*value_of(policy, axis) = value;
	return true;
}

const char *policy_spell(const struct policy *policy, const struct policy_axis *axis,
			 char buffer[static 16])
{
	int value = policy_get(policy, axis);
	if (axis->table != NULL)
		return axis->table->names[value];
	snprintf(buffer, 16, "%d", value);
	return buffer;
}

struct contradiction {
	const char *one, *other;
	const char *text;
	bool (*holds)(const struct policy *policy);
};

static bool requires_unasked(const struct policy *policy)
{
	return policy->requires_staple == YES && policy->asks_staple == NO;
}

static bool enforces_unasked(const struct policy *policy)
{
	return policy->must_staple != MUST_STAPLE_IGNORE && policy->asks_staple == NO;
}

static bool checks_unasked(const struct policy *policy)
{
	return policy->checks_staple != CHECKS_STAPLE_NO && policy->asks_staple == NO;
}

static bool requires_unchecked(const struct policy *policy)
{
	return policy->requires_staple == YES && policy->checks_staple != CHECKS_STAPLE_FULL;
}

static bool validates_unchecked(const struct policy *policy)
{
	return policy->must_staple == MUST_STAPLE_VALID &&
	       policy->checks_staple != CHECKS_STAPLE_FULL;
}

static bool requires_and_releases(const struct policy *policy)
{
	return policy->requires_staple == YES && policy->no_rev_avail == NO_REV_AVAIL_ACCEPT;
}

static bool crl_only_and_ocsp(const struct policy *policy)
{
	return policy->uses_crl == USES_CRL_ONLY && policy->fetches_ocsp != FETCHES_NO;
}

static bool crl_only_and_staple(const struct policy *policy)
{
	return policy->uses_crl == USES_CRL_ONLY && policy->checks_staple != CHECKS_STAPLE_NO &&
	       policy->requires_staple == NO && policy->must_staple != MUST_STAPLE_VALID;
}

static bool chain_out_of_scope(const struct policy *policy)
{
	return policy->fetches_ocsp == FETCHES_CHAIN && policy->scope == SCOPE_LEAF;
}

static bool replaces_nothing(const struct policy *policy)
{
	return policy->staple_replaces_ocsp != REPLACES_OCSP_NO &&
	       policy->fetches_ocsp == FETCHES_NO;
}

static bool replaces_by_unchecked(const struct policy *policy)
{
	return policy->staple_replaces_ocsp != REPLACES_OCSP_NO &&
	       policy->checks_staple == CHECKS_STAPLE_NO;
}

static const struct contradiction contradictions[] = {
	{"requires_staple", "asks_staple", "a staple is required but not requested",
	 requires_unasked},
	{"must_staple", "asks_staple",
	 "must-staple is enforced but no staple is requested (RFC 7633 section 4.3.3)",
	 enforces_unasked},
	{"checks_staple", "asks_staple", "a staple is checked but not requested", checks_unasked},
	{"requires_staple", "checks_staple", "a good staple is required but not fully checked",
	 requires_unchecked},
	{"must_staple", "checks_staple", "a valid staple is demanded but not fully checked",
	 validates_unchecked},
	{"requires_staple", "no_rev_avail",
	 "a staple is required for every certificate, yet noRevAvail exempts from it",
	 requires_and_releases},
	{"uses_crl", "fetches_ocsp", "only CRLs are used, yet OCSP is fetched", crl_only_and_ocsp},
	{"uses_crl", "checks_staple", "only CRLs are used, yet staples are checked",
	 crl_only_and_staple},
	{"fetches_ocsp", "scope", "OCSP is fetched for the chain, yet only the leaf is checked",
	 chain_out_of_scope},
	{"staple_replaces_ocsp", "fetches_ocsp",
	 "a staple takes the place of an OCSP query, yet OCSP is not fetched", replaces_nothing},
	{"staple_replaces_ocsp", "checks_staple",
	 "a staple takes the place of an OCSP query, yet it is not checked", replaces_by_unchecked},
};

const char *policy_contradiction(const struct policy *policy, const struct policy_axis **one,
				 const struct policy_axis **other)
{
	for (size_t i = 0; i < sizeof contradictions / sizeof contradictions[0]; i++) {
		if (!contradictions[i].holds(policy))
			continue;
		*one = policy_find_axis(contradictions[i].one);
		*other = policy_find_axis(contradictions[i].other);
		return contradictions[i].text;
	}
	return NULL;
}

json_t *policy_to_json(const struct policy *policy)
{
	json_t *object = json_object();
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		int value = policy_get(policy, axis);
		json_set(object, axis->name,
			 axis->table != NULL ? json_string(axis->table->names[value])
					     : json_integer(value));
	}
	return object;
}

static bool set_from_json(struct policy *policy, const char *key, const json_t *value,
			  struct error *err)
{
	const struct policy_axis *axis = policy_find_axis(key);
	if (axis == NULL)
		return error_set(err, ERROR_USAGE, "unknown axis '%.64s'", key);
	if (json_is_boolean(value))
		return policy_set(policy, axis, json_is_true(value) ? "true" : "false", err);
	if (json_is_string(value) && axis->table != NULL)
		return policy_set(policy, axis, json_string_value(value), err);
	if (json_is_integer(value) && axis->table == NULL) {
		char number[32];
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return policy_set(policy, axis, number, err);
	}
	return error_set(err, ERROR_USAGE, "axis '%s' has a value of the wrong type", key);
}

bool policy_from_json(struct policy *policy, const json_t *object, struct error *err)
{
	const char *key;
	json_t *value;
	policy_init(policy);
	if (!json_is_object(object))
		return error_set(err, ERROR_USAGE, "a policy is an object of axes");
	json_object_foreach((json_t *)object, key, value)
	{
		if (!set_from_json(policy, key, value, err))
			return error_prefix(err, "policy");
	}
	return true;
}
