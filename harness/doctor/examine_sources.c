/* Knows how the sources of status that a certificate names are asked: responders, CRLs, issuers. */
#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"
#include "harness/doctor/examining.h"
#include "harness/doctor/nameserver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why nothing that this certificate names is fetched; NULL when it may be. */
static const char *fetch_fault(const struct examining *x)
{
	const json_t *chain = examining_chain(x);
	if (x->options->fetch != NULL && strcmp(x->options->fetch, "none") == 0)
		return "fetching was forbidden (--no-fetch)";
	if (!json_is_true(json_object_get(chain, "verified")))
		return "nothing that a certificate names is fetched before its chain is verified";
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

/* One fetch in the making: what is asked, and the object that its answer becomes. */
struct fetching {
	json_t *about; /* borrowed: the attempt, or the source itself */
	enum examination_what what;
	char *file; /* of a CRL */
	json_t *answer;
};

#define FETCHES_MAX 32

struct fetchings {
	struct fetching items[FETCHES_MAX];
	size_t num;
};

/* Queues a fetch from source, whose answer goes into about; takes over file. */
static void queue(struct examining *x, struct fetchings *fetchings, const json_t *source,
		  json_t *about, enum examination_what what, bool post, char *file)
{
	const struct examiner_options *options = x->options;
	if (fetchings->num == FETCHES_MAX) {
		free(file);
		return;
	}
	struct fetching *one = &fetchings->items[fetchings->num++];
	*one = (struct fetching){.about = about, .what = what, .file = file};
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_FETCH,
			      .what = what,
			      .url = json_string_value(json_object_get(source, "url")),
			      .post = post,
			      .certificate = examining_leaf_pem(x),
			      .issuer = examining_issuer_pem(x),
			      .file = file,
			      .fetch = options->fetch,
			      .proxy = options->proxy,
			      .proxy_port = options->proxy_port,
			      .deadline_ms = options->deadline_ms,
		      },
		      &one->answer);
}

static void take(struct examining *x, struct fetching *one)
{
	static const char *const copied[] = {
		"method", "layer",  "http_status", "content_type", "date",   "address", "redirects",
		"ms",     "ms_dns", "ms_connect",  "text",         "length", "sha256"};
	const json_t *bytes = json_object_get(one->answer, "bytes");
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		json_set(one->about, copied[i],
			 json_incref(json_object_get(one->answer, copied[i])));
	if (!examine_client_has_answered(one->answer)) {
		json_set(one->about, "layer", json_string("failed"));
		json_set(one->about, "text", json_incref(json_object_get(one->answer, "detail")));
		return;
	}
	bool has_file = one->file != NULL && json_is_string(json_object_get(one->about, "sha256"));
	if (json_is_string(bytes) && one->what != EXAMINATION_ISSUER)
		json_set(one->about, "bytes", json_incref((json_t *)bytes));
	if (json_is_string(bytes) || has_file)
		json_array_append_new(x->fetched,
				      json_pack("{s:O, s:i, s:o}", "into", one->about, "what",
						(int)one->what, has_file ? "file" : "bytes",
						has_file ? json_string(one->file)
							 : json_incref((json_t *)bytes)));
}

static void take_all(struct examining *x, struct fetchings *fetchings)
{
	for (size_t i = 0; i < fetchings->num; i++)
		if (fetchings->items[i].answer != NULL)
			take(x, &fetchings->items[i]);
}

