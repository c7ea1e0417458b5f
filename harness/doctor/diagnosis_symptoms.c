/* Knows which causes are there because of another one, so that the root gives the headline. */
#include "harness/doctor/diagnosing.h"

/* What a server staples because the responder returns it: then the responder is what to look at. */
static bool passes_on(const struct diagnosing *d, enum check check)
{
	const struct status_sources *sources = d->facts.sources;
	for (size_t i = 0; i < sources->num_responders; i++)
		for (size_t k = 0; k < sources->responders[i].num_attempts; k++)
			if (word_is(sources->responders[i].attempts[k].answer.check, (int)check))
				return true;
	return false;
}

static const struct {
	enum cause cause;
	enum check check;
} from_responder[] = {
	{CAUSE_STAPLE_STALE, CHECK_STALE},
	{CAUSE_STAPLE_STALE, CHECK_NO_NEXT_UPDATE},
	{CAUSE_STAPLE_FUTURE, CHECK_NOT_YET_VALID},
	{CAUSE_STAPLE_WRONG_CERTIFICATE, CHECK_WRONG_CERTIFICATE},
	{CAUSE_STAPLE_ERROR_RESPONSE, CHECK_ERROR_RESPONSE},
	{CAUSE_STAPLE_MALFORMED, CHECK_MALFORMED},
	{CAUSE_STAPLE_NOT_VERIFIABLE, CHECK_BAD_SIGNATURE},
	{CAUSE_STAPLE_NOT_VERIFIABLE, CHECK_ALGORITHM_UNSUPPORTED},
	{CAUSE_STAPLE_NOT_VERIFIABLE, CHECK_UNAUTHORIZED_SIGNER},
	{CAUSE_STAPLE_REVOKED, CHECK_REVOKED},
	{CAUSE_STAPLE_UNKNOWN, CHECK_UNKNOWN},
};

void diagnosing_note_symptoms(struct diagnosing *d)
{
	/* Something else keeps the staple away. */
	d->is_symptom[CAUSE_MUST_STAPLE_BARE] = true;
	d->is_symptom[CAUSE_STAPLE_BY_VERSION] = true;
	d->is_symptom[CAUSE_STACKS_DISAGREE] = true;
	for (size_t i = 0; i < sizeof from_responder / sizeof *from_responder; i++)
		if (passes_on(d, from_responder[i].check))
			d->is_symptom[from_responder[i].cause] = true;
}
