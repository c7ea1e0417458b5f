/*
 * One request line of the client protocol (clients/README.md), read strictly: an
 * unknown key or policy value is "unsupported", never a guess.
 */
#ifndef CLIENTS_PROTOCOL_REQUEST_H
#define CLIENTS_PROTOCOL_REQUEST_H

#include "clients/net/fetch.h"
#include "clients/protocol/examination.h"
#include "clients/protocol/verification.h"
#include "core/policy.h"
#include "core/situation.h"

#include <stdbool.h>

enum enforcement { ENFORCEMENT_APPLICATION, ENFORCEMENT_NATIVE };

struct request {
	char *id;
	char *address; /* numeric, IPv4 or IPv6; resolved by the harness. With a proxy it may
			* be a name, which the proxy resolves */
	int port;
	char *proxy; /* NULL, or the numeric address of an HTTP proxy in front of all of it */
	int proxy_port;
	char *server_name; /* SNI and the name that the certificate must be for */
	char *starttls;    /* NULL, or a protocol's name */
	int tls;           /* TLS_BIT_*: versions to offer */
	char *trust;       /* path of a PEM file with roots */
	enum enforcement enforcement;
	struct policy policy;
	bool has_axes; /* the request states some */
	enum fetch_rule fetch;
	int deadline_ms;    /* of all connections together */
	int connections;    /* in a row, from 1 to CONNECTIONS_MAX; the last is judged */
	char *evidence_dir; /* NULL, or a directory that exists */
	/* When this is wanted, only it, id and policy count; what is above is at its default. */
	struct verification verification;
	/* Likewise, with what its kind says. */
	struct examination examination;
};

enum request_verdict {
	REQUEST_READ,
	REQUEST_UNSUPPORTED, /* has an id, asks for what this program does not know */
	REQUEST_BROKEN,      /* not a request at all: no JSON object, no id */
};

/*
 * Reads one line. On REQUEST_READ the request is whole; on REQUEST_UNSUPPORTED only
 * id is set and err says what is not known; on REQUEST_BROKEN nothing is set. Free
 * with request_clear in every case.
 */
enum request_verdict request_parse(struct request *request, const char *line, size_t len,
				   struct error *err);
void request_clear(struct request *request);

#endif
