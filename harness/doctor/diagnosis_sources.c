/* Knows what is concluded of the certificate's own sources of status, and of clocks. */
#include "harness/doctor/diagnosing.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

#define CLOCK_SLACK_S 300 /* what most clients forgive */
/* Firefox and Caddy take certificates of at most this for short-lived (CA/B Forum: 7 days). */
#define SHORT_LIFE_S (10 * 86400)

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

/* --- no responder --- */

static void diagnose_no_url(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->must_staple) {
		json_t *cause = diagnosing_add(d, CAUSE_MUST_STAPLE_IMPOSSIBLE, SEVERITY_CRITICAL,
					       CONFIDENCE_CERTAIN);
		diagnosing_evidence(cause, "The certificate has the must-staple extension and no "
					   "OCSP URL.");
		return;
	}
	json_t *cause = diagnosing_add(d, CAUSE_NO_OCSP_URL, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	int64_t life_s = facts->not_after - facts->not_before;
	char much[32];
	if (facts->no_rev_avail)
		diagnosing_evidence(cause, "The certificate says that nobody will ever tell its "
					   "status (noRevAvail, RFC 9608).");
	if (life_s > 0 && life_s <= SHORT_LIFE_S)
		diagnosing_evidence(cause,
				    "It lives for %s: its end comes about as soon as news of "
				    "a revocation would.",
				    duration_about(much, life_s));
	if (facts->num_crl_urls > 0)
		diagnosing_evidence(cause, "It names a CRL, which is where its status is.");
	else if (!facts->no_rev_avail)
		diagnosing_evidence(cause,
				    "It names no CRL either: nobody can look its status up.");
	if (facts->num_stapled > 0)
		diagnosing_evidence(cause, "The server staples all the same.");
}

/* --- responders --- */

/* One line for each attempt that got no valid answer. */
static void tell_attempts(const struct diagnosing *d, json_t *cause)
{
	size_t i, k;
	json_t *responder, *attempt;
	json_array_foreach(json_object_get(d->examination, "responders"), i, responder)
	{
		json_array_foreach(json_object_get(responder, "attempts"), k, attempt)
		{
			const char *check = text_of(attempt, "check");
			const char *layer = text_of(attempt, "layer"),
				   *text = text_of(attempt, "text");
			json_int_t status =
				json_integer_value(json_object_get(attempt, "http_status"));
			const char *how = is(text_of(attempt, "method"), "post") ? "POST" : "GET";
			if (check != NULL)
				diagnosing_evidence(cause, "%s by %s: %s.",
						    text_of(responder, "url"), how, check);
			else if (status > 0)
				diagnosing_evidence(cause, "%s by %s: HTTP %lld.",
						    text_of(responder, "url"), how,
						    (long long)status);
			else
				diagnosing_evidence(
					cause, "%s by %s: %s%s%s.", text_of(responder, "url"), how,
					layer != NULL ? layer : "nothing", text != NULL ? ": " : "",
					text != NULL ? text : "");
		}
	}
}

