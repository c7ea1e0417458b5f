/* Knows which class a finding is of, by what the vector is about. */
#include "harness/verify/vector_judge.h"

#include <stdlib.h>

static enum vector_class class_of_status(enum status status)
{
	switch (status) {
	case STATUS_GOOD: return CLASS_GOOD;
	case STATUS_REVOKED: return CLASS_REVOKED;
	case STATUS_UNKNOWN: return CLASS_UNKNOWN;
	default: return CLASS_INVALID;
	}
}

static enum vector_class class_of_check(enum check check)
{
	switch (check) {
	case CHECK_GOOD: return CLASS_GOOD;
	case CHECK_REVOKED: return CLASS_REVOKED;
	case CHECK_UNKNOWN: return CLASS_UNKNOWN;
	default: return CLASS_INVALID;
	}
}

static enum vector_class class_of(const struct stack_finding *finding, enum vector_kind kind)
{
	bool decodes = finding->seen.verdict != CHECK_MALFORMED &&
		       finding->seen.verdict != CHECK_ERROR_RESPONSE;
	if (finding->check == NULL)
		return CLASS_INVALID;
	switch (kind) {
	case VECTOR_SIGNATURE:
		return finding->seen.authentic.value ? class_of_status(finding->seen.status)
						     : CLASS_INVALID;
	case VECTOR_PARSE: return decodes ? class_of_status(finding->seen.status) : CLASS_INVALID;
	case VECTOR_OCSP: break;
	}
	return class_of_check(finding->seen.verdict);
}

struct vector_verdict *vectors_judge(const struct verification *verification,
				     const struct vector_index *index, struct explained *explained)
{
	size_t num_stacks = verification->num_stacks;
	struct vector_verdict *verdicts = calloc(index->num * num_stacks + 1, sizeof *verdicts);
	for (size_t i = 0; verdicts != NULL && i < index->num * num_stacks; i++) {
		const struct vector *vector = &index->items[i / num_stacks];
		const struct asked_stack *stack = &verification->stacks[i % num_stacks];
		const struct stack_finding *finding = &verification->findings[i];
		struct vector_verdict *verdict = &verdicts[i];
		verdict->was_asked = stack->fault == NULL;
		verdict->has_class = verdict->was_asked &&
				     (finding->check != NULL || finding->outcome == OUTCOME_REJECT);
		if (!verdict->has_class)
			continue;
		verdict->class = class_of(finding, vector->kind);
		verdict->is_expected = verdict->class == vector->class;
		if (!verdict->is_expected)
			verdict->explanation = explained_find(explained, stack->stack->id,
							      vector->name, verdict->class);
	}
	return verdicts;
}

struct vector_tally vectors_tally(const struct verification *verification,
				  const struct vector_verdict *verdicts, size_t stack)
{
	struct vector_tally tally = {0};
	for (size_t i = 0; i < verification->num_questions; i++) {
		const struct vector_verdict *one = &verdicts[i * verification->num_stacks + stack];
		if (!one->was_asked)
			continue;
		tally.num++;
		if (one->has_class && one->is_expected)
			tally.num_expected++;
		else if (one->explanation != NULL)
			tally.num_explained++;
		else
			tally.num_unexplained++;
	}
	return tally;
}
