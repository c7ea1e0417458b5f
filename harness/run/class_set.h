/*
 * A set of client classes in few words: the patterns that match them and no other class that
 * is known: `*`, `gnutls` and all behind it, all of a policy, then single ids.
 */
#ifndef HARNESS_RUN_CLASS_SET_H
#define HARNESS_RUN_CLASS_SET_H

#include "core/text.h"

/* One id among those that are known; borrowed. */
struct class_member {
	const char *id;
	bool is_in; /* the set */
};

/*
 * Calls add for each pattern, broader ones first. Every known class in the set is matched by at
 * least one of them, every other by none. Letters of ids that mean something in a pattern are
 * escaped (text_append_pattern). False without memory, or when add says so.
 */
bool class_set_patterns(const struct class_member *known, size_t num,
			bool (*add)(void *context, const char *pattern), void *context);

/* The same as a list with commas; ids are not escaped, for people. */
bool class_set_append(struct text *out, const struct class_member *known, size_t num);

#endif