static void tell_resolvers(const struct diagnosing *d, json_t *cause)
{
	size_t i, k;
	json_t *responder, *server;
	json_array_foreach(json_object_get(d->examination, "responders"), i, responder)
	{
		json_array_foreach(json_object_get(responder, "resolvers"), k, server)
		{
			diagnosing_evidence(
				cause, "Name server %s says of %s: %s, %zu address%s.",
				text_of(server, "server"), text_of(responder, "host"),
				text_of(server, "result"),
				json_array_size(json_object_get(server, "addresses")),
				json_array_size(json_object_get(server, "addresses")) == 1 ? ""
											   : "es");
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
	json_t *cause =
		diagnosing_add(d, CAUSE_RESPONDER_METHOD, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	tell_attempts(d, cause);
}

static void diagnose_revoked(struct diagnosing *d, bool by_responder, bool by_crl)
{
	const struct case_facts *facts = &d->facts;
	json_t *cause =
		diagnosing_add(d, CAUSE_CERTIFICATE_REVOKED, SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
	if (by_responder)
		tell_attempts(d, cause);
	if (by_crl)
		diagnosing_evidence(cause, "The CA's CRL has the certificate.");
	for (size_t i = 0; i < facts->num_staples; i++)
		if (facts->staples[i].check == CHECK_GOOD)
			diagnosing_evidence(cause,
					    "The staple still says good, and whoever believes "
					    "it connects.");
}

static void diagnose_responders(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->responder == SOURCE_UNAVAILABLE) {
		json_t *cause = diagnosing_add(d, CAUSE_RESPONDER_DOWN, down_severity(d),
					       CONFIDENCE_CERTAIN);
		tell_attempts(d, cause);
		tell_resolvers(d, cause);
		diagnosing_evidence(cause, "Whether it is down for everybody or only from here, "
					   "another place has to tell (--proxy, another vantage).");
	} else if (facts->responder == SOURCE_BAD_ANSWER) {
		tell_attempts(d, diagnosing_add(d, CAUSE_RESPONDER_BROKEN, down_severity(d),
						CONFIDENCE_CERTAIN));
	} else if (facts->responder == SOURCE_UNKNOWN) {
		tell_attempts(d, diagnosing_add(d, CAUSE_RESPONDER_UNKNOWN, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
	}
	if (facts->responder >= SOURCE_GOOD)
		diagnose_method(d);
}

/* --- CRLs --- */

static void tell_crls(const struct diagnosing *d, json_t *cause)
{
	size_t i;
	json_t *crl;
	json_array_foreach(json_object_get(d->examination, "crls"), i, crl)
	{
		const char *check = text_of(crl, "check"), *text = text_of(crl, "text");
		const char *layer = text_of(crl, "layer");
		json_int_t status = json_integer_value(json_object_get(crl, "http_status"));
		if (check != NULL)
			diagnosing_evidence(cause, "%s: %s.", text_of(crl, "url"), check);
		else if (status > 0 && status != 200)
			diagnosing_evidence(cause, "%s: HTTP %lld.", text_of(crl, "url"),
					    (long long)status);
		else
			diagnosing_evidence(cause, "%s: %s%s%s.", text_of(crl, "url"),
					    layer != NULL ? layer : "nothing",
					    text != NULL ? ": " : "", text != NULL ? text : "");
	}
}

static void diagnose_crls(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->crl != SOURCE_UNAVAILABLE && facts->crl != SOURCE_BAD_ANSWER)
		return;
	/* Beside a responder that is well nobody but crl-first clients feels it. */
	json_t *cause =
		diagnosing_add(d, CAUSE_CRL_BROKEN,
			       facts->responder == SOURCE_GOOD ? SEVERITY_INFO : SEVERITY_WARNING,
			       CONFIDENCE_CERTAIN);
	tell_crls(d, cause);
}

static void diagnose_disagreement(struct diagnosing *d)
{
	enum source_verdict ocsp = d->facts.responder, crl = d->facts.crl;
	if (ocsp < SOURCE_GOOD || crl < SOURCE_GOOD || ocsp == crl)
		return;
	diagnosing_evidence(
		diagnosing_add(d, CAUSE_SOURCES_DISAGREE, SEVERITY_WARNING, CONFIDENCE_CERTAIN),
		"The responder says %s, the CRL %s.", source_verdict_name(ocsp),
		crl == SOURCE_GOOD ? "does not have the certificate" : "has it");
}

/* --- clocks --- */

static void diagnose_clock(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	char much[32];
	int64_t ahead = facts->responder_ahead_s;
	if (!facts->has_clock || (ahead <= CLOCK_SLACK_S && ahead >= -CLOCK_SLACK_S))
		return;
	/* An answer out of a cache has an old Date; one from the future can be from no cache. */
	json_t *cause = diagnosing_add(d, CAUSE_CLOCK_WRONG, SEVERITY_WARNING,
				       ahead > 0 ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
	diagnosing_evidence(cause, "The responder's Date is %s %s this machine's clock.",
			    duration_about(much, ahead), ahead > 0 ? "ahead of" : "behind");
	if (diagnosing_has(d, CAUSE_STAPLE_FUTURE))
		diagnosing_evidence(cause, "The staple is from the future for this machine, too.");
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
	bool by_responder = facts->responder == SOURCE_REVOKED,
	     by_crl = facts->crl == SOURCE_REVOKED;
	if (by_responder || by_crl)
		diagnose_revoked(d, by_responder, by_crl);
	diagnose_crls(d);
	diagnose_disagreement(d);
	diagnose_clock(d);
}
