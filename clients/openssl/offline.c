/* Knows how OpenSSL makes a verified chain of certificates that were given, not sent. */
#include "clients/openssl/session.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

/* What a request gives, parsed. */
struct given {
	STACK_OF(X509) * certificate, *issuer, *chain, *trust;
};

static bool refuse(struct probe *probe, enum reason reason, const char *text)
{
	struct native native = {0};
	native_take(&native, 0);
	probe_conclude(probe, OUTCOME_REJECT, reason, STAGE_NONE, "%s%s%s", text,
		       native.text[0] != '\0' ? ": " : "", native.text);
	return false;
}

/* Every certificate in the text; not one that OpenSSL cannot read is passed over. */
static bool read_all(struct probe *probe, STACK_OF(X509) * *out, const char *pem, const char *what)
{
	char text[128];
	BIO *bio = BIO_new_mem_buf(pem != NULL ? pem : "", -1);
	*out = sk_X509_new_null();
	X509 *one = NULL;
	while (bio != NULL && *out != NULL &&
	       (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(*out, one) == 0)
			X509_free(one);
	BIO_free(bio);
	unsigned long last = ERR_peek_last_error();
	bool at_end =
		ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
	if (at_end && (pem == NULL || sk_X509_num(*out) > 0)) {
		ERR_clear_error();
		return true;
	}
	snprintf(text, sizeof text, "OpenSSL cannot read %s", what);
	return refuse(probe, REASON_CHAIN_INVALID, text);
}

static void given_clear(struct given *given)
{
	sk_X509_pop_free(given->certificate, X509_free);
	sk_X509_pop_free(given->issuer, X509_free);
	sk_X509_pop_free(given->chain, X509_free);
	sk_X509_pop_free(given->trust, X509_free);
}

static bool given_read(struct given *given, struct probe *probe)
{
	const struct verification *wanted = &probe->request->verification;
	return read_all(probe, &given->certificate, wanted->certificate, "the certificate") &&
	       read_all(probe, &given->issuer, wanted->issuer, "the issuer's certificate") &&
	       read_all(probe, &given->chain, wanted->chain, "a certificate of the chain") &&
	       read_all(probe, &given->trust, wanted->trust, "a trusted certificate");
}

/* The one among some that signed the certificate, or NULL. Borrowed. */
static X509 *find_signer(STACK_OF(X509) * some, X509 *certificate)
{
	for (int i = 0; i < sk_X509_num(some); i++) {
		X509 *one = sk_X509_value(some, i);
		bool signed_by = X509_check_issued(one, certificate) == X509_V_OK &&
				 X509_verify(certificate, X509_get0_pubkey(one)) == 1;
		ERR_clear_error();
		if (signed_by)
			return one;
	}
	return NULL;
}

static bool contains(STACK_OF(X509) * some, const X509 *certificate)
{
	for (int i = 0; i < sk_X509_num(some); i++)
		if (X509_cmp(sk_X509_value(some, i), certificate) == 0)
			return true;
	return false;
}

/* Another certificate of the same CA: the same name and key (a cross certificate). */
static bool is_twin(const X509 *one, const X509 *other)
{
	return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0 &&
	       EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(other)) == 1;
}

/* The chain from the issuer to an anchor; NULL, and *code says why, when there is none. */
static STACK_OF(X509) *
	lead_to_anchor(int *code, X509_STORE *store, X509 *issuer, STACK_OF(X509) * chain)
{
	STACK_OF(X509) *found = NULL;
	X509_STORE_CTX *verification = X509_STORE_CTX_new();
	*code = X509_V_ERR_OUT_OF_MEM;
	if (verification != NULL && X509_STORE_CTX_init(verification, store, issuer, chain) == 1) {
		if (X509_verify_cert(verification) == 1)
			found = X509_STORE_CTX_get1_chain(verification);
		*code = X509_STORE_CTX_get_error(verification);
	}
	X509_STORE_CTX_free(verification);
	ERR_clear_error();
	return found;
}

