/* Knows the list of causes. */
#include "harness/doctor/cause.h"

#include <string.h>

#include "harness/doctor/remedy.h"

#define R(symbol) (UINT64_C(1) << REASON_##symbol)
_Static_assert(NUM_REASONS <= 64, "a set of reasons is 64 bits");

static const struct cause_about causes[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, topic, reasons, title, text, afterwards) \
	{spelling, topic, reasons, title, text, afterwards},
#include "harness/doctor/cause.def"
#undef CAUSE
};

static const char *const ids[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, topic, reasons, title, text, afterwards) spelling,
#include "harness/doctor/cause.def"
#undef CAUSE
};

static const char *const titles[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, topic, reasons, title, text, afterwards) title,
#include "harness/doctor/cause.def"
#undef CAUSE
};

const struct name_table cause_names = {"cause", ids, titles, NUM_CAUSES};

const struct cause_about *cause_about(enum cause cause)
{
	return &causes[cause];
}

const json_t *cause_find(const json_t *examination, enum cause cause)
{
	const json_t *found = json_object_get(examination, "causes");
	for (size_t i = 0; i < json_array_size(found); i++) {
		const json_t *one = json_array_get(found, i);
		const char *id = json_string_value(json_object_get(one, "id"));
		if (id != NULL && strcmp(id, cause_about(cause)->id) == 0)
			return one;
	}
	return NULL;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "warning", "critical"};
	return names[severity];
}

const char *confidence_name(enum confidence confidence)
{
	static const char *const names[] = {"possible", "likely", "certain"};
	return names[confidence];
}
