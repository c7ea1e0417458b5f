/* Knows what is concluded of an endpoint that is hard to reach, and of its chain. */
#include "harness/doctor/diagnosing.h"

#include <string.h>

static bool is_one_of(const char *reason, const char *const *words)
{
	for (; reason != NULL && *words != NULL; words++)
		if (strcmp(reason, *words) == 0)
			return true;
	return false;
}

static const char *const unreachable[] = {"connect-refused", "connect-timeout", "connect-proxy",
					  NULL};
static const char *const not_tls[] = {"tls-protocol", "starttls-failed", NULL};

/* One evidence line for each address that failed. */
static void tell_failures(const struct diagnosing *d, json_t *cause)
{
	for (size_t i = 0; i < d->facts.num_addresses; i++) {
		const struct case_address *at = &d->facts.addresses[i];
		if (at->reason != NULL)
			diagnosing_evidence(cause, "%s: %s (%s)", at->address,
					    at->detail != NULL ? at->detail : "", at->reason);
	}
}

/* What is said when no address showed a certificate. */
static enum cause cause_of_silence(const struct diagnosing *d)
{
	const char *reason = d->facts.addresses[0].reason;
	if (d->facts.client_certificate_needed)
		return CAUSE_CLIENT_CERTIFICATE;
	if (is_one_of(reason, unreachable))
		return CAUSE_ENDPOINT_UNREACHABLE;
	if (is_one_of(reason, not_tls))
		return CAUSE_NOT_TLS;
	return CAUSE_HANDSHAKE_FAILS;
}

/* A staple that the stack itself cannot read ends the handshake of whoever asks for one. */
static bool diagnose_unreadable_staple(struct diagnosing *d)
{
	static const char *const unreadable[] = {"staple-malformed", NULL};
	bool any = false;
	for (size_t i = 0; i < d->facts.num_addresses; i++)
		any = any || is_one_of(d->facts.addresses[i].reason, unreadable);
	if (any)
		tell_failures(d, diagnosing_add(d, CAUSE_STAPLE_MALFORMED, SEVERITY_CRITICAL,
						CONFIDENCE_CERTAIN));
	return any;
}

static void diagnose_some_addresses(struct diagnosing *d)
{
	size_t num_dead = 0, num_failing = 0;
	for (size_t i = 0; i < d->facts.num_addresses; i++) {
		const struct case_address *at = &d->facts.addresses[i];
		num_dead += at->num_completed == 0;
		num_failing += at->num_completed > 0 && at->num_completed < at->num;
	}
	if (num_dead > 0)
		tell_failures(d, diagnosing_add(d, CAUSE_ADDRESS_UNREACHABLE, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
	else if (num_failing > 0)
		tell_failures(d, diagnosing_add(d, CAUSE_HANDSHAKE_FAILS, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
}

void diagnose_endpoint(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->is_resolved) {
		json_t *cause = diagnosing_add(d, CAUSE_ENDPOINT_UNRESOLVED, SEVERITY_CRITICAL,
					       CONFIDENCE_CERTAIN);
		diagnosing_evidence(cause, "%s", facts->resolve_error);
		return;
	}
	if (diagnose_unreadable_staple(d))
		return;
	if (facts->num_addresses > 0 && facts->num_completed == 0 && !facts->has_chain) {
		tell_failures(d, diagnosing_add(d, cause_of_silence(d), SEVERITY_CRITICAL,
						CONFIDENCE_CERTAIN));
		return;
	}
	if (facts->client_certificate_needed) {
		json_t *cause = diagnosing_add(d, CAUSE_CLIENT_CERTIFICATE, SEVERITY_INFO,
					       CONFIDENCE_CERTAIN);
		diagnosing_evidence(cause, "The server ended the connection because no client "
					   "certificate came.");
	}
	diagnose_some_addresses(d);
}

/* --- the chain --- */

/* Where the certificate says that its issuer is to be had. */
static void tell_issuers(const struct diagnosing *d, json_t *cause)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(d->examination, "issuers"), i, one)
	{
		const char *url = json_string_value(json_object_get(one, "url"));
		if (json_is_true(json_object_get(one, "helps")))
			diagnosing_evidence(cause, "The issuer's certificate is to be had at %s.",
					    url);
		else if (json_is_true(json_object_get(one, "fetched")))
			diagnosing_evidence(cause, "%s does not give the issuer's certificate.",
					    url);
		else
			diagnosing_evidence(cause,
					    "The certificate says that its issuer's is at %s; not "
					    "fetched, since nothing vouches for that yet "
					    "(--fetch-issuers fetches it).",
					    url);
	}
}

static void diagnose_unverified(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	static const char *const expired[] = {"chain-expired", "chain-not-yet-valid", NULL};
	static const char *const name[] = {"chain-name", NULL};
	enum cause cause = is_one_of(facts->chain_reason, expired) ? CAUSE_CERTIFICATE_EXPIRED
			   : is_one_of(facts->chain_reason, name)  ? CAUSE_CERTIFICATE_NAME
			   : facts->missing_issuer                 ? CAUSE_CHAIN_INCOMPLETE
								   : CAUSE_CHAIN_UNTRUSTED;
	json_t *added = diagnosing_add(d, cause, SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
	diagnosing_evidence(added, "Verifying the chain gives: %s.",
			    facts->chain_error != NULL ? facts->chain_error : "no reason");
	if (cause == CAUSE_CHAIN_INCOMPLETE)
		tell_issuers(d, added);
}

static void diagnose_untidy(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	bool has_old = facts->chain_verified && facts->num_expired > 0;
	if (!facts->out_of_order && facts->num_superfluous == 0 && !facts->root_sent && !has_old)
		return;
	json_t *cause = diagnosing_add(d, CAUSE_CHAIN_UNTIDY, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	if (facts->out_of_order)
		diagnosing_evidence(cause, "A certificate is not followed by its issuer's.");
	if (facts->num_superfluous > 0)
		diagnosing_evidence(cause, "%zu of the certificates that are sent lead%s nowhere.",
				    facts->num_superfluous, facts->num_superfluous == 1 ? "s" : "");
	if (has_old)
		diagnosing_evidence(cause,
				    "%zu of the certificates that are sent %s not current; some "
				    "clients try to verify with %s and fail.",
				    facts->num_expired, facts->num_expired == 1 ? "is" : "are",
				    facts->num_expired == 1 ? "it" : "them");
	if (facts->root_sent)
		diagnosing_evidence(cause, "The root is sent, which clients have anyway.");
}

void diagnose_chain(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->has_chain)
		return;
	if (!facts->chain_verified) {
		diagnose_unverified(d);
	} else if (facts->missing_issuer) {
		/* Verified all the same: this machine knows the intermediate as an anchor. */
		json_t *cause = diagnosing_add(d, CAUSE_CHAIN_INCOMPLETE, SEVERITY_WARNING,
					       CONFIDENCE_CERTAIN);
		diagnosing_evidence(cause, "The chain verifies here only because this machine "
					   "trusts a certificate that the server does not send.");
		tell_issuers(d, cause);
	}
	diagnose_untidy(d);
}
