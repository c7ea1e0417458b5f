/*
 * The requests of the client protocol (clients/README.md) that ask for a connection, or for a
 * verification without one.
 */
#ifndef HARNESS_DRIVE_MESSAGE_H
#define HARNESS_DRIVE_MESSAGE_H

#include "core/policy.h"

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

/* Sets key to text, unless that is NULL. */
void message_set_text(json_t *object, const char *key, const char *text);

/* New reference; NULL without memory. */
json_t *message_request_to_json(const struct message_request *request);

#endif
