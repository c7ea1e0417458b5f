/* Knows what is concluded of the certificate's own sources of status, and of clocks. */
#include "harness/doctor/diagnosing.h"

#include "core/clock.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

/* --- no responder --- */

static void diagnose_no_url(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->must_staple) {
		struct finding *cause = diagnosing_add(d, CAUSE_MUST_STAPLE_IMPOSSIBLE,
						       SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
		diagnosing_evidence(
			d, cause,
			facts->num_unusable_ocsp > 0
				? "The certificate has the must-staple extension and no "
				  "OCSP URL that can be used."
				: "The certificate has the must-staple extension and no "
				  "OCSP URL.");
		return;
	}
	if (facts->num_unusable_ocsp > 0)
		return; /* diagnose_unusable */
	struct finding *cause =
		diagnosing_add(d, CAUSE_NO_OCSP_URL, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	int64_t life_s = facts->not_after - facts->not_before;
	char much[32];
	if (facts->no_rev_avail)
		diagnosing_evidence(d, cause,
				    "The certificate states that no revocation information is "
				    "available (noRevAvail, RFC 9608).");
	if (life_s > 0 && life_s <= SHORT_LIVED_S)
		diagnosing_evidence(d, cause,
				    "Its lifetime is %s: it expires about as soon as a revocation "
				    "would reach clients.",
				    duration_about(much, life_s));
	if (facts->num_crl_urls > 0)
		diagnosing_evidence(d, cause, "It names a CRL, which has its status.");
	else if (facts->num_unusable_crl > 0)
		diagnosing_evidence(d, cause, "It names a CRL with a URL that cannot be used.");
	else if (!facts->no_rev_avail)
		diagnosing_evidence(d, cause,
				    "It names no CRL either: its status is not available.");
	if (facts->num_stapled > 0)
		diagnosing_evidence(d, cause, "The server staples nevertheless.");
}

/* --- URLs that cannot be used --- */

static void tell_unusable(struct diagnosing *d, struct finding *cause,
			  const struct unusable_pointer *pointer)
{
	const char *what = word_is(pointer->kind, POINTER_KIND_OCSP)  ? "OCSP responder"
			   : word_is(pointer->kind, POINTER_KIND_CRL) ? "CRL"
								      : "Issuer's certificate";
	const char *why = pointer->why.is_known ? url_fault_text(pointer->why.value)
						: diagnosing_text(pointer->why.foreign);
	diagnosing_evidence(d, cause, "%s %s: named, unusable: %s.", what,
			    diagnosing_text(pointer->url), why);
}

/* A warning where a source is named by nothing else. */
static void diagnose_unusable(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	bool is_only = (facts->num_unusable_ocsp > 0 && facts->num_ocsp_urls == 0) ||
		       (facts->num_unusable_crl > 0 && facts->num_crl_urls == 0);
	if (facts->num_unusable_urls == 0)
		return;
	struct finding *cause =
		diagnosing_add(d, CAUSE_URL_UNUSABLE, is_only ? SEVERITY_WARNING : SEVERITY_INFO,
			       CONFIDENCE_CERTAIN);
	for (size_t i = 0; i < facts->num_unusable_urls; i++)
		tell_unusable(d, cause, &facts->unusable_urls[i]);
}

/* --- responders --- */

static void cite_attempts(struct diagnosing *d, struct finding *cause)
{
	const struct status_sources *sources = d->facts.sources;
	for (size_t i = 0; i < sources->num_responders; i++)
		diagnosing_cite_responder(d, cause, "", &sources->responders[i]);
}

static void cite_resolvers(struct diagnosing *d, struct finding *cause)
{
	for (size_t i = 0; i < d->facts.sources->num_responders; i++) {
		const struct responder *responder = &d->facts.sources->responders[i];
		for (size_t k = 0; k < responder->num_resolvers; k++) {
			const struct name_server *server = &responder->resolvers[k];
			diagnosing_evidence(d, cause, "Name server %s for %s: %s, %zu address%s.",
					    diagnosing_text(server->server),
					    diagnosing_text(responder->host),
					    diagnosing_text(server->result), server->addresses.num,
					    server->addresses.num == 1 ? "" : "es");
		}
	}
}

/* With a good staple clients go on for as long as that lasts. */
static enum severity down_severity(const struct diagnosing *d)
{
	for (size_t i = 0; i < d->facts.num_staples; i++)
		if (d->facts.staples[i].check == CHECK_GOOD)
			return SEVERITY_WARNING;
	return d->facts.must_staple ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

static void diagnose_method(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->get_works == facts->post_works)
		return;
	struct finding *cause =
		diagnosing_add(d, CAUSE_RESPONDER_METHOD, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	cite_attempts(d, cause);
}

static void diagnose_revoked(struct diagnosing *d, bool by_responder, bool by_crl)
{
	const struct case_facts *facts = &d->facts;
	struct finding *cause =
		diagnosing_add(d, CAUSE_CERTIFICATE_REVOKED, SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
	if (by_responder)
		cite_attempts(d, cause);
	if (by_crl)
		diagnosing_evidence(d, cause, "The CA's CRL lists the certificate.");
	for (size_t i = 0; i < facts->num_staples; i++)
		if (facts->staples[i].check == CHECK_GOOD)
			diagnosing_evidence(d, cause,
					    "The staple still has status good, and clients that "
					    "rely on it connect.");
}

static void diagnose_partly_down(struct diagnosing *d)
{
	const struct status_sources *sources = d->facts.sources;
	for (size_t i = 0; i < sources->num_responders; i++) {
		const struct responder *one = &sources->responders[i];
		if (source_verdict_of(one->attempts, one->num_attempts) == SOURCE_UNAVAILABLE)
			diagnosing_cite_responder(
				d,
				diagnosing_add(d, CAUSE_RESPONDER_PARTLY_DOWN,
					       i == 0 ? SEVERITY_WARNING : SEVERITY_INFO,
					       CONFIDENCE_CERTAIN),
				"", one);
	}
}

static void diagnose_responders(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->responder == SOURCE_UNAVAILABLE) {
		struct finding *cause = diagnosing_add(d, CAUSE_RESPONDER_DOWN, down_severity(d),
						       CONFIDENCE_CERTAIN);
		cite_attempts(d, cause);
		cite_resolvers(d, cause);
		diagnosing_evidence(d, cause,
				    "A test from another place (--proxy, another vantage) shows "
				    "whether it is down for all clients or only from here.");
	} else if (facts->responder == SOURCE_BAD_ANSWER) {
		cite_attempts(d, diagnosing_add(d, CAUSE_RESPONDER_BROKEN, down_severity(d),
						CONFIDENCE_CERTAIN));
	} else if (facts->responder == SOURCE_UNKNOWN) {
		cite_attempts(d, diagnosing_add(d, CAUSE_RESPONDER_UNKNOWN, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
	}
	if (facts->responder >= SOURCE_GOOD)
		diagnose_partly_down(d);
	if (facts->responder_varies)
		cite_attempts(d, diagnosing_add(d, CAUSE_RESPONDER_VARIES, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
	else if (facts->responder >= SOURCE_GOOD)
		diagnose_method(d);
}

/* --- what they say together --- */

static void diagnose_disagreement(struct diagnosing *d)
{
	enum source_verdict ocsp = d->facts.responder, crl = d->facts.crl;
	if (ocsp < SOURCE_GOOD || crl < SOURCE_GOOD || ocsp == crl)
		return;
	diagnosing_evidence(
		d, diagnosing_add(d, CAUSE_SOURCES_DISAGREE, SEVERITY_WARNING, CONFIDENCE_CERTAIN),
		"The responder has status %s, the CRL %s.", source_verdict_names.names[ocsp],
		crl == SOURCE_GOOD ? "does not list the certificate" : "has it");
}

/* --- clocks --- */

#define DAY_S 86400

void diagnose_clock(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	char much[32];
	int64_t ahead = facts->responder_ahead_s;
	if (!facts->has_clock || (ahead <= CLOCK_SLACK_S && ahead >= -CLOCK_SLACK_S))
		return;
	/* A time that one host alone says, and that is a day away, is a fault of that host rather
	 * than of a clock; an old one may come out of a cache that does not say its age. */
	bool is_absurd = facts->num_clocks < 2 && (ahead > DAY_S || ahead < -DAY_S);
	bool is_likely = !is_absurd && (ahead > 0 || facts->num_clocks > 1);
	if (diagnosing_has(d, CAUSE_STAPLE_FUTURE))
		is_likely = true;
	struct finding *cause =
		diagnosing_add(d, CAUSE_CLOCK_WRONG, is_likely ? SEVERITY_WARNING : SEVERITY_INFO,
			       is_likely ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
	diagnosing_evidence(d, cause, "The responder's Date is %s %s this machine's clock.",
			    duration_about(much, ahead), ahead > 0 ? "ahead of" : "behind");
	if (diagnosing_has(d, CAUSE_STAPLE_FUTURE))
		diagnosing_evidence(d, cause, "For this machine the staple is not yet valid, too.");
}

static void cite_disagreement(struct diagnosing *d, const char *url,
			      const struct status_answer *answer)
{
	if (case_stacks_disagree(answer))
		diagnosing_cite_stacks(d,
				       diagnosing_add(d, CAUSE_STACKS_DISAGREE, SEVERITY_WARNING,
						      CONFIDENCE_CERTAIN),
				       diagnosing_text(url), answer);
}

/* What only some stacks can use: the result for a client depends on its library. */
static void diagnose_stacks(struct diagnosing *d)
{
	const struct status_sources *sources = d->facts.sources;
	for (size_t i = 0; i < sources->num_responders; i++)
		for (size_t k = 0; k < sources->responders[i].num_attempts; k++)
			cite_disagreement(d, sources->responders[i].url,
					  &sources->responders[i].attempts[k].answer);
	for (size_t i = 0; i < sources->num_crls; i++)
		cite_disagreement(d, sources->crls[i].url, &sources->crls[i].answer);
}

void diagnose_sources(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->has_leaf)
		return;
	if (facts->num_ocsp_urls == 0)
		diagnose_no_url(d);
	else
		diagnose_responders(d);
	diagnose_unusable(d);
	bool by_responder = facts->responder == SOURCE_REVOKED,
	     by_crl = facts->crl == SOURCE_REVOKED;
	if (by_responder || by_crl)
		diagnose_revoked(d, by_responder, by_crl);
	diagnose_crls(d);
	diagnose_disagreement(d);
	diagnose_stacks(d);
}
