/* Knows what an answer is worth to a client. */
#include "harness/doctor/source_verdict.h"

#include "core/reason_flags.h"

enum source_verdict source_verdict_of_fetch(const struct fetch *fetch,
					    const struct status_answer *answer)
{
	if (!answer->check.is_known)
		return answer->check.foreign != NULL || word_is(fetch->layer, LAYER_ANSWER)
			       ? SOURCE_BAD_ANSWER
			       : SOURCE_UNAVAILABLE;
	switch ((enum check)answer->check.value) {
	case CHECK_GOOD: return SOURCE_GOOD;
	case CHECK_REVOKED: return SOURCE_REVOKED;
	case CHECK_UNKNOWN: return SOURCE_UNKNOWN;
	default: return SOURCE_BAD_ANSWER;
	}
}

/* Revoked outweighs all; else the best that a client gets. */
static int rank(enum source_verdict verdict)
{
	static const int ranks[] = {
		[SOURCE_NONE] = 0,       [SOURCE_NOT_ASKED] = 1, [SOURCE_UNAVAILABLE] = 2,
		[SOURCE_BAD_ANSWER] = 3, [SOURCE_UNKNOWN] = 4,   [SOURCE_GOOD] = 5,
		[SOURCE_REVOKED] = 6};
	return ranks[verdict];
}

enum source_verdict source_verdict_of(const struct responder_attempt *attempts, size_t num)
{
	enum source_verdict best = SOURCE_NOT_ASKED;
	for (size_t i = 0; i < num; i++) {
		enum source_verdict verdict =
			source_verdict_of_fetch(&attempts[i].fetch, &attempts[i].answer);
		if (rank(verdict) > rank(best))
			best = verdict;
	}
	return best;
}

/* Whether the CRLs for some reasons cover every reason together, as a client combines them (RFC
 * 5280 section 6.3.3). */
static bool is_complete(const struct status_sources *sources)
{
	int64_t covered = 0;
	for (size_t i = 0; i < sources->num_crls; i++)
		if (word_is(sources->crls[i].answer.check, CHECK_INCOMPLETE))
			covered |= sources->crls[i].answer.covered_reasons.value;
	return (covered & REASONS_ALL) == REASONS_ALL;
}

enum source_verdict source_verdict_of_crl(const struct status_sources *sources,
					  const struct crl_source *crl)
{
	if (crl->why != NULL)
		return SOURCE_NOT_ASKED;
	if (word_is(crl->answer.check, CHECK_INCOMPLETE) && is_complete(sources))
		return SOURCE_GOOD;
	return source_verdict_of_fetch(&crl->fetch, &crl->answer);
}

enum source_verdict source_verdict_best_responder(const struct status_sources *sources)
{
	enum source_verdict best = SOURCE_NONE;
	for (size_t i = 0; i < sources->num_responders; i++) {
		const struct responder *one = &sources->responders[i];
		enum source_verdict verdict = source_verdict_of(one->attempts, one->num_attempts);
		if (rank(verdict) > rank(best))
			best = verdict;
	}
	return best;
}

enum source_verdict source_verdict_best_crl(const struct status_sources *sources)
{
	enum source_verdict best = SOURCE_NONE;
	for (size_t i = 0; i < sources->num_crls; i++) {
		enum source_verdict verdict = source_verdict_of_crl(sources, &sources->crls[i]);
		if (rank(verdict) > rank(best))
			best = verdict;
	}
	return best;
}
