/* Knows the course of an examination: one handshake, a heap of certificates, one fetch. */
#include "clients/program/examine.h"

#include "clients/protocol/answer.h"
#include "clients/protocol/examine_answer.h"
#include "clients/backend/chain.h"
#include "clients/backend/status.h"
#include "clients/net/fetch.h"
#include "clients/net/lateness.h"
#include "clients/program/attempt.h"
#include "clients/net/talk.h"

#include "core/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a time-out, which part of lateness is enough that it says nothing of the server: a quarter. */
#define LATE_PART 4

static void refuse(struct text *out, const struct request *request, enum reason reason,
		   const char *why)
{
	enum outcome outcome =
		reason == REASON_POLICY_UNSUPPORTED ? OUTCOME_UNSUPPORTED : OUTCOME_ERROR;
	answer_append_refusal(out, request->id, outcome, reason, why);
}

/* Whether this machine was late for that part: the thread was ready to run and did not (late_us,
 * -1: not known), or saw the end of the deadline too late. Then that is the answer. */
static bool refuse_late(struct text *out, const struct request *request, const char *what,
			int64_t waited_us, int64_t late_us)
{
	char why[160];
	int64_t excess_us = waited_us - (int64_t)request->deadline_ms * 1000;
	int64_t most_us = late_us > excess_us ? late_us : excess_us;
	if (most_us <= 0 || most_us < waited_us / LATE_PART)
		return false;
	snprintf(why, sizeof why,
		 "the %s timed out, and the client program itself was late for %" PRId64
		 " ms of %" PRId64,
		 what, most_us / 1000, waited_us / 1000);
	refuse(out, request, REASON_OVERLOAD_TIMEOUT, why);
	return true;
}

static void shake_hands(struct probe *probe, struct handshake_facts *facts)
{
	if (probe_open_session(probe))
		probe->backend->examine_handshake(probe, facts);
	probe_close_session(probe);
}

static void examine_handshake(struct text *out, const struct client_backend *backend,
			      const struct request *request, struct probe *probe)
{
	char greeting[TALK_LINE_MAX] = "";
	struct handshake_facts facts = {0};
	const struct observation *seen = &probe->observation;
	int64_t start_us = clock_monotonic_us(), late_us = lateness_us();
	text_init(&facts.http, EXAMINE_HTTP_MAX);
	attempt_begin(probe, backend, request);
	if (!probe->concluded &&
	    attempt_reach(probe, greeting, deadline_in_ms(request->deadline_ms)))
		shake_hands(probe, &facts);
	facts.is_over = probe->concluded;
	/* The program's own inability, or ours to understand, is no finding. */
	bool is_refused = probe->concluded && (seen->reason == REASON_PROGRAM_PROTOCOL ||
					       seen->reason == REASON_POLICY_UNSUPPORTED);
	bool timed_out = probe->concluded && (seen->reason == REASON_CONNECT_TIMEOUT ||
					      seen->reason == REASON_TLS_TIMEOUT);
	if (is_refused)
		refuse(out, request, seen->reason, seen->detail);
	else if (!timed_out ||
		 !refuse_late(out, request,
			      seen->reason == REASON_TLS_TIMEOUT ? "handshake" : "connection",
			      clock_monotonic_us() - start_us, lateness_since_us(late_us)))
		examine_append_handshake(out, request->id, seen, probe->staples, &facts, greeting);
	net_close(&probe->net);
	handshake_facts_clear(&facts);
}

static void examine_certificates(struct text *out, const struct client_backend *backend,
				 const struct request *request)
{
	const struct examination *wanted = &request->examination;
	struct certificate_list list = {0};
	struct error err = ERROR_INIT;
	if (backend->read_certificates(&list, wanted->bytes, wanted->len, &err))
		examine_append_certificates(out, request->id, &list);
	else
		refuse(out, request, REASON_CHAIN_INVALID, err.text);
	certificate_list_clear(&list);
}

/* The request to a responder, by the same code that makes one in a connection: the certificate
 * is at depth 0, under its issuer. */
