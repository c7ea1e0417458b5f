/* Knows what is concluded where a certificate that could be stapled never is: what the server
 * program can do and does by default decides what is likely. */
#include "core/text.h"
#include "harness/doctor/diagnosing.h"

#include <string.h>
#include <strings.h>

/* A certificate this young was probably put in just now, with the staple file of the last one. */
#define RENEWED_S (3 * INT64_C(86400))

struct guess {
	struct diagnosing *d;
	struct server_facts server;
	const char *server_name; /* NULL: not known */
};

/* "nginx", with its version where it says so. */
static const char *name_of_server(const struct examination *examination)
{
	return word_spelling(&examination->server.kind, &server_kind_names);
}

/* What the table says of this server: "nginx is not a server that follows … (measured
 * with 1.22.1)." */
static void cite_trait(const struct guess *at, struct finding *cause, enum server_trait trait,
		       const char *does_not)
{
	const char *source = at->server.source;
	if (at->server_name == NULL)
		return;
	diagnosing_evidence(at->d, cause, "%s %s%s%s%s%s.", at->server_name, does_not,
			    server_trait_text(trait), source != NULL ? " (" : "",
			    source != NULL ? source : "", source != NULL ? ")" : "");
}

/* --- what the responder is like --- */

struct peculiarity {
	bool is_there;
	enum server_trait trait; /* of servers that get on with it */
	const char *words;
};

static bool any_attempt(const struct status_sources *sources,
			bool (*has)(const struct responder_attempt *attempt))
{
	for (size_t i = 0; i < sources->num_responders; i++)
		for (size_t k = 0; k < sources->responders[i].num_attempts; k++)
			if (has(&sources->responders[i].attempts[k]))
				return true;
	return false;
}

static bool is_good(const struct responder_attempt *attempt)
{
	return word_is(attempt->answer.check, CHECK_GOOD);
}

static bool is_redirected(const struct responder_attempt *attempt)
{
	return is_good(attempt) && attempt->fetch.redirects.is_known &&
	       attempt->fetch.redirects.value > 0;
}

static bool has_other_type(const struct responder_attempt *attempt)
{
	const char *type = attempt->fetch.content_type;
	static const char usual[] = "application/ocsp-response";
	return is_good(attempt) && type != NULL && strncasecmp(type, usual, sizeof usual - 1) != 0;
}

static bool has_no_next_update(const struct responder_attempt *attempt)
{
	return attempt->answer.this_update.is_known && !attempt->answer.next_update.is_known &&
	       attempt->answer.is_judged;
}

/* The first URL gives nothing and a later one does. */
static bool first_is_dead(const struct status_sources *sources)
{
	if (sources->num_responders < 2)
		return false;
	const struct responder *first = &sources->responders[0];
	return source_verdict_of(first->attempts, first->num_attempts) == SOURCE_UNAVAILABLE;
}

/* One that is named beside those that can be used. */
static bool has_unusable(const struct case_facts *facts, enum url_fault why, bool is_https)
{
	static const char https[] = "https:";
	for (size_t i = 0; i < facts->num_unusable_urls; i++) {
		const struct unusable_pointer *one = &facts->unusable_urls[i];
		if (word_is(one->kind, POINTER_KIND_OCSP) && word_is(one->why, (int)why) &&
		    (one->url != NULL && strncasecmp(one->url, https, sizeof https - 1) == 0) ==
			    is_https)
			return true;
	}
	return false;
}

#define NUM_PECULIARITIES 9

