/*
 * The version of the rules by which this program judges, so that a difference between two runs, or
 * from an expectation, is not taken for one of the client when the rules are what changed.
 */
#ifndef CORE_RULESET_H
#define CORE_RULESET_H

#include "core/error.h"
#include "core/name.h"

#include <jansson.h>

#define RULESET_FIRST 1 /* of documents that do not state one */
#define RULESET_MOST  1000000

/* Of this program. */
int ruleset_current(void);

/* The member `rules` of an object; of one without it the given version. */
bool ruleset_read(int *version, const json_t *object, int fallback, struct error *err);

/* What changed with a version; NULL for one that this program does not know. */
const char *ruleset_text(int version);

/* Whether a part of what `before` was said of has the reason `now` in a later version. */
bool ruleset_is_successor(enum reason before, enum reason now);

#endif
