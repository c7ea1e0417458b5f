/* Knows what is concluded of an endpoint that is hard to reach, and of its chain. */
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <string.h>
#include <strings.h>

static bool is_one_of(struct word reason, const enum reason *reasons, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (word_is(reason, reasons[i]))
			return true;
	return false;
}
#define IS_ONE_OF(reason, reasons) is_one_of(reason, reasons, sizeof(reasons) / sizeof *(reasons))

static const enum reason unreachable[] = {REASON_CONNECT_REFUSED, REASON_CONNECT_TIMEOUT,
					  REASON_CONNECT_PROXY};

/* By how much a handshake that asks for a staple is longer where the server waits for something: no
 * network and no busy machine adds that to one kind alone. */
#define STAPLE_DELAY_US 1000000

/* One evidence line for each address that failed. */
static void cite_failures(struct diagnosing *d, struct finding *cause)
{
	for (size_t i = 0; i < d->facts.num_addresses; i++) {
		const struct case_address *at = &d->facts.addresses[i];
		if (at->has_fault)
			diagnosing_evidence(d, cause, "%s: %s (%s)", at->address,
					    at->detail != NULL ? at->detail : "",
					    word_spelling(&at->reason, &reason_names));
	}
}

/* What is said when no address showed a certificate. */
static enum cause cause_of_silence(const struct diagnosing *d)
{
	struct word reason = d->facts.addresses[0].reason;
	if (d->facts.client_certificate_needed)
		return CAUSE_CLIENT_CERTIFICATE;
	if (IS_ONE_OF(reason, unreachable))
		return CAUSE_ENDPOINT_UNREACHABLE;
	if (word_is(reason, REASON_STARTTLS_FAILED))
		return CAUSE_STARTTLS_REFUSED;
	if (word_is(reason, REASON_TLS_PROTOCOL))
		return CAUSE_NOT_TLS;
	return CAUSE_HANDSHAKE_FAILS;
}

/* A staple that the stack cannot parse aborts the handshake of clients that request one. */
static bool diagnose_unreadable_staple(struct diagnosing *d)
{
	bool any = false;
	for (size_t i = 0; i < d->facts.num_addresses; i++)
		any = any || word_is(d->facts.addresses[i].reason, REASON_STAPLE_MALFORMED);
	if (any)
		cite_failures(d, diagnosing_add(d, CAUSE_STAPLE_MALFORMED, SEVERITY_CRITICAL,
						CONFIDENCE_CERTAIN));
	return any;
}

/* A server that is known to query the responder while its client waits, and whose client waited in
 * vain, gets nothing from a responder that answers from here. */
static void diagnose_waiting(struct diagnosing *d)
{
	struct server_facts server = diagnosing_server(d);
	bool timed_out = false;
	for (size_t i = 0; i < d->facts.num_addresses; i++)
		timed_out = timed_out || word_is(d->facts.addresses[i].reason, REASON_TLS_TIMEOUT);
	if (d->facts.responder != SOURCE_GOOD || !timed_out)
		return;
	struct finding *reach = diagnosing_add(d, CAUSE_SERVER_CANNOT_REACH, SEVERITY_CRITICAL,
					       server_does(&server, SERVER_TRAIT_WAITS_IN_HANDSHAKE)
						       ? CONFIDENCE_LIKELY
						       : CONFIDENCE_POSSIBLE);
	diagnosing_cite_verdict(d, reach);
	diagnosing_evidence(d, reach, "Clients that request a staple wait until they give up.");
}

/* Apache ends every handshake that requests a staple when the responder's URL is https. */
static void cite_https(struct diagnosing *d, struct finding *cause)
{
	static const char https[] = "https:";
	for (size_t i = 0; i < d->facts.num_unusable_urls; i++) {
		const struct unusable_pointer *one = &d->facts.unusable_urls[i];
		if (word_is(one->kind, POINTER_KIND_OCSP) && one->url != NULL &&
		    strncasecmp(one->url, https, sizeof https - 1) == 0)
			diagnosing_evidence(d, cause,
					    "The certificate names the responder by an https URL: "
					    "some servers fail over it, until another URL is "
					    "configured (Apache: SSLStaplingForceURL; nginx: "
					    "ssl_stapling_responder).");
	}
}

