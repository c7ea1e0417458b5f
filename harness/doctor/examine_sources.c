/* Knows how the sources of status that a certificate names are asked: responders, CRLs, issuers. */
#include "core/clock.h"
#include "core/text.h"
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/collected.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why nothing that this certificate names is fetched; NULL when it may be. */
static const char *fetch_fault_of(const struct examining *x, const struct sent_chain *chain)
{
	if (x->options->fetch != NULL && strcmp(x->options->fetch, "none") == 0)
		return "fetching is disabled (--no-fetch)";
	if (chain == NULL || !chain->verified)
		return "no URL from a certificate is fetched before its chain is verified";
	return NULL;
}

/* The host of an http URL, without port; new memory, "" when there is none. */
static char *host_of(const char *url)
{
	const char *from = strstr(url, "://");
	from = from != NULL ? from + 3 : url;
	size_t len = strcspn(from, "/?#");
	const char *at = memrchr(from, '@', len);
	if (at != NULL) {
		len -= (size_t)(at + 1 - from);
		from = at + 1;
	}
	if (len > 0 && from[0] == '[') {
		from++;
		return strndup(from, strcspn(from, "]"));
	}
	const char *colon = memchr(from, ':', len);
	return strndup(from, colon != NULL ? (size_t)(colon - from) : len);
}

/* One fetch that is being made: what is asked, and for which source of which certificate. */
struct fetching {
	enum examination_what what;
	size_t of, source, attempt;
	char *file; /* of a CRL */
	json_t *answer;
};

#define FETCHES_MAX 64
#define REPEATS     3 /* of each method */

struct fetchings {
	struct fetching items[FETCHES_MAX];
	size_t num;
};

/* Queues a fetch, for which there is room; takes over its file. */
static void queue(struct examining *x, struct fetchings *fetchings, const char *url,
		  const struct fetching *wanted)
{
	const struct examiner_options *options = x->options;
	struct fetching *one = &fetchings->items[fetchings->num++];
	*one = *wanted;
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_FETCH,
			      .what = one->what,
			      .url = url,
			      .post = one->what == EXAMINATION_OCSP && one->attempt == FETCH_POST,
			      .certificate = examining_pem(x, examining_subject(x, one->of)),
			      .issuer = examining_pem(x, examining_issuer(x, one->of)),
			      .file = one->file,
			      .fetch = options->fetch,
			      .trust = options->trust,
			      .proxy = options->proxy,
			      .proxy_port = options->proxy_port,
			      .deadline_ms = options->deadline_ms,
		      },
		      &one->answer);
}

/* Where what came goes. */
static struct fetch *fetch_of(struct examining *x, const struct fetching *one)
{
	struct status_sources *sources = examining_sources(x, one->of);
	switch (one->what) {
	case EXAMINATION_OCSP:
		return &sources->responders[one->source].attempts[one->attempt].fetch;
	case EXAMINATION_CRL: return &sources->crls[one->source].fetch;
	default: return &x->seen.issuers[one->source].fetch;
	}
}

/* Keeps what came for the stacks, or for a look at the issuer. Takes over bytes. */
static void keep(struct examining *x, const struct fetching *one, char *bytes)
{
	struct fetched *kept = RECORD_ADD(x, fetched);
	examining_need(x, kept != NULL);
	if (kept == NULL) {
		free(bytes);
		return;
	}
	*kept = (struct fetched){.what = one->what,
				 .of = one->of,
				 .source = one->source,
				 .attempt = one->attempt,
				 .bytes = bytes};
	if (bytes == NULL)
		kept->file = examining_copy(x, one->file);
}

static void take(struct examining *x, struct fetching *one)
{
	struct fetch_answer answer = {0};
	struct fetch *fetch = fetch_of(x, one);
	bool is_answered = examine_client_has_answered(one->answer);
	if (!fetch_answer_read(&answer, one->answer, x->err)) {
		x->failed = true;
		fetch_answer_clear(&answer);
		return;
	}
	if (is_answered) {
		*fetch = answer.fetch;
		answer.fetch = (struct fetch){0};
	} else {
		fetch->layer = word_of(LAYER_FAILED);
		fetch->text = examining_copy(x, answer.detail);
	}
	bool has_file = is_answered && one->file != NULL && fetch->sha256 != NULL;
	if (answer.bytes != NULL && one->what == EXAMINATION_OCSP)
		examining_sources(x, one->of)
			->responders[one->source]
			.attempts[one->attempt]
			.bytes = examining_copy(x, answer.bytes);
	if (has_file)
		keep(x, one, NULL);
	else if (answer.bytes != NULL)
		keep(x, one, examining_copy(x, answer.bytes));
	fetch_answer_clear(&answer);
}

