/*
 * What the lab's servers saw (fixtures/README.md), typed. Plain data; texts are borrowed from the
 * JSON that it was read from, and what is absent is NULL, or not set.
 */
#ifndef HARNESS_RUN_LAB_EVENT_H
#define HARNESS_RUN_LAB_EVENT_H

#include "core/json_members.h"

struct lab_staple {
	bool is_present;
	struct number bytes;
};

/* A connection to an endpoint, after its end. */
struct lab_connection {
	const char *sni, *scenario;
	const char *tls; /* "1.3" */
	struct number peer_port;
	struct flag status_request, completed;
	struct lab_staple staple, staple_above; /* above: for the intermediate */
	/* What the client sent. */
	struct {
		bool is_present;
		struct number number;
		const char *name;
	} alert;
};

/* A request to the responder or for a CRL. */
struct lab_request {
	const char *kind; /* "ocsp" or "crl" */
	const char *scenario, *method, *path, *behaviour;
	struct number peer_port, http_status;
	struct number ms; /* from the accepted connection until the response left */
};

void lab_connection_read(struct lab_connection *out, const json_t *event);
void lab_request_read(struct lab_request *out, const json_t *event);

/* That it is ready. */
struct lab_ready {
	struct number tls_port, http_port;
	const char *trust, *other_trust; /* PEM files */
	const json_t *scenarios;         /* for lab_place_read; NULL: none */
};
void lab_ready_read(struct lab_ready *out, const json_t *event);

/* Where the lab plays a scenario; port is not known when that is tls_port. */
struct lab_place {
	struct number port;
	const char *ocsp_url, *crl_url;
};
void lab_place_read(struct lab_place *out, const struct lab_ready *ready, const char *scenario);

enum lab_event_kind {
	LAB_EVENT_READY,
	LAB_EVENT_CONNECTION,
	LAB_EVENT_REQUEST,
	LAB_EVENT_LOST,
	LAB_EVENT_DONE,
	LAB_EVENT_FAILED,
	NUM_LAB_EVENT_KINDS
};
/* Of an event; -1 of one that is not known. */
int lab_event_kind(const json_t *event);

/* Why it failed; "" when it does not say. */
const char *lab_event_text(const json_t *event);

#endif
