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
	case VECTOR_OCSP:
	case VECTOR_CRL:
	case VECTOR_CRL_CHAIN: break;
	}
	return class_of_check(finding->seen.verdict);
}

/* What one finding comes to. */
static struct vector_verdict look_at(const struct verification *verification,
				     const struct vector *vector, size_t question, size_t stack)
{
	const struct stack_finding *finding = verification_at(verification, question, stack);
	struct vector_verdict verdict = {.was_asked = true, .question = question};
	verdict.has_class = finding->check != NULL || finding->outcome == OUTCOME_REJECT;
	verdict.class = class_of(finding, vector->kind);
	return verdict;
}

/* How much a CRL says about a certificate: that it is listed more than that it is not, and a fault
 * of one that is of its issuer more than one that is of another. */
static int weight_of(const struct vector_verdict *verdict, const struct verification *verification,
		     size_t stack)
{
	const struct stack_finding *finding =
		verification_at(verification, verdict->question, stack);
	bool is_of_another =
		finding->check != NULL && (finding->seen.verdict == CHECK_UNAUTHORIZED_SIGNER ||
					   finding->seen.verdict == CHECK_WRONG_CERTIFICATE);
	if (!verdict->has_class)
		return 3;
	if (verdict->class == CLASS_INVALID)
		return is_of_another ? 0 : 1;
	return verdict->class == CLASS_REVOKED ? 4 : 2;
}

static struct vector_verdict judge_certificate(const struct verification *verification,
					       const struct vector *vector, size_t first,
					       size_t stack)
{
	struct vector_verdict best = look_at(verification, vector, first, stack);
	for (size_t i = 1; i < vector->num_lists; i++) {
		struct vector_verdict one = look_at(verification, vector, first + i, stack);
		if (weight_of(&one, verification, stack) > weight_of(&best, verification, stack))
			best = one;
	}
	bool is_complete = verification_is_complete(verification, first, vector->num_lists, stack);
	if (is_complete && best.has_class && best.class == CLASS_INVALID)
		best.class = CLASS_GOOD;
	return best;
}

static int badness_of(const struct vector_verdict *verdict)
{
	static const int badness[] = {
		[CLASS_GOOD] = 0, [CLASS_UNKNOWN] = 1, [CLASS_INVALID] = 2, [CLASS_REVOKED] = 4};
	return verdict->has_class ? badness[verdict->class] : 3;
}

static struct vector_verdict judge_vector(const struct verification *verification,
					  const struct vector *vector, size_t stack)
{
	size_t first = vector->first_question;
	struct vector_verdict worst = judge_certificate(verification, vector, first, stack);
	for (size_t i = 1; i < vector->num_certificates; i++) {
		struct vector_verdict one = judge_certificate(verification, vector,
							      first + i * vector->num_lists, stack);
		if (badness_of(&one) > badness_of(&worst))
			worst = one;
	}
	return worst;
}

struct vector_verdict *vectors_judge(const struct verification *verification,
				     const struct vector_index *index, struct explained *explained)
{
	size_t num_stacks = verification->num_stacks;
	struct vector_verdict *verdicts = calloc(index->num * num_stacks + 1, sizeof *verdicts);
	for (size_t i = 0; verdicts != NULL && i < index->num * num_stacks; i++) {
		const struct vector *vector = &index->items[i / num_stacks];
		const struct asked_stack *stack = &verification->stacks[i % num_stacks];
		struct vector_verdict *verdict = &verdicts[i];
		verdict->question = vector->first_question;
		if (stack->fault != NULL)
			continue;
		*verdict = judge_vector(verification, vector, i % num_stacks);
		verdict->is_expected = verdict->has_class && verdict->class == vector->class;
		if (verdict->has_class && !verdict->is_expected)
			verdict->explanation = explained_find(explained, stack->stack->id,
							      vector->name, verdict->class);
	}
	return verdicts;
}

struct vector_tally vectors_tally(const struct vector_index *index,
				  const struct vector_verdict *verdicts, size_t stack,
				  size_t num_stacks)
{
	struct vector_tally tally = {0};
	for (size_t i = 0; i < index->num; i++) {
		const struct vector_verdict *one = &verdicts[i * num_stacks + stack];
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
