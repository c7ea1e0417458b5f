/* Knows how GnuTLS reads OCSP responses and CRLs, and verifies signatures. */
#include "clients/gnutls/session.h"
#include "clients/rules/hash.h"
#include "clients/rules/pss.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/ocsp.h>

#include <stdlib.h>
#include <string.h>

#define OID_MAX 64

/* GNUTLS_SIGN_UNKNOWN for what GnuTLS does not have. It verifies RSASSA-PSS with some hashes and a
 * salt of their length alone, and otherwise says that the signature is bad. */
static gnutls_sign_algorithm_t algorithm_of(struct der identifier)
{
	struct pss pss;
	struct der inside, id;
	char text[OID_MAX];
	if (pss_read(&pss, identifier)) {
		gnutls_digest_algorithm_t hash = gnutls_digest_get_id(pss.hash);
		return pss.salt_len == (int)gnutls_hash_get_len(hash)
			       ? gnutls_pk_to_sign(GNUTLS_PK_RSA_PSS, hash)
			       : GNUTLS_SIGN_UNKNOWN;
	}
	if (!der_take(&identifier, &inside, DER_SEQUENCE) || !der_take(&inside, &id, DER_OID))
		return GNUTLS_SIGN_UNKNOWN;
	hash_print(text, sizeof text, id);
	return gnutls_oid_to_sign(text);
}

/* Whether GnuTLS refuses or does not have what the signature is made with. */
static bool is_unsupported(int code)
{
	return code == GNUTLS_E_INSUFFICIENT_SECURITY || code == GNUTLS_E_ECC_UNSUPPORTED_CURVE ||
	       code == GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM ||
	       code == GNUTLS_E_UNKNOWN_PK_ALGORITHM || code == GNUTLS_E_UNIMPLEMENTED_FEATURE;
}

/* With the key alone: gnutls_x509_crt_verify_data2 lets no expired certificate verify anything. */
static int verify(gnutls_x509_crt_t certificate, gnutls_sign_algorithm_t algorithm, unsigned flags,
		  const struct signed_bytes *what)
{
	gnutls_datum_t data = {(unsigned char *)what->bytes.at, (unsigned)what->bytes.len};
	gnutls_datum_t bytes = {(unsigned char *)what->signature.at, (unsigned)what->signature.len};
	gnutls_pubkey_t key;
	if (certificate == NULL)
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (algorithm == GNUTLS_SIGN_UNKNOWN)
		return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
	int code = gnutls_pubkey_init(&key);
	if (code < 0)
		return code;
	code = gnutls_pubkey_import_x509(key, certificate, 0);
	if (code >= 0)
		code = gnutls_pubkey_verify_data2(key, algorithm, flags, &data, &bytes);
	gnutls_pubkey_deinit(key);
	return code;
}

/* Certificates are to be stronger than what they sign (GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS). */
enum signature signature_verify(struct status_check *out, struct der signer,
				const struct signed_bytes *what)
{
	gnutls_x509_crt_t certificate = certificate_parse(signer);
	gnutls_sign_algorithm_t algorithm = algorithm_of(what->algorithm);
	bool is_certificate = what->kind == SIGNED_CERTIFICATE;
	int code = verify(certificate, algorithm, is_certificate ? GNUTLS_VERIFY_ALLOW_BROKEN : 0,
			  what);
	if (code >= 0)
		subject_print(out->signer, sizeof out->signer, certificate);
	else
		native_note(&out->native, code, NULL);
	gnutls_x509_crt_deinit(certificate);
	if (code < 0)
		return is_unsupported(code) ? SIGNATURE_UNSUPPORTED : SIGNATURE_BAD;
	return is_certificate &&
			       !gnutls_sign_is_secure2(algorithm, GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS)
		       ? SIGNATURE_REFUSED
		       : SIGNATURE_GOOD;
}

/*
 * OCSP responses.
 */

static void *open_response(struct status_check *out, struct der *der)
{
	gnutls_ocsp_resp_t response = NULL;
	gnutls_datum_t data = {(unsigned char *)der->at, (unsigned)der->len};
	if (!der_is_one_sequence(*der)) {
		question_say(out, "the response is not one SEQUENCE");
		return NULL;
	}
	int code = gnutls_ocsp_resp_init(&response);
	if (code == 0)
		code = gnutls_ocsp_resp_import(response, &data);
	if (code == 0)
		return response;
	native_note(&out->native, code, NULL);
	gnutls_ocsp_resp_deinit(response);
	return NULL;
}

static void close_response(void *opened)
{
	if (opened != NULL)
		gnutls_ocsp_resp_deinit(opened);
}

const struct status_reader response_reader = {open_response, NULL, close_response, false};

/*
 * CRLs.
 */

struct open_list {
	gnutls_x509_crl_t crl;
	gnutls_datum_t der; /* of one in PEM; memory of GnuTLS */
};

static void close_list(void *context)
{
	struct open_list *opened = context;
	if (opened == NULL)
		return;
	if (opened->crl != NULL)
		gnutls_x509_crl_deinit(opened->crl);
	gnutls_free(opened->der.data);
	free(opened);
}

static bool parse(struct open_list *opened, struct status_check *out, struct der *der)
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
	struct open_list *opened = calloc(1, sizeof *opened);
	if (opened != NULL && parse(opened, out, der))
		return opened;
	close_list(opened);
	return NULL;
}

const struct status_reader list_reader = {open_list, NULL, close_list, false};
