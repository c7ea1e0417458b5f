/* Knows which certificate issued which, and what came with them. */
#include "clients/backend/status.h"
#include "clients/gnutls/session.h"

#include <string.h>

void chain_read(struct session *session)
{
	unsigned num = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(session->tls, &num);
	for (unsigned i = session->num_own; list != NULL && i < num && i < MAX_SENT; i++) {
		gnutls_x509_crt_t one;
		if (gnutls_x509_crt_init(&one) != 0)
			return;
		if (gnutls_x509_crt_import(one, &list[i], GNUTLS_X509_FMT_DER) != 0) {
			gnutls_x509_crt_deinit(one);
			return;
		}
		session->own[session->num_own++] = one;
	}
	session->has_all_sent = session->num_own == num;
}

/* The callback below is given no session (gnutls_verify_output_function). */
static _Thread_local struct session *listener;

/* Ours that is the same, to the last byte; or NULL. */
static gnutls_x509_crt_t find_own(const struct session *session, gnutls_x509_crt_t certificate)
{
	for (size_t i = 0; i < session->num_own; i++)
		if (gnutls_x509_crt_equals(session->own[i], certificate) != 0)
			return session->own[i];
	return NULL;
}

/* GnuTLS works on copies of what was sent, and on the trusted roots themselves. */
static int note_signature(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer,
			  gnutls_x509_crl_t crl, unsigned status)
{
	struct session *session = listener;
	if (session == NULL || crl != NULL || certificate == NULL || issuer == NULL ||
	    status != 0 ||
	    session->num_signatures == sizeof session->signatures / sizeof *session->signatures)
		return 0;
	gnutls_x509_crt_t own = find_own(session, certificate);
	gnutls_x509_crt_t own_issuer = find_own(session, issuer);
	/* Any other one is a trust anchor then, and exists as long as these. */
	if (own != NULL && session->has_all_sent)
		session->signatures[session->num_signatures++] = (struct signature_seen){
			.certificate = own,
			.issuer = own_issuer != NULL ? own_issuer : issuer,
		};
	return 0;
}

void chain_listen(struct session *session)
{
	listener = session;
	gnutls_session_set_verify_output_function(session->tls, note_signature);
}

bool chain_is_issuer(gnutls_x509_crt_t issuer, gnutls_x509_crt_t certificate)
{
	unsigned status = 0;
	return gnutls_x509_crt_check_issuer(certificate, issuer) != 0 &&
	       gnutls_x509_crt_verify(certificate, &issuer, 1,
				      GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
					      GNUTLS_VERIFY_DISABLE_CRL_CHECKS |
					      GNUTLS_VERIFY_ALLOW_BROKEN,
				      &status) == 0 &&
	       status == 0;
}

/* Of the trusted roots; borrowed from them. */
static gnutls_x509_crt_t trusted_issuer(const struct session *session,
					gnutls_x509_crt_t certificate)
{
	gnutls_x509_trust_list_t trust;
	gnutls_x509_crt_t issuer = NULL;
	gnutls_certificate_get_trust_list(session->credentials, &trust);
	if (trust == NULL || gnutls_x509_trust_list_get_issuer(trust, certificate, &issuer, 0) != 0)
		return NULL;
	return chain_is_issuer(issuer, certificate) ? issuer : NULL;
}

static bool is_in_chain(const struct session *session, gnutls_x509_crt_t certificate)
{
	for (size_t i = 0; i < session->num_chain; i++)
		if (session->chain[i] == certificate)
			return true;
	return false;
}

/* The next certificate upwards; NULL when none is known. What GnuTLS found in the
 * handshake costs nothing more. */
