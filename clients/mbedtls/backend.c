/* Knows mbedTLS as a client: it verifies the chain, and nothing about revocation. */
#include "clients/mbedtls/session.h"

#include "clients/backend/chain.h"
#include "clients/rules/pointers.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/md.h>

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* One generator for all threads: mbedTLS locks it (MBEDTLS_THREADING_C). */
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;

static const char *version(void)
{
	static char text[18];
	mbedtls_version_get_string(text);
	return text;
}

static const char *lacks(enum capability capability)
{
	static const char *const missing[NUM_CAPABILITIES] = {
		[CAPABILITY_STATUS_REQUEST] =
			"Mbed TLS cannot send status_request: it has no code for it and no call "
			"for extensions of one's own",
		[CAPABILITY_MULTI_STAPLE] = "Mbed TLS cannot ask for a staple at all",
		[CAPABILITY_NATIVE_MUST_STAPLE] =
			"Mbed TLS does not read the TLS feature extension",
		[CAPABILITY_NATIVE_STAPLE_CHECK] = "Mbed TLS has no OCSP",
		[CAPABILITY_NATIVE_OCSP_FETCH] = "Mbed TLS fetches nothing",
		[CAPABILITY_KEYLOG] = "this program does not export the keys of Mbed TLS",
	};
	if (capability == CAPABILITY_TLS_1_3 && !compat_has_tls_1_3())
		return "this Mbed TLS does not speak TLS 1.3 (2.28 has no code for it)";
	return missing[capability];
}

static bool start(struct error *err)
{
	static const unsigned char personal[] = "revoscope";
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&generator);
	if (!compat_start() || mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy,
						     personal, sizeof personal) != 0)
		return error_set(err, ERROR_UNABLE, "Mbed TLS finds no random numbers");
	return true;
}

static void stop(void)
{
	trust_pool_clear(&trust_pool);
	mbedtls_ctr_drbg_free(&generator);
	mbedtls_entropy_free(&entropy);
}

/* mbedTLS writes the names of hashes in capitals. */
const mbedtls_md_info_t *md_find(const char *hash)
{
	char name[16];
	size_t len = strlen(hash);
	for (size_t i = 0; i <= len && i < sizeof name; i++)
		name[i] = (char)toupper((unsigned char)hash[i]);
	return len < sizeof name ? mbedtls_md_info_from_string(name) : NULL;
}

static size_t digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	const mbedtls_md_info_t *info = md_find(hash);
	return info != NULL && mbedtls_md(info, bytes.at, bytes.len, out) == 0
		       ? mbedtls_md_get_size(info)
		       : 0;
}

/* A fatal alert on its way out, while it is still in the clear. */
static void watch_alert(struct probe *probe, const unsigned char *record, size_t len)
{
	struct observation *seen = &probe->observation;
	if (len != 7 || record[0] != MBEDTLS_SSL_MSG_ALERT ||
	    record[5] != MBEDTLS_SSL_ALERT_LEVEL_FATAL)
		return;
	seen->alert_number = record[6];
	seen->alert_sent = true;
}

static int send_bytes(void *context, const unsigned char *bytes, size_t len)
{
	struct probe *probe = context;
	ssize_t sent = net_try_write(&probe->net, bytes, len);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	if (sent < 0)
		return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET
							     : MBEDTLS_ERR_NET_SEND_FAILED;
	watch_alert(probe, bytes, (size_t)sent);
	return (int)sent;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t len)
{
	struct probe *probe = context;
	/* mbedTLS reads on after a warning without coming back to us, so that a server that
	 * sends nothing else would keep it for ever (library/ssl_msg.c, NON_FATAL). */
	ssize_t got = net_try_read(&probe->net, bytes, len);
	if (probe->net.timed_out)
		return MBEDTLS_ERR_SSL_TIMEOUT;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (got < 0)
		return errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET
					   : MBEDTLS_ERR_NET_RECV_FAILED;
	return (int)got;
}

/* mbedTLS looks at this after the callback has run, so that the judge would speak
 * about a leaf that is then refused for its purpose. */
static uint32_t usage_flags(const mbedtls_x509_crt *leaf)
{
	if (mbedtls_x509_crt_check_extended_key_usage(leaf, MBEDTLS_OID_SERVER_AUTH,
						      MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)))
		return MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
	return 0;
}

static bool is_for_another_address(const char *name, const mbedtls_x509_crt *leaf)
{
	uint8_t address[16];
	size_t len = net_address_bytes(address, name);
	struct certificate certificate;
	return len > 0 && !(certificate_read(&certificate, der_of(leaf->raw.p, leaf->raw.len)) &&
			    pointers_have_address(&certificate, der_of(address, len)));
}

