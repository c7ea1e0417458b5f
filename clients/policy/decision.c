/* Knows how a policy decides on the results of the sources, and nothing else. */
#include "clients/policy/decision.h"

/* How much a failure weighs when the reason is chosen. PASSED_OVER is a staple that
 * the policy looks through: it is the reason only where there is no other. */
enum weight {
	WEIGHT_PASSED_OVER = 1,
	WEIGHT_NO_CRL_POINTER,
	WEIGHT_NO_STAPLE,
	WEIGHT_NO_RESPONDER_URL,
	WEIGHT_WRONG,
};

/* One walk over the sources of a certificate. */
struct walk {
	const struct decision_input *input;
	struct decision *decision;
	int weight;         /* of the reason chosen so far, 0 when there is none */
	bool passed_reject; /* a next-or-reject was passed and nothing answered since */
	bool is_let_off;    /* it ended with nothing known, which noRevAvail says to be well */
	bool is_unseen;     /* an intermediate's staple, which this stack does not get */
};

static enum reason staple_reason(enum check check)
{
	switch (check) {
	case CHECK_GOOD: return REASON_STATUS_GOOD;
	case CHECK_REVOKED: return REASON_STATUS_REVOKED;
	case CHECK_UNKNOWN: return REASON_STATUS_UNKNOWN;
	case CHECK_TOO_LARGE: /* of what is fetched alone */
	case CHECK_INCOMPLETE:
	case CHECK_MALFORMED: return REASON_STAPLE_MALFORMED;
	case CHECK_ERROR_RESPONSE: return REASON_STAPLE_ERROR_RESPONSE;
	case CHECK_WRONG_CERTIFICATE: return REASON_STAPLE_WRONG_CERTIFICATE;
	/* A staple cannot carry the nonce of a request; if one ever does, it is a replay. */
	case CHECK_WRONG_NONCE:
	case CHECK_BAD_SIGNATURE: return REASON_STAPLE_BAD_SIGNATURE;
	case CHECK_UNAUTHORIZED_SIGNER: return REASON_STAPLE_UNAUTHORIZED_SIGNER;
	case CHECK_ALGORITHM_UNSUPPORTED: return REASON_STAPLE_ALGORITHM_UNSUPPORTED;
	case CHECK_NOT_YET_VALID: return REASON_STAPLE_NOT_YET_VALID;
	case CHECK_STALE: return REASON_STAPLE_STALE;
	case CHECK_NO_NEXT_UPDATE: return REASON_STAPLE_NO_NEXT_UPDATE;
	case CHECK_NOT_SUPPORTED: return REASON_STAPLE_NOT_SUPPORTED;
	case CHECK_NOT_CHECKED:
	case CHECK_MISSING:
	case CHECK_UNAVAILABLE:
	case NUM_CHECKS: break;
	}
	return REASON_STAPLE_MISSING;
}

enum reason decision_reason(const struct source_result *result)
{
	bool is_crl = result->source == SOURCE_CRL;
	if (result->source == SOURCE_STAPLE)
		return staple_reason(result->check);
	switch (result->check) {
	case CHECK_GOOD: return REASON_STATUS_GOOD;
	case CHECK_REVOKED: return REASON_STATUS_REVOKED;
	case CHECK_UNKNOWN: return REASON_STATUS_UNKNOWN;
	case CHECK_MISSING: return is_crl ? REASON_CRL_URL_MISSING : REASON_RESPONDER_URL_MISSING;
	case CHECK_UNAVAILABLE: return result->unavailable;
	case CHECK_ALGORITHM_UNSUPPORTED:
		return is_crl ? REASON_CRL_ALGORITHM_UNSUPPORTED
			      : REASON_RESPONDER_ALGORITHM_UNSUPPORTED;
	default: return is_crl ? REASON_CRL_BAD_ANSWER : REASON_RESPONDER_BAD_ANSWER;
	}
}

/* Revocation does not wear off: an authentic revoked counts after nextUpdate too, but for
 * a policy that heeds current answers only. */
bool decision_is_revoked(const struct policy *policy, const struct source_result *result)
{
	bool is_stale = result->check == CHECK_STALE || result->check == CHECK_NO_NEXT_UPDATE;
	return result->says_revoked &&
	       (result->check == CHECK_REVOKED || (is_stale && policy->heeds_stale_revoked == YES));
}

/* Whether the certificate should have named this source: a CRL behind the responder is
 * a fallback that is not missed. */
static bool needs_url(const struct policy *policy, enum source source)
{
	if (source == SOURCE_CRL)
		return policy->uses_crl != USES_CRL_FALLBACK || policy->fetches_ocsp == FETCHES_NO;
	return source == SOURCE_OCSP;
}

