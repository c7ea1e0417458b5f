/* Knows which certificate issued which, and what came with them. */
#include "clients/gnutls_session.h"

#include <string.h>

/* GnuTLS itself takes at most 16 (GNUTLS_DEFAULT_MAX_VERIFY_DEPTH). */
#define MAX_SENT 16

struct sent {
	gnutls_x509_crt_t certificates[MAX_SENT]; /* owned until moved into the chain */
	int depths[MAX_SENT];                     /* in the chain; -1: not part of it */
	unsigned num;
};

static void read_sent(struct sent *sent, gnutls_session_t tls)
{
	unsigned num = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(tls, &num);
	for (unsigned i = 0; list != NULL && i < num && i < MAX_SENT; i++) {
		gnutls_x509_crt_t *one = &sent->certificates[i];
		sent->depths[i] = -1;
		if (gnutls_x509_crt_init(one) != 0)
			break;
		if (gnutls_x509_crt_import(*one, &list[i], GNUTLS_X509_FMT_DER) != 0) {
			gnutls_x509_crt_deinit(*one);
			*one = NULL;
			break;
		}
		sent->num++;
	}
}

/* The callback below is given no session (gnutls_verify_output_function). */
static _Thread_local struct session *listener;

static bool fingerprint(uint8_t out[static 32], gnutls_x509_crt_t certificate)
{
	size_t len = 32;
	return gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA256, out, &len) == 0 &&
	       len == 32;
}

static int note_signature(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer,
			  gnutls_x509_crl_t crl, unsigned status)
{
	struct session *session = listener;
	struct signature_seen *seen;
	if (session == NULL || crl != NULL || certificate == NULL || issuer == NULL ||
	    status != 0 ||
	    session->num_signatures == sizeof session->signatures / sizeof *session->signatures)
		return 0;
	seen = &session->signatures[session->num_signatures];
	if (fingerprint(seen->certificate, certificate) && fingerprint(seen->issuer, issuer))
		session->num_signatures++;
	return 0;
}

void chain_listen(struct session *session)
{
	listener = session;
	gnutls_session_set_verify_output_function(session->tls, note_signature);
}

static bool is_signature_known(const struct session *session, gnutls_x509_crt_t issuer,
			       gnutls_x509_crt_t certificate)
{
	struct signature_seen wanted = {0};
	if (session->num_signatures == 0 || !fingerprint(wanted.certificate, certificate) ||
	    !fingerprint(wanted.issuer, issuer))
		return false;
	for (size_t i = 0; i < session->num_signatures; i++)
		if (memcmp(&session->signatures[i], &wanted, sizeof wanted) == 0)
			return true;
	return false;
}

bool chain_is_issuer(const struct session *session, gnutls_x509_crt_t issuer,
		     gnutls_x509_crt_t certificate)
{
	unsigned status = 0;
	if (gnutls_x509_crt_check_issuer(certificate, issuer) == 0)
		return false;
	return is_signature_known(session, issuer, certificate) ||
	       (gnutls_x509_crt_verify(certificate, &issuer, 1,
				       GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
					       GNUTLS_VERIFY_DISABLE_CRL_CHECKS |
					       GNUTLS_VERIFY_ALLOW_BROKEN,
				       &status) == 0 &&
		status == 0);
}

static gnutls_x509_crt_t trusted_issuer(const struct session *session,
					gnutls_x509_crt_t certificate)
{
	gnutls_x509_trust_list_t trust;
	gnutls_x509_crt_t issuer = NULL;
	gnutls_certificate_get_trust_list(session->credentials, &trust);
	if (trust == NULL ||
	    gnutls_x509_trust_list_get_issuer(trust, certificate, &issuer, GNUTLS_TL_GET_COPY) != 0)
		return NULL;
	if (chain_is_issuer(session, issuer, certificate))
		return issuer;
	gnutls_x509_crt_deinit(issuer);
	return NULL;
}

/* The next certificate upwards, owned by the caller; NULL when nobody is known. */
static gnutls_x509_crt_t take_issuer(const struct session *session, struct sent *sent,
				     gnutls_x509_crt_t certificate)
{
	for (unsigned i = 0; i < sent->num; i++) {
		gnutls_x509_crt_t candidate = sent->certificates[i];
		if (sent->depths[i] >= 0 || !chain_is_issuer(session, candidate, certificate))
			continue;
		sent->depths[i] = (int)session->num_chain;
		return candidate;
	}
	return trusted_issuer(session, certificate);
}

static void build(struct session *session, struct sent *sent)
{
	gnutls_x509_crt_t next = sent->certificates[0];
	sent->depths[0] = 0;
	while (next != NULL && session->num_chain < MAX_CHAIN) {
		session->chain[session->num_chain++] = next;
		if (gnutls_x509_crt_check_issuer(next, next) != 0 ||
		    session->num_chain == MAX_CHAIN)
			break;
		next = take_issuer(session, sent, next);
	}
}

static void keep_evidence(struct probe *probe, const struct session *session)
{
	for (size_t depth = 0; depth < session->num_chain; depth++) {
		gnutls_datum_t der = {NULL, 0};
		if (gnutls_x509_crt_export2(session->chain[depth], GNUTLS_X509_FMT_DER, &der) == 0)
			probe_keep_certificate(probe, depth, der.data, der.size);
		gnutls_free(der.data);
	}
}

/* GnuTLS counts staples by the order in which the server sent the certificates. */
static void keep_staples(struct probe *probe, const struct session *session,
			 const struct sent *sent)
{
	for (unsigned i = 0; i < sent->num; i++) {
		gnutls_datum_t staple = {NULL, 0};
		if (sent->depths[i] >= 0 &&
		    gnutls_ocsp_status_request_get2(session->tls, i, &staple) == 0)
			probe_keep_staple(probe, (size_t)sent->depths[i], staple.data, staple.size);
	}
}

void chain_note(struct probe *probe, struct session *session)
{
	struct sent sent = {.num = 0};
	read_sent(&sent, session->tls);
	if (sent.num > 0 && session->num_chain == 0) {
		build(session, &sent);
		facts_read(&probe->observation.certificate, session->chain[0]);
		keep_staples(probe, session, &sent);
		if (probe_wants_certificates(probe))
			keep_evidence(probe, session);
	}
	for (unsigned i = 0; i < sent.num; i++)
		if (sent.depths[i] < 0)
			gnutls_x509_crt_deinit(sent.certificates[i]);
}

void chain_clear(struct session *session)
{
	if (listener == session)
		listener = NULL;
	for (size_t i = 0; i < session->num_chain; i++)
		gnutls_x509_crt_deinit(session->chain[i]);
	session->num_chain = 0;
}
