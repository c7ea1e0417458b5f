/* Knows how OpenSSL reads a CRL and verifies its signature. */
#include "clients/openssl/session.h"

#include "clients/rules/list.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdlib.h>
#include <string.h>

struct opened {
	X509_CRL *crl;
	unsigned char *der; /* of one in PEM or BER; NULL when the bytes are DER themselves */
};

static void close_list(void *context)
{
	struct opened *opened = context;
	if (opened == NULL)
		return;
	OPENSSL_free(opened->der);
	X509_CRL_free(opened->crl);
	free(opened);
	ERR_clear_error();
}

/* A copy is encoded, since the one that is verified must keep the bytes that were signed. */
static bool encode(struct opened *opened, struct der *der)
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

static bool parse(struct opened *opened, struct status_check *out, struct der *der)
{
	static const char pem_start[] = "-----BEGIN";
	const uint8_t *end = der->at;
	struct list list;
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
	return (!is_pem && list_read(&list, *der, 0)) || encode(opened, der);
}

static void *open_list(struct status_check *out, struct der *der)
{
	struct opened *opened = calloc(1, sizeof *opened);
	ERR_clear_error();
	if (opened != NULL && parse(opened, out, der))
		return opened;
	close_list(opened);
	return NULL;
}

static enum check check_signer(void *context, struct status_check *out,
			       const struct question *question, const struct response *response)
{
	const struct opened *opened = context;
	const struct status_place *place = question->context;
	const X509 *issuer = session_certificate(place->probe->session, place->depth + 1);
	(void)response;
	subject_print(out->signer, sizeof out->signer, issuer);
	ERR_clear_error();
	if (X509_CRL_verify(opened->crl, X509_get0_pubkey(issuer)) == 1)
		return CHECK_GOOD;
	native_take(&out->native, 0);
	if (out->native.text[0] == '\0')
		question_say(out, "the signature of the CRL does not verify");
	return CHECK_BAD_SIGNATURE;
}

const struct status_reader list_reader = {open_list, check_signer, close_list};
