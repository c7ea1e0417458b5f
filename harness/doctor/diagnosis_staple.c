/* Knows what is concluded of staples, those that came and those that did not. */
#include "harness/doctor/diagnosing.h"

#include "core/clock.h"
#include "core/text.h"

#include <string.h>

/* --- staples that did not come --- */

/* A missing staple breaks a promise of the certificate, or only a hope of strict clients. */
enum severity diagnosing_missing(const struct diagnosing *d)
{
	return d->facts.must_staple ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

void diagnosing_cite_counts(struct diagnosing *d, struct finding *cause)
{
	for (size_t i = 0; i < d->facts.num_addresses; i++) {
		const struct case_address *at = &d->facts.addresses[i];
		if (at->num_completed > 0)
			diagnosing_evidence(d, cause, "%s: %zu of %zu handshakes had a staple.",
					    at->address, at->num_stapled, at->num_completed);
	}
}

void diagnosing_cite_verdict(struct diagnosing *d, struct finding *cause)
{
	static const char *const words[] = {
		[SOURCE_NONE] = "The certificate names no responder.",
		[SOURCE_NOT_ASKED] = "The responder was not queried.",
		[SOURCE_UNAVAILABLE] = "The responder gives no response from here either.",
		[SOURCE_BAD_ANSWER] = "The responder's own response is not valid.",
		[SOURCE_GOOD] = "The responder answers from here, with status good.",
		[SOURCE_REVOKED] = "The responder answers from here, with status revoked.",
		[SOURCE_UNKNOWN] = "The responder answers from here, with status unknown.",
	};
	diagnosing_evidence(d, cause, "%s", words[d->facts.responder]);
}

static bool all_start_bare(const struct case_facts *facts)
{
	bool any = false;
	for (size_t i = 0; i < facts->num_addresses; i++) {
		const struct case_address *at = &facts->addresses[i];
		if (at->num_stapled == 0)
			continue;
		/* Bare at first, stapled ever after. */
		if (at->num_bare_first + at->num_stapled != at->num_completed)
			return false;
		any = any || at->num_bare_first > 0;
	}
	return any;
}

static void diagnose_sometimes(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	size_t num_never = 0, num_always = 0;
	for (size_t i = 0; i < facts->num_addresses; i++) {
		const struct case_address *at = &facts->addresses[i];
		num_never += at->num_completed > 0 && at->num_stapled == 0;
		num_always += at->num_stapled > 0;
	}
	if (num_never > 0 && num_always > 0)
		diagnosing_cite_counts(d,
				       diagnosing_add(d, CAUSE_STAPLE_MISSING_ADDRESSES,
						      diagnosing_missing(d), CONFIDENCE_CERTAIN));
	if (all_start_bare(facts)) {
		struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_MISSING_FIRST,
						       diagnosing_missing(d), CONFIDENCE_CERTAIN);
		for (size_t i = 0; i < facts->num_addresses; i++)
			if (facts->addresses[i].num_bare_first > 0 &&
			    facts->addresses[i].num_stapled > 0)
				diagnosing_evidence(
					d, cause,
					"%s: the first %zu of %zu handshakes had no staple, the "
					"others had one.",
					facts->addresses[i].address,
					facts->addresses[i].num_bare_first,
					facts->addresses[i].num_completed);
	} else {
		for (size_t i = 0; i < facts->num_addresses; i++) {
			const struct case_address *at = &facts->addresses[i];
			if (at->num_stapled > 0 && at->num_stapled < at->num_completed) {
				diagnosing_cite_counts(d,
						       diagnosing_add(d, CAUSE_STAPLE_INTERMITTENT,
								      diagnosing_missing(d),
								      CONFIDENCE_CERTAIN));
				break;
			}
		}
	}
}

/* Every handshake of one version had a staple, none of the other. */
static bool is_by_version(const struct case_version *with, const struct case_version *without)
{
	return with->num_completed > 0 && with->num_stapled == with->num_completed &&
	       without->num_completed > 0 && without->num_stapled == 0;
}

