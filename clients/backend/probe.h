/*
 * One attempt in flight: the request, the socket, what was seen, and the raw
 * staples. Belongs to one worker thread; the backend and revocation work on it.
 */
#ifndef CLIENTS_BACKEND_PROBE_H
#define CLIENTS_BACKEND_PROBE_H

#include "clients/backend/backend.h"
#include "clients/backend/trust_pool.h"

struct probe {
	const struct client_backend *backend;
	const struct request *request;
	/* Walks the sources of revocation status by the policy (clients/revocation/revocation.h)
	 * and fills the observation. Returns the alert that says why, for a rejection. */
	int (*judge)(struct probe *probe);
	struct net net;
	struct observation observation;
	struct staple_bytes staples[MAX_CHAIN]; /* by depth */
	/* What the stack found to be the chain, leaf first, by chain.h; the leaf is empty when an
	 * issuer alone was given. */
	struct der_list chain;
	bool chain_lacks_algorithm; /* its end may have an issuer, by what the stack lacks */
	/* Further certificates, in any order: what the server sent, or what was given; and where a
	 * path may end, when it is not where the chain does. */
	struct der_list others, anchors;
	void *session; /* the backend's, set by it before it calls probe_judge */
	void *kept;    /* the backend's, to resume an earlier session by; NULL for none */
	struct der_list kept_chain; /* of that session */
	bool judged;
	bool concluded;              /* an outcome is set */
	struct error evidence_error; /* the first evidence file that could not be written */
};

/* Memory for the backend's session, zeroed; and the end of that session. False, and why is
 * concluded, without memory. */
bool probe_open_session(struct probe *probe);
void probe_close_session(struct probe *probe);

/* The trusted roots that the request names; NULL, and why is concluded, when they cannot be read.
 */
struct trust *probe_borrow_trust(struct probe *probe, struct trust_pool *pool);

/* SHA-256 by the stack's own code: the common part links no second one. */
void probe_sha256(uint8_t out[static 32], const struct client_backend *backend, const void *data,
		  size_t len);

/* Frees what the probe owns; harmless on a zeroed probe. */
void probe_clear(struct probe *probe);

/* Keeps a copy of the staple for the certificate at depth (len 0 is an empty
 * staple) and notes it in the observation. A second call for a depth replaces. */
void probe_keep_staple(struct probe *probe, size_t depth, const void *data, size_t len);

/* Keeps a certificate that the server sent; the second also as evidence where the request wants
 * that. */
void probe_keep_other(struct probe *probe, struct der certificate);
void probe_keep_certificate(struct probe *probe, size_t depth, const void *der, size_t len);

/*
 * The point where the staple is judged: walks the sources by the policy, fills
 * outcome, reason, assurance, detail, staples' and fetches' checks. The backend
 * has filled certificate and staples and set probe->session. Call at most once. A
 * backend that can only judge after the handshake sets observation.stage to
 * STAGE_AFTER_HANDSHAKE before; otherwise a rejection has STAGE_HANDSHAKE.
 */
struct judgement probe_judge(struct probe *probe);

/*
 * For a backend whose stack calls its hooks in no resumed handshake: judges after it. Otherwise as
 * probe_judge.
 */
bool probe_judge_late(struct probe *probe);

/* For a backend: the chain does not verify, for the reason that observation.chain_error says. */
void probe_refuse_chain(struct probe *probe, enum reason reason);

/* For a backend: the handshake failed, as observation.native says. alert is the one received, for
 * REASON_TLS_ALERT alone. */
void probe_fail(struct probe *probe, enum reason reason, int alert);

/* For a backend: outcome with reason and a printf detail, unless one is set already.
 * OUTCOME_ERROR after the judge said go on replaces it: the connection never came about. */
void probe_conclude(struct probe *probe, enum outcome outcome, enum reason reason, enum stage stage,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
