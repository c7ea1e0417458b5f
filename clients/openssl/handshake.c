/* Knows how OpenSSL connects: set-up, the point of judgement, and what a failure means. */
#include "clients/openssl/session.h"

#include "clients/backend/chain.h"
#include "clients/backend/message.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static bool is_native(const struct session *session)
{
	return session->probe->request->enforcement == ENFORCEMENT_NATIVE;
}

/* The first fatal alert, sent or received; a warning (TLS 1.2) ends nothing. */
static void note_alert(const SSL *ssl, int where, int value)
{
	struct session *session = SSL_get_app_data(ssl);
	struct observation *seen = &session->probe->observation;
	bool is_fatal = value >> 8 == SSL3_AL_FATAL;
	if ((where & SSL_CB_ALERT) == 0 || !is_fatal || seen->alert_number >= 0)
		return;
	seen->alert_number = value & 0xff;
	seen->alert_sent = (where & SSL_CB_WRITE) != 0;
}

void session_note_tls(struct session *session)
{
	struct observation *seen = &session->probe->observation;
	const SSL_CIPHER *cipher = SSL_get_current_cipher(session->ssl);
	int version = SSL_version(session->ssl);
	/* Before the ServerHello this is what was offered, not what was agreed. */
	if (cipher == NULL)
		return;
	snprintf(seen->tls_version, sizeof seen->tls_version, "%s",
		 version == TLS1_3_VERSION   ? "1.3"
		 : version == TLS1_2_VERSION ? "1.2"
					     : "");
	snprintf(seen->cipher, sizeof seen->cipher, "%s", SSL_CIPHER_get_name(cipher));
}

/* For the evidence, or for the chain, whose leaf has the facts. */
static void keep_certificate(struct probe *probe, size_t depth, X509 *certificate, bool as_chain)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	if (len > 0 && as_chain)
		chain_keep(probe, depth, der, (size_t)len);
	else if (len > 0 && depth < MAX_CHAIN)
		probe_keep_certificate(probe, depth, der, (size_t)len);
	OPENSSL_free(der);
}

static void keep_certificates(struct probe *probe, STACK_OF(X509) * all, bool as_chain)
{
	for (int i = 0; i < sk_X509_num(all); i++)
		keep_certificate(probe, (size_t)i, sk_X509_value(all, i), as_chain);
}

/* Whether the server sent a certificate that names itself as the leaf's issuer. */
static bool sent_issuer(X509_STORE_CTX *verification)
{
	X509 *leaf = X509_STORE_CTX_get0_cert(verification);
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(verification);
	const X509_NAME *issuer = X509_get_issuer_name(leaf);
	for (int i = 0; i < sk_X509_num(sent); i++) {
		X509 *other = sk_X509_value(sent, i);
		if (other != leaf && X509_NAME_cmp(X509_get_subject_name(other), issuer) == 0)
			return true;
	}
	return X509_NAME_cmp(X509_get_subject_name(leaf), issuer) == 0;
}

/* Whether OpenSSL does not know what a certificate is signed with, for which it takes nothing for
 * its issuer. */
static bool has_unknown_algorithm(const X509 *certificate)
{
	return certificate != NULL &&
	       OBJ_find_sigid_algs(X509_get_signature_nid(certificate), NULL, NULL) != 1;
}

enum reason chain_reason(X509_STORE_CTX *verification, int code)
{
	switch (code) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		if (has_unknown_algorithm(X509_STORE_CTX_get_current_cert(verification)))
			return REASON_CHAIN_ALGORITHM_UNSUPPORTED;
		return sent_issuer(verification) ? REASON_CHAIN_UNTRUSTED : REASON_CHAIN_INCOMPLETE;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED: return REASON_CHAIN_UNTRUSTED;
	case X509_V_ERR_CERT_HAS_EXPIRED: return REASON_CHAIN_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID: return REASON_CHAIN_NOT_YET_VALID;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH: return REASON_CHAIN_NAME;
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: return REASON_CHAIN_CRITICAL_EXTENSION;
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION: return REASON_CHAIN_CONSTRAINTS;
	case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS: return REASON_CHAIN_ALGORITHM_UNSUPPORTED;
	default: return REASON_CHAIN_INVALID;
	}
}

static void note_chain_failure(struct session *session, X509_STORE_CTX *verification)
{
	struct observation *seen = &session->probe->observation;
	int code = X509_STORE_CTX_get_error(verification);
	const char *text = X509_verify_cert_error_string(code);
	seen->chain_depth = X509_STORE_CTX_get_error_depth(verification);
	snprintf(seen->chain_error, sizeof seen->chain_error, "%s", text);
	seen->native = (struct native){.library = "OpenSSL", .code = code};
	snprintf(seen->native.name, sizeof seen->native.name, "X509_verify_cert");
	snprintf(seen->native.text, sizeof seen->native.text, "%s", text);
	probe_conclude(session->probe, OUTCOME_REJECT, chain_reason(verification, code),
		       STAGE_HANDSHAKE, "the chain does not verify at depth %d: %s",
		       seen->chain_depth, text);
}

