/* Knows how GnuTLS reads OCSP responses and CRLs, and verifies their signatures. */
#include "clients/gnutls/session.h"
#include "clients/rules/list.h"
#include "clients/rules/pss.h"
#include "clients/rules/response_rules.h"

#include <gnutls/crypto.h>
#include <gnutls/ocsp.h>

#include <stdlib.h>
#include <string.h>

/* Whether GnuTLS refuses or does not have what the signature is made with. It verifies RSASSA-PSS
 * with some hashes and a salt of their length alone, and otherwise says that the signature is bad.
 */
static bool is_unsupported(int code, int algorithm, struct der identifier)
{
	struct pss pss;
	if (code == GNUTLS_E_INSUFFICIENT_SECURITY || code == GNUTLS_E_ECC_UNSUPPORTED_CURVE ||
	    code == GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM ||
	    code == GNUTLS_E_UNKNOWN_PK_ALGORITHM || algorithm <= 0)
		return true;
	if (!pss_read(&pss, identifier))
		return false;
	gnutls_digest_algorithm_t hash = gnutls_digest_get_id(pss.hash);
	return gnutls_pk_to_sign(GNUTLS_PK_RSA_PSS, hash) == GNUTLS_SIGN_UNKNOWN ||
	       pss.salt_len != (int)gnutls_hash_get_len(hash);
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

/* Whether the certificate of the responder came with the response or is the issuer. */
static bool find_responder(struct status_check *out, const struct response *response,
			   const struct question *question)
{
	struct der rest = response->certificates, found = {NULL, 0}, bytes;
	struct certificate one;
	while (found.len == 0 && der_take_whole(&rest, &bytes, DER_SEQUENCE))
		if (certificate_read(&one, bytes) && response_is_by(response, &one, question))
			found = bytes;
	if (found.len == 0 && response_is_by(response, question->issuer, question))
		found = question->issuer->whole;
	gnutls_x509_crt_t responder = found.len > 0 ? certificate_parse(found) : NULL;
	bool is_known = responder != NULL;
	subject_print(out->signer, sizeof out->signer, responder);
	gnutls_x509_crt_deinit(responder);
	return is_known;
}

#define VERIFY(bit, text, check)                                                  \
	{                                                                         \
		GNUTLS_OCSP_VERIFY_##bit, "GNUTLS_OCSP_VERIFY_" #bit, text, check \
	}

static const struct {
	unsigned bit;
	const char *name, *text;
	enum check check;
} verify_reasons[] = {
	VERIFY(SIGNATURE_FAILURE, "the signature does not verify", CHECK_BAD_SIGNATURE),
	VERIFY(INSECURE_ALGORITHM, "the signature is by an insecure algorithm",
	       CHECK_ALGORITHM_UNSUPPORTED),
	VERIFY(SIGNER_KEYUSAGE_ERROR, "the signer's certificate lacks the OCSPSigning usage",
	       CHECK_UNAUTHORIZED_SIGNER),
	VERIFY(CERT_NOT_ACTIVATED, "the signer's certificate is not yet valid",
	       CHECK_UNAUTHORIZED_SIGNER),
	VERIFY(CERT_EXPIRED, "the signer's certificate is expired", CHECK_UNAUTHORIZED_SIGNER),
	VERIFY(SIGNER_NOT_FOUND, "the signer's certificate was not issued by the issuer",
	       CHECK_UNAUTHORIZED_SIGNER),
	VERIFY(UNTRUSTED_SIGNER, "the signer is not trusted by the issuer",
	       CHECK_UNAUTHORIZED_SIGNER),
};

static enum check check_of_verify(struct native *native, unsigned verify)
{
	for (size_t i = 0; i < sizeof verify_reasons / sizeof verify_reasons[0]; i++) {
		if ((verify & verify_reasons[i].bit) == 0)
			continue;
		native_note(native, (int)verify, verify_reasons[i].text);
		snprintf(native->name, sizeof native->name, "%s", verify_reasons[i].name);
		return verify_reasons[i].check;
	}
	return verify == 0 ? CHECK_GOOD : CHECK_UNAUTHORIZED_SIGNER;
}

/* GnuTLS says the same of a weak signature and of a delegated responder whose certificate has one.
 */
static bool is_weakness_of_certificate(gnutls_ocsp_resp_t response, unsigned verify)
{
	int algorithm = gnutls_ocsp_resp_get_signature_algorithm(response);
	return verify == GNUTLS_OCSP_VERIFY_INSECURE_ALGORITHM && algorithm > 0 &&
	       gnutls_sign_is_secure2((gnutls_sign_algorithm_t)algorithm,
				      GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS) != 0;
}

/*
 * gnutls_ocsp_resp_verify_direct takes the issuer itself, or a delegated responder that the
 * issuer signed, with the OCSPSigning usage and valid now: RFC 6960 section 4.2.2.2.
 * (gnutls_ocsp_resp_verify with the trusted roots also takes what a root signs.) When
 * no certificate in the response is the responder's it tries the issuer's key,
 * whichever responder is named.
 */
static enum check check_response_signer(void *context, struct status_check *out,
					const struct question *question,
					const struct response *response)
{
	gnutls_ocsp_resp_t opened = context;
	gnutls_x509_crt_t issuer = certificate_parse(question->issuer->whole);
	unsigned verify = 0;
	if (!find_responder(out, response, question)) {
		gnutls_x509_crt_deinit(issuer);
		question_say(out, "no certificate of the response's signer is known");
		return CHECK_UNAUTHORIZED_SIGNER;
	}
	int code = gnutls_ocsp_resp_verify_direct(opened, issuer, &verify, 0);
	gnutls_x509_crt_deinit(issuer);
	enum check check = code == 0 ? check_of_verify(&out->native, verify) : CHECK_BAD_SIGNATURE;
	if (code != 0)
		native_note(&out->native, code, NULL);
	else if (is_weakness_of_certificate(opened, verify))
		check = CHECK_UNAUTHORIZED_SIGNER;
	if (check == CHECK_BAD_SIGNATURE &&
	    is_unsupported(code, gnutls_ocsp_resp_get_signature_algorithm(opened),
			   response->algorithm))
		check = CHECK_ALGORITHM_UNSUPPORTED;
	if (check == CHECK_BAD_SIGNATURE)
		out->signer[0] = '\0';
	return check;
}

const struct status_reader response_reader = {open_response, check_response_signer, close_response,
					      false};

/*
 * CRLs.
 */

struct open_list {
	gnutls_x509_crl_t crl;
	gnutls_datum_t der; /* of one in PEM; memory of GnuTLS */
	struct der bytes;
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
	opened->bytes = *der;
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

/* GNUTLS_VERIFY_DISABLE_TIME_CHECKS does not reach CRLs (lib/x509/verify.c,
 * gnutls_x509_crl_verify), so what it says of times is left out here. */
static unsigned without_times(unsigned verify)
{
	unsigned rest = verify & ~(unsigned)(GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED |
					     GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE);
	return rest != verify && rest == GNUTLS_CERT_INVALID ? 0 : rest;
}

static enum check check_list_signer(void *context, struct status_check *out,
				    const struct question *question,
				    const struct response *response)
{
	const struct open_list *opened = context;
	gnutls_x509_crt_t issuer = certificate_parse(question->issuer->whole);
	char text[NATIVE_MAX];
	unsigned verify = 0;
	struct list list;
	(void)response;
	int code = gnutls_x509_crl_verify(opened->crl, &issuer, 1, 0, &verify);
	verify = without_times(verify);
	bool is_good = code == 0 && verify == 0;
	if (is_good)
		subject_print(out->signer, sizeof out->signer, issuer);
	gnutls_x509_crt_deinit(issuer);
	if (is_good)
		return CHECK_GOOD;
	status_print(text, sizeof text, verify);
	native_note(&out->native, code == 0 ? (int)verify : code, code == 0 ? text : NULL);
	if (verify & (GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_SIGNER_NOT_FOUND))
		return CHECK_UNAUTHORIZED_SIGNER;
	list_read(&list, opened->bytes, 0);
	bool is_refused = verify & GNUTLS_CERT_INSECURE_ALGORITHM ||
			  is_unsupported(code, gnutls_x509_crl_get_signature_algorithm(opened->crl),
					 list.algorithm);
	return is_refused ? CHECK_ALGORITHM_UNSUPPORTED : CHECK_BAD_SIGNATURE;
}

const struct status_reader list_reader = {open_list, check_list_signer, close_list, false};