static void take_all(struct examining *x, struct fetchings *fetchings)
{
	for (size_t i = 0; i < fetchings->num && !x->failed; i++)
		if (fetchings->items[i].answer != NULL)
			take(x, &fetchings->items[i]);
}

static void drop_answers(struct fetchings *fetchings)
{
	for (size_t i = 0; i < fetchings->num; i++) {
		json_decref(fetchings->items[i].answer);
		free(fetchings->items[i].file);
	}
	fetchings->num = 0;
}

void examine_drop_fetchings(struct fetchings *fetchings)
{
	if (fetchings != NULL)
		drop_answers(fetchings);
	free(fetchings);
}

/* A folder of our own for what is too long for a line. */
static char *file_for_crl(struct examining *x, size_t number)
{
	char *path = NULL;
	const char *folder = getenv("TMPDIR");
	if (x->directory == NULL &&
	    asprintf(&x->directory, "%s/revoscope-examination-XXXXXX",
		     folder != NULL && folder[0] == '/' ? folder : "/tmp") < 0)
		x->directory = NULL;
	else if (x->directory != NULL && strstr(x->directory, "XXXXXX") != NULL &&
		 mkdtemp(x->directory) == NULL) {
		free(x->directory);
		x->directory = NULL;
	}
	if (x->directory == NULL || asprintf(&path, "%s/%zu.crl", x->directory, number) < 0)
		return NULL;
	return path;
}

/* The host of a URL; "" when there is none. */
static char *new_host(struct examining *x, const char *url)
{
	char *host = host_of(url);
	examining_need(x, host != NULL);
	return host;
}

static const char too_many[] = "the chain names too many sources";

static void queue_responder(struct examining *x, struct fetchings *fetchings, size_t of,
			    const char *url, const char *fault)
{
	struct status_sources *sources = examining_sources(x, of);
	struct responder *about = RECORD_ADD(sources, responders);
	examining_need(x, about != NULL);
	if (about == NULL)
		return;
	about->url = examining_copy(x, url);
	about->host = new_host(x, url);
	if (fault == NULL && examining_pem(x, examining_issuer(x, of)) == NULL)
		fault = "the issuer's certificate is missing";
	if (fault == NULL && fetchings->num + NUM_FETCH_METHODS > FETCHES_MAX)
		fault = too_many;
	about->why = examining_copy(x, fault);
	if (fault != NULL || x->failed)
		return;
	about->is_asked = true;
	examining_ask_resolvers(x, &about->resolvers, &about->num_resolvers, about->host);
	for (int method = 0; method < NUM_FETCH_METHODS; method++) {
		struct responder_attempt *attempt = RECORD_ADD(about, attempts);
		examining_need(x, attempt != NULL);
		if (attempt == NULL)
			return;
		attempt->fetch.method = word_of(method);
		queue(x, fetchings, about->url,
		      &(struct fetching){.what = EXAMINATION_OCSP,
					 .of = of,
					 .source = sources->num_responders - 1,
					 .attempt = (size_t)method});
	}
}

static void queue_crl(struct examining *x, struct fetchings *fetchings, size_t of, const char *url,
		      const char *fault)
{
	struct status_sources *sources = examining_sources(x, of);
	struct crl_source *about = RECORD_ADD(sources, crls);
	examining_need(x, about != NULL);
	if (about == NULL)
		return;
	about->url = examining_copy(x, url);
	about->host = new_host(x, url);
	if (fault == NULL && fetchings->num == FETCHES_MAX)
		fault = too_many;
	char *file = fault == NULL ? file_for_crl(x, fetchings->num) : NULL;
	if (file != NULL)
		queue(x, fetchings, about->url,
		      &(struct fetching){.what = EXAMINATION_CRL,
					 .of = of,
					 .source = sources->num_crls - 1,
					 .file = file});
	else
		about->why = examining_copy(x, fault != NULL ? fault : "no temporary file");
}

static void queue_status(struct examining *x, struct fetchings *fetchings, size_t of,
			 const char *fault)
{
	const struct certificate *about =
		examination_certificate(&x->seen, examining_subject(x, of));
	for (size_t i = 0; about != NULL && i < about->ocsp_urls.num; i++)
		queue_responder(x, fetchings, of, about->ocsp_urls.items[i], fault);
	for (size_t i = 0; about != NULL && i < about->crl_urls.num; i++)
		queue_crl(x, fetchings, of, about->crl_urls.items[i], fault);
}

