/*
 * What one client saw and did in one attempt: the answer of the client protocol
 * (clients/README.md), typed. Plain data; texts are borrowed from the JSON that it was read from.
 * What the client did not say is NULL, or not set.
 */
#ifndef HARNESS_RUN_OBSERVATION_H
#define HARNESS_RUN_OBSERVATION_H

#include "core/json_members.h"
#include "core/name.h"

struct observed_native {
	bool is_present;
	const char *library, *name, *text;
	struct number code;
};

struct observed_alert {
	bool is_present;
	const char *direction; /* "sent" or "received" */
	const char *name;
	struct number number;
};

struct observed_tls {
	const char *version, *cipher;
	struct flag resumed;
};

struct observed_chain {
	struct flag verified;
	const char *error;
	struct number depth;
};

/* Times are UTC texts ("2026-11-23T01:02:03Z"), here and below. */
struct observed_certificate {
	bool is_present;
	const char *sha256, *serial, *not_before, *not_after;
	struct flag must_staple;
	struct json_texts ocsp_urls, crl_urls;
};

/* A pointer of the certificate that is named and not used. */
struct observed_pointer {
	const char *kind, *url; /* "ocsp", "crl" or "issuer" */
	struct json_name why;   /* enum url_fault */
};

struct observed_staple {
	struct number depth; /* 0: for the leaf */
	struct number bytes, response_status;
	const char *sha256, *status, *this_update, *next_update, *produced_at, *signer;
	struct json_name check;
};

struct observed_fetch {
	const char *kind, *url, *method, *layer, *text;
	struct number depth, ms, http_status, local_port;
	struct number late_us; /* of ms it was ready to run and did not */
	struct json_name check;
};

/* A connection before the one that is judged. */
struct observed_connection {
	const char *outcome, *reason, *assurance, *tls;
	struct flag resumed, left_session;
	struct number local_port;
};

/* In microseconds. */
struct observed_timing {
	struct number connect, handshake, revocation, total;
	struct number late; /* of the total it was ready to run and did not */
};

struct observation {
	bool is_answer; /* outcome and reason are set; false when the program did not answer */
	enum outcome outcome; /* CONNECT, WARN, REJECT, UNSUPPORTED or ERROR */
	enum reason reason;
	enum status assurance; /* GOOD, REVOKED or NONE */
	bool has_stage;
	enum stage stage;
	const char *detail;
	struct number local_port;
	struct observed_native native;
	struct observed_alert alert;
	struct observed_tls tls;
	struct observed_chain chain;
	struct observed_certificate certificate;
	struct observed_timing timing;
	struct observed_staple *staples; /* owned, as are the lists below */
	struct observed_fetch *fetches;
	struct observed_pointer *unusable_urls; /* of the certificate */
	struct observed_connection *earlier;
	size_t num_staples, num_fetches, num_unusable_urls, num_earlier;
	/* Of a program that did not answer: its stderr, and what came instead of an answer. */
	const char *stderr_text, *output;
};

/* The staple for the leaf, or NULL when none came. */
const struct observed_staple *observation_leaf_staple(const struct observation *observation);

void observation_clear(struct observation *observation);

#endif
