/* Knows what GnuTLS's codes and verification bits mean for an observation. */
#include "clients/gnutls/session.h"
#include "clients/backend/chain.h"
#include "clients/backend/status.h"

#include <gnutls/ocsp.h>

#include <stdio.h>
#include <string.h>

void native_note(struct native *native, int code, const char *text)
{
	const char *name = code < 0 ? gnutls_strerror_name(code) : NULL;
	snprintf(native->library, sizeof native->library, "GnuTLS");
	native->code = code;
	snprintf(native->name, sizeof native->name, "%s", name != NULL ? name : "");
	snprintf(native->text, sizeof native->text, "%s",
		 text != NULL ? text : gnutls_strerror(code));
}

void status_print(char *out, size_t size, unsigned status)
{
	gnutls_datum_t text = {NULL, 0};
	out[0] = '\0';
	if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) == 0)
		snprintf(out, size, "%s", (const char *)text.data);
	gnutls_free(text.data);
	size_t len = strlen(out);
	if (len > 0 && out[len - 1] == ' ')
		out[len - 1] = '\0';
}

/* GnuTLS reports the bits, not whose they are. */
static int find_depth(const struct probe *probe, unsigned status)
{
	if (status & GNUTLS_CERT_UNEXPECTED_OWNER)
		return 0;
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND && probe->chain.num > 0)
		return (int)probe->chain.num - 1;
	return chain_find_outdated(probe);
}

static enum reason chain_reason(const struct probe *probe, const struct session *session)
{
	static const struct {
		unsigned bit;
		enum reason reason;
	} reasons[] = {
		{GNUTLS_CERT_SIGNER_NOT_FOUND, REASON_CHAIN_UNTRUSTED},
		{GNUTLS_CERT_EXPIRED, REASON_CHAIN_EXPIRED},
		{GNUTLS_CERT_NOT_ACTIVATED, REASON_CHAIN_NOT_YET_VALID},
		{GNUTLS_CERT_UNEXPECTED_OWNER, REASON_CHAIN_NAME},
		{GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, REASON_CHAIN_CRITICAL_EXTENSION},
		{GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, REASON_CHAIN_CONSTRAINTS},
		{GNUTLS_CERT_INSECURE_ALGORITHM, REASON_CHAIN_ALGORITHM_UNSUPPORTED},
	};
	if (probe->chain_lacks_algorithm)
		return REASON_CHAIN_ALGORITHM_UNSUPPORTED;
	if (session->status & GNUTLS_CERT_SIGNER_NOT_FOUND && chain_is_incomplete(probe))
		return REASON_CHAIN_INCOMPLETE;
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (session->status & reasons[i].bit)
			/* The last bit stands for TLS features too. */
			return reasons[i].reason == REASON_CHAIN_CONSTRAINTS &&
					       chain_lacks_feature(probe)
				       ? REASON_CHAIN_FEATURE
				       : reasons[i].reason;
	return REASON_CHAIN_INVALID;
}

void verdict_chain(struct probe *probe, const struct session *session)
{
	struct observation *seen = &probe->observation;
	enum reason reason = chain_reason(probe, session);
	status_print(seen->chain_error, sizeof seen->chain_error, session->status);
	if (session->num_sent > MAX_SENT)
		snprintf(seen->chain_error, sizeof seen->chain_error,
			 "the server sent %u certificates, and GnuTLS takes at most %d",
			 session->num_sent, MAX_SENT);
	seen->chain_depth = find_depth(probe, session->status);
	native_note(&seen->native, (int)session->status, seen->chain_error);
	probe_refuse_chain(probe, reason);
}

static enum reason failure_reason(const struct probe *probe, int code)
{
	if (probe->net.timed_out || code == GNUTLS_E_TIMEDOUT)
		return REASON_TLS_TIMEOUT;
	switch (code) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
	case GNUTLS_E_WARNING_ALERT_RECEIVED: return REASON_TLS_ALERT;
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
	case GNUTLS_E_SESSION_EOF: return REASON_TLS_CLOSED;
	default: return REASON_TLS_PROTOCOL;
	}
}

void verdict_failure(struct probe *probe, const struct session *session, int code)
{
	struct observation *seen = &probe->observation;
	enum reason reason = failure_reason(probe, code);
	native_note(&seen->native, code, NULL);
	if (session->empty_staple && code == GNUTLS_E_UNEXPECTED_PACKET_LENGTH) {
		/* To GnuTLS an OCSPResponse of no bytes is a broken message (RFC 6066
		 * section 8 wants one at least), and no policy is asked. */
		probe_keep_staple(probe, 0, NULL, 0);
		seen->staples[0].check.check = CHECK_MALFORMED;
		seen->native.code = code;
		probe_conclude(
			probe, OUTCOME_REJECT, REASON_STAPLE_MALFORMED, STAGE_HANDSHAKE,
			"the staple is empty, for which GnuTLS itself ends the handshake: %s",
			seen->native.text);
	} else {
		probe_fail(probe, reason,
			   reason == REASON_TLS_ALERT ? (int)gnutls_alert_get(session->tls) : -1);
	}
}