/*
 * mbedTLS calls this for each certificate of the chain that it built, the root first
 * and the leaf last. It is the last point at which the handshake can still be ended
 * with an alert. With flags we can choose between certificate_revoked and
 * access_denied, its word for MBEDTLS_X509_BADCERT_OTHER; 113 is not to be had. In
 * native enforcement it only looks on.
 */
static int look_at_certificate(void *context, mbedtls_x509_crt *certificate, int depth,
			       uint32_t *flags)
{
	struct probe *probe = context;
	struct session *session = probe->session;
	if (!chain_keep(probe, (size_t)depth, certificate->raw.p, certificate->raw.len))
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	probe_keep_certificate(probe, (size_t)depth, certificate->raw.p, certificate->raw.len);
	/* The leaf is the first of what was sent. */
	for (const mbedtls_x509_crt *one = certificate; depth == 0 && one != NULL; one = one->next)
		probe_keep_other(probe, der_of(one->raw.p, one->raw.len));
	if (depth == 0 && is_for_another_address(probe->request->server_name, certificate))
		*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
	if (*flags != 0 && session->flagged_depth < 0)
		session->flagged_depth = depth;
	session->flags |= *flags;
	if (depth > 0 || session->flags != 0 || probe->request->enforcement == ENFORCEMENT_NATIVE ||
	    usage_flags(certificate) != 0)
		return 0;
	probe->observation.chain_verified = true;
	struct judgement judgement = probe_judge(probe);
	session->refused = !judgement.go_on;
	if (session->refused)
		*flags |= judgement.alert == MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED
				  ? MBEDTLS_X509_BADCERT_REVOKED
				  : MBEDTLS_X509_BADCERT_OTHER;
	return 0;
}

/* The versions that are asked for and spoken here; false when there are none. */
static bool set_versions(struct probe *probe, struct session *session)
{
	int wanted = probe->request->tls;
	if (!compat_has_tls_1_3())
		wanted &= ~TLS_BIT_1_3;
	if ((wanted & (TLS_BIT_1_2 | TLS_BIT_1_3)) == 0) {
		const char *why = lacks(CAPABILITY_TLS_1_3);
		probe_conclude(probe, OUTCOME_UNSUPPORTED, REASON_TLS_UNSUPPORTED, STAGE_NONE, "%s",
			       why != NULL ? why : "no version of TLS was asked for");
		return false;
	}
	compat_set_versions(&session->config, !(wanted & TLS_BIT_1_2), wanted & TLS_BIT_1_3);
	return true;
}

static bool set_up(struct probe *probe, struct session *session)
{
	const struct request *request = probe->request;
	mbedtls_ssl_config *config = &session->config;
	uint8_t address[16];
	/* mbedTLS would send an address as SNI, and 2.28 never looks for one in a certificate:
	 * look_at_certificate does. */
	bool is_address = net_address_bytes(address, request->server_name) > 0;
	int code = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT,
					       MBEDTLS_SSL_TRANSPORT_STREAM,
					       MBEDTLS_SSL_PRESET_DEFAULT);
	if (code != 0)
		goto failed;
	if (!set_versions(probe, session))
		return false;
	session->trust = probe_borrow_trust(probe, &trust_pool);
	if (session->trust == NULL)
		return false;
	mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_ca_chain(config, trust_roots(session->trust), NULL);
	mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &generator);
	mbedtls_ssl_conf_verify(config, look_at_certificate, probe);
	if (request->policy.resumption == RESUMPTION_NO)
		mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
	else
		compat_want_tickets(config);
	compat_prefer_fast_groups(config);
	code = mbedtls_ssl_setup(&session->ssl, config);
	if (code == 0)
		code = mbedtls_ssl_set_hostname(&session->ssl,
						is_address ? NULL : request->server_name);
	if (code == 0 && probe->kept != NULL)
		code = mbedtls_ssl_set_session(&session->ssl, probe->kept);
	if (code != 0)
		goto failed;
	mbedtls_ssl_set_bio(&session->ssl, probe, send_bytes, receive_bytes, NULL);
	return true;
failed:
	session_conclude_failure(probe, session, code);
	return false;
}

/* Until mbedTLS has an answer, or the deadline has passed. */
static int shake_hands(struct probe *probe, struct session *session)
{
	for (;;) {
		int code = mbedtls_ssl_handshake(&session->ssl);
		if (code != MBEDTLS_ERR_SSL_WANT_READ && code != MBEDTLS_ERR_SSL_WANT_WRITE)
			return code;
		if (!net_wait(&probe->net, code == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT))
			return MBEDTLS_ERR_SSL_TIMEOUT;
	}
}

