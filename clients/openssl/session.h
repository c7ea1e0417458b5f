/*
 * What the files of the OpenSSL adapter share, and clients/examination/ with them: one connection,
 * and certificates in OpenSSL's form.
 */
#ifndef CLIENTS_OPENSSL_SESSION_H
#define CLIENTS_OPENSSL_SESSION_H

#include "clients/backend/probe.h"
#include "clients/backend/trust_pool.h"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

struct session {
	struct probe *probe;
	SSL *ssl;
	struct trust *trust;           /* borrowed from trust_pool */
	bool asked;                    /* for a staple */
	struct der_list messages;      /* the body of TLS 1.3's Certificate, when it asked */
	struct handshake_facts *facts; /* of an examination; borrowed */
};

/* What OpenSSL calls in a handshake, with the session as its context: in place of its own
 * verification of the chain, and when a staple was asked for. */
struct hooks {
	int (*chain)(X509_STORE_CTX *verification, void *session);
	int (*staple)(SSL *ssl, void *session);
};

/*
 * handshake.c
 */

/* Makes ready a connection over the probe's socket as its request says; session->asked and
 * session->probe are set. */
bool session_set_up(struct session *session, const struct hooks *hooks, struct error *err);

/* The handshake. False: it failed, and why is concluded. */
bool session_drive(struct session *session);

/* Version and cipher, once they are agreed on. */
void session_note_tls(struct session *session);
/* The staples of the certificates of a chain, leaf first; of all but the leaf only TLS 1.3 has
 * one. */
void session_keep_staples(struct session *session, const struct der_bytes *chain, size_t num);

/* What a code of X509_verify_cert means. */
enum reason chain_reason(X509_STORE_CTX *verification, int code);

/* The parts of struct client_backend. */
void session_handshake(struct probe *probe);
void *session_keep(struct probe *probe);
void session_forget(void *kept);
void session_close(struct probe *probe);

/*
 * certificates.c
 */

/* A name as one line of at most size - 1 bytes. */
void name_print(char *out, size_t size, const X509_NAME *name);

/* A new one; NULL when it cannot be read. */
X509 *certificate_parse(struct der der);

/* Of trusted roots as an X509_STORE. */
extern struct trust_pool trust_pool;

/* The parts of struct client_backend. */
bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err);
bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors);

/* status.c: OCSP responses and CRLs as OpenSSL reads them, and its word on a signature. */
extern const struct status_reader response_reader, list_reader;
verify_function signature_verify;

/* backend.c: the last error of OpenSSL's queue from this library (ERR_LIB_*), or for 0 the first
 * of all, which is the cause of the others, into native; empties the queue. */
struct failure {
	int reason;          /* of that error, 0 when there was none */
	bool is_unsupported; /* one of them is about an algorithm, curve or key type */
};
struct failure native_take(struct native *native, int library);

/*
 * What differs between versions: since 3.2 OpenSSL asks for a compressed Certificate message (RFC
 * 8879) where it can, which it does not show as it was before.
 */
static inline void compat_refuse_compression(SSL *ssl)
{
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
	SSL_set_options(ssl, SSL_OP_NO_RX_CERTIFICATE_COMPRESSION);
#else
	(void)ssl;
#endif
}

#endif
