/* Knows how the sources of revocation status are asked, and in which order. */
#include "clients/revocation/revocation.h"

#include "clients/revocation/detail.h"
#include "clients/revocation/walk.h"
#include "clients/backend/evidence.h"
#include "clients/backend/status.h"
#include "clients/net/fetch.h"

#include "core/clock.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* RFC 9654 section 2.1: a nonce of 32 bytes. */
#define NONCE_LEN 32

/* Everything about the certificate that is being walked. */
struct revocation_check {
	struct probe *probe;
	const struct certificate_facts *certificate;
	struct certificate_walk *walk;
};

static bool is_answer(enum check check)
{
	return check == CHECK_GOOD || check == CHECK_REVOKED || check == CHECK_UNKNOWN;
}

static bool says_revoked(const struct status_check *check)
{
	return check->authentic && check->status == STATUS_REVOKED;
}

static void clear_check(struct status_check *check)
{
	*check = (struct status_check){.response_status = -1, .revocation_reason = -1};
}

static struct staple_facts *find_staple(struct probe *probe, size_t depth)
{
	struct observation *seen = &probe->observation;
	for (size_t i = 0; i < seen->num_staples; i++)
		if (seen->staples[i].depth == depth)
			return &seen->staples[i];
	return NULL;
}

/* Whether anything in the policy depends on what is inside the staple. */
static bool looks_into_staple(const struct policy *policy)
{
	return policy->checks_staple != CHECKS_STAPLE_NO || policy->requires_staple == YES ||
	       policy->must_staple == MUST_STAPLE_VALID;
}

/* Checks the staple for a depth, or says why there is none to check. */
static void read_staple(struct probe *probe, size_t depth, bool can_ask,
			struct source_record *record)
{
	struct staple_facts *staple = find_staple(probe, depth);
	record->result = (struct source_result){.source = SOURCE_STAPLE};
	if (staple == NULL) {
		record->result.check = can_ask ? CHECK_MISSING : CHECK_NOT_SUPPORTED;
		return;
	}
	if (!looks_into_staple(&probe->request->policy))
		return;
	const struct staple_bytes *bytes = &probe->staples[depth];
	clear_check(&staple->check);
	if (bytes->len == 0)
		staple->check.check = CHECK_MALFORMED;
	else
		status_check_ocsp(probe, &staple->check, depth, der_of(bytes->data, bytes->len),
				  der_of(NULL, 0));
	record->check = &staple->check;
	record->result.check = staple->check.check;
	record->result.says_revoked = says_revoked(&staple->check);
	record->result.response_status = staple->check.response_status;
}

static enum reason layer_reason(const struct fetch_facts *fetch)
{
	switch (fetch->layer) {
	case FETCH_DNS: return fetch->is_crl ? REASON_CRL_DNS : REASON_RESPONDER_DNS;
	case FETCH_CONNECT: return fetch->is_crl ? REASON_CRL_CONNECT : REASON_RESPONDER_CONNECT;
	case FETCH_TIMEOUT: return fetch->is_crl ? REASON_CRL_TIMEOUT : REASON_RESPONDER_TIMEOUT;
	case FETCH_HTTP: return fetch->is_crl ? REASON_CRL_HTTP : REASON_RESPONDER_HTTP;
	case FETCH_ANSWER:
		return fetch->is_crl ? REASON_CRL_BAD_ANSWER : REASON_RESPONDER_BAD_ANSWER;
	case FETCH_UNUSABLE:
		return fetch->is_crl ? REASON_CRL_URL_UNUSABLE : REASON_RESPONDER_URL_UNUSABLE;
	case FETCH_FORBIDDEN: break;
	}
	return REASON_FETCH_FORBIDDEN;
}

/* NULL when this probe has fetched often enough: a hostile chain may name many URLs. */
static struct fetch_facts *new_fetch(struct revocation_check *self, bool is_crl)
{
	struct observation *seen = &self->probe->observation;
	if (seen->num_fetches == MAX_FETCHES)
		return NULL;
	struct fetch_facts *fetch = &seen->fetches[seen->num_fetches++];
	*fetch = (struct fetch_facts){.is_crl = is_crl, .depth = self->walk->depth};
	clear_check(&fetch->check);
	return fetch;
}

/* What is sent to a responder. */
struct inquiry {
	uint8_t *der; /* owned; NULL for a CRL */
	size_t len;
	uint8_t nonce[NONCE_LEN];
	size_t nonce_len;
};

