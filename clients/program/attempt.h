/*
 * The course of one attempt: connects, lets the backend shake hands, which has it judged on
 * the way, and says goodbye.
 */
#ifndef CLIENTS_PROGRAM_ATTEMPT_H
#define CLIENTS_PROGRAM_ATTEMPT_H

#include "clients/backend/probe.h"

/*
 * The whole attempt, into probe->observation; as often as the request says, while the client
 * goes on. The observation is of the last connection. probe is zero bytes before; backend and
 * request are borrowed until probe_clear.
 */
void attempt_run(struct probe *probe, const struct client_backend *backend,
		 const struct request *request);

/*
 * The beginning of an attempt, for a course other than attempt_run: a probe of zero bytes gets its
 * backend and its request, both borrowed until probe_clear. An unknown prologue is concluded as
 * OUTCOME_UNSUPPORTED.
 */
void attempt_begin(struct probe *probe, const struct client_backend *backend,
		   const struct request *request);

/*
 * TCP and the plain-text prologue, where there is one, into probe->net; or false, and what
 * became of it is concluded. greeting is NULL or as in struct starttls_way.
 */
bool attempt_reach(struct probe *probe, char *greeting, struct deadline deadline);

#endif