static gnutls_x509_crt_t find_issuer(const struct session *session, gnutls_x509_crt_t certificate)
{
	for (size_t i = 0; i < session->num_signatures; i++) {
		const struct signature_seen *seen = &session->signatures[i];
		if (seen->certificate == certificate && !is_in_chain(session, seen->issuer))
			return seen->issuer;
	}
	for (size_t i = 0; i < session->num_own; i++)
		if (!is_in_chain(session, session->own[i]) &&
		    chain_is_issuer(session->own[i], certificate))
			return session->own[i];
	return trusted_issuer(session, certificate);
}

/* A root, whether trusted or not. The names are compared first, since most certificates are
 * none and GnuTLS takes long for the rest: a CA may have certified its own next key. */
static bool is_root(gnutls_x509_crt_t certificate)
{
	gnutls_datum_t subject = {NULL, 0}, issuer = {NULL, 0};
	bool is = gnutls_x509_crt_get_raw_dn(certificate, &subject) == 0 &&
		  gnutls_x509_crt_get_raw_issuer_dn(certificate, &issuer) == 0 &&
		  subject.size == issuer.size &&
		  memcmp(subject.data, issuer.data, subject.size) == 0;
	gnutls_free(subject.data);
	gnutls_free(issuer.data);
	return is && gnutls_x509_crt_check_issuer(certificate, certificate) != 0;
}

static void build(struct session *session)
{
	gnutls_x509_crt_t next = session->own[0];
	while (next != NULL && session->num_chain < MAX_CHAIN) {
		session->chain[session->num_chain++] = next;
		if (is_root(next) || session->num_chain == MAX_CHAIN)
			break;
		next = find_issuer(session, next);
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
static void keep_staples(struct probe *probe, const struct session *session)
{
	for (unsigned i = 0; i < session->num_own; i++) {
		gnutls_datum_t staple = {NULL, 0};
		size_t depth = 0;
		while (depth < session->num_chain && session->chain[depth] != session->own[i])
			depth++;
		if (depth < session->num_chain &&
		    gnutls_ocsp_status_request_get2(session->tls, i, &staple) == 0)
			probe_keep_staple(probe, depth, staple.data, staple.size);
	}
}

void chain_note(struct probe *probe, struct session *session)
{
	chain_read(session);
	if (session->num_own == 0 || session->num_chain > 0)
		return;
	build(session);
	status_read_certificate(probe, &probe->observation.certificate, 0);
	keep_staples(probe, session);
	if (probe_wants_certificates(probe))
		keep_evidence(probe, session);
}

size_t certificates_copy(gnutls_x509_crt_t *to, const gnutls_x509_crt_t *from, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		gnutls_datum_t der = {NULL, 0};
		if (gnutls_x509_crt_export2(from[i], GNUTLS_X509_FMT_DER, &der) != 0)
			return i;
		bool done = gnutls_x509_crt_init(&to[i]) == 0;
		if (done && gnutls_x509_crt_import(to[i], &der, GNUTLS_X509_FMT_DER) != 0) {
			gnutls_x509_crt_deinit(to[i]);
			done = false;
		}
		gnutls_free(der.data);
		if (!done)
			return i;
	}
	return num;
}

bool chain_add_copy(struct session *session, gnutls_x509_crt_t certificate)
{
	if (session->num_chain == MAX_CHAIN || session->num_own == MAX_SENT ||
	    certificates_copy(&session->own[session->num_own], &certificate, 1) == 0)
		return false;
	session->chain[session->num_chain++] = session->own[session->num_own++];
	return true;
}

void chain_clear(struct session *session)
{
	if (listener == session)
		listener = NULL;
	for (size_t i = 0; i < session->num_own; i++)
		gnutls_x509_crt_deinit(session->own[i]);
	session->num_own = 0;
	session->num_chain = 0;
	session->num_signatures = 0;
}

void subject_print(char *out, size_t size, gnutls_x509_crt_t certificate)
{
	char name[DN_MAX];
	size_t len = sizeof name;
	if (gnutls_x509_crt_get_dn(certificate, name, &len) == 0)
		snprintf(out, size, "%s", name);
}
