/* Knows how OpenSSL reads certificates, and which of them it trusts. */
#include "clients/openssl/session.h"

#include "clients/backend/trust_pool.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

void name_print(char *out, size_t size, const X509_NAME *name)
{
	out[0] = '\0';
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio == NULL)
		return;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) > 0) {
		int len = BIO_read(bio, out, (int)size - 1);
		out[len > 0 ? len : 0] = '\0';
	}
	BIO_free(bio);
}

X509 *certificate_parse(struct der der)
{
	const unsigned char *at = der.at;
	return d2i_X509(NULL, &at, (long)der.len);
}

/* New ones; NULL when one cannot be read. */
static STACK_OF(X509) * parse_all(const struct der_list *list)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	for (size_t i = 0; all != NULL && i < list->num; i++) {
		X509 *one = certificate_parse(der_list_at(list, i));
		if (one != NULL && sk_X509_push(all, one) > 0)
			continue;
		X509_free(one);
		sk_X509_pop_free(all, X509_free);
		all = NULL;
	}
	return all;
}

/* A new store whose anchors, roots or not, are all of these; NULL without memory. */
static X509_STORE *anchors_make(STACK_OF(X509) * all)
{
	X509_STORE *store = all != NULL ? X509_STORE_new() : NULL;
	if (store == NULL)
		return NULL;
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	for (int i = 0; i < sk_X509_num(all); i++)
		X509_STORE_add_cert(store, sk_X509_value(all, i));
	return store;
}

/*
 * The trusted roots of files.
 */

static void *roots_load(const char *pem, size_t len, struct error *err)
{
	X509_STORE *store = X509_STORE_new();
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	size_t num = 0;
	X509 *one;
	while (store != NULL && bio != NULL &&
	       (one = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)) != NULL) {
		num += X509_STORE_add_cert(store, one) == 1;
		X509_free(one);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (num > 0)
		return store;
	X509_STORE_free(store);
	error_set(err, ERROR_USAGE, store != NULL ? "no certificate in it" : "out of memory");
	return NULL;
}

static void roots_free(void *roots)
{
	X509_STORE_free(roots);
}

struct trust_pool trust_pool = TRUST_POOL_INIT(roots_load, roots_free, true);

/*
 * Certificates that were given.
 */

bool certificates_read_pem(struct der_list *out, const char *pem, struct error *err)
{
	struct native native = {0};
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *one;
	bool done = bio != NULL;
	ERR_clear_error();
	while (done && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		unsigned char *der = NULL;
		int der_len = i2d_X509(one, &der);
		done = der_len > 0 && der_list_add(out, der_of(der, (size_t)der_len));
		OPENSSL_free(der);
		X509_free(one);
	}
	BIO_free(bio);
	unsigned long last = ERR_peek_last_error();
	bool at_end =
		ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
	native_take(&native, 0);
	return (done && at_end && out->num > 0) || error_set(err, ERROR_UNABLE, "%s", native.text);
}

/* What is not about a certificate itself is the way to an anchor. */
static enum reason path_reason(X509_STORE_CTX *verification, int code)
{
	enum reason reason = chain_reason(verification, code);
	bool is_bad = code == X509_V_ERR_INVALID_CA || code == X509_V_ERR_CERT_SIGNATURE_FAILURE;
	return reason == REASON_CHAIN_EXPIRED || reason == REASON_CHAIN_NOT_YET_VALID ||
			       reason == REASON_CHAIN_ALGORITHM_UNSUPPORTED || is_bad
		       ? reason
		       : REASON_CHAIN_UNTRUSTED;
}

bool certificates_verify_path(enum reason *reason, char text[static NATIVE_MAX],
			      const struct der_list *path, const struct der_list *anchors)
{
	STACK_OF(X509) *certificates = parse_all(path);
	STACK_OF(X509) *trusted = parse_all(anchors);
	X509_STORE *store = anchors_make(trusted);
	X509_STORE_CTX *verification = X509_STORE_CTX_new();
	int code = X509_V_ERR_OUT_OF_MEM;
	bool done = false;
	if (certificates != NULL && store != NULL && verification != NULL &&
	    X509_STORE_CTX_init(verification, store, sk_X509_value(certificates, 0),
				certificates) == 1) {
		done = X509_verify_cert(verification) == 1;
		code = X509_STORE_CTX_get_error(verification);
	}
	*reason = path_reason(verification, code);
	snprintf(text, NATIVE_MAX, "%s", X509_verify_cert_error_string(code));
	X509_STORE_CTX_free(verification);
	X509_STORE_free(store);
	sk_X509_pop_free(trusted, X509_free);
	sk_X509_pop_free(certificates, X509_free);
	ERR_clear_error();
	return done;
}