static void diagnose_versions(struct diagnosing *d)
{
	const struct case_version *one = &d->facts.tls12, *other = &d->facts.tls13;
	if (!is_by_version(one, other) && !is_by_version(other, one))
		return;
	struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_BY_VERSION, diagnosing_missing(d),
					       CONFIDENCE_LIKELY);
	diagnosing_evidence(d, cause,
			    "%zu of %zu handshakes of TLS 1.2 had a staple, and %zu of %zu of TLS "
			    "1.3.",
			    one->num_stapled, one->num_completed, other->num_stapled,
			    other->num_completed);
}

/* --- one certificate of several --- */

static bool others_are_stapled(const struct diagnosing *d)
{
	for (size_t i = 0; i < d->examination->num_staples; i++) {
		const struct staple *one = &d->examination->staples[i];
		const char *leaf = examination_leaf_of(d->examination, one->chain);
		if (d->leaf != NULL && one->depth == 0 && leaf != NULL &&
		    strcmp(leaf, d->leaf) != 0)
			return true;
	}
	return false;
}

/* The server staples, but for its other certificate alone. */
static void diagnose_other_leaf(struct diagnosing *d)
{
	struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_MISSING_CERTIFICATES,
					       diagnosing_missing(d), CONFIDENCE_CERTAIN);
	diagnosing_cite_counts(d, cause);
	diagnosing_evidence(d, cause, "The server's other certificate has a staple.");
}

static void diagnose_promise(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->must_staple || facts->num_stapled == facts->num_completed ||
	    facts->num_ocsp_urls == 0)
		return;
	struct finding *cause =
		diagnosing_add(d, CAUSE_MUST_STAPLE_BARE, SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
	diagnosing_evidence(d, cause, "The certificate has the must-staple extension.");
	diagnosing_cite_counts(d, cause);
}

/* None of the rounds had a staple and later handshakes had: those by version or kind of key. If
 * both versions have one, the rounds have warmed the server. */
static void diagnose_warmed(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (is_by_version(&facts->tls12, &facts->tls13) ||
	    is_by_version(&facts->tls13, &facts->tls12))
		return;
	struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_MISSING_FIRST, diagnosing_missing(d),
					       CONFIDENCE_CERTAIN);
	diagnosing_cite_counts(d, cause);
	diagnosing_evidence(d, cause,
			    "Of the handshakes after these, which offer one TLS version or kind of "
			    "key, some had a staple.");
}

void diagnose_missing(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->has_leaf || facts->num_completed == 0 || facts->num_ocsp_urls == 0)
		return; /* where there is nothing to staple: diagnose_sources */
	diagnose_promise(d);
	bool is_bare =
		facts->num_stapled + facts->tls12.num_stapled + facts->tls13.num_stapled == 0;
	if (is_bare && others_are_stapled(d))
		diagnose_other_leaf(d);
	else if (is_bare)
		diagnose_never(d);
	else if (facts->num_stapled > 0)
		diagnose_sometimes(d);
	else
		diagnose_warmed(d);
	/* What comes and goes says nothing of versions. */
	if (!diagnosing_has(d, CAUSE_STAPLE_INTERMITTENT) &&
	    !diagnosing_has(d, CAUSE_STAPLE_MISSING_FIRST))
		diagnose_versions(d);
}

/* --- staples that came --- */

/* What the check of a staple means; false where it means no fault of its own. */
static bool cause_of_check(enum cause *cause, enum check check)
{
	switch (check) {
	case CHECK_STALE:
	case CHECK_NO_NEXT_UPDATE: *cause = CAUSE_STAPLE_STALE; return true;
	case CHECK_NOT_YET_VALID: *cause = CAUSE_STAPLE_FUTURE; return true;
	case CHECK_WRONG_CERTIFICATE: *cause = CAUSE_STAPLE_WRONG_CERTIFICATE; return true;
	case CHECK_ERROR_RESPONSE: *cause = CAUSE_STAPLE_ERROR_RESPONSE; return true;
	case CHECK_MALFORMED: *cause = CAUSE_STAPLE_MALFORMED; return true;
	case CHECK_BAD_SIGNATURE:
	case CHECK_ALGORITHM_UNSUPPORTED:
	case CHECK_UNAUTHORIZED_SIGNER: *cause = CAUSE_STAPLE_NOT_VERIFIABLE; return true;
	case CHECK_REVOKED: *cause = CAUSE_STAPLE_REVOKED; return true;
	case CHECK_UNKNOWN: *cause = CAUSE_STAPLE_UNKNOWN; return true;
	default: return false;
	}
}