/*
 * In place of OpenSSL's own verification, which it calls: the one hook that sees why it
 * failed, and, for a client that asks for no staple, the place to judge. The error that it
 * leaves chooses the alert.
 */
static int verify_chain(X509_STORE_CTX *verification, void *context)
{
	struct session *session = context;
	struct probe *probe = session->probe;
	keep_certificates(probe, X509_STORE_CTX_get0_untrusted(verification), false);
	session_note_tls(session);
	if (X509_verify_cert(verification) != 1) {
		keep_certificate(probe, 0, X509_STORE_CTX_get0_cert(verification), true);
		note_chain_failure(session, verification);
		return 0;
	}
	probe->observation.chain_verified = true;
	keep_certificates(probe, X509_STORE_CTX_get0_chain(verification), true);
	if (session->asked || is_native(session))
		return 1;
	struct judgement judgement = probe_judge(probe);
	if (judgement.go_on)
		return 1;
	X509_STORE_CTX_set_error(verification, judgement.alert == SSL_AD_CERTIFICATE_REVOKED
						       ? X509_V_ERR_CERT_REVOKED
						       : X509_V_ERR_CERT_REJECTED);
	return 0;
}

/*
 * OpenSSL drops the staples of all certificates but the leaf; 3.6 keeps those that it can parse, in
 * the order in which the server sent the certificates. The message has them as they are.
 */
static void keep_message(int is_sent, int version, int type, const void *bytes, size_t len,
			 SSL *ssl, void *context)
{
	enum { HEAD_LEN = 4 };
	struct session *session = context;
	const uint8_t *message = bytes;
	(void)ssl;
	if (is_sent == 0 && version == TLS1_3_VERSION && type == SSL3_RT_HANDSHAKE &&
	    len > HEAD_LEN && message[0] == MESSAGE_CERTIFICATE)
		der_list_put(&session->messages, 0, der_of(message + HEAD_LEN, len - HEAD_LEN));
}

void session_keep_staples(struct session *session, const struct der_bytes *chain, size_t num)
{
	struct der message = der_list_at(&session->messages, 0), upper;
	const unsigned char *staple = NULL;
	/* -1 when none came; an empty one never gets here (see note_failure). */
	long len = SSL_get_tlsext_status_ocsp_resp(session->ssl, &staple);
	if (staple != NULL && len >= 0)
		probe_keep_staple(session->probe, 0, staple, (size_t)len);
	for (size_t depth = 1; depth < num && depth < MAX_CHAIN; depth++)
		if (message_find_staple(&upper, message.at, message.len,
					der_of(chain[depth].data, chain[depth].len)))
			probe_keep_staple(session->probe, depth, upper.at, upper.len);
}

/* When the server resumed: takes over what is known of the earlier connection. */
static void note_resumption(struct session *session)
{
	struct probe *probe = session->probe;
	if (probe->kept == NULL || probe->chain.num > 0 || SSL_session_reused(session->ssl) != 1)
		return;
	chain_resume(probe);
}

/* Called once per handshake, after the chain verified, also when nothing was stapled; in a
 * resumed one in TLS 1.3 only. */
static int judge_staple(SSL *ssl, void *context)
{
	struct session *session = context;
	(void)ssl;
	session_note_tls(session);
	note_resumption(session);
	session_keep_staples(session, session->probe->chain.items, session->probe->chain.num);
	return probe_judge(session->probe).go_on ? 1 : 0;
}

static bool set_versions(SSL *ssl, int tls)
{
	int least = (tls & TLS_BIT_1_2) != 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
	int most = (tls & TLS_BIT_1_3) != 0 ? TLS1_3_VERSION : TLS1_2_VERSION;
	return SSL_set_min_proto_version(ssl, least) == 1 &&
	       SSL_set_max_proto_version(ssl, most) == 1;
}