static void check_body(struct revocation_check *self, struct fetch_facts *fetch,
		       const struct text *body, const struct inquiry *inquiry)
{
	struct probe *probe = self->probe;
	const uint8_t *bytes = (const uint8_t *)text_string(body);
	size_t number = (size_t)(fetch - probe->observation.fetches);
	evidence_save(probe->request->evidence_dir, fetch->is_crl ? "crl" : "ocsp", number, bytes,
		      body->len, &probe->evidence_error);
	if (body->len == 0)
		fetch->check.check = CHECK_MALFORMED;
	else if (fetch->is_crl)
		status_check_crl(probe, &fetch->check, fetch->depth, der_of(bytes, body->len));
	else
		status_check_ocsp(probe, &fetch->check, fetch->depth, der_of(bytes, body->len),
				  der_of(inquiry->nonce, inquiry->nonce_len));
}

/* When a fetch must be over: by the policy's time-out, and early enough that the
 * handshake that waits for it can still end within the probe's deadline. */
static struct deadline fetch_deadline(const struct probe *probe)
{
	const struct request *request = probe->request;
	int64_t reserve_ms = request->deadline_ms / 10 < 1000 ? request->deadline_ms / 10 : 1000;
	struct deadline latest = {.at_us = probe->net.deadline.at_us - reserve_ms * 1000};
	return deadline_earlier(latest, deadline_in_ms(request->policy.timeout_ms));
}

/* Fetches one URL and checks what came. */
static void try_url(struct revocation_check *self, struct fetch_facts *fetch_facts, const char *url,
		    const struct inquiry *inquiry)
{
	const struct request *request = self->probe->request;
	bool is_crl = fetch_facts->is_crl;
	struct text body;
	text_init(&body, is_crl ? CRL_MAX_LEN : OCSP_MAX_LEN);
	const struct fetch_order order = {
		.url = url,
		.ocsp_request = inquiry->der,
		.ocsp_request_len = inquiry->len,
		.method = (enum ocsp_method)request->policy.ocsp_method,
		.rule = request->fetch,
		.proxy = request->proxy,
		.proxy_port = request->proxy_port,
		.trust = request->trust,
		.deadline = fetch_deadline(self->probe),
		.max_len = is_crl ? CRL_MAX_LEN : OCSP_MAX_LEN,
	};
	if (fetch(fetch_facts, &body, &order))
		check_body(self, fetch_facts, &body, inquiry);
	else if (fetch_facts->layer == FETCH_ANSWER)
		fetch_facts->check.check = CHECK_TOO_LARGE;
	else
		fetch_facts->check.check = CHECK_UNAVAILABLE;
	text_clear(&body);
}

static void note_fetch(struct source_record *record, const struct fetch_facts *fetch)
{
	record->fetch = fetch;
	record->check = &fetch->check;
	record->result.check = fetch->check.check;
	record->result.says_revoked = says_revoked(&fetch->check);
	record->result.unavailable = layer_reason(fetch);
	record->result.response_status = fetch->check.response_status;
}

/* Whether the answer settles it for the policy, so that no other URL need be tried. */
static bool settles(const struct revocation_check *self, const struct status_check *check)
{
	const struct source_result result = {.check = check->check,
					     .says_revoked = says_revoked(check)};
	return is_answer(check->check) ||
	       decision_is_revoked(&self->probe->request->policy, &result);
}

/* Whether what a later URL gave tells more than what an earlier one did. */
static bool tells_more(const struct revocation_check *self, const struct source_record *so_far,
		       const struct fetch_facts *fetch)
{
	if (so_far->fetch == NULL || settles(self, &fetch->check))
		return true;
	return so_far->result.check == CHECK_UNAVAILABLE && fetch->check.check != CHECK_UNAVAILABLE;
}

/* Adds a CRL for some reasons to those before it (RFC 5280 section 6.3.3). True: together they say
 * that the certificate is not revoked for any. */
static bool complete(struct source_record *record, const struct fetch_facts *fetch)
{
	if (fetch->check.check != CHECK_INCOMPLETE)
		return false;
	record->num_parts++;
	record->covered_reasons |= fetch->check.covered_reasons;
	if (record->covered_reasons != REASONS_ALL)
		return false;
	note_fetch(record, fetch);
	record->result.check = CHECK_GOOD;
	return true;
}

static bool is_named(const struct url_list *urls)
{
	return urls->num > 0 || urls->num_unusable > 0;
}