/* Whether the server has the certificate that the staple is for. */
static void cite_other_leaf(struct diagnosing *d, struct finding *cause, const char *serial)
{
	for (size_t i = 0; serial != NULL && i < d->num_leaves; i++) {
		const struct certificate *one =
			examination_certificate(d->examination, d->leaves[i]);
		if (one != NULL && one->serial != NULL && strcmp(one->serial, serial) == 0)
			diagnosing_evidence(d, cause,
					    "It is for the server's other certificate, of the key "
					    "%s.",
					    one->key != NULL ? one->key : "?");
	}
}

/* Of an OCSP error which one it is: "error-response (tryLater)". Static storage. */
static const char *staple_check_words(const struct case_staple *staple)
{
	static _Thread_local char words[64];
	struct number status = staple->staple->answer.response_status;
	if (staple->check != CHECK_ERROR_RESPONSE || !status.is_known)
		return check_name(staple->check);
	snprintf(words, sizeof words, "%s (%s)", check_name(staple->check),
		 ocsp_response_status_name(status.value));
	return words;
}

static void cite_staple(struct diagnosing *d, struct finding *cause,
			const struct case_staple *staple)
{
	char much[32];
	struct text where;
	text_init(&where, 1024);
	diagnosing_append_addresses(&where, d, NULL, staple->staple->id);
	diagnosing_evidence(d, cause, "The staple of %zu handshake%s%s is %s: %s.", staple->seen,
			    staple->seen == 1 ? "" : "s", text_string(&where),
			    staple_check_words(staple), check_text(staple->check));
	text_clear(&where);
	if (staple->past_s > 0)
		diagnosing_evidence(d, cause, "Its nextUpdate passed %s ago.",
				    duration_about(much, staple->past_s));
}

/* A server that passes on an old answer or an error while the responder is well has not got
 * through to it, or does not try. */
