/* What remedies are for, as a closed list (remedy_topic.def). */
#ifndef HARNESS_MODEL_REMEDY_TOPIC_H
#define HARNESS_MODEL_REMEDY_TOPIC_H

#include "core/name.h"

#define REMEDY_TOPIC(symbol, spelling, title, general) REMEDY_##symbol,
enum remedy_topic {
#include "harness/model/remedy_topic.def"
	NUM_REMEDY_TOPICS
};
#undef REMEDY_TOPIC

/* Spellings and titles. */
extern const struct name_table remedy_topic_names;

/* What is right on any server; a sentence or more. */
const char *remedy_general(enum remedy_topic topic);

#endif
