/* Knows GnuTLS as a client, with a policy in its verify function or without one. */
#include "clients/gnutls/session.h"

#include "clients/backend/chain.h"
#include "clients/backend/message.h"

#include <gnutls/crypto.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The roots are those of credentials, which belong to one connection at a time. */
static void *roots_load(const char *pem, size_t len, struct error *err)
{
	gnutls_datum_t data = {(unsigned char *)pem, (unsigned)len};
	gnutls_certificate_credentials_t credentials;
	int code = gnutls_certificate_allocate_credentials(&credentials);
	if (code != 0) {
		error_set(err, ERROR_UNABLE, "GnuTLS: %s", gnutls_strerror(code));
		return NULL;
	}
	code = gnutls_certificate_set_x509_trust_mem(credentials, &data, GNUTLS_X509_FMT_PEM);
	if (code > 0)
		return credentials;
	error_set(err, ERROR_UNABLE, "no certificate in it: %s",
		  code < 0 ? gnutls_strerror(code) : "it is empty");
	gnutls_certificate_free_credentials(credentials);
	return NULL;
}

static void roots_free(void *roots)
{
	gnutls_certificate_free_credentials(roots);
}

static struct trust_pool pool = TRUST_POOL_INIT(roots_load, roots_free, false);

static const char *version(void)
{
	return gnutls_check_version(NULL);
}

static const char *lacks(enum capability capability)
{
	static const char *const missing[NUM_CAPABILITIES] = {
		[CAPABILITY_NATIVE_OCSP_FETCH] =
			"GnuTLS fetches nothing; gnutls-cli does, with code of its own",
	};
	return missing[capability];
}

/* Runs in the thread of the session. The bits that GnuTLS returns say that a staple is
 * invalid; this says of most what is wrong. */
static void note_audit(gnutls_session_t tls, const char *message)
{
	struct probe *probe = tls != NULL ? gnutls_session_get_ptr(tls) : NULL;
	struct session *session = probe != NULL ? probe->session : NULL;
	if (session == NULL || strstr(message, "OCSP") == NULL)
		return;
	snprintf(session->audit, sizeof session->audit, "%s", message);
	session->audit[strcspn(session->audit, "\n")] = '\0';
}

static bool start(struct error *err)
{
	int code = gnutls_global_init();
	if (code != 0)
		return error_set(err, ERROR_UNABLE, "GnuTLS: %s", gnutls_strerror(code));
	gnutls_global_set_audit_log_function(note_audit);
	return true;
}

static void stop(void)
{
	trust_pool_clear(&pool);
	gnutls_global_deinit();
}

static size_t digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	gnutls_digest_algorithm_t algorithm = gnutls_digest_get_id(hash);
	if (algorithm == GNUTLS_DIG_UNKNOWN ||
	    gnutls_hash_fast(algorithm, bytes.at, bytes.len, out) != 0)
		return 0;
	return gnutls_hash_get_len(algorithm);
}

/* GnuTLS says only "unexpected length" about an empty staple; the message tells. */
static int look_at_message(gnutls_session_t tls, unsigned type, unsigned when, unsigned incoming,
			   const gnutls_datum_t *message)
{
	struct probe *probe = gnutls_session_get_ptr(tls);
	struct session *session = probe->session;
	bool is_tls_1_3 = gnutls_protocol_get_version(tls) == GNUTLS_TLS1_3;
	(void)when;
	if (incoming != 0 &&
	    message_has_empty_staple(type, is_tls_1_3, message->data, message->size))
		session->empty_staple = true;
	return 0;
}

static void note_tls(struct probe *probe, gnutls_session_t tls)
{
	struct observation *seen = &probe->observation;
	gnutls_protocol_t version_used = gnutls_protocol_get_version(tls);
	const char *cipher = gnutls_ciphersuite_get(tls);
	snprintf(seen->tls_version, sizeof seen->tls_version, "%s",
		 version_used == GNUTLS_TLS1_3   ? "1.3"
		 : version_used == GNUTLS_TLS1_2 ? "1.2"
						 : "");
	snprintf(seen->cipher, sizeof seen->cipher, "%s", cipher != NULL ? cipher : "");
}

/*
 * Application enforcement: runs after the server's certificates and staples came and
 * before Finished goes out. GnuTLS judges the chain alone
 * (GNUTLS_VERIFY_DISABLE_CRL_CHECKS turns its OCSP and must-staple code off too),
 * and the policy the rest.
 */
