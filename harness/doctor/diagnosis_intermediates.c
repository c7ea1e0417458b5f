/* Knows what is concluded of the certificates between the leaf and its trust anchor. */
#include "harness/doctor/diagnosing.h"

/* Its sources that have the status revoked, or all others. */
static void cite_sources(struct diagnosing *d, struct finding *cause,
			 const struct case_intermediate *at, bool revoked)
{
	const struct status_sources *sources = &at->certificate->sources;
	char what[128];
	snprintf(what, sizeof what, "%s: ", at->name != NULL ? at->name : "?");
	for (size_t i = 0; i < sources->num_responders; i++)
		if ((source_verdict_of(sources->responders[i].attempts,
				       sources->responders[i].num_attempts) == SOURCE_REVOKED) ==
		    revoked)
			diagnosing_cite_responder(d, cause, what, &sources->responders[i]);
	for (size_t i = 0; i < sources->num_crls; i++)
		if ((source_verdict_of_crl(sources, &sources->crls[i]) == SOURCE_REVOKED) ==
		    revoked)
			diagnosing_cite_crl(d, cause, what, &sources->crls[i]);
}

static bool is_broken(enum source_verdict verdict)
{
	return verdict == SOURCE_UNAVAILABLE || verdict == SOURCE_BAD_ANSWER ||
	       verdict == SOURCE_UNKNOWN;
}

static void diagnose_revoked(struct diagnosing *d, const struct case_intermediate *at)
{
	struct finding *cause = diagnosing_add(d, CAUSE_INTERMEDIATE_REVOKED, SEVERITY_CRITICAL,
					       CONFIDENCE_CERTAIN);
	cite_sources(d, cause, at, true);
	if (at->staple_is_revoked)
		diagnosing_evidence(d, cause, "%s: the server staples its status revoked.",
				    at->name != NULL ? at->name : "?");
}

/* With one source that works only clients that use the other are affected. */
static void diagnose_unchecked(struct diagnosing *d, const struct case_intermediate *at)
{
	bool has_status =
		at->responder == SOURCE_GOOD || at->crl == SOURCE_GOOD || at->staple_is_good;
	struct finding *cause =
		diagnosing_add(d, CAUSE_INTERMEDIATE_UNCHECKED,
			       has_status ? SEVERITY_INFO : SEVERITY_WARNING, CONFIDENCE_CERTAIN);
	if (!has_status)
		cause->severity = word_of(SEVERITY_WARNING);
	cite_sources(d, cause, at, false);
}

void diagnose_intermediates(struct diagnosing *d)
{
	for (size_t i = 0; i < d->facts.num_intermediates; i++) {
		const struct case_intermediate *at = &d->facts.intermediates[i];
		if (case_intermediate_is_revoked(at))
			diagnose_revoked(d, at);
		else if (is_broken(at->responder) || is_broken(at->crl))
			diagnose_unchecked(d, at);
	}
}
