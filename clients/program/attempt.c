/* Knows the course of one attempt: connect, prologue, handshake, judge, goodbye. */
#include "clients/program/attempt.h"

#include "clients/net/lateness.h"
#include "clients/net/proxy.h"
#include "clients/net/starttls.h"
#include "clients/revocation/revocation.h"

#include "core/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* TCP to the endpoint, or to the proxy and on from there. */
static bool connect_there(struct probe *probe, enum reason *reason, struct deadline deadline,
			  struct error *err)
{
	const struct request *request = probe->request;
	if (request->proxy == NULL)
		return net_connect(&probe->net, reason, request->address, request->port, deadline,
				   err);
	bool done = net_connect(&probe->net, reason, request->proxy, request->proxy_port, deadline,
				err) &&
		    proxy_open(&probe->net, request->address, request->port, err);
	*reason = REASON_CONNECT_PROXY;
	return done || error_prefix(err, "proxy");
}

bool attempt_reach(struct probe *probe, char *greeting, struct deadline deadline)
{
	const struct request *request = probe->request;
	struct observation *seen = &probe->observation;
	struct error err = ERROR_INIT;
	enum reason reason;
	int64_t start_us = clock_monotonic_us();
	bool connected = connect_there(probe, &reason, deadline, &err);
	seen->connect_us = clock_monotonic_us() - start_us;
	if (!connected) {
		net_close(&probe->net);
		probe_conclude(probe, OUTCOME_ERROR, reason, STAGE_CONNECT, "%s", err.text);
		return false;
	}
	seen->local_port = net_local_port(&probe->net);
	if (request->starttls == NULL)
		return true;
	enum starttls protocol = (enum starttls)name_find(&starttls_names, request->starttls);
	struct starttls_way way = {.server_name = request->server_name, .greeting = greeting};
	if (starttls_begin(&probe->net, protocol, &way, &err))
		return true;
	probe_conclude(probe, OUTCOME_ERROR, REASON_STARTTLS_FAILED, STAGE_STARTTLS, "%s: %s",
		       request->starttls, err.text);
	return false;
}

static bool is_let_on(const struct observation *seen)
{
	return seen->outcome == OUTCOME_CONNECT || seen->outcome == OUTCOME_WARN;
}

/* Keeps what the next connection can resume this session by. */
static void keep_session(struct probe *probe)
{
	bool is_last = probe->observation.num_earlier + 1 == (size_t)probe->request->connections;
	if (is_last || probe->request->policy.resumption == RESUMPTION_NO ||
	    !is_let_on(&probe->observation))
		return;
	/* A server without a ticket must not use up the time of the next connection. */
	struct deadline whole = probe->net.deadline, wait = deadline_in_ms(TICKET_WAIT_MS);
	if (deadline_left_ms(wait) < deadline_left_ms(whole))
		probe->net.deadline = wait;
	probe->backend->forget(probe->kept);
	probe->kept = probe->chain.num > 0 ? probe->backend->keep(probe) : NULL;
	if (probe->kept != NULL && !der_list_copy(&probe->kept_chain, &probe->chain)) {
		probe->backend->forget(probe->kept);
		probe->kept = NULL;
	}
	probe->net.deadline = whole;
	probe->net.timed_out = false;
}

/* A server that wants a newer TLS than the stack has: no verdict, and no fault of either. */
static void note_version(struct probe *probe)
{
	enum { PROTOCOL_VERSION = 70 }; /* RFC 8446 section 6.2 */
	struct observation *seen = &probe->observation;
	const char *lack = probe->backend->lacks(CAPABILITY_TLS_1_3);
	if (lack == NULL || seen->outcome != OUTCOME_ERROR || seen->reason != REASON_TLS_ALERT ||
	    seen->alert_sent || seen->alert_number != PROTOCOL_VERSION)
		return;
	seen->outcome = OUTCOME_UNSUPPORTED;
	seen->reason = REASON_TLS_UNSUPPORTED;
	snprintf(seen->detail, DETAIL_MAX,
		 "the endpoint ended the handshake with protocol_version: it speaks no TLS version "
		 "of this stack, which has no TLS 1.3 (%.200s)",
		 lack);
}

static void shake_hands(struct probe *probe)
{
	struct observation *seen = &probe->observation;
	int64_t start_us = clock_monotonic_us();
	if (probe_open_session(probe))
		probe->backend->handshake(probe);
	seen->handshake_us = clock_monotonic_us() - start_us - seen->revocation_us;
	if (!probe->concluded)
		probe_conclude(probe, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, STAGE_HANDSHAKE,
			       "the client program came to no conclusion");
	note_version(probe);
	keep_session(probe);
	probe_close_session(probe);
}

/* Puts this connection among the earlier ones, and clears the table for the next. */
static void begin_next(struct probe *probe)
{
	struct observation *seen = &probe->observation;
	struct earlier_connection earlier[CONNECTIONS_MAX - 1];
	size_t num = seen->num_earlier;
	memcpy(earlier, seen->earlier, sizeof earlier);
	earlier[num] = (struct earlier_connection){
		.outcome = seen->outcome,
		.reason = seen->reason,
		.assurance = seen->assurance,
		.resumed = seen->resumed,
		.has_session = probe->kept != NULL,
		.local_port = seen->local_port,
	};
	memcpy(earlier[num].tls_version, seen->tls_version, sizeof earlier[num].tls_version);
	for (size_t i = 0; i < MAX_CHAIN; i++)
		free(probe->staples[i].data);
	memset(probe->staples, 0, sizeof probe->staples);
	der_list_clear(&probe->chain);
	memset(seen, 0, sizeof *seen);
	memcpy(seen->earlier, earlier, sizeof earlier);
	seen->num_earlier = num + 1;
	probe->judged = false;
	probe->concluded = false;
}

/* One connection after the other, until one is not let on. */
static void connect_all(struct probe *probe)
{
	const struct request *request = probe->request;
	struct observation *seen = &probe->observation;
	struct deadline deadline = deadline_in_ms(request->deadline_ms);
	for (int i = 0;; i++) {
		seen->alert_number = -1;
		seen->chain_depth = -1;
		if (attempt_reach(probe, NULL, deadline))
			shake_hands(probe);
		net_close(&probe->net);
		if (i + 1 >= request->connections || !is_let_on(seen))
			return;
		begin_next(probe);
	}
}

void attempt_begin(struct probe *probe, const struct client_backend *backend,
		   const struct request *request)
{
	char known[256];
	probe->backend = backend;
	probe->judge = revocation_judge;
	probe->request = request;
	probe->net.fd = -1;
	probe->observation.alert_number = -1;
	probe->observation.chain_depth = -1;
	if (request->starttls != NULL && name_find(&starttls_names, request->starttls) < 0)
		probe_conclude(probe, OUTCOME_UNSUPPORTED, REASON_POLICY_UNSUPPORTED, STAGE_NONE,
			       "unknown starttls protocol '%s' (one of: %s)", request->starttls,
			       name_list(known, sizeof known, &starttls_names));
}

void attempt_run(struct probe *probe, const struct client_backend *backend,
		 const struct request *request)
{
	struct observation *seen = &probe->observation;
	int64_t start_us = clock_monotonic_us(), late_us = lateness_us();
	attempt_begin(probe, backend, request);
	if (!probe->concluded)
		connect_all(probe);
	probe->backend->forget(probe->kept);
	probe->kept = NULL;
	seen->total_us = clock_monotonic_us() - start_us;
	seen->late_us = lateness_since_us(late_us);
}