static int verify(gnutls_session_t tls)
{
	struct probe *probe = gnutls_session_get_ptr(tls);
	struct session *session = probe->session;
	int code = gnutls_certificate_verify_peers3(tls, probe->request->server_name,
						    &session->status);
	chain_note(probe, session, code == 0 && session->status == 0);
	if (code != 0)
		return code;
	if (session->status != 0)
		return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
	probe->observation.chain_verified = true;
	/* Staples for intermediates are a matter of TLS 1.3: the judge has to know. */
	note_tls(probe, tls);
	struct judgement judgement = probe_judge(probe);
	session->refused = !judgement.go_on;
	session->alert = judgement.alert;
	return judgement.go_on ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

static ssize_t receive_bytes(gnutls_transport_ptr_t transport, void *bytes, size_t len)
{
	return net_try_read(&((struct probe *)transport)->net, bytes, len);
}

static ssize_t send_bytes(gnutls_transport_ptr_t transport, const void *bytes, size_t len)
{
	return net_try_write(&((struct probe *)transport)->net, bytes, len);
}

static int has_bytes(gnutls_transport_ptr_t transport, unsigned ms)
{
	struct probe *probe = transport;
	struct pollfd one = {.fd = probe->net.fd, .events = POLLIN};
	return poll(&one, 1, (int)ms);
}

static const char *priorities_of(int tls)
{
	switch (tls & (TLS_BIT_1_2 | TLS_BIT_1_3)) {
	case TLS_BIT_1_2: return "NORMAL:-VERS-ALL:+VERS-TLS1.2";
	case TLS_BIT_1_3: return "NORMAL:-VERS-ALL:+VERS-TLS1.3";
	case TLS_BIT_1_2 | TLS_BIT_1_3: return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
	default: return NULL;
	}
}

static unsigned init_flags(const struct request *request)
{
	unsigned flags = GNUTLS_CLIENT | GNUTLS_NONBLOCK;
	if (request->policy.resumption == RESUMPTION_NO)
		flags |= GNUTLS_NO_TICKETS;
	if (request->enforcement == ENFORCEMENT_APPLICATION && request->policy.asks_staple == NO)
		flags |= COMPAT_NO_STATUS_REQUEST;
	return flags;
}

/* As it is, or with our policy; both, since the credentials may have served the other before. */
static void set_enforcement(const struct request *request, const struct session *session)
{
	bool is_native = request->enforcement == ENFORCEMENT_NATIVE;
	if (is_native)
		gnutls_session_set_verify_cert(session->tls, request->server_name, 0);
	gnutls_certificate_set_verify_flags(session->credentials,
					    is_native ? 0 : GNUTLS_VERIFY_DISABLE_CRL_CHECKS);
	gnutls_certificate_set_verify_function(session->credentials, is_native ? NULL : verify);
}

static bool set_up(struct probe *probe, struct session *session)
{
	const struct request *request = probe->request;
	const char *priorities = priorities_of(request->tls);
	const gnutls_datum_t *ticket = probe->kept;
	uint8_t address[16];
	if (priorities == NULL) {
		probe_conclude(probe, OUTCOME_UNSUPPORTED, REASON_TLS_UNSUPPORTED, STAGE_NONE,
			       "no version of TLS was asked for that this program speaks");
		return false;
	}
	session->trust = probe_borrow_trust(probe, &pool);
	if (session->trust == NULL)
		return false;
	session->credentials = trust_roots(session->trust);
	int code = gnutls_init(&session->tls, init_flags(request));
	if (code == 0)
		code = gnutls_priority_set_direct(session->tls, priorities, NULL);
	if (code == 0 && net_address_bytes(address, request->server_name) == 0)
		code = gnutls_server_name_set(session->tls, GNUTLS_NAME_DNS, request->server_name,
					      strlen(request->server_name));
	if (code == 0)
		code = gnutls_credentials_set(session->tls, GNUTLS_CRD_CERTIFICATE,
					      session->credentials);
	if (code == 0 && ticket != NULL)
		code = gnutls_session_set_data(session->tls, ticket->data, ticket->size);
	if (code != 0) {
		verdict_failure(probe, session, code);
		return false;
	}
	gnutls_session_set_ptr(session->tls, probe);
	gnutls_transport_set_ptr(session->tls, probe);
	gnutls_transport_set_pull_function(session->tls, receive_bytes);
	gnutls_transport_set_push_function(session->tls, send_bytes);
	gnutls_transport_set_pull_timeout_function(session->tls, has_bytes);
	/* The deadline is ours: none of GnuTLS's own. */
	gnutls_handshake_set_timeout(session->tls, 0);
	gnutls_handshake_set_hook_function(session->tls, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
					   look_at_message);
	set_enforcement(request, session);
	return true;
}

static bool wait_for(struct probe *probe, const struct session *session)
{
	return net_wait(&probe->net,
			gnutls_record_get_direction(session->tls) == 0 ? POLLIN : POLLOUT);
}

/* Until GnuTLS has an answer, or the deadline has passed. */
static int shake_hands(struct probe *probe, const struct session *session)
{
	for (;;) {
		int code = gnutls_handshake(session->tls);
		if (code == 0 || gnutls_error_is_fatal(code))
			return code;
		/* Warnings and interruptions go on; a server that sends them for ever
		 * meets the deadline. */
		if (code != GNUTLS_E_AGAIN && deadline_over(probe->net.deadline))
			probe->net.timed_out = true;
		else if (code != GNUTLS_E_AGAIN || wait_for(probe, session))
			continue;
		return GNUTLS_E_TIMEDOUT;
	}
}

/* GnuTLS itself sends no alert when a handshake fails. */
static void send_alert(struct probe *probe, const struct session *session, int code)
{
	struct observation *seen = &probe->observation;
	int level = GNUTLS_AL_FATAL;
	int alert = session->refused ? session->alert : gnutls_error_to_alert(code, &level);
	if (code == GNUTLS_E_FATAL_ALERT_RECEIVED || code == GNUTLS_E_PUSH_ERROR ||
	    code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PREMATURE_TERMINATION || alert < 0 ||
	    probe->net.timed_out)
		return;
	do
		code = gnutls_alert_send(session->tls, GNUTLS_AL_FATAL,
					 (gnutls_alert_description_t)alert);
	while (code == GNUTLS_E_INTERRUPTED ||
	       (code == GNUTLS_E_AGAIN && wait_for(probe, session)));
	if (code != 0)
		return;
	seen->alert_number = alert;
	seen->alert_sent = true;
}

static void conclude(struct probe *probe, struct session *session, int code)
{
	bool is_native = probe->request->enforcement == ENFORCEMENT_NATIVE;
	if (is_native) {
		/* All bits stand for a handshake that ended before. */
		session->status = gnutls_session_get_verify_cert_status(session->tls);
		if (session->status == UINT_MAX)
			session->status = 0;
		chain_note(probe, session, code == 0);
	}
	/* A chain of more than 16 certificates is refused with a code alone. */
	if (code == GNUTLS_E_CONSTRAINT_ERROR || code == GNUTLS_E_CERTIFICATE_ERROR)
		session->status = GNUTLS_CERT_INVALID;
	if (code == 0) {
		note_tls(probe, session->tls);
		probe->observation.chain_verified = true;
		/* The verify function is not called then. */
		if (probe->kept != NULL && gnutls_session_is_resumed(session->tls) != 0) {
			chain_resume(probe);
			session->refused = !probe_judge_late(probe);
		}
	} else {
		send_alert(probe, session, code);
	}
	if (is_native)
		verdict_native(probe, session, code);
	else if (code != 0 && !session->refused && session->status != 0)
		verdict_chain(probe, session);
	else if (code != 0 && !session->refused)
		verdict_failure(probe, session, code);
}

static void handshake(struct probe *probe)
{
	if (set_up(probe, probe->session))
		conclude(probe, probe->session, shake_hands(probe, probe->session));
}

static bool has_ticket(const struct session *session)
{
	return gnutls_protocol_get_version(session->tls) != GNUTLS_TLS1_3 ||
	       (gnutls_session_get_flags(session->tls) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
}

/* In TLS 1.3 the ticket comes after the handshake, before any answer of the server. */
static bool await_ticket(struct probe *probe, const struct session *session)
{
	struct net *net = &probe->net;
	char bytes[256];
	while (!has_ticket(session)) {
		ssize_t result = gnutls_record_recv(session->tls, bytes, sizeof bytes);
		if (result == 0 || (result < 0 && gnutls_error_is_fatal((int)result)) ||
		    (result == GNUTLS_E_AGAIN && !net_wait(net, POLLIN)) ||
		    deadline_over(net->deadline))
			break;
	}
	return has_ticket(session);
}

static void forget(void *data)
{
	gnutls_datum_t *ticket = data;
	if (ticket != NULL)
		gnutls_free(ticket->data);
	free(ticket);
}

static void *keep(struct probe *probe)
{
	const struct session *session = probe->session;
	gnutls_datum_t *ticket = await_ticket(probe, session) ? calloc(1, sizeof *ticket) : NULL;
	if (ticket != NULL && gnutls_session_get_data2(session->tls, ticket) == 0)
		return ticket;
	forget(ticket);
	return NULL;
}

static void close_session(struct probe *probe)
{
	const struct session *session = probe->session;
	if (probe->observation.outcome == OUTCOME_CONNECT ||
	    probe->observation.outcome == OUTCOME_WARN)
		(void)gnutls_bye(session->tls, GNUTLS_SHUT_WR);
	if (session->tls != NULL)
		gnutls_deinit(session->tls);
	trust_return(&pool, session->trust);
}

const struct client_backend client_backend = {
	.stack = "gnutls",
	.library = "GnuTLS",
	.max_concurrency = 16,
	.version = version,
	.lacks = lacks,
	.start = start,
	.stop = stop,
	.digest = digest,
	.verify = signature_verify,
	.response_reader = &response_reader,
	.list_reader = &list_reader,
	.handshake = handshake,
	.session_size = sizeof(struct session),
	.read_pem = certificates_read_pem,
	.verify_path = certificates_verify_path,
	.keep = keep,
	.forget = forget,
	.close = close_session,
};