/* What a special axis says, or else the general one. */
static int action_or(int special, int general)
{
	return special != ACTION_INHERIT ? special : general;
}

/* The error statuses of RFC 6960 section 4.2.1 that pass with time are apart. */
static int error_action(const struct policy *policy, int response_status)
{
	enum { INTERNAL_ERROR = 2, TRY_LATER = 3 };
	switch (response_status) {
	case INTERNAL_ERROR: return action_or(policy->on_internal_error, policy->on_error_response);
	case TRY_LATER: return action_or(policy->on_try_later, policy->on_error_response);
	default: return policy->on_error_response;
	}
}

/* What the policy says to a check, from whichever source. */
static int stapled_action(const struct policy *policy, const struct source_result *result)
{
	switch (result->check) {
	case CHECK_UNKNOWN: return policy->on_unknown;
	case CHECK_ERROR_RESPONSE: return error_action(policy, result->response_status);
	case CHECK_INCOMPLETE:
	case CHECK_WRONG_CERTIFICATE: return policy->on_wrong_certificate;
	case CHECK_UNAUTHORIZED_SIGNER:
		return action_or(policy->on_unauthorized_signer, policy->on_bad_signature);
	case CHECK_BAD_SIGNATURE:
	case CHECK_ALGORITHM_UNSUPPORTED:
	case CHECK_WRONG_NONCE: return policy->on_bad_signature;
	case CHECK_NOT_YET_VALID: return action_or(policy->on_not_yet_valid, policy->on_stale);
	case CHECK_STALE:
	case CHECK_NO_NEXT_UPDATE: return policy->on_stale;
	case CHECK_MISSING:
		return needs_url(policy, result->source)
			       ? action_or(policy->on_no_url, policy->on_missing)
			       : policy->on_missing;
	case CHECK_NOT_SUPPORTED: return policy->on_missing;
	case CHECK_UNAVAILABLE: return ACTION_NEXT;
	/* REVOKED without says_revoked is a backend's slip: never an answer. */
	default: return policy->on_malformed;
	}
}

/* Something came, parsed, and is no answer that may be used. */
static bool is_fault(enum check check)
{
	switch (check) {
	case CHECK_ERROR_RESPONSE:
	case CHECK_WRONG_CERTIFICATE:
	case CHECK_INCOMPLETE:
	case CHECK_BAD_SIGNATURE:
	case CHECK_UNAUTHORIZED_SIGNER:
	case CHECK_ALGORITHM_UNSUPPORTED:
	case CHECK_WRONG_NONCE:
	case CHECK_NOT_YET_VALID:
	case CHECK_STALE:
	case CHECK_NO_NEXT_UPDATE: return true;
	default: return false;
	}
}

static int action_for(const struct policy *policy, const struct source_result *result)
{
	int action = stapled_action(policy, result);
	if (result->source == SOURCE_STAPLE)
		return action;
	if (result->check == CHECK_MALFORMED || result->check == CHECK_TOO_LARGE)
		return action_or(policy->on_fetched_malformed, action);
	return is_fault(result->check) ? action_or(policy->on_fetched_fault, action) : action;
}

static bool is_absent(const struct source_result *result)
{
	return result->check == CHECK_MISSING || result->check == CHECK_NOT_SUPPORTED;
}

static int weight_of(const struct source_result *result)
{
	if (!is_absent(result))
		return WEIGHT_WRONG;
	switch (result->source) {
	case SOURCE_STAPLE: return WEIGHT_NO_STAPLE;
	case SOURCE_OCSP: return WEIGHT_NO_RESPONDER_URL;
	case SOURCE_CRL: return WEIGHT_NO_CRL_POINTER;
	}
	return WEIGHT_WRONG;
}

static void note(struct walk *walk, const struct source_result *result, int weight)
{
	if (weight <= walk->weight)
		return;
	walk->weight = weight;
	walk->decision->reason = decision_reason(result);
	walk->decision->source = result->source;
}

static void finish(struct walk *walk, enum outcome outcome, enum status assurance)
{
	walk->decision->outcome = outcome;
	walk->decision->assurance = assurance;
}

/* An answer that settles the status, and by itself the reason. */
static void settle(struct walk *walk, const struct source_result *result, enum outcome outcome,
		   enum status assurance)
{
	walk->decision->reason =
		assurance == STATUS_GOOD ? REASON_STATUS_GOOD : REASON_STATUS_REVOKED;
	walk->decision->source = result->source;
	finish(walk, outcome, assurance);
}

static enum outcome outcome_of(int action)
{
	switch (action) {
	case ACTION_CONNECT: return OUTCOME_CONNECT;
	case ACTION_WARN: return OUTCOME_WARN;
	default: return OUTCOME_REJECT;
	}
}