/* OpenSSL by itself takes wildcards that are a part of a label (RFC 6125 section 7.2). */
static bool set_name(const struct session *session)
{
	SSL *ssl = session->ssl;
	const char *name = session->probe->request->server_name;
	uint8_t bytes[16];
	size_t len = net_address_bytes(bytes, name);
	SSL_set_hostflags(ssl, is_native(session) ? 0 : X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (len > 0)
		return X509_VERIFY_PARAM_set1_ip(SSL_get0_param(ssl), bytes, len) == 1;
	return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

/*
 * Before each read of the socket. OpenSSL drops HelloRequests (and some other messages)
 * in a loop of its own, so that a server that never stops sending would keep it inside one
 * call beyond any deadline.
 */
static long guard_socket(BIO *bio, int operation, const char *data, size_t len, int number,
			 long other, int result, size_t *processed)
{
	struct net *net = (struct net *)BIO_get_callback_arg(bio);
	(void)data;
	(void)len;
	(void)number;
	(void)other;
	(void)processed;
	if (operation != BIO_CB_READ || !deadline_over(net->deadline))
		return result;
	net->timed_out = true;
	BIO_clear_retry_flags(bio);
	return -1;
}

static bool set_socket(SSL *ssl, struct net *net)
{
	if (SSL_set_fd(ssl, net->fd) != 1)
		return false;
	BIO_set_callback_ex(SSL_get_rbio(ssl), guard_socket);
	BIO_set_callback_arg(SSL_get_rbio(ssl), (char *)net);
	return true;
}

static pthread_key_t context_key;
static pthread_once_t context_once = PTHREAD_ONCE_INIT;
static bool has_context_key;

static void free_context(void *context)
{
	SSL_CTX_free(context);
}

static void make_context_key(void)
{
	has_context_key = pthread_key_create(&context_key, free_context) == 0;
}

/*
 * The context of this thread, which does one probe at a time; borrowed. Making one
 * costs OpenSSL 3.0 a quarter of a handshake, since it asks its providers for every
 * algorithm. Nothing of a probe outlives it in there: OpenSSL keeps no status, a
 * client's sessions are not cached, and what a probe sets, the next one sets anew.
 */
static SSL_CTX *own_context(void)
{
	pthread_once(&context_once, make_context_key);
	SSL_CTX *context = has_context_key ? pthread_getspecific(context_key) : NULL;
	if (context != NULL || !has_context_key)
		return context;
	context = SSL_CTX_new(TLS_client_method());
	if (context == NULL)
		return NULL;
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_info_callback(context, note_alert);
	if (pthread_setspecific(context_key, context) != 0) {
		SSL_CTX_free(context);
		return NULL;
	}
	return context;
}

bool session_set_up(struct session *session, const struct hooks *hooks, struct error *err)
{
	const struct request *request = session->probe->request;
	session->trust = trust_borrow(&trust_pool, request->trust, err);
	if (session->trust == NULL)
		return false;
	SSL_CTX *context = own_context();
	if (context == NULL)
		return error_set(err, ERROR_UNABLE, "OpenSSL has no context");
	SSL_CTX_set1_cert_store(context, trust_roots(session->trust));
	SSL_CTX_set_cert_verify_callback(context, hooks->chain, session);
	SSL_CTX_set_tlsext_status_cb(context, hooks->staple);
	SSL_CTX_set_tlsext_status_arg(context, session);
	session->ssl = SSL_new(context);
	if (session->ssl == NULL || SSL_set_app_data(session->ssl, session) != 1 ||
	    !set_socket(session->ssl, &session->probe->net) || !set_name(session))
		return error_set(err, ERROR_UNABLE, "OpenSSL cannot set up a connection");
	/* Without a type the status callback is not called either. */
	if (session->asked) {
		SSL_set_tlsext_status_type(session->ssl, TLSEXT_STATUSTYPE_ocsp);
		SSL_set_msg_callback(session->ssl, keep_message);
		SSL_set_msg_callback_arg(session->ssl, session);
		compat_refuse_compression(session->ssl);
	}
	if (session->probe->kept != NULL &&
	    SSL_set_session(session->ssl, session->probe->kept) != 1)
		return error_set(err, ERROR_UNABLE, "OpenSSL cannot offer a session");
	if (!set_versions(session->ssl, request->tls))
		return error_set(err, ERROR_UNABLE, "OpenSSL is not allowed these TLS versions");
	return true;
}

static bool is_staple_function(const char *function)
{
	return function != NULL && strstr(function, "cert_status") != NULL;
}

/*
 * OpenSSL refuses some staples by itself while it reads them: 3.0 an empty one, with
 * "malloc failure" and internal_error, and in TLS 1.2 one of more than 16 KiB, with
 * illegal_parameter; 3.6 all that do not parse.
 */
static bool is_about_staple(const struct session *session)
{
	const struct observation *seen = &session->probe->observation;
	const char *first = NULL, *last = NULL;
	if (!session->asked || session->probe->judged || seen->alert_number < 0 ||
	    !seen->alert_sent)
		return false;
	ERR_peek_error_all(NULL, NULL, &first, NULL, NULL);
	ERR_peek_last_error_all(NULL, NULL, &last, NULL, NULL);
	return seen->alert_number == SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE ||
	       SSL_get_state(session->ssl) == TLS_ST_CR_CERT_STATUS || is_staple_function(first) ||
	       is_staple_function(last);
}

static void conclude_failure(struct session *session, int kind, int system_error)
{
	struct probe *probe = session->probe;
	struct observation *seen = &probe->observation;
	const char *text = seen->native.text;
	if (probe->net.timed_out)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_TIMEOUT, STAGE_HANDSHAKE,
			       "the handshake was not over after %d ms",
			       probe->request->deadline_ms);
	else if (seen->alert_number >= 0 && !seen->alert_sent)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_ALERT, STAGE_HANDSHAKE,
			       "the server ended the handshake with the alert %s",
			       alert_name(seen->alert_number));
	else if (kind == SSL_ERROR_SYSCALL)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_CLOSED, STAGE_HANDSHAKE,
			       "the server closed the connection in the handshake%s%s",
			       system_error != 0 ? ": " : "",
			       system_error != 0 ? strerror(system_error) : "");
	else if (strstr(text, "unexpected eof") != NULL)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_CLOSED, STAGE_HANDSHAKE,
			       "the server closed the connection in the handshake");
	else
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_PROTOCOL, STAGE_HANDSHAKE,
			       "the handshake failed: %s",
			       text[0] != '\0' ? text : "no reason given");
}

