/* Knows how OpenSSL shows a handshake without judging it. */
#include "clients/examination/examination.h"

#include "clients/net/http_head.h"
#include "clients/openssl/session.h"

#include "core/clock.h"

#include <openssl/err.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* What of it can be had, at the place `at`. */
static void keep_der(struct der_bytes *at, X509 *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	if (len > 0)
		at->data = malloc((size_t)len);
	if (at->data != NULL) {
		memcpy(at->data, der, (size_t)len);
		at->len = (size_t)len;
	}
	OPENSSL_free(der);
}

static size_t keep_all(struct der_bytes at[static MAX_CHAIN], STACK_OF(X509) * certificates)
{
	int num = sk_X509_num(certificates);
	for (int i = 0; i < num && i < MAX_CHAIN; i++)
		keep_der(&at[i], sk_X509_value(certificates, i));
	return num > 0 ? (size_t)num : 0;
}

static void note_chain(struct session *session, X509_STORE_CTX *verification)
{
	struct observation *seen = &session->probe->observation;
	struct handshake_facts *facts = session->facts;
	if (X509_verify_cert(verification) == 1) {
		seen->chain_verified = true;
		facts->num_chain = keep_all(facts->chain, X509_STORE_CTX_get0_chain(verification));
		if (facts->num_chain > MAX_CHAIN)
			facts->num_chain = MAX_CHAIN;
		return;
	}
	int code = X509_STORE_CTX_get_error(verification);
	facts->chain_failed = true;
	facts->chain_reason = chain_reason(verification, code);
	seen->chain_depth = X509_STORE_CTX_get_error_depth(verification);
	snprintf(seen->chain_error, sizeof seen->chain_error, "%s",
		 X509_verify_cert_error_string(code));
}

/* In place of OpenSSL's own verification, which it calls: whatever that says, the handshake
 * goes on. */
static int look_at_chain(X509_STORE_CTX *verification, void *context)
{
	struct session *session = context;
	struct handshake_facts *facts = session->facts;
	/* A second handshake in the same connection changes nothing. */
	if (facts->num_sent > 0)
		return 1;
	session_note_tls(session);
	facts->num_sent = keep_all(facts->sent, X509_STORE_CTX_get0_untrusted(verification));
	note_chain(session, verification);
	ERR_clear_error();
	return 1;
}

static int look_at_staple(SSL *ssl, void *context)
{
	struct session *session = context;
	const struct handshake_facts *facts = session->facts;
	size_t num_sent = facts->num_sent < MAX_CHAIN ? facts->num_sent : MAX_CHAIN;
	(void)ssl;
	if (facts->completed)
		return 1;
	if (facts->num_chain > 0)
		session_keep_staples(session, facts->chain, facts->num_chain);
	else
		session_keep_staples(session, facts->sent, num_sent);
	return 1;
}

/* Called when the server asks for a certificate; it gets none. */
static int note_wish(SSL *ssl, void *context)
{
	struct session *session = context;
	(void)ssl;
	session->facts->asked_certificate = true;
	return 1;
}

/* Whether the call that gave result is to be made again: it waited. */
static bool is_to_go_on(struct session *session, int result)
{
	int kind = SSL_get_error(session->ssl, result);
	if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE)
		return false;
	return net_wait(&session->probe->net, kind == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
}

/* Application data; 0 when none came until the end, an alert or the deadline. */
static size_t hear(struct session *session, char *bytes, int size)
{
	int result;
	do {
		ERR_clear_error();
		result = SSL_read(session->ssl, bytes, size);
	} while (result <= 0 && is_to_go_on(session, result));
	return result > 0 ? (size_t)result : 0;
}

static void say(struct session *session, const char *words)
{
	int result;
	do {
		ERR_clear_error();
		result = SSL_write(session->ssl, words, (int)strlen(words));
	} while (result <= 0 && is_to_go_on(session, result));
}

/* An alert of a server that does not want to go on is seen while its answer is read. Whether
 * there was one. */
static bool ask_http(struct session *session)
{
	char request[512], block[1024];
	struct text *answer = &session->facts->http;
	const char *name = session->probe->request->server_name;
	bool is_ipv6 = strchr(name, ':') != NULL;
	size_t got;
	snprintf(request, sizeof request,
		 "HEAD / HTTP/1.1\r\nHost: %s%s%s\r\nConnection: close\r\n"
		 "User-Agent: revoscope\r\n\r\n",
		 is_ipv6 ? "[" : "", name, is_ipv6 ? "]" : "");
	say(session, request);
	do {
		got = hear(session, block, sizeof block);
		text_append_bytes(answer, block, got);
	} while (got > 0 && !answer->failed &&
		 !http_head_is_over(text_string(answer), answer->len));
	return answer->len > 0;
}

