/* Knows how GnuTLS reads certificates, which issued which, and which it trusts. */
#include "clients/gnutls/session.h"

#include "clients/backend/chain.h"

#include <string.h>

gnutls_x509_crt_t certificate_parse(struct der der)
{
	gnutls_datum_t data = {(unsigned char *)der.at, (unsigned)der.len};
	gnutls_x509_crt_t certificate;
	if (gnutls_x509_crt_init(&certificate) != 0)
		return NULL;
	if (gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_DER) == 0)
		return certificate;
	gnutls_x509_crt_deinit(certificate);
	return NULL;
}

void subject_print(char *out, size_t size, gnutls_x509_crt_t certificate)
{
	char name[DN_MAX];
	size_t len = sizeof name;
	if (certificate != NULL && gnutls_x509_crt_get_dn(certificate, name, &len) == 0)
		snprintf(out, size, "%s", name);
}

void chain_read(struct session *session)
{
	unsigned num = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(session->tls, &num);
	for (unsigned i = session->num_own; list != NULL && i < num && i < MAX_SENT; i++) {
		gnutls_x509_crt_t one = certificate_parse(der_of(list[i].data, list[i].size));
		if (one == NULL)
			return;
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

/* By name and by signature: a CA may have two keys under one name. */
static bool is_issuer(gnutls_x509_crt_t issuer, gnutls_x509_crt_t certificate)
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
	return is_issuer(issuer, certificate) ? issuer : NULL;
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
		    is_issuer(session->own[i], certificate))
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

static void keep(struct probe *probe, size_t depth, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t der = {NULL, 0};
	if (gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der) == 0) {
		chain_keep(probe, depth, der.data, der.size);
		probe_keep_certificate(probe, depth, der.data, der.size);
	}
	gnutls_free(der.data);
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
	for (size_t depth = 0; depth < session->num_chain; depth++)
		keep(probe, depth, session->chain[depth]);
	keep_staples(probe, session);
}

void chain_clear(struct session *session)
{
	if (listener == session)
		listener = NULL;
	for (size_t i = 0; i < session->num_own; i++)
		gnutls_x509_crt_deinit(session->own[i]);
}

/*
 * Certificates that were given.
 */

bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err)
{
	gnutls_datum_t data = {(unsigned char *)pem, (unsigned)strlen(pem)};
	gnutls_x509_crt_t *all = NULL;
	unsigned num = 0;
	int code = gnutls_x509_crt_list_import2(&all, &num, &data, GNUTLS_X509_FMT_PEM, 0);
	if (code < 0)
		return error_set(err, ERROR_UNABLE, "%s", gnutls_strerror(code));
	bool done = true;
	for (unsigned i = 0; i < num; i++) {
		gnutls_datum_t der = {NULL, 0};
		done = gnutls_x509_crt_export2(all[i], GNUTLS_X509_FMT_DER, &der) == 0 &&
		       der_list_add(out, der_of(der.data, der.size)) && done;
		gnutls_free(der.data);
		gnutls_x509_crt_deinit(all[i]);
	}
	gnutls_free(all);
	return done || error_set(err, ERROR_UNABLE, "out of memory");
}

bool certificates_have_signed(struct der issuer, struct der certificate)
{
	gnutls_x509_crt_t one = certificate_parse(issuer), other = certificate_parse(certificate);
	bool signed_by = one != NULL && other != NULL && is_issuer(one, other);
	gnutls_x509_crt_deinit(one);
	gnutls_x509_crt_deinit(other);
	return signed_by;
}

/* Adds certificates to a trust list, which frees them then. */
static bool add_anchors(gnutls_x509_trust_list_t trust, const struct der_list *anchors)
{
	bool done = true;
	for (size_t i = 0; done && i < anchors->num; i++) {
		gnutls_x509_crt_t one = certificate_parse(der_list_at(anchors, i));
		done = one != NULL && gnutls_x509_trust_list_add_cas(trust, &one, 1, 0) >= 0;
	}
	return done;
}

/* What GnuTLS says of the way to an anchor; 0: it is good. */
static unsigned path_status(const struct der_list *path, const struct der_list *anchors)
{
	gnutls_x509_trust_list_t trust = NULL;
	gnutls_x509_crt_t way[MAX_SENT];
	unsigned num = 0, status = GNUTLS_CERT_INVALID;
	while (num < MAX_SENT && num < path->num &&
	       (way[num] = certificate_parse(der_list_at(path, num))) != NULL)
		num++;
	if (num > 0 && gnutls_x509_trust_list_init(&trust, 0) == 0 &&
	    (!add_anchors(trust, anchors) ||
	     gnutls_x509_trust_list_verify_crt2(trust, way, num, NULL, 0,
						GNUTLS_VERIFY_DISABLE_CRL_CHECKS, &status,
						NULL) != 0))
		status |= GNUTLS_CERT_INVALID;
	if (trust != NULL)
		gnutls_x509_trust_list_deinit(trust, 1);
	while (num > 0)
		gnutls_x509_crt_deinit(way[--num]);
	return status;
}

bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors)
{
	unsigned status = path_status(path, anchors);
	*reason = status & GNUTLS_CERT_EXPIRED            ? REASON_CHAIN_EXPIRED
		  : status & GNUTLS_CERT_NOT_ACTIVATED    ? REASON_CHAIN_NOT_YET_VALID
		  : status & GNUTLS_CERT_SIGNER_NOT_FOUND ? REASON_CHAIN_UNTRUSTED
							  : REASON_CHAIN_INVALID;
	status_print(text, NATIVE_MAX, status);
	return status == 0;
}
