/* Knows what mbedTLS's error codes and verification flags mean, and its words for them. */
#include "clients/mbedtls/session.h"

#include "clients/backend/chain.h"

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>

#include <stdio.h>
#include <string.h>

void native_note(struct native *native, int code, const char *text)
{
	snprintf(native->library, sizeof native->library, "Mbed TLS");
	native->code = code;
	if (code < 0)
		snprintf(native->name, sizeof native->name, "-0x%04X", (unsigned)-code);
	if (text != NULL)
		snprintf(native->text, sizeof native->text, "%s", text);
	else if (code != 0)
		mbedtls_strerror(code, native->text, sizeof native->text);
}

/* mbedTLS writes a line per flag; one line is wanted here. */
void flags_print(char *out, size_t size, uint32_t flags)
{
	out[0] = '\0';
	mbedtls_x509_crt_verify_info(out, size, "", flags);
	size_t len = strlen(out);
	if (len > 0 && out[len - 1] == '\n')
		out[len - 1] = '\0';
	for (char *at = out; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
}

static enum reason reason_of(const struct probe *probe, const struct session *session)
{
	if (session->flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return chain_is_incomplete(probe) ? REASON_CHAIN_INCOMPLETE
						  : REASON_CHAIN_UNTRUSTED;
	if (session->flags & MBEDTLS_X509_BADCERT_EXPIRED)
		return REASON_CHAIN_EXPIRED;
	if (session->flags & MBEDTLS_X509_BADCERT_FUTURE)
		return REASON_CHAIN_NOT_YET_VALID;
	if (session->flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		return REASON_CHAIN_NAME;
	if (session->flags & BADCERT_ALGORITHM)
		return REASON_CHAIN_ALGORITHM_UNSUPPORTED;
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
			     : session->flags != 0       ? reason_of(probe, session)
			     : code_is_unsupported(code) ? REASON_CHAIN_ALGORITHM_UNSUPPORTED
							 : REASON_CHAIN_INVALID;
	if (session->flags != 0)
		flags_print(seen->chain_error, sizeof seen->chain_error, session->flags);
	else
		mbedtls_strerror(code, seen->chain_error, sizeof seen->chain_error);
	seen->chain_depth = session->flagged_depth;
	native_note(&seen->native, code, seen->chain_error);
	probe_refuse_chain(probe, reason);
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
	native_note(&probe->observation.native, code, NULL);
	enum reason reason = failure_of(probe, code);
	probe_fail(probe, reason,
		   reason == REASON_TLS_ALERT ? compat_alert_received(&session->ssl) : -1);
}
