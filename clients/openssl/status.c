/* Knows how OpenSSL reads OCSP responses and CRLs, and verifies signatures. */
#include "clients/openssl/session.h"

#include "clients/rules/list.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include <stdlib.h>
#include <string.h>

/*
 * Signatures.
 */

/* NULL for a key that OpenSSL cannot read, or without a certificate. */
static EVP_PKEY *start_signature(const X509 *certificate)
{
	ERR_clear_error();
	return certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
}

/* Frees the certificate. */
static enum signature conclude_signature(struct status_check *out, X509 *certificate,
					 const EVP_PKEY *key, bool is_verified)
{
	bool lacks_key = certificate != NULL && key == NULL;
	struct failure failure = {0, false};
	if (is_verified)
		name_print(out->signer, sizeof out->signer, X509_get_subject_name(certificate));
	else
		failure = native_take(&out->native, 0);
	if (!is_verified && failure.reason == 0)
		question_say(out, "the signature does not verify");
	X509_free(certificate);
	ERR_clear_error();
	return is_verified                           ? SIGNATURE_GOOD
	       : failure.is_unsupported || lacks_key ? SIGNATURE_UNSUPPORTED
						     : SIGNATURE_BAD;
}

static bool verify(EVP_PKEY *key, const struct signed_bytes *what)
{
	const unsigned char *at = what->bytes.at, *identifier = what->algorithm.at;
	/* As any element, which is encoded as it came. */
	ASN1_TYPE *bytes = d2i_ASN1_TYPE(NULL, &at, (long)what->bytes.len);
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &identifier, (long)what->algorithm.len);
	ASN1_BIT_STRING *signature = ASN1_BIT_STRING_new();
	bool done =
		bytes != NULL && algorithm != NULL && signature != NULL &&
		ASN1_BIT_STRING_set(signature, (unsigned char *)what->signature.at,
				    (int)what->signature.len) == 1 &&
		ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm, signature, bytes, key) == 1;
	ASN1_BIT_STRING_free(signature);
	X509_ALGOR_free(algorithm);
	ASN1_TYPE_free(bytes);
	return done;
}

enum signature signature_verify(struct status_check *out, struct der signer,
				const struct signed_bytes *what)
{
	X509 *certificate = certificate_parse(signer);
	EVP_PKEY *key = start_signature(certificate);
	return conclude_signature(out, certificate, key, key != NULL && verify(key, what));
}

/*
 * What is read.
 */

/* What is open of either kind. */
struct opened {
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic; /* NULL for an error response */
	X509_CRL *crl;
	unsigned char *der; /* OpenSSL takes BER: the same in DER, where the bytes are not */
};

static void close_any(void *context)
{
	struct opened *opened = context;
	if (opened == NULL)
		return;
	OPENSSL_free(opened->der);
	OCSP_BASICRESP_free(opened->basic);
	OCSP_RESPONSE_free(opened->response);
	X509_CRL_free(opened->crl);
	free(opened);
	ERR_clear_error();
}

static void *open_any(struct status_check *out, struct der *der,
		      bool (*parse)(struct opened *, struct status_check *, struct der *))
{
	struct opened *opened = calloc(1, sizeof *opened);
	ERR_clear_error();
	if (opened != NULL && parse(opened, out, der))
		return opened;
	close_any(opened);
	return NULL;
}

/*
 * OCSP responses.
 */

static bool encode_response(struct opened *opened, struct der *der)
{
	OCSP_RESPONSE *normal =
		OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, opened->basic);
	int len = i2d_OCSP_RESPONSE(normal, &opened->der);
	OCSP_RESPONSE_free(normal);
	*der = der_of(opened->der, len > 0 ? (size_t)len : 0);
	return len > 0;
}

static bool parse_response(struct opened *opened, struct status_check *out, struct der *der)
{
	const uint8_t *end = der->at;
	opened->response = d2i_OCSP_RESPONSE(NULL, &end, (long)der->len);
	if (opened->response != NULL && end != der->at + der->len) {
		question_say(out, "bytes after the response");
		return false;
	}
	if (opened->response != NULL) {
		out->response_status = OCSP_response_status(opened->response);
		if (out->response_status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
			out->native = (struct native){"OpenSSL", out->response_status, "", ""};
			snprintf(out->native.text, sizeof out->native.text, "%s",
				 OCSP_response_status_str(out->response_status));
			return true;
		}
		opened->basic = OCSP_response_get1_basic(opened->response);
	}
	if (opened->basic != NULL && encode_response(opened, der))
		return true;
	native_take(&out->native, 0);
	return false;
}

static void *open_response(struct status_check *out, struct der *der)
{
	return open_any(out, der, parse_response);
}

const struct status_reader response_reader = {open_response, NULL, close_any, false};

/*
 * CRLs.
 */

/* A copy is encoded, since the one that is verified must keep the bytes that were signed. */
static bool encode_list(struct opened *opened, struct der *der)
{
	unsigned char *body = NULL;
	X509_CRL *copy = X509_CRL_dup(opened->crl);
	bool done = copy != NULL && i2d_re_X509_CRL_tbs(copy, &body) > 0;
	int len = done ? i2d_X509_CRL(copy, &opened->der) : 0;
	OPENSSL_free(body);
	X509_CRL_free(copy);
	*der = der_of(opened->der, len > 0 ? (size_t)len : 0);
	return len > 0;
}

static X509_CRL *read_pem(struct der in)
{
	BIO *bio = BIO_new_mem_buf(in.at, (int)in.len);
	X509_CRL *crl = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return crl;
}

/* Whether the rules can read it as it is: OpenSSL takes BER, in the entries too. */
static bool is_der(struct der der)
{
	struct list list;
	struct listed entry;
	bool is = list_read(&list, der, 0);
	while (is && list.entries.len > 0)
		is = list_take_entry(&entry, &list.entries, 0);
	return is;
}

static bool parse_list(struct opened *opened, struct status_check *out, struct der *der)
{
	static const char pem_start[] = "-----BEGIN";
	const uint8_t *end = der->at;
	bool is_pem = der->len >= sizeof pem_start &&
		      memcmp(der->at, pem_start, sizeof pem_start - 1) == 0;
	opened->crl = is_pem ? read_pem(*der) : d2i_X509_CRL(NULL, &end, (long)der->len);
	if (opened->crl == NULL) {
		native_take(&out->native, 0);
		return false;
	}
	if (!is_pem && end != der->at + der->len) {
		question_say(out, "bytes after the CRL");
		return false;
	}
	return (!is_pem && is_der(*der)) || encode_list(opened, der);
}

static void *open_list(struct status_check *out, struct der *der)
{
	return open_any(out, der, parse_list);
}

/* By the bytes that came, which the rules see in DER alone. */
static enum signature verify_list(void *context, struct status_check *out, struct der signer)
{
	const struct opened *opened = context;
	X509 *certificate = certificate_parse(signer);
	EVP_PKEY *key = start_signature(certificate);
	return conclude_signature(out, certificate, key,
				  key != NULL && X509_CRL_verify(opened->crl, key) == 1);
}

const struct status_reader list_reader = {open_list, verify_list, close_any, false};
