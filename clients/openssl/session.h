/*
 * What the files of the OpenSSL adapter share: one connection, and the pieces of
 * the backend that openssl.c puts into its table.
 */
#ifndef CLIENTS_OPENSSL_SESSION_H
#define CLIENTS_OPENSSL_SESSION_H

#include "clients/backend/probe.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

struct session {
	struct probe *probe;
	SSL *ssl;
	X509_STORE *store;      /* shared with other probes of the same trust file; one reference */
	STACK_OF(X509) * chain; /* verified, leaf first, root last; NULL before */
	bool asked;             /* for a staple */
	bool lacks_leaf; /* open_offline without a certificate: the chain begins with its issuer */
	struct handshake_facts *facts; /* of an examination; borrowed */
};

/* What OpenSSL calls in a handshake, with the session as its context: in place of its own
 * verification of the chain, and when a staple was asked for. */
struct hooks {
	int (*chain)(X509_STORE_CTX *verification, void *session);
	int (*staple)(SSL *ssl, void *session);
};

/* The trusted roots of a PEM file, parsed once until the file changes. A new
 * reference, or NULL with err. Any thread. */
X509_STORE *trust_take(const char *path, struct error *err);
void trust_forget(void);

/* Makes ready a connection over the probe's socket as its request says; session->asked and
 * session->probe are set. */
bool session_set_up(struct session *session, const struct hooks *hooks, struct error *err);

/* The handshake. False: it failed, and why is concluded. */
bool session_drive(struct session *session);

/* Version and cipher, once they are agreed on. */
void session_note_tls(struct session *session);

void session_keep_staples(struct session *session);

/* What a code of X509_verify_cert means. */
enum reason chain_reason(X509_STORE_CTX *verification, int code);

/* Facts of a certificate; what is odd in it is left out. */
void facts_read(struct certificate_facts *facts, X509 *certificate);

/* A name, or the subject of a certificate, as one line of at most size - 1 bytes. */
void name_print(char *out, size_t size, const X509_NAME *name);
void subject_print(char *out, size_t size, const X509 *certificate);

/* The last error of OpenSSL's queue from this library (ERR_LIB_*), or for 0 the first
 * of all, which is the cause of the others, into native; empties the queue. Returns
 * its reason, 0 when there was none. */
int native_take(struct native *native, int library);

/* Offers what probe->kept holds; before the handshake. */
bool resumption_offer(const struct session *session);

/* When the server resumed: notes it, with the certificates that the session stands for. */
void resumption_note(struct session *session);

/* The parts of struct client_backend. */
void *session_keep(struct probe *probe);
void session_forget(void *kept);
void *session_handshake(struct probe *probe);
void session_close(struct probe *probe);
void *session_open_offline(struct probe *probe);
void *session_examine(struct probe *probe, struct handshake_facts *facts);
bool certificates_read(struct certificate_list *out, const uint8_t *bytes, size_t len,
		       struct error *err);
bool session_certificate_der(const struct probe *probe, struct der_bytes *out, size_t depth);

/* The certificate at depth of the verified chain, or NULL beyond its end, and for the one that an
 * offline session was not given. Borrowed. */
X509 *session_certificate(const struct session *session, size_t depth);

/* OCSP responses and CRLs as OpenSSL reads and verifies them. */
extern const struct status_reader response_reader, list_reader;

#endif