static bool is_known_subject(const struct examining *x, const char *id)
{
	for (size_t of = 0; of <= x->seen.num_others; of++) {
		const char *other = examining_subject(x, of);
		if (other != NULL && strcmp(other, id) == 0)
			return true;
	}
	return false;
}

/* One more certificate, once: of several chains the intermediates are often the same. */
static void queue_other(struct examining *x, struct fetchings *fetchings,
			const struct sent_chain *chain, size_t depth)
{
	const struct texts *list = chain->path.num > 0 ? &chain->path : &chain->sent;
	const char *id = depth < list->num ? list->items[depth] : NULL;
	if (id == NULL || is_known_subject(x, id))
		return;
	struct examined_certificate *about = RECORD_ADD(&x->seen, others);
	examining_need(x, about != NULL);
	if (about == NULL)
		return;
	about->certificate = examining_copy(x, id);
	about->issuer = examining_copy(x, depth == 0              ? examining_issuer_in(x, chain)
					  : depth + 1 < list->num ? list->items[depth + 1]
								  : NULL);
	about->depth = (int64_t)depth;
	queue_status(x, fetchings, x->seen.num_others, fetch_fault_of(x, chain));
}

/* The other leaves of the server, and each certificate of a verified path between its leaf and the
 * trust anchor. */
static void queue_others(struct examining *x, struct fetchings *fetchings)
{
	for (size_t i = 0; i < x->seen.num_chains; i++) {
		const struct sent_chain *chain = &x->seen.chains[i];
		queue_other(x, fetchings, chain, 0);
		for (size_t depth = 1; chain->verified && depth + 1 < chain->path.num; depth++)
			queue_other(x, fetchings, chain, depth);
	}
}

/* Where the leaf's issuer is to be had (RFC 5280 section 4.2.2.1). */
static void queue_issuer(struct examining *x, struct fetchings *fetchings, const char *url,
			 const char *fault)
{
	struct issuer_source *about = RECORD_ADD(&x->seen, issuers);
	examining_need(x, about != NULL);
	if (about == NULL)
		return;
	about->url = examining_copy(x, url);
	about->host = new_host(x, url);
	if (fault == NULL && fetchings->num == FETCHES_MAX)
		fault = too_many;
	about->fetched = fault == NULL;
	about->why = examining_copy(x, fault);
	if (fault == NULL)
		queue(x, fetchings, about->url,
		      &(struct fetching){.what = EXAMINATION_ISSUER,
					 .source = x->seen.num_issuers - 1});
}

static void queue_all(struct examining *x, struct fetchings *fetchings)
{
	const struct certificate *leaf = examination_leaf(&x->seen);
	const struct sent_chain *chain = examining_chain(x);
	const char *fault = fetch_fault_of(x, chain);
	queue_status(x, fetchings, 0, fault);
	queue_others(x, fetchings);
	/* The user vouches for the name in place of a chain. */
	if (chain != NULL && chain->missing_issuer && x->options->fetches_issuers &&
	    (x->options->fetch == NULL || strcmp(x->options->fetch, "none") != 0))
		fault = NULL;
	for (size_t i = 0; i < leaf->issuer_urls.num; i++)
		queue_issuer(x, fetchings, leaf->issuer_urls.items[i], fault);
}

/* --- clocks --- */

/* Of one answer; what a cache repeats is as old as it says (RFC 9111 section 4.2.3). */
static void note_time(struct examining *x, const char *url, const char *host, struct texts *hosts,
		      const struct fetch *fetch)
{
	struct examined_clock *clock = &x->seen.clock;
	if (!fetch->date.is_known)
		return;
	int64_t age = fetch->age.is_known ? fetch->age.value : 0;
	int64_t ahead = fetch->date.value + age - clock_wall_s();
	if (host != NULL && !texts_have(hosts, host))
		examining_need(x, texts_add(hosts, host));
	if (clock->responder_s.is_known && llabs(clock->responder_s.value) <= llabs(ahead))
		return;
	clock->responder_s = (struct number){true, ahead};
	free(clock->url);
	clock->url = examining_copy(x, url);
}

static void note_times_of(struct examining *x, struct texts *hosts,
			  const struct status_sources *sources)
{
	for (size_t i = 0; i < sources->num_responders; i++) {
		const struct responder *one = &sources->responders[i];
		for (size_t k = 0; k < one->num_attempts; k++)
			note_time(x, one->url, one->host, hosts, &one->attempts[k].fetch);
	}
	for (size_t i = 0; i < sources->num_crls; i++)
		note_time(x, sources->crls[i].url, sources->crls[i].host, hosts,
			  &sources->crls[i].fetch);
}

/* Seconds by which the sources' clocks are ahead of this machine's: if one agrees with it, the
 * others are wrong, or repeat an old time. */
