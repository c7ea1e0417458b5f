/* Knows the list of causes. */
#include "harness/model/cause.h"

#include "harness/model/remedy_topic.h"

#define REMEDY(symbol) REMEDY_##symbol, NULL
#define ADVICE(text)   NO_TOPIC, text
#define REASONS(...)                        \
	(const enum reason[]){__VA_ARGS__}, \
		sizeof((const enum reason[]){__VA_ARGS__}) / sizeof(enum reason)
#define NO_REASONS NULL, 0

static const struct cause_about causes[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, fix, reasons, title, text, afterwards) \
	{spelling, fix, reasons, title, text, afterwards},
#include "harness/model/cause.def"
#undef CAUSE
};

static const char *const ids[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, fix, reasons, title, text, afterwards) spelling,
#include "harness/model/cause.def"
#undef CAUSE
};

static const char *const titles[NUM_CAUSES] = {
#define CAUSE(symbol, spelling, fix, reasons, title, text, afterwards) title,
#include "harness/model/cause.def"
#undef CAUSE
};

const struct name_table cause_names = {"cause", ids, titles, NUM_CAUSES};

/* The level before the first severity is that of nothing found. */
static const char *const levels[NUM_LEVELS] = {
	"ok",
#define SEVERITY(symbol, spelling) spelling,
#include "harness/model/severity.def"
#undef SEVERITY
};

const struct name_table level_names = {"level", levels, NULL, NUM_LEVELS};
const struct name_table severity_names = {"severity", levels + 1, NULL, NUM_SEVERITIES};

static const char *const confidences[NUM_CONFIDENCES] = {
#define CONFIDENCE(symbol, spelling, words) spelling,
#include "harness/model/confidence.def"
#undef CONFIDENCE
};
static const char *const confidence_words[NUM_CONFIDENCES] = {
#define CONFIDENCE(symbol, spelling, words) words,
#include "harness/model/confidence.def"
#undef CONFIDENCE
};

const struct name_table confidence_names = {"confidence", confidences, confidence_words,
					    NUM_CONFIDENCES};

const struct cause_about *cause_about(enum cause cause)
{
	return &causes[cause];
}

bool cause_explains(enum cause cause, enum reason reason)
{
	for (size_t i = 0; i < causes[cause].num_reasons; i++)
		if (causes[cause].reasons[i] == reason)
			return true;
	return false;
}
