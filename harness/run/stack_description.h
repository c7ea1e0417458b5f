/*
 * What a client program says of itself (`--describe`, clients/README.md), looked at through a
 * struct; texts are borrowed from the JSON, which is passed on as it came. What is absent, or of
 * another type, is NULL or not known.
 */
#ifndef HARNESS_RUN_STACK_DESCRIPTION_H
#define HARNESS_RUN_STACK_DESCRIPTION_H

#include "core/json_members.h"

struct stack_description {
	const char *stack, *version;
	struct number protocol;
	bool has_concurrency; /* it says something of it, be it wrong */
	struct number max_concurrency;
	struct json_texts capabilities;
	const json_t *lacks; /* {capability: why not}; NULL: it does not say */
};

/* object may be NULL. */
void stack_description_read(struct stack_description *out, const json_t *object);

/* Whether a description has a capability, and why it lacks one (NULL: it does not say). */
bool stack_can(const json_t *object, const char *capability);
const char *stack_lack(const json_t *object, const char *capability);

#endif