static void note_connection(struct probe *probe, const struct session *session)
{
	struct observation *seen = &probe->observation;
	const char *name = mbedtls_ssl_get_version(&session->ssl);
	const char *cipher = mbedtls_ssl_get_ciphersuite(&session->ssl);
	snprintf(seen->tls_version, sizeof seen->tls_version, "%s",
		 name != NULL && strncmp(name, "TLSv", 4) == 0 ? name + 4 : "");
	snprintf(seen->cipher, sizeof seen->cipher, "%s", cipher != NULL ? cipher : "");
	seen->chain_verified = true;
}

/* Chains fail with MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, certificates that do not parse
 * with others of the same range (mbedtls/x509.h), to which a code of the ASN.1 module,
 * less than 0x80, may be added, and keys with some of mbedtls/pk.h. */
static bool is_certificate_failure(int code)
{
	return code_is_unsupported(code) || (code <= MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE &&
					     code >= MBEDTLS_ERR_X509_FATAL_ERROR);
}

static void conclude(struct probe *probe, struct session *session, int code)
{
	/* What mbedTLS found after the callback had run, such as a wrong purpose. */
	if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && !session->refused)
		session->flags |= mbedtls_ssl_get_verify_result(&session->ssl);
	if (session->refused)
		return;
	if (code == 0) {
		note_connection(probe, session);
		/* mbedTLS does not say whether it resumed; a server's certificate it would have
		 * shown to the callback. */
		if (probe->kept != NULL && probe->chain.num == 0) {
			chain_resume(probe);
			session->refused = !probe_judge_late(probe);
		}
		/* Only in native enforcement: else the judge has concluded. */
		probe_conclude(probe, OUTCOME_CONNECT, REASON_NOT_CHECKED, STAGE_NONE,
			       "the chain verified; Mbed TLS looks at no revocation status");
	} else if (is_certificate_failure(code) && !probe->judged) {
		session_conclude_chain(probe, session, code);
	} else {
		session_conclude_failure(probe, session, code);
	}
}

static void handshake(struct probe *probe)
{
	struct session *session = probe->session;
	mbedtls_ssl_init(&session->ssl);
	mbedtls_ssl_config_init(&session->config);
	session->flagged_depth = -1;
	if (set_up(probe, session))
		conclude(probe, session, shake_hands(probe, session));
}

/* In TLS 1.3, which 2.28 does not speak, the ticket comes after the handshake and reading
 * tells of it. In TLS 1.2 it came before the end. */
static bool await_ticket(struct probe *probe, struct session *session)
{
	struct net *net = &probe->net;
	const char *version = mbedtls_ssl_get_version(&session->ssl);
	bool came = version == NULL || strcmp(version, "TLSv1.3") != 0;
	bool has_looked = false;
	unsigned char bytes[256];
	while (!came && !deadline_over(net->deadline)) {
		int code = mbedtls_ssl_read(&session->ssl, bytes, sizeof bytes);
		came = compat_is_ticket(code);
		if (came || code > 0)
			continue;
		if (code != MBEDTLS_ERR_SSL_WANT_READ)
			break;
		/* 3.x says WANT_READ between seeing a ticket and reading it, though nothing more
		 * comes: it is asked once more before the wait. */
		has_looked = !has_looked;
		if (!has_looked && !net_wait(net, POLLIN))
			break;
	}
	return came;
}

static void forget(void *kept)
{
	mbedtls_ssl_session_free(kept);
	free(kept);
}

static void *keep(struct probe *probe)
{
	struct session *session = probe->session;
	mbedtls_ssl_session *ticket = await_ticket(probe, session) ? malloc(sizeof *ticket) : NULL;
	if (ticket == NULL)
		return NULL;
	mbedtls_ssl_session_init(ticket);
	if (mbedtls_ssl_get_session(&session->ssl, ticket) == 0)
		return ticket;
	forget(ticket);
	return NULL;
}

static void close_session(struct probe *probe)
{
	struct session *session = probe->session;
	if (probe->observation.outcome == OUTCOME_CONNECT ||
	    probe->observation.outcome == OUTCOME_WARN)
		(void)mbedtls_ssl_close_notify(&session->ssl);
	mbedtls_ssl_free(&session->ssl);
	mbedtls_ssl_config_free(&session->config);
	trust_return(&trust_pool, session->trust);
}

const struct client_backend client_backend = {
	.stack = "mbedtls",
	.library = "Mbed TLS",
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
