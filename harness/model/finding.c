/* Knows what a finding does to client classes, and how its weight is read. */
#include "harness/model/finding.h"

static const char *const effect_spellings[] = {
#define EFFECT(symbol, spelling, words) spelling,
#include "harness/model/effect.def"
#undef EFFECT
};
static const char *const effect_words[] = {
#define EFFECT(symbol, spelling, words) words,
#include "harness/model/effect.def"
#undef EFFECT
};
const struct name_table effect_names = {"effect", effect_spellings, effect_words, NUM_EFFECTS};

enum severity finding_severity(const struct finding *finding)
{
	return finding->severity.is_known ? (enum severity)finding->severity.value : SEVERITY_INFO;
}

enum confidence finding_confidence(const struct finding *finding)
{
	return finding->confidence.is_known ? (enum confidence)finding->confidence.value
					    : CONFIDENCE_POSSIBLE;
}