static STACK_OF(X509) *
	find_chain(struct probe *probe, const struct given *given, X509_STORE *store, X509 *issuer)
{
	int code, other_code;
	STACK_OF(X509) *found = lead_to_anchor(&code, store, issuer, given->chain);
	for (int i = 0; found == NULL && i < sk_X509_num(given->chain); i++) {
		X509 *one = sk_X509_value(given->chain, i);
		if (is_twin(one, issuer))
			found = lead_to_anchor(&other_code, store, one, given->chain);
	}
	if (found == NULL)
		refuse(probe,
		       code == X509_V_ERR_CERT_HAS_EXPIRED         ? REASON_CHAIN_EXPIRED
		       : code == X509_V_ERR_CERT_NOT_YET_VALID     ? REASON_CHAIN_NOT_YET_VALID
		       : code == X509_V_ERR_INVALID_CA             ? REASON_CHAIN_INVALID
		       : code == X509_V_ERR_CERT_SIGNATURE_FAILURE ? REASON_CHAIN_INVALID
								   : REASON_CHAIN_UNTRUSTED,
		       X509_verify_cert_error_string(code));
	return found;
}

/* Issuer first. An issuer that is an anchor itself needs no chain. */
static STACK_OF(X509) *
	chain_above(struct probe *probe, const struct given *given, X509_STORE *store, X509 *issuer)
{
	bool is_anchor = sk_X509_num(given->trust) == 0 || contains(given->trust, issuer);
	if (!is_anchor)
		return find_chain(probe, given, store, issuer);
	STACK_OF(X509) *above = sk_X509_new_null();
	if (above != NULL && X509_up_ref(issuer) == 1 && sk_X509_push(above, issuer) == 0)
		X509_free(issuer);
	return above;
}

/* Whatever is in it is an anchor, root or not, as a store of GnuTLS or mbedTLS has it. */
static X509_STORE *make_store(const struct given *given, X509 *issuer)
{
	X509_STORE *store = X509_STORE_new();
	if (store == NULL)
		return NULL;
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	for (int i = 0; i < sk_X509_num(given->trust); i++)
		X509_STORE_add_cert(store, sk_X509_value(given->trust, i));
	if (sk_X509_num(given->trust) == 0)
		X509_STORE_add_cert(store, issuer);
	return store;
}

static bool build(struct session *session, const struct given *given)
{
	struct probe *probe = session->probe;
	X509 *certificate = sk_X509_value(given->certificate, 0);
	X509 *issuer = sk_X509_value(given->issuer, 0);
	if (issuer == NULL && certificate != NULL)
		issuer = find_signer(given->chain, certificate);
	if (issuer == NULL && certificate != NULL)
		issuer = find_signer(given->trust, certificate);
	if (issuer == NULL)
		return refuse(probe, REASON_CHAIN_INCOMPLETE,
			      "none of the given certificates issued the certificate");
	session->store = make_store(given, issuer);
	if (session->store == NULL)
		return refuse(probe, REASON_CHAIN_INVALID, "OpenSSL has no store");
	session->chain = chain_above(probe, given, session->store, issuer);
	if (session->chain == NULL)
		return false;
	session->lacks_leaf = certificate == NULL;
	if (certificate == NULL)
		return true;
	if (X509_up_ref(certificate) == 1 && sk_X509_insert(session->chain, certificate, 0) == 0)
		X509_free(certificate);
	return true;
}

void *session_open_offline(struct probe *probe)
{
	struct given given = {0};
	struct session *session = calloc(1, sizeof *session);
	if (session == NULL)
		return NULL;
	session->probe = probe;
	ERR_clear_error();
	if (given_read(&given, probe) &&
	    sk_X509_num(given.certificate) + sk_X509_num(given.issuer) > 0)
		build(session, &given);
	given_clear(&given);
	return session;
}