static bool make_ocsp_request(struct probe *probe, uint8_t **der, size_t *len,
			      const struct client_backend *backend, const struct request *request,
			      struct error *err)
{
	const struct examination *wanted = &request->examination;
	struct request given = *request;
	given.verification = (struct verification){
		.kind = VERIFICATION_OCSP,
		.certificate = wanted->certificate,
		.issuer = wanted->issuer,
	};
	attempt_begin(probe, backend, &given);
	bool done = chain_open_given(probe);
	if (!done)
		error_set(err, ERROR_UNABLE, "%s", probe->observation.detail);
	else
		done = status_make_request(probe, der, len, 0, der_of(NULL, 0), err);
	probe->request = request;
	return done;
}

static void append_fetch(struct text *out, const struct client_backend *backend,
			 const struct request *request, const struct fetch_facts *facts,
			 const struct text *body)
{
	uint8_t digest[32];
	if (body != NULL)
		probe_sha256(digest, backend, text_string(body), body->len);
	examine_append_fetch(out, request->id, &request->examination, facts, body, digest);
}

static void carry_out(struct text *out, const struct client_backend *backend,
		      const struct request *request, const uint8_t *ocsp_request,
		      size_t ocsp_request_len)
{
	const struct examination *wanted = &request->examination;
	struct fetch_facts facts = {.is_crl = wanted->what == EXAMINATION_CRL};
	struct error err = ERROR_INIT;
	struct fetch_order order = {
		.url = wanted->url,
		.ocsp_request = ocsp_request,
		.ocsp_request_len = ocsp_request_len,
		.method = wanted->method,
		.rule = request->fetch,
		.proxy = request->proxy,
		.proxy_port = request->proxy_port,
		.trust = request->trust,
		.deadline = deadline_in_ms(request->deadline_ms),
		.max_len = facts.is_crl ? CRL_MAX_LEN : OCSP_MAX_LEN,
		.any_type = wanted->what == EXAMINATION_ISSUER,
	};
	struct text body;
	text_init(&body, order.max_len);
	bool has_body = fetch(&facts, &body, &order);
	if (has_body && wanted->file != NULL &&
	    !file_write(wanted->file, text_string(&body), body.len, &err))
		refuse(out, request, REASON_PROGRAM_PROTOCOL, err.text);
	else if (facts.layer != FETCH_TIMEOUT ||
		 !refuse_late(out, request, "fetch", facts.ms * 1000, facts.late_us))
		append_fetch(out, backend, request, &facts, has_body ? &body : NULL);
	text_clear(&body);
}

static void examine_fetch(struct text *out, const struct client_backend *backend,
			  const struct request *request, struct probe *probe)
{
	uint8_t *ocsp_request = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	if (request->examination.what == EXAMINATION_OCSP &&
	    !make_ocsp_request(probe, &ocsp_request, &len, backend, request, &err))
		refuse(out, request, REASON_CHAIN_INVALID, err.text);
	else
		carry_out(out, backend, request, ocsp_request, len);
	free(ocsp_request);
}

const char *examine_lack(const struct client_backend *backend)
{
	return backend->examine_handshake != NULL ? NULL
						  : "one client program that can examine is enough";
}

void examine_answer(struct text *out, const struct client_backend *backend,
		    const struct request *request)
{
	const char *lack = examine_lack(backend);
	if (lack != NULL) {
		refuse(out, request, REASON_POLICY_UNSUPPORTED, lack);
		return;
	}
	struct probe *probe = calloc(1, sizeof *probe);
	if (probe == NULL) {
		refuse(out, request, REASON_OUT_OF_MEMORY, "the client program has no memory");
		return;
	}
	probe->net.fd = -1;
	switch (request->examination.kind) {
	case EXAMINATION_CERTIFICATES: examine_certificates(out, backend, request); break;
	case EXAMINATION_FETCH: examine_fetch(out, backend, request, probe); break;
	default: examine_handshake(out, backend, request, probe); break;
	}
	probe_clear(probe);
	free(probe);
}