static void diagnose_way(struct diagnosing *d, enum cause cause, const struct case_staple *staple)
{
	bool is_old = staple->check == CHECK_STALE;
	if (d->facts.responder != SOURCE_GOOD || diagnosing_has(d, CAUSE_SERVER_CANNOT_REACH) ||
	    (!is_old && cause != CAUSE_STAPLE_ERROR_RESPONSE))
		return;
	if (diagnose_unfit(d))
		return;
	/* Apache staples an error response when it cannot reach the responder. */
	struct finding *reach = diagnosing_add(
		d, CAUSE_SERVER_CANNOT_REACH, SEVERITY_WARNING,
		cause == CAUSE_STAPLE_ERROR_RESPONSE ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
	diagnosing_cite_verdict(d, reach);
	diagnosing_evidence(d, reach, "The server staples a response %s.",
			    is_old ? "that has expired" : "that is an OCSP error");
}

/* Whether less remains than that; an expired staple is below every limit. */
static bool is_below(const struct staple_limit *limit, const struct case_staple *staple)
{
	double left = (double)staple->left_s;
	if (limit->is_fraction)
		return staple->life_s > 0 && left / (double)staple->life_s < limit->left;
	return left < limit->left;
}

static void diagnose_expiring(struct diagnosing *d, const struct case_staple *staple)
{
	char left[32], life[32];
	if (!staple->has_left)
		return;
	bool is_critical = is_below(&d->options->critical, staple);
	if (!is_critical && !is_below(&d->options->warn, staple))
		return;
	/* A new response does not outlive the certificates. */
	bool is_renewal = staple->ends_by == LIFE_CERTIFICATE || staple->ends_by == LIFE_ISSUER;
	struct finding *cause = diagnosing_add(
		d, is_renewal ? CAUSE_CERTIFICATE_EXPIRING : CAUSE_STAPLE_EXPIRING,
		is_critical ? SEVERITY_CRITICAL : SEVERITY_WARNING, CONFIDENCE_CERTAIN);
	duration_about(left, staple->left_s);
	if (staple->left_s < 0)
		/* Within the minutes that the check forgives. */
		diagnosing_evidence(d, cause,
				    "Its nextUpdate passed %s ago, which not all clients tolerate.",
				    left);
	else
		diagnosing_evidence(
			d, cause,
			"It expires in %s, of a validity period of %s: %.0f %% have elapsed.", left,
			duration_about(life, staple->life_s), staple->used * 100);
	if (staple->ends_by != LIFE_NEXT_UPDATE)
		diagnosing_evidence(d, cause, "What ends first is %s.",
				    life_end_names.texts[staple->ends_by]);
	if (d->facts.responder_next_update > staple->next_update)
		diagnosing_evidence(d, cause, "The responder already has a newer response.");
}

/* Good, and the responder says something newer. */
static void diagnose_behind(struct diagnosing *d, const struct case_staple *staple)
{
	const struct case_facts *facts = &d->facts;
	char much[32];
	int64_t behind = facts->responder_this_update - staple->this_update;
	/* Servers keep an answer for half of its life without any fault. */
	if (staple->life_s <= 0 || facts->responder_this_update == 0 || behind * 2 < staple->life_s)
		return;
	struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_BEHIND,
					       facts->responder == SOURCE_REVOKED ? SEVERITY_WARNING
										  : SEVERITY_INFO,
					       CONFIDENCE_CERTAIN);
	diagnosing_evidence(d, cause, "The responder's response is %s newer than the staple.",
			    duration_about(much, behind));
}

static void diagnose_staple(struct diagnosing *d, const struct case_staple *staple)
{
	enum cause cause;
	if (staple->disagree && !diagnosing_has(d, CAUSE_STACKS_DISAGREE))
		diagnosing_cite_stacks(d,
				       diagnosing_add(d, CAUSE_STACKS_DISAGREE, SEVERITY_WARNING,
						      CONFIDENCE_CERTAIN),
				       "The staple", &staple->staple->answer);
	if (cause_of_check(&cause, staple->check)) {
		if (diagnosing_has(d, cause))
			return;
		/* One that was critical because it was soon over is no better when it is. */
		bool is_over = cause == CAUSE_STAPLE_STALE && staple->has_left &&
			       is_below(&d->options->critical, staple);
		bool is_severe = d->facts.must_staple || cause == CAUSE_STAPLE_REVOKED || is_over;
		struct finding *added =
			diagnosing_add(d, cause, is_severe ? SEVERITY_CRITICAL : SEVERITY_WARNING,
				       CONFIDENCE_CERTAIN);
		cite_staple(d, added, staple);
		if (cause == CAUSE_STAPLE_WRONG_CERTIFICATE && staple->serial != NULL &&
		    d->facts.serial != NULL)
			diagnosing_evidence(
				d, added, "Its serial number is %s; that of the certificate is %s.",
				staple->serial, d->facts.serial);
		if (cause == CAUSE_STAPLE_WRONG_CERTIFICATE)
			cite_other_leaf(d, added, staple->serial);
		diagnose_way(d, cause, staple);
		return;
	}
	if (staple->check == CHECK_GOOD && !diagnosing_has(d, CAUSE_STAPLE_EXPIRING))
		diagnose_expiring(d, staple);
	if (staple->check == CHECK_GOOD && !diagnosing_has(d, CAUSE_STAPLE_BEHIND))
		diagnose_behind(d, staple);
}

void diagnose_staples(struct diagnosing *d)
{
	for (size_t i = 0; i < d->facts.num_staples; i++)
		diagnose_staple(d, &d->facts.staples[i]);
}