/* Who asks for no staple connects. Handshakes that ask were made more than once. */
static bool diagnose_staple_breaks(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->num_unasked_completed == 0 || facts->num_completed > 0 ||
	    facts->num_handshakes == 0)
		return false;
	struct finding *cause =
		diagnosing_add(d, CAUSE_STAPLE_BREAKS_HANDSHAKE, SEVERITY_CRITICAL,
			       facts->num_handshakes > 1 ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY);
	diagnosing_evidence(d, cause,
			    "%zu of %zu handshakes that request a staple completed, and %zu of %zu "
			    "that do not.",
			    facts->num_completed, facts->num_handshakes,
			    facts->num_unasked_completed, facts->num_unasked);
	cite_failures(d, cause);
	cite_https(d, cause);
	diagnose_waiting(d);
	return true;
}

static void diagnose_staple_delays(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (facts->asked_us == 0 || facts->unasked_us == 0 ||
	    facts->asked_us - facts->unasked_us < STAPLE_DELAY_US)
		return;
	struct finding *cause = diagnosing_add(d, CAUSE_STAPLE_DELAYS_HANDSHAKE, SEVERITY_WARNING,
					       CONFIDENCE_CERTAIN);
	diagnosing_evidence(d, cause,
			    "Handshakes that request a staple take %.1f s or more, the others at "
			    "most %.1f s.",
			    (double)facts->asked_us / 1e6, (double)facts->unasked_us / 1e6);
}

/* Some of those that ask for a staple gave up waiting, and none of the others did. */
static bool fails_over_staple(const struct diagnosing *d)
{
	for (size_t i = 0; i < d->facts.num_addresses; i++)
		if (d->facts.addresses[i].has_fault &&
		    !word_is(d->facts.addresses[i].reason, REASON_TLS_TIMEOUT))
			return false;
	return d->facts.num_unasked > 0 && d->facts.num_unasked_completed == d->facts.num_unasked;
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
		cite_failures(d, diagnosing_add(d, CAUSE_ADDRESS_UNREACHABLE, SEVERITY_WARNING,
						CONFIDENCE_CERTAIN));
	else if (num_failing > 0)
		cite_failures(d, fails_over_staple(d)
					 ? diagnosing_add(d, CAUSE_STAPLE_BREAKS_HANDSHAKE,
							  SEVERITY_WARNING, CONFIDENCE_LIKELY)
					 : diagnosing_add(d, CAUSE_HANDSHAKE_FAILS,
							  SEVERITY_WARNING, CONFIDENCE_CERTAIN));
}

void diagnose_endpoint(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	if (!facts->is_resolved) {
		struct finding *cause = diagnosing_add(d, CAUSE_ENDPOINT_UNRESOLVED,
						       SEVERITY_CRITICAL, CONFIDENCE_CERTAIN);
		diagnosing_evidence(d, cause, "%s", facts->resolve_error);
		return;
	}
	if (diagnose_unreadable_staple(d))
		return;
	if (diagnose_staple_breaks(d))
		return;
	diagnose_staple_delays(d);
	if (facts->num_addresses > 0 && facts->num_completed == 0 && !facts->has_chain) {
		cite_failures(d, diagnosing_add(d, cause_of_silence(d), SEVERITY_CRITICAL,
						CONFIDENCE_CERTAIN));
		return;
	}
	if (facts->client_certificate_needed) {
		struct finding *cause = diagnosing_add(d, CAUSE_CLIENT_CERTIFICATE, SEVERITY_INFO,
						       CONFIDENCE_CERTAIN);
		diagnosing_evidence(d, cause,
				    "The server closed the connection because it received no "
				    "client certificate.");
	}
	diagnose_some_addresses(d);
}

/* --- the chain --- */

/* Where the certificate says that its issuer is to be had. */
static void cite_issuers(struct diagnosing *d, struct finding *cause)
{
	for (size_t i = 0; i < d->examination->num_issuers; i++) {
		const struct issuer_source *one = &d->examination->issuers[i];
		const char *url = one->url != NULL ? one->url : "";
		if (one->helps)
			diagnosing_evidence(d, cause,
					    "The issuer's certificate is available at %s.", url);
		else if (one->fetched)
			diagnosing_evidence(d, cause,
					    "%s does not return the issuer's certificate.", url);
		else
			diagnosing_evidence(
				d, cause,
				"The certificate names %s for its issuer's; not fetched before the "
				"chain is verified (--fetch-issuers fetches it).",
				url);
	}
}

static const struct certificate *leaf_here(const struct diagnosing *d)
{
	return examination_certificate(d->examination,
				       d->leaf != NULL ? d->leaf : d->examination->leaf);
}