static void find_peculiarities(struct peculiarity out[static NUM_PECULIARITIES],
			       const struct case_facts *facts)
{
	const struct status_sources *sources = facts->sources;
	const struct peculiarity list[NUM_PECULIARITIES] = {
		{any_attempt(sources, is_redirected), SERVER_TRAIT_FOLLOWS_REDIRECT,
		 "The responder redirects."},
		{facts->post_works && !facts->get_works, SERVER_TRAIT_GETS_BY_POST_ONLY,
		 "The responder answers POST alone."},
		{facts->get_works && !facts->post_works, SERVER_TRAIT_GETS_BY_GET_ONLY,
		 "The responder answers GET alone."},
		{any_attempt(sources, has_other_type), SERVER_TRAIT_TAKES_OTHER_TYPE,
		 "The responder's content type is not application/ocsp-response."},
		{any_attempt(sources, has_no_next_update), SERVER_TRAIT_TAKES_NO_NEXT_UPDATE,
		 "The responder's response has no nextUpdate."},
		{first_is_dead(sources), SERVER_TRAIT_TRIES_NEXT_URL,
		 "The first OCSP URL of the certificate gives no response, a later one does."},
		{has_unusable(facts, URL_FAULT_NO_SCHEME, false),
		 SERVER_TRAIT_USES_URL_WITHOUT_SCHEME,
		 "The certificate names an OCSP URL without a scheme."},
		{has_unusable(facts, URL_FAULT_SCHEME, true), SERVER_TRAIT_USES_HTTPS_URL,
		 "The certificate names an OCSP URL with the scheme https."},
		{has_unusable(facts, URL_FAULT_SCHEME, false), SERVER_TRAIT_TRIES_NEXT_URL,
		 "The certificate also names an OCSP URL that is neither http nor https."},
	};
	memcpy(out, list, sizeof list);
}

/* Whether what is peculiar keeps this server from stapling, as far as is known. */
static bool is_unfit(const struct guess *at, const struct peculiarity *one, bool *is_certain)
{
	*is_certain = server_does_not(&at->server, one->trait);
	return one->is_there && !server_does(&at->server, one->trait) &&
	       (at->server.traits[SERVER_TRAIT_FETCHES] != TRAIT_NO ||
		one->trait == SERVER_TRAIT_TAKES_NO_NEXT_UPDATE);
}

