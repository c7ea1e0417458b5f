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

/* The first cause is there because of the second, which is at least likely and becomes as severe.
 */
static void note(struct diagnosing *d, enum cause symptom, enum cause root)
{
	struct finding *of = diagnosing_find(d, root), *one = diagnosing_find(d, symptom);
	if (of == NULL || one == NULL || finding_confidence(of) < CONFIDENCE_LIKELY)
		return;
	d->is_symptom[symptom] = true;
	if (finding_severity(of) < finding_severity(one))
		of->severity = word_of(finding_severity(one));
}

/* What keeps a server from a good response. */
static const enum cause roots[] = {CAUSE_RESPONDER_DOWN,     CAUSE_RESPONDER_BROKEN,
				   CAUSE_RESPONDER_UNKNOWN,  CAUSE_RESPONDER_METHOD,
				   CAUSE_RESPONDER_UNFIT,    CAUSE_RESPONDER_VARIES,
				   CAUSE_SERVER_CANNOT_REACH};

void diagnosing_note_symptoms(struct diagnosing *d)
{
	/* Something else keeps the staple away. */
	d->is_symptom[CAUSE_MUST_STAPLE_BARE] = true;
	d->is_symptom[CAUSE_STAPLE_BY_VERSION] = true;
	d->is_symptom[CAUSE_STACKS_DISAGREE] = true;
	/* That a CRL is the only source says less than what is odd about it. */
	note(d, CAUSE_NO_OCSP_URL, CAUSE_CRL_REMARK);
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		note(d, CAUSE_STAPLE_ERROR_RESPONSE, roots[i]);
		note(d, CAUSE_STAPLE_BREAKS_HANDSHAKE, roots[i]);
		note(d, CAUSE_STAPLE_DELAYS_HANDSHAKE, roots[i]);
	}
	for (size_t i = 0; i < sizeof from_responder / sizeof *from_responder; i++) {
		if (!passes_on(d, from_responder[i].check))
			continue;
		note(d, from_responder[i].cause, CAUSE_RESPONDER_BROKEN);
		note(d, from_responder[i].cause, CAUSE_RESPONDER_UNKNOWN);
		note(d, from_responder[i].cause, CAUSE_CERTIFICATE_REVOKED);
	}
}