/* A certificate that names a source has one, also where none of its pointers can be used. */
static void note_named(struct source_record *record, const struct url_list *urls)
{
	bool is_crl = record->result.source == SOURCE_CRL;
	if (!is_named(urls))
		return;
	if (urls->num == 0) {
		record->num_unusable = urls->num_unusable;
		record->unusable = urls->unusable[0];
	}
	record->result.check = CHECK_UNAVAILABLE;
	record->result.unavailable = urls->num > 0 ? REASON_FETCH_FORBIDDEN
				     : is_crl      ? REASON_CRL_URL_UNUSABLE
						   : REASON_RESPONDER_URL_UNUSABLE;
}

static void try_urls(struct revocation_check *self, struct source_record *record,
		     const struct url_list *urls, const struct inquiry *inquiry)
{
	bool is_crl = record->result.source == SOURCE_CRL;
	for (size_t i = 0; i < urls->num; i++) {
		struct fetch_facts *fetch_facts = new_fetch(self, is_crl);
		if (fetch_facts == NULL)
			break;
		try_url(self, fetch_facts, urls->urls[i], inquiry);
		if (tells_more(self, record, fetch_facts))
			note_fetch(record, fetch_facts);
		if (settles(self, &fetch_facts->check) || complete(record, fetch_facts))
			break;
	}
}

/* Builds the request; without one the source is unavailable, which is a backend's failure. */
static bool make_inquiry(struct revocation_check *self, struct inquiry *inquiry, struct error *err)
{
	struct probe *probe = self->probe;
	if (probe->request->policy.nonce == YES) {
		inquiry->nonce_len = NONCE_LEN;
		if (getrandom(inquiry->nonce, NONCE_LEN, 0) != NONCE_LEN)
			return error_set_errno(err, ERROR_UNABLE, "no random bytes");
	}
	return status_make_request(probe, &inquiry->der, &inquiry->len, self->walk->depth,
				   der_of(inquiry->nonce, inquiry->nonce_len), err);
}

static void note_no_question(struct revocation_check *self, struct source_record *record,
			     const struct error *err)
{
	struct fetch_facts *fetch_facts = new_fetch(self, false);
	record->result.check = CHECK_UNAVAILABLE;
	record->result.unavailable = REASON_RESPONDER_CONNECT;
	if (fetch_facts == NULL)
		return;
	fetch_facts->layer = FETCH_CONNECT;
	fetch_facts->check.check = CHECK_UNAVAILABLE;
	snprintf(fetch_facts->url, URL_TEXT_MAX, "%s", self->certificate->ocsp.urls[0]);
	snprintf(fetch_facts->text, NATIVE_MAX, "no request could be made: %.200s", err->text);
	note_fetch(record, fetch_facts);
}

static void ask_responder(struct revocation_check *self, struct source_record *record)
{
	const struct certificate_facts *certificate = self->certificate;
	struct inquiry inquiry = {0};
	struct error err = ERROR_INIT;
	record->result = (struct source_result){.source = SOURCE_OCSP, .check = CHECK_MISSING};
	note_named(record, &certificate->ocsp);
	if (certificate->ocsp.num == 0)
		return;
	if (make_inquiry(self, &inquiry, &err))
		try_urls(self, record, &certificate->ocsp, &inquiry);
	else
		note_no_question(self, record, &err);
	free(inquiry.der);
}

static void ask_crl(struct revocation_check *self, struct source_record *record)
{
	const struct certificate_facts *certificate = self->certificate;
	static const struct inquiry nothing;
	record->result = (struct source_result){.source = SOURCE_CRL, .check = CHECK_MISSING};
	note_named(record, &certificate->crl);
	try_urls(self, record, &certificate->crl, &nothing);
}

static bool can_carry_at(const struct probe *probe, size_t depth)
{
	return depth == 0 || strcmp(probe->observation.tls_version, "1.3") == 0;
}

static bool can_ask_at(const struct probe *probe, size_t depth)
{
	const struct client_backend *backend = probe->backend;
	return can_carry_at(probe, depth) && backend->lacks(CAPABILITY_STATUS_REQUEST) == NULL &&
	       (depth == 0 || backend->lacks(CAPABILITY_MULTI_STAPLE) == NULL);
}

/* Fetches what the decision asks for, until it asks for nothing more. results is what
 * input->fetched points to. */
static void fetch_sources(struct revocation_check *self, struct decision_input *input,
			  struct source_result results[static NUM_SOURCES],
			  struct source_record records[static NUM_SOURCES])
{
	struct decision *decision = &self->walk->decision;
	for (;;) {
		decision_make(decision, input);
		if (!decision->go_on || input->num_fetched == NUM_SOURCES)
			break;
		struct source_record *record = &records[input->num_fetched];
		if (decision->next == SOURCE_OCSP)
			ask_responder(self, record);
		else
			ask_crl(self, record);
		results[input->num_fetched++] = record->result;
	}
}

