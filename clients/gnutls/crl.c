/* Knows how GnuTLS reads a CRL and verifies its signature. */
#include "clients/gnutls/session.h"

#include <stdlib.h>
#include <string.h>

struct opened {
	gnutls_x509_crl_t crl;
	gnutls_datum_t der; /* of one in PEM; memory of GnuTLS */
};

static void close_list(void *context)
{
	struct opened *opened = context;
	if (opened == NULL)
		return;
	if (opened->crl != NULL)
		gnutls_x509_crl_deinit(opened->crl);
	gnutls_free(opened->der.data);
	free(opened);
}

static bool parse(struct opened *opened, struct status_check *out, struct der *der)
{
	gnutls_datum_t data = {(unsigned char *)der->at, (unsigned)der->len};
	bool is_pem = der->len >= 5 && memcmp(der->at, "-----", 5) == 0;
	if (!is_pem && !der_is_one_sequence(*der)) {
		question_say(out, "the CRL is not one SEQUENCE");
		return false;
	}
	int code = gnutls_x509_crl_init(&opened->crl);
	if (code == 0)
		code = gnutls_x509_crl_import(opened->crl, &data,
					      is_pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER);
	if (code == 0 && is_pem)
		code = gnutls_pem_base64_decode2("X509 CRL", &data, &opened->der);
	if (code != 0)
		native_note(&out->native, code, NULL);
	else if (is_pem)
		*der = der_of(opened->der.data, opened->der.size);
	return code == 0;
}

static void *open_list(struct status_check *out, struct der *der)
{
	struct opened *opened = calloc(1, sizeof *opened);
	if (opened != NULL && parse(opened, out, der))
		return opened;
	close_list(opened);
	return NULL;
}

/* GNUTLS_VERIFY_DISABLE_TIME_CHECKS does not reach CRLs (lib/x509/verify.c,
 * gnutls_x509_crl_verify), so what it says of times is left out here. */
static unsigned without_times(unsigned verify)
{
	unsigned rest = verify & ~(unsigned)(GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED |
					     GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE);
	return rest != verify && rest == GNUTLS_CERT_INVALID ? 0 : rest;
}

static enum check check_signer(void *context, struct status_check *out,
			       const struct question *question, const struct response *response)
{
	const struct opened *opened = context;
	const struct status_place *place = question->context;
	const struct session *session = place->probe->session;
	gnutls_x509_crt_t issuer = session->chain[place->depth + 1];
	unsigned verify = 0;
	(void)response;
	int code = gnutls_x509_crl_verify(opened->crl, &issuer, 1, 0, &verify);
	verify = without_times(verify);
	if (code == 0 && verify == 0) {
		subject_print(out->signer, sizeof out->signer, issuer);
		return CHECK_GOOD;
	}
	gnutls_datum_t text = {NULL, 0};
	if (code == 0 &&
	    gnutls_certificate_verification_status_print(verify, GNUTLS_CRT_X509, &text, 0) == 0)
		native_note(&out->native, (int)verify, (const char *)text.data);
	else
		native_note(&out->native, code, NULL);
	gnutls_free(text.data);
	return verify & GNUTLS_CERT_SIGNER_NOT_CA ? CHECK_UNAUTHORIZED_SIGNER : CHECK_BAD_SIGNATURE;
}

const struct status_reader list_reader = {open_list, check_signer, close_list};
