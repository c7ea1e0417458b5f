/*
 * One TLS connection by GnuTLS, as the files of this backend share it.
 */
#ifndef CLIENTS_GNUTLS_SESSION_H
#define CLIENTS_GNUTLS_SESSION_H

#include "clients/backend/probe.h"
#include "clients/backend/trust_pool.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* GnuTLS itself takes at most 16 (GNUTLS_DEFAULT_MAX_VERIFY_DEPTH). */
#define MAX_SENT 16

#define DN_MAX 1024

struct session {
	gnutls_session_t tls;
	struct trust *trust;                          /* borrowed */
	gnutls_certificate_credentials_t credentials; /* of trust */
	unsigned status;   /* GNUTLS_CERT_* of the chain, 0 when it is good */
	unsigned num_sent; /* certificates of the server */
	bool refused;      /* by the judge */
	int alert;         /* that the judge wants */
	/* Why GnuTLS itself found a staple wanting: it says so in its audit log alone. */
	char audit[NATIVE_MAX];
	bool empty_staple; /* the server sent one, which GnuTLS takes for a broken message */
};

/* Notes chain and staples once the server's certificates came; harmless before. Only a good chain
 * (status 0) is a verified one. */
void chain_note(struct probe *probe, struct session *session, bool is_verified);

/* The parts of struct client_backend. */
bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err);
bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors);

/* NULL when it cannot be read. */
gnutls_x509_crt_t certificate_parse(struct der der);

/* OCSP responses and CRLs as GnuTLS reads them, and its word on a signature. */
extern const struct status_reader response_reader, list_reader;
verify_function signature_verify;

/* A certificate's subject, in one line of at most size - 1 bytes; nothing for NULL. */
void subject_print(char *out, size_t size, gnutls_x509_crt_t certificate);

/* Concludes with the chain's fault, which session->status names. */
void verdict_chain(struct probe *probe, const struct session *session);

/* Concludes with the failure of a handshake that is not the chain's. */
void verdict_failure(struct probe *probe, const struct session *session, int code);

/*
 * Native enforcement: what GnuTLS itself decided, and the reason for it, for which
 * the staples are looked at with our own eyes. code is that of the handshake.
 */
void verdict_native(struct probe *probe, const struct session *session, int code);

/* GnuTLS's own words for verification bits, without the space at their end. */
void status_print(char *out, size_t size, unsigned status);

/* Notes what a call of GnuTLS said. text NULL: GnuTLS's own for the code. */
void native_note(struct native *native, int code, const char *text);

/* The flag of gnutls_init() that keeps status_request out of the ClientHello. 3.7 has only the one
 * that leaves out every extension that is on by default and not needed (session tickets too);
 * server_name, which we set, stays. */
#if GNUTLS_VERSION_NUMBER >= 0x030800
#define COMPAT_NO_STATUS_REQUEST GNUTLS_NO_STATUS_REQUEST
#else
#define COMPAT_NO_STATUS_REQUEST GNUTLS_NO_EXTENSIONS
#endif

#endif