/* Whether the policy looks through this staple as if there were none. */
static bool is_passed_over(const struct walk *walk, const struct source_result *result)
{
	if (result->source != SOURCE_STAPLE)
		return false;
	if (walk->input->policy->checks_staple == CHECKS_STAPLE_REVOKED_ONLY)
		return true;
	/* Hardly a server staples for intermediates; RFC 8446 section 4.4.2.1 leaves it free. */
	return walk->input->depth > 0 && is_absent(result);
}

/* Returns true when the walk has ended. */
static bool take(struct walk *walk, const struct source_result *result)
{
	const struct policy *policy = walk->input->policy;
	if (result->check == CHECK_GOOD) {
		settle(walk, result, OUTCOME_CONNECT, STATUS_GOOD);
		return true;
	}
	if (decision_is_revoked(policy, result)) {
		settle(walk, result, outcome_of(policy->on_revoked), STATUS_REVOKED);
		return true;
	}
	if (is_passed_over(walk, result)) {
		walk->is_unseen = walk->input->depth > 0 && result->check == CHECK_NOT_SUPPORTED;
		note(walk, result, WEIGHT_PASSED_OVER);
		return false;
	}
	note(walk, result, weight_of(result));
	int action = action_for(policy, result);
	if (action == ACTION_NEXT_OR_REJECT)
		walk->passed_reject = true;
	if (action == ACTION_NEXT || action == ACTION_NEXT_OR_REJECT)
		return false;
	/* Once a next-or-reject was passed only an answer may let the client connect. */
	if (walk->passed_reject && action != ACTION_REJECT && result->check != CHECK_UNKNOWN)
		return false;
	/* What ends the walk is why it ended, whatever was passed before. */
	walk->weight = 0;
	note(walk, result, weight_of(result));
	finish(walk, outcome_of(action), STATUS_NONE);
	return true;
}

bool decision_insists(const struct decision_input *input)
{
	return input->policy->requires_staple == YES ||
	       (input->must_staple && input->policy->must_staple != MUST_STAPLE_IGNORE);
}

/* A staple that is insisted on comes before every other source (RFC 7633 section 4.3.3). */
static bool fails_insistence(const struct decision_input *input)
{
	if (!decision_insists(input))
		return false;
	if (is_absent(&input->staple))
		return true;
	bool valid = input->policy->requires_staple == YES ||
		     input->policy->must_staple == MUST_STAPLE_VALID;
	return valid && input->staple.check != CHECK_GOOD;
}

/* RFC 9608 section 4: revocation checking is skipped. A staple that came is looked at. */
static bool is_released(const struct decision_input *input)
{
	return input->no_rev_avail && input->policy->no_rev_avail == NO_REV_AVAIL_ACCEPT;
}

/* The leaf's staple ends the matter for the whole chain, but for staples that came. */
static bool is_content_with_leaf(const struct decision_input *input)
{
	return input->policy->staple_replaces_ocsp == REPLACES_OCSP_CHAIN && input->leaf_has_staple;
}

static bool uses_staple(const struct decision_input *input)
{
	const struct policy *policy = input->policy;
	if (policy->asks_staple == NO || policy->checks_staple == CHECKS_STAPLE_NO)
		return false;
	if (input->depth > 0 && is_content_with_leaf(input) && is_absent(&input->staple))
		return false;
	return input->depth == 0 || input->can_carry;
}

static bool has_staple(const struct decision_input *input)
{
	return !is_absent(&input->staple) && uses_staple(input);
}

static bool fetches_ocsp(const struct decision_input *input)
{
	const struct policy *policy = input->policy;
	if (policy->staple_replaces_ocsp == REPLACES_OCSP_OWN && has_staple(input))
		return false;
	if (is_content_with_leaf(input))
		return false;
	return policy->fetches_ocsp == FETCHES_CHAIN ||
	       (policy->fetches_ocsp == FETCHES_LEAF && input->depth == 0);
}

/* The sources that the policy has for a certificate like others. */
static size_t list_sources(enum source out[static NUM_SOURCES], const struct decision_input *input)
{
	const struct policy *policy = input->policy;
	size_t num = 0;
	bool crl_first = policy->uses_crl == USES_CRL_PREFER || policy->uses_crl == USES_CRL_ONLY;
	if (crl_first)
		out[num++] = SOURCE_CRL;
	if (policy->uses_crl == USES_CRL_ONLY)
		return num;
	if (uses_staple(input))
		out[num++] = SOURCE_STAPLE;
	if (fetches_ocsp(input))
		out[num++] = SOURCE_OCSP;
	if (policy->uses_crl == USES_CRL_FALLBACK)
		out[num++] = SOURCE_CRL;
	return num;
}