/*
 * RFC 9608 section 3: not in a certificate of a CA, and not beside a pointer to a status.
 * The section calls such a certificate invalid, which is the stack's word to say; here the
 * extension does not count, and the status is asked for.
 */
static bool says_no_rev_avail(const struct revocation_check *self)
{
	const struct certificate_facts *facts = self->certificate;
	return facts->no_rev_avail && self->walk->depth == 0 && !is_named(&facts->ocsp) &&
	       !is_named(&facts->crl);
}

static void walk_sources(struct revocation_check *self)
{
	struct certificate_walk *walk = self->walk;
	struct source_record staple = {0}, fetched[NUM_SOURCES] = {0};
	struct source_result results[NUM_SOURCES];
	struct decision_input input = {
		.policy = &self->probe->request->policy,
		.depth = walk->depth,
		.must_staple = self->certificate->must_staple,
		.no_rev_avail = says_no_rev_avail(self),
		.can_carry = can_carry_at(self->probe, walk->depth),
		.can_ask = can_ask_at(self->probe, walk->depth),
		.leaf_has_staple = find_staple(self->probe, 0) != NULL,
		.fetched = results,
	};
	read_staple(self->probe, walk->depth, input.can_ask, &staple);
	input.staple = staple.result;
	walk->must_staple = input.must_staple;
	walk->insists = decision_insists(&input);
	fetch_sources(self, &input, results, fetched);
	enum source sources[NUM_SOURCES];
	decision_sources(sources, &input);
	size_t used = 0;
	for (size_t i = 0; i < walk->decision.num_used; i++)
		walk->records[walk->num_records++] =
			sources[i] == SOURCE_STAPLE ? staple : fetched[used++];
	if (walk->num_records == 0 && walk->decision.outcome != OUTCOME_CONNECT)
		walk->records[walk->num_records++] = staple;
}

/* One certificate; false when there is none at this depth to be walked. */
static bool walk_certificate(struct probe *probe, struct certificate_walk *walk, size_t depth)
{
	struct certificate_facts *facts = &probe->observation.certificate;
	struct certificate_facts own, issuer;
	if (depth > 0) {
		/* The root is a trust anchor: no status of it is published. */
		if (!status_read_certificate(probe, &own, depth) ||
		    !status_read_certificate(probe, &issuer, depth + 1))
			return false;
		facts = &own;
	}
	struct revocation_check self = {.probe = probe, .certificate = facts, .walk = walk};
	*walk = (struct certificate_walk){.depth = depth};
	walk_sources(&self);
	return true;
}

static int alert_for(const struct decision *decision)
{
	if (decision->reason == REASON_STATUS_REVOKED)
		return 44; /* certificate_revoked */
	if (decision->source == SOURCE_STAPLE)
		return 113; /* bad_certificate_status_response */
	return 42;          /* bad_certificate */
}

static void conclude(struct probe *probe, const struct certificate_walk *walk)
{
	struct observation *seen = &probe->observation;
	const struct decision *decision = &walk->decision;
	seen->outcome = decision->outcome;
	seen->reason = decision->reason;
	seen->assurance = decision->assurance;
	detail_write(seen->detail, walk, clock_wall_s());
	for (size_t i = 0; i < walk->num_records && seen->native.library[0] == '\0'; i++)
		if (walk->records[i].result.source == decision->source &&
		    walk->records[i].check != NULL &&
		    walk->records[i].check->check == walk->records[i].result.check)
			seen->native = walk->records[i].check->native;
}

/* An intermediate for which the policy uses no source does not count. */
static bool counts(const struct certificate_walk *walk)
{
	return walk->depth == 0 || walk->decision.reason != REASON_NOT_CHECKED ||
	       walk->decision.outcome != OUTCOME_CONNECT;
}

int revocation_judge(struct probe *probe)
{
	struct certificate_walk worst, walk;
	walk_certificate(probe, &worst, 0);
	for (size_t depth = 1;
	     probe->request->policy.scope == SCOPE_CHAIN && depth < MAX_CHAIN &&
	     worst.decision.outcome != OUTCOME_REJECT && walk_certificate(probe, &walk, depth);
	     depth++) {
		if (counts(&walk) &&
		    decision_worse(&worst.decision, &walk.decision) == &walk.decision)
			worst = walk;
	}
	conclude(probe, &worst);
	return alert_for(&worst.decision);
}