/* And is not complete at another address either: then it is the server that lacks something. */
static bool names_nothing(const struct diagnosing *d)
{
	const struct certificate *leaf = leaf_here(d);
	for (size_t i = 0; i < d->examination->num_chains; i++) {
		const struct sent_chain *chain = &d->examination->chains[i];
		if (chain->verified &&
		    examination_certificate(d->examination,
					    examination_leaf_of(d->examination, chain->id)) == leaf)
			return false;
	}
	return leaf != NULL && leaf->ocsp_urls.num + leaf->crl_urls.num + leaf->issuer_urls.num +
					       leaf->num_unusable_urls ==
				       0;
}

/* Why it does not verify, where that came, and who issued the leaf. */
static void cite_chain(struct diagnosing *d, struct finding *cause)
{
	const struct examination *seen = d->examination;
	const struct certificate *leaf = leaf_here(d);
	for (size_t i = 0; i < seen->num_chains; i++) {
		const struct sent_chain *chain = &seen->chains[i];
		struct text where;
		if (chain->verified)
			continue;
		text_init(&where, 1024);
		diagnosing_append_addresses(&where, d, chain->id, NULL);
		diagnosing_evidence(d, cause, "The chain%s does not verify: %s.",
				    text_string(&where),
				    chain->error != NULL ? chain->error : "no reason");
		text_clear(&where);
	}
	if (leaf != NULL && leaf->issuer != NULL && d->facts.missing_issuer)
		diagnosing_evidence(d, cause, "The certificate was issued by %s.", leaf->issuer);
}

static void diagnose_unverified(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	static const enum reason expired[] = {REASON_CHAIN_EXPIRED, REASON_CHAIN_NOT_YET_VALID};
	enum cause cause = IS_ONE_OF(facts->chain_reason, expired) ? CAUSE_CERTIFICATE_EXPIRED
			   : word_is(facts->chain_reason, REASON_CHAIN_NAME)
				   ? CAUSE_CERTIFICATE_NAME
			   : facts->missing_issuer ? CAUSE_CHAIN_INCOMPLETE
						   : CAUSE_CHAIN_UNTRUSTED;
	/* A leaf that names no source at all is a private CA's, or an inspecting proxy's. */
	bool is_private = cause == CAUSE_CHAIN_INCOMPLETE && names_nothing(d);
	if (is_private)
		cause = CAUSE_CHAIN_UNTRUSTED;
	struct finding *added = diagnosing_add(d, cause, SEVERITY_CRITICAL,
					       is_private ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN);
	cite_chain(d, added);
	if (is_private) {
		diagnosing_evidence(d, added,
				    "It names neither its issuer's certificate nor a source of "
				    "status, as certificates of private CAs and of proxies that "
				    "inspect TLS do.");
		diagnosing_evidence(d,
				    diagnosing_add(d, CAUSE_CHAIN_INCOMPLETE, SEVERITY_CRITICAL,
						   CONFIDENCE_POSSIBLE),
				    "The issuer's certificate was not sent.");
	}
	if (cause == CAUSE_CHAIN_INCOMPLETE)
		cite_issuers(d, added);
}

static void diagnose_untidy(struct diagnosing *d)
{
	const struct case_facts *facts = &d->facts;
	bool has_old = facts->chain_verified && facts->num_expired > 0;
	if (!facts->out_of_order && facts->num_superfluous == 0 && !facts->root_sent && !has_old)
		return;
	struct finding *cause =
		diagnosing_add(d, CAUSE_CHAIN_UNTIDY, SEVERITY_INFO, CONFIDENCE_CERTAIN);
	if (facts->out_of_order)
		diagnosing_evidence(d, cause, "A certificate is not followed by its issuer's.");
	if (facts->num_superfluous > 0)
		diagnosing_evidence(d, cause,
				    "%zu of the sent certificates %s not part of the chain.",
				    facts->num_superfluous, facts->num_superfluous == 1 ? "s" : "");
	if (has_old)
		diagnosing_evidence(d, cause,
				    "%zu of the sent certificates %s expired or not yet valid; "
				    "some clients try to verify with %s and fail.",
				    facts->num_expired, facts->num_expired == 1 ? "is" : "are",
				    facts->num_expired == 1 ? "it" : "them");
	if (facts->root_sent)
		diagnosing_evidence(d, cause,
				    "The server sends the root, which clients already have.");
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
		struct finding *cause = diagnosing_add(d, CAUSE_CHAIN_INCOMPLETE, SEVERITY_WARNING,
						       CONFIDENCE_CERTAIN);
		diagnosing_evidence(d, cause,
				    "The chain verifies here only because this machine has a "
				    "certificate that the server does not send.");
		cite_issuers(d, cause);
	}
	diagnose_untidy(d);
}