size_t decision_sources(enum source out[static NUM_SOURCES], const struct decision_input *input)
{
	if (!is_released(input))
		return list_sources(out, input);
	out[0] = SOURCE_STAPLE;
	return has_staple(input) && input->policy->uses_crl != USES_CRL_ONLY ? 1 : 0;
}

/* What an intermediate lacks may have been stapled: that it is missing cannot be said then. */
static bool is_unknown_want(const struct walk *walk)
{
	enum reason reason = walk->decision->reason;
	return walk->is_unseen &&
	       (reason == REASON_RESPONDER_URL_MISSING || reason == REASON_CRL_URL_MISSING);
}

/* No source is left, or none was there. */
static void end_walk(struct walk *walk)
{
	const struct policy *policy = walk->input->policy;
	enum source sources[NUM_SOURCES];
	int action = policy->on_unavailable;
	if (list_sources(sources, walk->input) == 0) {
		action = ACTION_CONNECT;
	} else if (is_released(walk->input)) {
		action = ACTION_CONNECT;
		walk->is_let_off = true;
	}
	if (walk->passed_reject)
		action = ACTION_REJECT;
	finish(walk, outcome_of(action), STATUS_NONE);
}

/*
 * A connection that the walk lets through may still be one to warn of: the policy knows
 * the TLS feature extension, and a certificate that promised a staple came without a
 * valid one (RFC 7633 section 4.2.3.1), or the stack cannot ask for any. A client that
 * ignores the extension says nothing. Not after an answer that settled the status.
 */
static bool must_warn(const struct decision_input *input, const struct decision *decision)
{
	const struct policy *policy = input->policy;
	if (decision->outcome != OUTCOME_CONNECT || decision->assurance != STATUS_NONE)
		return false;
	/* An intermediate's staple that the stack could not request is not missing. */
	if (policy->asks_staple == NO || (input->depth > 0 && !input->can_ask))
		return false;
	if (policy->must_staple == MUST_STAPLE_IGNORE)
		return false;
	return input->staple.check == CHECK_NOT_SUPPORTED ||
	       (input->must_staple && policy->checks_staple != CHECKS_STAPLE_NO &&
		input->staple.check != CHECK_GOOD);
}

void decision_make(struct decision *decision, const struct decision_input *input)
{
	struct walk walk = {.input = input, .decision = decision};
	*decision = (struct decision){.reason = REASON_NOT_CHECKED, .source = SOURCE_STAPLE};
	if (fails_insistence(input)) {
		bool revoked = decision_is_revoked(input->policy, &input->staple);
		note(&walk, &input->staple, WEIGHT_WRONG);
		if (revoked)
			decision->reason = REASON_STATUS_REVOKED;
		finish(&walk, OUTCOME_REJECT, revoked ? STATUS_REVOKED : STATUS_NONE);
		return;
	}
	enum source sources[NUM_SOURCES];
	size_t num_sources = decision_sources(sources, input), used = 0;
	bool over = false;
	while (decision->num_used < num_sources && !over) {
		enum source source = sources[decision->num_used];
		if (source != SOURCE_STAPLE && used == input->num_fetched) {
			decision->go_on = true;
			decision->next = source;
			break;
		}
		decision->num_used++;
		over = take(&walk,
			    source == SOURCE_STAPLE ? &input->staple : &input->fetched[used++]);
	}
	if (!over)
		end_walk(&walk);
	if (is_unknown_want(&walk)) {
		walk.weight = 0;
		note(&walk, &input->staple, WEIGHT_NO_STAPLE);
	}
	if (must_warn(input, decision)) {
		note(&walk, &input->staple, WEIGHT_PASSED_OVER);
		decision->outcome = OUTCOME_WARN;
	} else if (walk.is_let_off && decision->outcome == OUTCOME_CONNECT) {
		decision->reason = REASON_NO_REV_AVAIL;
	} else if (decision->outcome == OUTCOME_CONNECT && walk.weight == WEIGHT_PASSED_OVER &&
		   decision->assurance == STATUS_NONE &&
		   input->staple.check != CHECK_NOT_SUPPORTED) {
		/* Looked through; but that none could be asked for is not hidden. */
		decision->reason = REASON_NOT_CHECKED;
	}
}

static int rank(const struct decision *decision)
{
	static const int of_outcome[] = {
		[OUTCOME_CONNECT] = 0, [OUTCOME_WARN] = 4, [OUTCOME_REJECT] = 8};
	static const int of_assurance[] = {
		[STATUS_GOOD] = 0, [STATUS_UNKNOWN] = 1, [STATUS_NONE] = 1, [STATUS_REVOKED] = 2};
	return of_outcome[decision->outcome] + of_assurance[decision->assurance];
}

const struct decision *decision_worse(const struct decision *one, const struct decision *other)
{
	return rank(other) > rank(one) ? other : one;
}
