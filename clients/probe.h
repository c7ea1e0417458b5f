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
	bool judged;
};

/* Keeps a copy of the staple for the certificate at depth (len 0 is an empty
 * staple) and notes it in the observation. A second call for a depth replaces. */
void probe_keep_staple(struct probe *probe, size_t depth, const void *data, size_t len);

/*
 * The point where the staple is judged: walks the sources by the policy, fills
 * outcome, reason, assurance, detail, staples' and fetches' checks. The backend
 * has filled certificate and staples and set probe->session. Call at most once.
 */
struct judgement probe_judge(struct probe *probe);

/* For a backend: outcome with reason and a printf detail, unless one is set already. */
void probe_conclude(struct probe *probe, enum outcome outcome, enum reason reason,
		    enum stage stage, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