/* The alert that ended the connection. */
static void conclude_alert(struct session *session)
{
	struct probe *probe = session->probe;
	struct observation *seen = &probe->observation;
	native_take(&seen->native, 0);
	if (seen->alert_sent)
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_PROTOCOL, STAGE_AFTER_HANDSHAKE,
			       "the client ended the connection after the handshake: %s",
			       seen->native.text);
	else
		probe_conclude(probe, OUTCOME_ERROR, REASON_TLS_ALERT, STAGE_AFTER_HANDSHAKE,
			       "the server ended the connection right after the handshake with "
			       "the alert %s",
			       alert_name(seen->alert_number));
}

/* A connection that ends by an alert is a finding; one that ends without is only noted. */
static void listen_on(struct session *session)
{
	struct net *net = &session->probe->net;
	struct observation *seen = &session->probe->observation;
	bool asks_http = session->probe->request->examination.asks_http;
	struct deadline whole = net->deadline;
	char byte;
	/* Many a server goes without a close_notify, which is no fault that matters here. */
	SSL_set_options(session->ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
	net->deadline = deadline_earlier(
		whole, deadline_in_ms(asks_http ? EXAMINE_HTTP_MS : EXAMINE_LISTEN_MS));
	bool has_spoken = asks_http ? ask_http(session) : hear(session, &byte, 1) > 0;
	if (seen->alert_number >= 0)
		conclude_alert(session);
	else if (!has_spoken && !net->timed_out)
		snprintf(seen->detail, sizeof seen->detail,
			 "the server closed the connection right after the handshake");
	net->deadline = whole;
	net->timed_out = false;
	ERR_clear_error();
}

/* The signature algorithms of one kind of key alone (RFC 8446 section 4.2.3), and for TLS 1.2 the
 * cipher suites of its authentication. They are no condition for the signatures of the chain: as
 * many a server does, OpenSSL's chooses its certificate by the key. */
static bool set_key(SSL *ssl, enum examination_key key)
{
	static const char *const algorithms[] = {
		[EXAMINATION_KEY_RSA] =
			"RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:"
			"RSA+SHA512:RSA+SHA1",
		[EXAMINATION_KEY_ECDSA] = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519",
	};
	static const char *const suites[] = {
		[EXAMINATION_KEY_RSA] = "aRSA:!eNULL", [EXAMINATION_KEY_ECDSA] = "aECDSA:!eNULL"};
	return key == EXAMINATION_KEY_ANY || (SSL_set1_sigalgs_list(ssl, algorithms[key]) == 1 &&
					      SSL_set_cipher_list(ssl, suites[key]) == 1);
}

static bool set_up(struct session *session, struct error *err)
{
	static const struct hooks hooks = {.chain = look_at_chain, .staple = look_at_staple};
	session->asked = session->probe->request->examination.asks_staple;
	if (!session_set_up(session, &hooks, err))
		return false;
	if (!set_key(session->ssl, session->probe->request->examination.key))
		return error_set(err, ERROR_UNABLE, "OpenSSL does not offer this kind of key");
	SSL_set_cert_cb(session->ssl, note_wish, session);
	SSL_set_options(session->ssl, SSL_OP_NO_RENEGOTIATION);
	return true;
}

void examination_handshake(struct probe *probe, struct handshake_facts *facts)
{
	struct error err = ERROR_INIT;
	struct session *session = probe->session;
	session->probe = probe;
	session->facts = facts;
	if (!set_up(session, &err)) {
		probe_conclude(probe, OUTCOME_ERROR, REASON_PROGRAM_PROTOCOL, STAGE_NONE, "%s",
			       err.text);
		return;
	}
	int64_t start_us = clock_monotonic_us();
	facts->completed = session_drive(session);
	probe->observation.handshake_us = clock_monotonic_us() - start_us;
	if (facts->completed) {
		session_note_tls(session);
		/* Who did not ask for a certificate has nothing to say first. */
		if (facts->asked_certificate || probe->request->examination.asks_http)
			listen_on(session);
	}
}
