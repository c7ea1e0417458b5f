/*
 * One TLS connection by mbedTLS, as the files of this backend share it.
 */
#ifndef CLIENTS_MBEDTLS_SESSION_H
#define CLIENTS_MBEDTLS_SESSION_H

#include "clients/mbedtls/compat.h"
#include "clients/backend/probe.h"
#include "clients/backend/trust_pool.h"

struct session {
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config config;
	struct trust *trust; /* borrowed */
	/* The chain that mbedTLS built, leaf first: copies that stand alone, because
	 * its own are linked to whatever else the server sent. */
	mbedtls_x509_crt chain[MAX_CHAIN]; /* the first is empty when an issuer alone was given */
	size_t num_chain;
	uint32_t flags;    /* MBEDTLS_X509_BADCERT_*, of all certificates together */
	int flagged_depth; /* the first that mbedTLS found fault with, -1 when none */
	bool refused;      /* by the judge */
};

/* OCSP responses and CRLs as mbedTLS reads and verifies them. */
extern const struct status_reader response_reader, list_reader;

/* A session without a connection yet; NULL without memory. */
struct session *session_new(void);

/* open_offline of struct client_backend. */
void *session_open_offline(struct probe *probe);

/* Offers what probe->kept holds; before the handshake. */
int resumption_offer(const struct probe *probe, struct session *session);

/* When the server resumed: notes it, with the certificates that the session stands for. */
bool resumption_note(struct probe *probe, struct session *session);

/* keep and forget of struct client_backend. */
void *session_keep(struct probe *probe);
void session_forget(void *kept);

/* Fills observation.chain_* and concludes with the chain's fault, which flags name. */
void session_conclude_chain(struct probe *probe, const struct session *session, int code);

/* Concludes with the failure of a handshake that is not the chain's. */
void session_conclude_failure(struct probe *probe, const struct session *session, int code);

#endif