/*
 * Native enforcement.
 */

/* The reason for a refusal by revocation status; NUM_REASONS when it is not by that. */
static enum reason refusal_reason(const struct session *session, const struct staple_facts *staple)
{
	unsigned status = session->status;
	if (status & GNUTLS_CERT_REVOKED)
		return REASON_STATUS_REVOKED;
	if (status & GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED)
		return REASON_STAPLE_STALE;
	if (status & GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE)
		return REASON_STAPLE_NOT_YET_VALID;
	if (status & GNUTLS_CERT_MISSING_OCSP_STATUS)
		return staple != NULL && staple->check.check == CHECK_ERROR_RESPONSE
			       ? REASON_STAPLE_ERROR_RESPONSE
			       : REASON_STAPLE_MISSING;
	if ((status & GNUTLS_CERT_INVALID_OCSP_STATUS) == 0)
		return NUM_REASONS;
	/* What GnuTLS calls invalid may be good to us: 3.7 looks at the first entry only, and
	 * does not find a root that the server did not send and that the response names by
	 * key hash. Of the latter kind it tells its debug log alone. */
	if (staple != NULL && staple->check.check != CHECK_GOOD)
		return status_staple_reason(staple);
	return strstr(session->audit, "unrelated") != NULL ? REASON_STAPLE_WRONG_CERTIFICATE
							   : REASON_STAPLE_UNAUTHORIZED_SIGNER;
}

static const unsigned status_bits =
	GNUTLS_CERT_INVALID | GNUTLS_CERT_REVOKED | GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED |
	GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE | GNUTLS_CERT_MISSING_OCSP_STATUS |
	GNUTLS_CERT_INVALID_OCSP_STATUS;

static void conclude_refusal(struct probe *probe, const struct session *session, int code)
{
	struct observation *seen = &probe->observation;
	char text[NATIVE_MAX];
	const struct staple_facts *staple = status_check_staples(probe);
	enum reason reason = refusal_reason(session, staple);
	if (session->status & ~status_bits || reason == NUM_REASONS) {
		verdict_chain(probe, session);
		return;
	}
	status_print(text, sizeof text, session->status);
	native_note(&seen->native, code, text);
	if (session->audit[0] != '\0' && session->status & GNUTLS_CERT_INVALID_OCSP_STATUS) {
		size_t len = strlen(seen->native.text);
		snprintf(seen->native.text + len, sizeof seen->native.text - len, " %s",
			 session->audit);
	}
	seen->native.code = session->status;
	seen->chain_verified = true;
	seen->assurance = reason == REASON_STATUS_REVOKED ? STATUS_REVOKED : STATUS_NONE;
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_HANDSHAKE, "GnuTLS refused: %s",
		       seen->native.text);
}

/*
 * GnuTLS lets pass what it should not (unknown, responses from the future, a wrong
 * issuer key hash, error responses), and its is_checked says only that no check
 * failed. So good is what it has checked and what we find good too.
 */
static void conclude_acceptance(struct probe *probe, const struct session *session)
{
	struct observation *seen = &probe->observation;
	const struct staple_facts *staple = status_check_staples(probe);
	bool is_checked = gnutls_ocsp_status_request_is_checked(session->tls, 0) != 0;
	native_note(&seen->native, 0,
		    is_checked ? "gnutls_ocsp_status_request_is_checked: yes"
			       : "gnutls_ocsp_status_request_is_checked: no");
	if (staple == NULL) {
		probe_conclude(probe, OUTCOME_CONNECT, REASON_NOT_CHECKED, STAGE_NONE,
			       "nothing was stapled, and GnuTLS looks at nothing else");
		return;
	}
	enum reason reason = status_staple_reason(staple);
	if (staple->check.check == CHECK_GOOD && is_checked) {
		seen->assurance = STATUS_GOOD;
		probe_conclude(probe, OUTCOME_CONNECT, REASON_STATUS_GOOD, STAGE_NONE,
			       "GnuTLS verified the staple, and it says good");
		return;
	}
	if (staple->check.check == CHECK_GOOD)
		reason = REASON_NOT_CHECKED;
	if (reason == REASON_STATUS_REVOKED)
		seen->assurance = STATUS_REVOKED;
	probe_conclude(probe, OUTCOME_CONNECT, reason, STAGE_NONE,
		       "GnuTLS accepted the staple although %s", check_text(staple->check.check));
}

void verdict_native(struct probe *probe, const struct session *session, int code)
{
	if (code == 0)
		conclude_acceptance(probe, session);
	else if (session->status != 0)
		conclude_refusal(probe, session, code);
	else
		verdict_failure(probe, session, code);
}
