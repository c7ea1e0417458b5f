/*
 * The client protocol as the harness speaks it (clients/README.md): requests are
 * written, answers are checked before anything in them is believed.
 */
#ifndef HARNESS_DRIVE_MESSAGE_H
#define HARNESS_DRIVE_MESSAGE_H

#include "core/error.h"
#include "core/name.h"
#include "core/policy.h"
#include "core/text.h"
#include "harness/run/observation.h"
#include "harness/run/status_check.h"

#include <jansson.h>

/* One request; strings are borrowed, those that may be NULL say so. */
struct message_request {
	const char *id;
	const char *address; /* numeric; with a proxy also a name */
	int port;
	const char *proxy; /* numeric address of an HTTP proxy; NULL: none, the key is not sent */
	int proxy_port;
	const char *server_name;
	const char *starttls; /* NULL: none */
	const char *trust;    /* NULL: the system's bundle */
	bool native;
	const struct policy *policy; /* NULL: not sent (native enforcement has none) */
	const char *impossible_axis; /* NULL, or an axis that no client can know */
	const char *fetch; /* "public" or "none"; NULL: anything, and the key is not sent */
	int deadline_ms;
	int connections;          /* 0 or 1: one, and the key is not sent */
	const char *evidence_dir; /* NULL: none */
};

/* A request to verify something without a connection. Strings that may be NULL are left out. */
struct message_verification {
	const char *id;
	bool is_crl;
	const char *bytes; /* base64; NULL: file is given */
	const char *file;
	const char *certificate, *issuer, *chain, *trust; /* PEM text; may be NULL */
	bool has_time;
	int64_t at_s;
	const struct policy *policy;
};
json_t *message_verification_to_json(const struct message_verification *verification);

/* New reference; NULL without memory. */
json_t *message_request_to_json(const struct message_request *request);

/* An answer that is believed. */
struct answer {
	json_t *object; /* as it came, with keys that are not known; owned */
	/* Of a probe, and of a verification or examination that did not take place: why. Its
	 * detail is never NULL. Zero otherwise. */
	struct observation observation;
	/* Of a verification: the object `check`, and what it says; NULL when there is none. */
	json_t *check;
	struct status_check seen;
	/* Of an examination: the object `examination`, likewise
	 * (harness/drive/message_examination.h). */
	const json_t *examination;
};

/* What was asked for, and so what an answer is. */
enum answer_kind { ANSWER_PROBE, ANSWER_CHECK, ANSWER_EXAMINATION };

/*
 * Takes object (its reference too) as an answer. False when it breaks the protocol: a
 * value outside of the closed lists, a key of a wrong type, an outcome that is not the
 * client's to give; err says which, and nothing is kept. Keys that are not known stay.
 */
bool answer_take(struct answer *answer, json_t *object, struct error *err);

/* The same for the answer of a verification: it has a `check`, or why there is none
 * (outcome reject, unsupported or error). */
bool answer_take_check(struct answer *answer, json_t *object, struct error *err);

/* Whichever of answer_take, answer_take_check and answer_take_examination the kind wants. */
bool answer_take_as(struct answer *answer, enum answer_kind kind, json_t *object,
		    struct error *err);

void answer_clear(struct answer *answer);

/* Checks what --describe printed. *version and *stack are borrowed from object. */
bool message_check_description(const json_t *object, const char **stack, const char **version,
			       int *max_concurrency, struct error *err);

#endif
