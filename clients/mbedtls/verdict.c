/* Knows what mbedTLS's error codes and verification flags mean for an observation. */
#include "clients/mbedtls/session.h"

#include "clients/mbedtls/words.h"

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>

#include <stdio.h>
#include <string.h>

/* The server sent no issuer for a leaf that is not its own: the commonest mistake of
 * servers, which mbedTLS does not distinguish from an unknown root. */
static bool is_incomplete(const struct session *session)
{
	const mbedtls_x509_crt *leaf = &session->chain[0];
	return session->num_chain == 1 &&
	       (leaf->issuer_raw.len != leaf->subject_raw.len ||
		memcmp(leaf->issuer_raw.p, leaf->subject_raw.p, leaf->issuer_raw.len) != 0);
}

static enum reason reason_of(const struct session *session)
{
	if (session->flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return is_incomplete(session) ? REASON_CHAIN_INCOMPLETE : REASON_CHAIN_UNTRUSTED;
	if (session->flags & MBEDTLS_X509_BADCERT_EXPIRED)
		return REASON_CHAIN_EXPIRED;
	if (session->flags & MBEDTLS_X509_BADCERT_FUTURE)
		return REASON_CHAIN_NOT_YET_VALID;
	if (session->flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		return REASON_CHAIN_NAME;
	return REASON_CHAIN_INVALID;
}

/* The parser says so of a critical extension that it does not know, before any chain
 * is built (library/x509_crt.c, x509_get_crt_ext). */
static bool is_critical_extension(int code)
{
	return code == MBEDTLS_ERR_X509_INVALID_EXTENSIONS + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG;
}

void session_conclude_chain(struct probe *probe, const struct session *session, int code)
{
	struct observation *seen = &probe->observation;
	enum reason reason = is_critical_extension(code) ? REASON_CHAIN_CRITICAL_EXTENSION
			     : session->flags != 0       ? reason_of(session)
							 : REASON_CHAIN_INVALID;
	if (session->flags != 0)
		flags_print(seen->chain_error, sizeof seen->chain_error, session->flags);
	else
		mbedtls_strerror(code, seen->chain_error, sizeof seen->chain_error);
	seen->chain_depth = session->flagged_depth;
	native_note(&seen->native, code, seen->chain_error);
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_HANDSHAKE, "%s: %s",
		       reason_text(reason), seen->chain_error);
}

static enum reason failure_of(const struct probe *probe, int code)
{
	if (probe->net.timed_out || code == MBEDTLS_ERR_SSL_TIMEOUT)
		return REASON_TLS_TIMEOUT;
	switch (code) {
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: return REASON_TLS_ALERT;
	case MBEDTLS_ERR_SSL_CONN_EOF:
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
	case MBEDTLS_ERR_NET_CONN_RESET:
	case MBEDTLS_ERR_NET_RECV_FAILED:
	case MBEDTLS_ERR_NET_SEND_FAILED: return REASON_TLS_CLOSED;
	default: return REASON_TLS_PROTOCOL;
	}
}

void session_conclude_failure(struct probe *probe, const struct session *session, int code)
{
	struct observation *seen = &probe->observation;
	enum reason reason = failure_of(probe, code);
	native_note(&seen->native, code, NULL);
	if (reason == REASON_TLS_ALERT) {
		seen->alert_number = compat_alert_received(&session->ssl);
		seen->alert_sent = false;
		probe_conclude(probe, OUTCOME_ERROR, reason, STAGE_HANDSHAKE, "%s: %s",
			       reason_text(reason), alert_name(seen->alert_number));
		return;
	}
	probe_conclude(probe, OUTCOME_ERROR, reason, STAGE_HANDSHAKE, "%s: %s", reason_text(reason),
		       seen->native.text);
}