void examine_drop_fetchings(struct fetchings *fetchings)
{
	for (size_t i = 0; fetchings != NULL && i < fetchings->num; i++) {
		json_decref(fetchings->items[i].answer);
		free(fetchings->items[i].file);
	}
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

static json_t *new_source(const json_t *url)
{
	const char *text = json_string_value(url);
	char *host = host_of(text);
	json_t *about = json_object();
	json_set(about, "url", json_incref((json_t *)url));
	json_set(about, "host", json_foreign_string(host != NULL ? host : ""));
	free(host);
	return about;
}

static void queue_responder(struct examining *x, struct fetchings *fetchings, json_t *about)
{
	const char *host = json_string_value(json_object_get(about, "host"));
	json_set(about, "resolvers", nameserver_ask(host, NULL));
	for (int post = 0; post < 2; post++) {
		json_t *attempt = json_object();
		json_array_append_new(examining_member(about, "attempts", true), attempt);
		json_set(attempt, "method", json_string(post ? "post" : "get"));
		queue(x, fetchings, about, attempt, EXAMINATION_OCSP, post != 0, NULL);
	}
}

static void queue_sources(struct examining *x, struct fetchings *fetchings, const char *fault)
{
	const json_t *leaf = examining_certificate(x, NULL);
	json_t *url;
	size_t i;
	json_array_foreach(json_object_get(leaf, "ocsp_urls"), i, url)
	{
		json_t *about = new_source(url);
		json_array_append_new(examining_member(x->out, "responders", true), about);
		if (fault == NULL && examining_issuer_pem(x) != NULL)
			queue_responder(x, fetchings, about);
		else
			json_set(about, "why",
				 json_string(fault != NULL
						     ? fault
						     : "the issuer's certificate is missing"));
	}
	json_array_foreach(json_object_get(leaf, "crl_urls"), i, url)
	{
		json_t *about = new_source(url);
		json_array_append_new(examining_member(x->out, "crls", true), about);
		char *file = fault == NULL ? file_for_crl(x, i) : NULL;
		if (file != NULL)
			queue(x, fetchings, about, about, EXAMINATION_CRL, false, file);
		else
			json_set(about, "why",
				 json_string(fault != NULL ? fault : "no temporary file"));
	}
}

/* Where the leaf's issuer is to be had (RFC 5280 section 4.2.2.1). */
static void queue_issuers(struct examining *x, struct fetchings *fetchings, const char *fault)
{
	const json_t *leaf = examining_certificate(x, NULL), *chain = examining_chain(x);
	bool is_missing = json_is_true(json_object_get(chain, "missing_issuer"));
	json_t *url;
	size_t i;
	/* The user vouches for the name in place of a chain. */
	if (is_missing && x->options->fetches_issuers &&
	    (x->options->fetch == NULL || strcmp(x->options->fetch, "none") != 0))
		fault = NULL;
	json_array_foreach(json_object_get(leaf, "issuer_urls"), i, url)
	{
		json_t *about = new_source(url);
		json_array_append_new(examining_member(x->out, "issuers", true), about);
		json_set(about, "fetched", json_boolean(fault == NULL));
		if (fault == NULL)
			queue(x, fetchings, about, about, EXAMINATION_ISSUER, false, NULL);
		else
			json_set(about, "why", json_string(fault));
	}
}

/* Seconds by which a responder's clock is ahead of ours. */
static void note_clock(struct examining *x)
{
	json_t *clock = examining_member(x->out, "clock", false), *responder, *attempt;
	int64_t now = clock_wall_s(), theirs;
	size_t i, k;
	json_array_foreach(json_object_get(x->out, "responders"), i, responder)
	{
		json_array_foreach(json_object_get(responder, "attempts"), k, attempt)
		{
			/* A cache repeats the Date of the day it asked; the latest is nearest. */
			if (!examining_time(&theirs, json_object_get(attempt, "date")))
				continue;
			json_t *known = json_object_get(clock, "responder_s");
			if (known == NULL || json_integer_value(known) < theirs - now) {
				json_set(clock, "responder_s", json_integer(theirs - now));
				json_set(clock, "url",
					 json_incref(json_object_get(responder, "url")));
			}
		}
	}
}

/* The certificates that an issuer's URL gave, and whether one of them is the issuer. */
static void take_issuer(struct examining *x, json_t *about, const json_t *bytes)
{
	json_t *answer = NULL, *one, *ids = json_array();
	const json_t *wanted = json_object_get(examining_certificate(x, NULL), "issuer");
	bool helps = false;
	size_t i;
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_CERTIFICATES,
			      .bytes = json_string_value(bytes),
		      },
		      &answer);
	examining_wait(x);
	json_array_foreach(json_object_get(answer, "certificates"), i, one)
	{
		const char *sha256 = json_string_value(json_object_get(one, "sha256"));
		if (sha256 == NULL)
			continue;
		json_array_append_new(ids, json_string(sha256));
		helps = helps || json_equal(json_object_get(one, "subject"), wanted);
	}
	if (answer != NULL && !examine_client_has_answered(answer))
		json_set(about, "text", json_incref(json_object_get(answer, "detail")));
	json_set(about, "certificates", ids);
	json_set(about, "helps", json_boolean(helps));
	json_decref(answer);
}

static void take_issuers(struct examining *x)
{
	for (size_t i = json_array_size(x->fetched); i-- > 0;) {
		json_t *one = json_array_get(x->fetched, i);
		if (json_integer_value(json_object_get(one, "what")) != EXAMINATION_ISSUER)
			continue;
		take_issuer(x, json_object_get(one, "into"), json_object_get(one, "bytes"));
		json_array_remove(x->fetched, i);
	}
}

/* All of them at once; what they say is taken together. */
bool examine_sources(struct examining *x)
{
	const char *fault = fetch_fault(x);
	if (examining_certificate(x, NULL) == NULL || x->fetchings != NULL)
		return false;
	x->fetchings = calloc(1, sizeof *x->fetchings);
	if (x->fetchings == NULL) {
		x->failed = true;
		return false;
	}
	queue_sources(x, x->fetchings, fault);
	queue_issuers(x, x->fetchings, fault);
	if (x->fetchings->num == 0)
		note_clock(x);
	return x->fetchings->num > 0;
}

void examine_take_sources(struct examining *x)
{
	take_all(x, x->fetchings);
	note_clock(x);
	take_issuers(x);
}