/* kind is what SSL_get_error said, system_error the errno of that moment. */
static void note_failure(struct session *session, int kind, int system_error)
{
	struct probe *probe = session->probe;
	bool about_staple = is_about_staple(session);
	struct native native = {0};
	native_take(&native, 0);
	/* What the judge or the chain check left says more than OpenSSL's last word. */
	if (probe->observation.native.text[0] == '\0')
		probe->observation.native = native;
	if (about_staple)
		probe_conclude(probe, OUTCOME_REJECT, REASON_STAPLE_MALFORMED, STAGE_HANDSHAKE,
			       "OpenSSL cannot read the staple and ends the handshake (%s)",
			       native.text);
	else
		conclude_failure(session, kind, system_error);
}

bool session_drive(struct session *session)
{
	struct net *net = &session->probe->net;
	for (;;) {
		ERR_clear_error();
		errno = 0;
		int result = SSL_connect(session->ssl);
		int system_error = errno;
		if (result == 1)
			return true;
		int kind = SSL_get_error(session->ssl, result);
		bool wants = kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE;
		short events = kind == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
		if (wants && net_wait(net, events))
			continue;
		note_failure(session, kind, system_error);
		return false;
	}
}

/* What OpenSSL's own verdict is, when no policy took part. */
static void conclude_native(struct session *session)
{
	probe_conclude(session->probe, OUTCOME_CONNECT, REASON_NOT_CHECKED, STAGE_NONE,
		       "OpenSSL verified the chain and checks no source of revocation status");
}

void session_handshake(struct probe *probe)
{
	static const struct hooks hooks = {.chain = verify_chain, .staple = judge_staple};
	struct error err = ERROR_INIT;
	struct session *session = probe->session;
	session->probe = probe;
	session->asked = !is_native(session) && probe->request->policy.asks_staple == YES;
	if (!session_set_up(session, &hooks, &err)) {
		native_take(&probe->observation.native, 0);
		probe_conclude(probe, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, STAGE_HANDSHAKE, "%s",
			       err.text);
		return;
	}
	if (!session_drive(session))
		return;
	session_note_tls(session);
	note_resumption(session);
	if (is_native(session)) {
		conclude_native(session);
	} else if (!probe->judged) {
		/* No hook was called: the session was resumed, or a later OpenSSL has other
		 * habits. */
		session_keep_staples(session, probe->chain.items, probe->chain.num);
		probe_judge_late(probe);
	}
}

/*
 * In TLS 1.3 the ticket comes after the handshake, among the application's data, which is
 * left where it is.
 */
static bool await_ticket(struct session *session)
{
	struct net *net = &session->probe->net;
	char byte;
	while (!SSL_SESSION_is_resumable(SSL_get0_session(session->ssl))) {
		int result = SSL_peek(session->ssl, &byte, 1);
		if (result > 0 || SSL_get_error(session->ssl, result) != SSL_ERROR_WANT_READ ||
		    !net_wait(net, POLLIN))
			break;
	}
	ERR_clear_error();
	return SSL_SESSION_is_resumable(SSL_get0_session(session->ssl)) == 1;
}

void *session_keep(struct probe *probe)
{
	return await_ticket(probe->session)
		       ? SSL_get1_session(((struct session *)probe->session)->ssl)
		       : NULL;
}

void session_forget(void *kept)
{
	SSL_SESSION_free(kept);
}

void session_close(struct probe *probe)
{
	struct session *session = probe->session;
	if (session->ssl != NULL && SSL_is_init_finished(session->ssl))
		SSL_shutdown(session->ssl);
	SSL_free(session->ssl);
	der_list_clear(&session->messages);
	trust_return(&trust_pool, session->trust);
	ERR_clear_error();
}
