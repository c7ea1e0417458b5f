/*
 * One attempt in flight: the request, the socket, what was seen, and the raw
 * staples. Belongs to one worker thread; the backend and revocation work on it.
 */
#ifndef CLIENTS_PROBE_H
#define CLIENTS_PROBE_H

#include "clients/backend.h"

struct staple_bytes {
	uint8_t *data; /* owned by the probe; NULL with len 0: present and empty, or absent */
	size_t len;
	bool present;
};

struct probe {
	const struct request *request;
	struct net net;
	struct observation observation;
	struct staple_bytes staples[MAX_CHAIN]; /* by depth */
	void *session; /* the backend's, set by it before it calls probe_judge */
	void *kept;    /* the backend's, to resume an earlier session by; NULL for none */
	bool judged;
	bool concluded;              /* an outcome is set */
	struct error evidence_error; /* the first evidence file that could not be written */
};

/*
 * The whole attempt: connects, lets the backend shake hands, judges on the way and
 * fills probe->observation; as often as the request says, while the client goes on. The
 * observation is of the last connection. request is borrowed until probe_clear.
 */
void probe_run(struct probe *probe, const struct request *request);

/*
 * The beginning of an attempt, for whoever goes on in another way than probe_run: a probe of
 * zero bytes gets its request, borrowed until probe_clear. A prologue that nobody knows is
 * concluded as OUTCOME_UNSUPPORTED.
 */
void probe_begin(struct probe *probe, const struct request *request);

/*
 * TCP and the plain-text prologue, where there is one, into probe->net; or false, and what
 * became of it is concluded. greeting is NULL or as in struct starttls_way.
 */
bool probe_reach(struct probe *probe, char *greeting, struct deadline deadline);

/* Frees what the probe owns; harmless on a zeroed probe. */
void probe_clear(struct probe *probe);

/* Keeps a copy of the staple for the certificate at depth (len 0 is an empty
 * staple) and notes it in the observation. A second call for a depth replaces. */
void probe_keep_staple(struct probe *probe, size_t depth, const void *data, size_t len);

/* Writes the certificate at depth into the evidence directory; does nothing, at no
 * cost, when the request has none (probe_wants_certificates is false then). */
void probe_keep_certificate(struct probe *probe, size_t depth, const void *der, size_t len);
bool probe_wants_certificates(const struct probe *probe);

/*
 * The point where the staple is judged: walks the sources by the policy, fills
 * outcome, reason, assurance, detail, staples' and fetches' checks. The backend
 * has filled certificate and staples and set probe->session. Call at most once. A
 * backend that can only judge after the handshake sets observation.stage to
 * STAGE_AFTER_HANDSHAKE before; otherwise a rejection has STAGE_HANDSHAKE.
 */
struct judgement probe_judge(struct probe *probe);

/* For a backend: outcome with reason and a printf detail, unless one is set already.
 * OUTCOME_ERROR after the judge said go on replaces it: the connection never came about. */
void probe_conclude(struct probe *probe, enum outcome outcome, enum reason reason, enum stage stage,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
