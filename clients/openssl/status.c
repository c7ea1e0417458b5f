/* Knows how OpenSSL reads OCSP responses and CRLs, and verifies their signatures. */
#include "clients/openssl/session.h"

#include "clients/rules/list.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include <stdlib.h>
#include <string.h>

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

/*
 * Flags 0 and the verified chain, nothing else: with OCSP_TRUSTOTHER and the peer's
 * chain a server's own key could sign its status (measured with 3.0 and 3.6). The
 * signature is verified before the signer's right, so a bad one never counts as the latter.
 */
static enum check check_response_signer(void *context, struct status_check *out,
					const struct question *question,
					const struct response *response)
{
	const struct opened *opened = context;
	const struct probe *probe = question->context;
	const struct session *session = probe->session;
	STACK_OF(X509) *given = session == NULL ? certificates_parse(&probe->chain) : NULL;
	STACK_OF(X509) *chain = session == NULL ? given : session->chain;
	/* The issuer is the last one that was given, and a chain above it was verified. */
	X509_STORE *store = session == NULL ? anchors_make(given, sk_X509_num(given) - 1)
					    : session_roots(session);
	X509 *signer = NULL;
	enum check check = CHECK_GOOD;
	struct failure failure;
	(void)response;
	ERR_clear_error();
	int verified = OCSP_basic_verify(opened->basic, chain, store, 0);
	if (OCSP_resp_get0_signer(opened->basic, &signer, chain) == 1)
		name_print(out->signer, sizeof out->signer, X509_get_subject_name(signer));
	if (verified != 1) {
		failure = native_take(&out->native, ERR_LIB_OCSP);
		check = failure.is_unsupported                       ? CHECK_ALGORITHM_UNSUPPORTED
			: failure.reason == OCSP_R_SIGNATURE_FAILURE ? CHECK_BAD_SIGNATURE
								     : CHECK_UNAUTHORIZED_SIGNER;
	}
	ERR_clear_error();
	if (session == NULL)
		X509_STORE_free(store);
	sk_X509_pop_free(given, X509_free);
	return check;
}

const struct status_reader response_reader = {open_response, check_response_signer, close_any,
					      false};

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

static enum check check_list_signer(void *context, struct status_check *out,
				    const struct question *question,
				    const struct response *response)
{
	const struct opened *opened = context;
	X509 *issuer = certificate_parse(question->issuer->whole);
	(void)response;
	if (issuer != NULL)
		name_print(out->signer, sizeof out->signer, X509_get_subject_name(issuer));
	ERR_clear_error();
	bool verified = X509_CRL_verify(opened->crl, X509_get0_pubkey(issuer)) == 1;
	X509_free(issuer);
	if (verified)
		return CHECK_GOOD;
	struct failure failure = native_take(&out->native, 0);
	if (failure.reason == 0)
		question_say(out, "the signature of the CRL does not verify");
	return failure.is_unsupported ? CHECK_ALGORITHM_UNSUPPORTED : CHECK_BAD_SIGNATURE;
}

const struct status_reader list_reader = {open_list, check_list_signer, close_any, false};
