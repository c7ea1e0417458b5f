/* Knows the list of what remedies are for. */
#include "harness/model/remedy_topic.h"

static const char *const spellings[] = {
#define REMEDY_TOPIC(symbol, spelling, title, general) spelling,
#include "harness/model/remedy_topic.def"
#undef REMEDY_TOPIC
};
static const char *const titles[] = {
#define REMEDY_TOPIC(symbol, spelling, title, general) title,
#include "harness/model/remedy_topic.def"
#undef REMEDY_TOPIC
};
static const char *const generals[] = {
#define REMEDY_TOPIC(symbol, spelling, title, general) general,
#include "harness/model/remedy_topic.def"
#undef REMEDY_TOPIC
};

const struct name_table remedy_topic_names = {"topic", spellings, titles, NUM_REMEDY_TOPICS};

const char *remedy_general(enum remedy_topic topic)
{
	return generals[topic];
}
