/* What the stacks made of test vectors, held against what was expected. */
#ifndef HARNESS_VERIFY_VECTOR_JUDGE_H
#define HARNESS_VERIFY_VECTOR_JUDGE_H

#include "harness/verify/explained.h"
#include "harness/verify/vector_index.h"
#include "harness/verify/verification.h"

/* One vector before one stack. */
struct vector_verdict {
	bool was_asked; /* the stack is there */
	bool has_class; /* false: the program gave nothing (crash, hang, unsupported, ...) */
	enum vector_class class;
	size_t question; /* whose finding decided */
	bool is_expected;
	const struct explanation *explanation; /* of a difference; NULL: unexplained */
};

struct vector_tally {
	size_t num, num_expected, num_explained, num_unexplained;
};

/*
 * Returns a new array of verdicts, vector by vector, which the caller frees; NULL without memory.
 * Of several CRLs for a certificate one that lists it decides, then one that does not, then the
 * first that is of its issuer; of several certificates the worst.
 */
struct vector_verdict *vectors_judge(const struct verification *verification,
				     const struct vector_index *index, struct explained *explained);

struct vector_tally vectors_tally(const struct vector_index *index,
				  const struct vector_verdict *verdicts, size_t stack,
				  size_t num_stacks);

#endif
