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

static bool add(struct der_list *out, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t der = {NULL, 0};
	bool done = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der) == 0 &&
		    der_list_add(out, der_of(der.data, der.size));
	gnutls_free(der.data);
	return done;
}

static void add_anchor(struct der_list *anchors, const struct probe *probe, struct der der)
{
	const struct session *session = probe->session;
	gnutls_x509_trust_list_t trust = NULL;
	gnutls_x509_crt_t certificate = certificate_parse(der), issuer;
	gnutls_certificate_get_trust_list(session->credentials, &trust);
	if (certificate != NULL && trust != NULL &&
	    gnutls_x509_trust_list_get_issuer(trust, certificate, &issuer, 0) == 0)
		add(anchors, issuer);
	gnutls_x509_crt_deinit(certificate);
}

/* GnuTLS counts staples by the order in which the server sent the certificates. */
static void keep_staples(struct probe *probe, gnutls_session_t tls, const struct der_list *sent)
{
	for (unsigned i = 0; i < sent->num; i++) {
		gnutls_datum_t staple = {NULL, 0};
		size_t depth = 0;
		while (depth < probe->chain.num &&
		       !der_same(der_list_at(&probe->chain, depth), der_list_at(sent, i)))
			depth++;
		if (depth < probe->chain.num &&
		    gnutls_ocsp_status_request_get2(tls, i, &staple) == 0)
			probe_keep_staple(probe, depth, staple.data, staple.size);
	}
}

void chain_note(struct probe *probe, struct session *session, bool is_verified)
{
	struct der_list sent = {0};
	unsigned num = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(session->tls, &num);
	session->num_sent = num;
	if (probe->chain.num > 0)
		return;
	for (unsigned i = 0; list != NULL && i < num && i < MAX_SENT; i++)
		der_list_add(&sent, der_of(list[i].data, list[i].size));
	chain_order(probe, &sent, is_verified, add_anchor);
	keep_staples(probe, session->tls, &sent);
	der_list_clear(&sent);
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
		done = add(out, all[i]) && done;
		gnutls_x509_crt_deinit(all[i]);
	}
	gnutls_free(all);
	return done || error_set(err, ERROR_UNABLE, "out of memory");
}

/* What GnuTLS says of the way to an anchor; 0: it is good. */
static unsigned path_status(const struct der_list *path, const struct der_list *anchors)
{
	gnutls_x509_trust_list_t trust = NULL;
	gnutls_x509_crt_t way[MAX_SENT];
	unsigned num = 0, status = GNUTLS_CERT_INVALID;
	bool done = gnutls_x509_trust_list_init(&trust, 0) == 0;
	for (size_t i = 0; done && i < anchors->num; i++) {
		gnutls_datum_t der = {anchors->items[i].data, (unsigned)anchors->items[i].len};
		done = gnutls_x509_trust_list_add_trust_mem(trust, &der, NULL, GNUTLS_X509_FMT_DER,
							    0, 0) > 0;
	}
	while (done && num < MAX_SENT && num < path->num &&
	       (way[num] = certificate_parse(der_list_at(path, num))) != NULL)
		num++;
	if (num > 0 && gnutls_x509_trust_list_verify_crt2(trust, way, num, NULL, 0,
							  GNUTLS_VERIFY_DISABLE_CRL_CHECKS, &status,
							  NULL) != 0)
		status |= GNUTLS_CERT_INVALID;
	while (num > 0)
		gnutls_x509_crt_deinit(way[--num]);
	if (trust != NULL)
		gnutls_x509_trust_list_deinit(trust, 1);
	return status;
}

bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors)
{
	unsigned status = path_status(path, anchors);
	*reason = status & GNUTLS_CERT_EXPIRED              ? REASON_CHAIN_EXPIRED
		  : status & GNUTLS_CERT_NOT_ACTIVATED      ? REASON_CHAIN_NOT_YET_VALID
		  : status & GNUTLS_CERT_SIGNER_NOT_FOUND   ? REASON_CHAIN_UNTRUSTED
		  : status & GNUTLS_CERT_INSECURE_ALGORITHM ? REASON_CHAIN_ALGORITHM_UNSUPPORTED
							    : REASON_CHAIN_INVALID;
	status_print(text, NATIVE_MAX, status);
	return status == 0;
}