static void note_clock(struct examining *x)
{
	struct texts hosts = {0};
	x->seen.clock.record.is_there = true;
	for (size_t of = 0; of <= x->seen.num_others; of++)
		note_times_of(x, &hosts, examining_sources(x, of));
	x->seen.clock.sources = (int64_t)hosts.num;
	texts_clear(&hosts);
}

/* The certificates that an issuer's URL gave, and whether one of them is the issuer. */
static void take_issuer(struct examining *x, struct issuer_source *about, const char *bytes)
{
	json_t *answer = NULL;
	struct certificates_answer read = {0};
	const struct certificate *leaf = examination_leaf(&x->seen);
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_CERTIFICATES,
			      .bytes = bytes,
		      },
		      &answer);
	examining_wait(x);
	if (answer != NULL && !certificates_answer_read(&read, answer, x->err))
		x->failed = true;
	for (size_t i = 0; !x->failed && i < read.num_certificates; i++) {
		const struct answered_certificate *one = &read.certificates[i];
		const char *subject = one->certificate.subject;
		if (one->sha256 == NULL)
			continue;
		examining_need(x, texts_add(&about->certificates, one->sha256));
		about->helps = about->helps || (subject != NULL && leaf->issuer != NULL &&
						strcmp(subject, leaf->issuer) == 0);
	}
	if (answer != NULL && !examine_client_has_answered(answer)) {
		free(about->fetch.text);
		about->fetch.text = examining_copy(x, read.detail);
	}
	about->is_read = true;
	certificates_answer_clear(&read);
	json_decref(answer);
}

static void take_issuers_and_signers(struct examining *x, size_t from)
{
	for (size_t i = from; i < x->num_fetched; i++)
		if (x->fetched[i].what == EXAMINATION_OCSP)
			examining_read_signers(x, x->fetched[i].bytes);
		else if (x->fetched[i].what == EXAMINATION_ISSUER)
			take_issuer(x, &x->seen.issuers[x->fetched[i].source], x->fetched[i].bytes);
}

/* All of them at once; what they say is taken together. */
bool examine_sources(struct examining *x)
{
	if (examination_leaf(&x->seen) == NULL || x->fetchings != NULL)
		return false;
	x->fetchings = calloc(1, sizeof *x->fetchings);
	examining_need(x, x->fetchings != NULL);
	if (x->fetchings == NULL)
		return false;
	queue_all(x, x->fetchings);
	if (x->fetchings->num == 0)
		note_clock(x);
	return x->fetchings->num > 0;
}

void examine_take_sources(struct examining *x)
{
	size_t num_before = x->num_fetched;
	take_all(x, x->fetchings);
	note_clock(x);
	take_issuers_and_signers(x, num_before);
}

/* --- once more --- */

/* Whether its answers are not all the same: then it is the method, or it comes and goes. */
static bool varies(const struct responder *responder)
{
	for (size_t i = 1; i < responder->num_attempts; i++) {
		const struct status_answer *first = &responder->attempts[0].answer;
		const struct status_answer *other = &responder->attempts[i].answer;
		bool is_same = first->check.is_known || first->check.foreign != NULL
				       ? word_equals(&first->check, &other->check)
				       : !other->check.is_known && other->check.foreign == NULL;
		if (!is_same)
			return true;
	}
	return false;
}

static void queue_again(struct examining *x, size_t of, size_t source)
{
	struct responder *about = &examining_sources(x, of)->responders[source];
	for (int i = 0; i < REPEATS * NUM_FETCH_METHODS; i++) {
		if (x->fetchings->num == FETCHES_MAX)
			return;
		struct responder_attempt *attempt = RECORD_ADD(about, attempts);
		examining_need(x, attempt != NULL);
		if (attempt == NULL)
			return;
		/* One method after the other: answers that take turns would look like the method.
		 */
		attempt->fetch.method = word_of(i / REPEATS);
		queue(x, x->fetchings, about->url,
		      &(struct fetching){.what = EXAMINATION_OCSP,
					 .of = of,
					 .source = source,
					 .attempt = about->num_attempts - 1});
	}
}

/* What differed at the first look is looked at again. */
bool examine_repeats(struct examining *x)
{
	if (x->has_repeated || x->fetchings == NULL)
		return false;
	x->has_repeated = true;
	drop_answers(x->fetchings);
	for (size_t of = 0; of <= x->seen.num_others; of++)
		for (size_t i = 0; i < examining_sources(x, of)->num_responders; i++)
			if (varies(&examining_sources(x, of)->responders[i]))
				queue_again(x, of, i);
	return x->fetchings->num > 0;
}