/* The responder answers, but not so that this server can use it. */
static bool guess_unfit(const struct guess *at)
{
	struct peculiarity list[NUM_PECULIARITIES];
	bool is_likely = false;
	find_peculiarities(list, &at->d->facts);
	for (size_t i = 0; i < NUM_PECULIARITIES; i++) {
		bool is_known;
		if (!is_unfit(at, &list[i], &is_known))
			continue;
		struct finding *cause =
			diagnosing_add(at->d, CAUSE_RESPONDER_UNFIT, diagnosing_missing(at->d),
				       is_known ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
		diagnosing_evidence(at->d, cause, "%s", list[i].words);
		if (is_known)
			cite_trait(at, cause, list[i].trait, "is not a server that ");
		is_likely = is_likely || is_known;
	}
	return is_likely;
}

/* --- what the server is like --- */

static bool guess_cannot(const struct guess *at)
{
	if (at->server.stapling != SERVER_STAPLING_NEVER)
		return false;
	/* A Server field may come from behind another program that does TLS; a greeting in plain
	 * text before STARTTLS does not. */
	bool is_named = word_is(at->d->examination->server.how, SERVER_NAMED) ||
			word_is(at->d->examination->server.how, SERVER_BY_GREETING);
	struct finding *cause =
		diagnosing_add(at->d, CAUSE_SERVER_CANNOT_STAPLE, diagnosing_missing(at->d),
			       is_named ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY);
	diagnosing_evidence(at->d, cause, "The server is %s, which has no OCSP stapling%s%s%s.",
			    at->server_name, at->server.source != NULL ? " (" : "",
			    at->server.source != NULL ? at->server.source : "",
			    at->server.source != NULL ? ")" : "");
	diagnosing_cite_counts(at->d, cause);
	return true;
}

/* What the responder says, or that the chain cannot be used, explains it. */
static bool is_explained(const struct guess *at)
{
	const struct case_facts *facts = &at->d->facts;
	switch (facts->responder) {
	case SOURCE_REVOKED: return !server_does_not(&at->server, SERVER_TRAIT_WITHHOLDS_REVOKED);
	case SOURCE_UNKNOWN: return !server_does_not(&at->server, SERVER_TRAIT_WITHHOLDS_UNKNOWN);
	case SOURCE_UNAVAILABLE:
	case SOURCE_BAD_ANSWER: return true;
	default: return facts->missing_issuer || (facts->has_chain && !facts->chain_verified);
	}
}

static bool reads_file_alone(const struct guess *at)
{
	return server_does_not(&at->server, SERVER_TRAIT_FETCHES) &&
	       server_does(&at->server, SERVER_TRAIT_READS_FILE);
}

static bool rejects_files(const struct guess *at)
{
	return server_does(&at->server, SERVER_TRAIT_REJECTS_STALE_FILE) ||
	       server_does(&at->server, SERVER_TRAIT_REJECTS_OTHER_FILE) ||
	       server_does(&at->server, SERVER_TRAIT_REJECTS_BROKEN_FILE);
}

/* The certificate was put in just now, into a server that staples files alone. */
static bool is_likely_file(const struct guess *at)
{
	const struct case_facts *facts = &at->d->facts;
	int64_t age_s = at->d->examination->started.value - facts->not_before;
	return reads_file_alone(at) && rejects_files(at) && at->d->examination->started.is_known &&
	       facts->not_before != 0 && age_s < RENEWED_S;
}

/* A file is there, and the server does not staple it. */
static void guess_file(const struct guess *at)
{
	static const enum server_trait traits[] = {SERVER_TRAIT_REJECTS_STALE_FILE,
						   SERVER_TRAIT_REJECTS_OTHER_FILE,
						   SERVER_TRAIT_REJECTS_BROKEN_FILE};
	bool is_likely = is_likely_file(at);
	if (!rejects_files(at))
		return;
	struct finding *cause = diagnosing_add(at->d, CAUSE_STAPLE_FILE, diagnosing_missing(at->d),
					       is_likely ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
	for (size_t i = 0; i < sizeof traits / sizeof *traits; i++)
		if (server_does(&at->server, traits[i]))
			cite_trait(at, cause, traits[i], "");
	if (is_likely)
		diagnosing_evidence(at->d, cause,
				    "The certificate is less than three days old: a file of the "
				    "last one does not fit it.");
}

static void guess_reach(const struct guess *at, enum confidence confidence)
{
	struct finding *reach = diagnosing_add(at->d, CAUSE_SERVER_CANNOT_REACH,
					       diagnosing_missing(at->d), confidence);
	diagnosing_cite_verdict(at->d, reach);
	if (at->server.stapling == SERVER_STAPLING_BY_DEFAULT)
		diagnosing_evidence(at->d, reach,
				    "%s staples unless it is configured not to (%s): when it does "
				    "not, its own query fails.",
				    at->server_name,
				    at->server.source != NULL ? at->server.source : "known");
	diagnosing_evidence(at->d, reach,
			    "Only commands on the server can show whether it tries and fails, or "
			    "does not try.");
}

static struct guess start(struct diagnosing *d)
{
	return (struct guess){
		.d = d,
		.server = diagnosing_server(d),
		.server_name = name_of_server(d->examination),
	};
}

bool diagnose_unfit(struct diagnosing *d)
{
	struct guess at = start(d);
	return d->facts.responder >= SOURCE_GOOD && guess_unfit(&at);
}

void diagnose_never(struct diagnosing *d)
{
	struct guess at = start(d);
	if (guess_cannot(&at))
		return;
	bool is_unfit = d->facts.responder >= SOURCE_GOOD && guess_unfit(&at);
	bool is_file = is_likely_file(&at);
	/* One that lets its clients wait when they request a staple tries to get one. */
	bool tries = at.server.stapling == SERVER_STAPLING_BY_DEFAULT ||
		     diagnosing_find(d, CAUSE_STAPLE_DELAYS_HANDSHAKE) != NULL;
	bool could_fetch = d->facts.responder == SOURCE_GOOD && !reads_file_alone(&at);
	if (tries && could_fetch)
		guess_reach(&at, is_unfit ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY);
	struct finding *off = diagnosing_add(d, CAUSE_STAPLING_OFF, diagnosing_missing(d),
					     is_explained(&at) || is_unfit || is_file || tries
						     ? CONFIDENCE_POSSIBLE
						     : CONFIDENCE_LIKELY);
	diagnosing_cite_counts(d, off);
	diagnosing_cite_verdict(d, off);
	guess_file(&at);
	if (!tries && could_fetch)
		guess_reach(&at, CONFIDENCE_POSSIBLE);
}
