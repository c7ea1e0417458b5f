/* Knows how OpenSSL reads a heap of certificates, and what one of them says. */
#include "clients/examination/examination.h"

#include "clients/backend/status.h"
#include "clients/openssl/session.h"

#include "core/text.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* Harmless to show, and cut to what fits. */
static void set_visible(char *out, size_t size, const void *bytes, size_t len)
{
	struct text shown;
	text_init(&shown, 0);
	text_append_visible(&shown, bytes, len);
	snprintf(out, size, "%s", text_string(&shown));
	text_clear(&shown);
}

static void read_name(char *out, size_t size, const X509_NAME *name)
{
	char line[1024];
	name_print(line, sizeof line, name);
	set_visible(out, size, line, strlen(line));
}

/* The last one: where there are several, the most specific comes last. */
static void read_common_name(struct certificate_details *out, X509 *certificate)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int last = -1;
	for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0;)
		last = i;
	if (last < 0)
		return;
	unsigned char *text = NULL;
	int len = ASN1_STRING_to_UTF8(&text,
				      X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
	if (len > 0)
		set_visible(out->common_name, sizeof out->common_name, text, (size_t)len);
	OPENSSL_free(text);
}

static bool print_alternative(char *out, size_t size, const GENERAL_NAME *name)
{
	const ASN1_STRING *value;
	int type;
	out[0] = '\0';
	value = GENERAL_NAME_get0_value(name, &type);
	if (type != GEN_DNS && type != GEN_IPADD)
		return false;
	const unsigned char *bytes = ASN1_STRING_get0_data(value);
	int len = ASN1_STRING_length(value);
	if (type == GEN_DNS)
		set_visible(out, size, bytes, (size_t)len);
	else if (len == 4 || len == 16)
		inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, out, (socklen_t)size);
	return out[0] != '\0';
}

static void read_alternatives(struct certificate_details *out, X509 *certificate)
{
	char line[256];
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		if (out->num_names == EXAMINED_NAMES_MAX)
			break;
		if (!print_alternative(line, sizeof line, sk_GENERAL_NAME_value(names, i)))
			continue;
		out->names[out->num_names] = strdup(line);
		if (out->names[out->num_names] != NULL)
			out->num_names++;
	}
	GENERAL_NAMES_free(names);
}

/* The curve as NIST calls it, where it does. */
static void print_curve(char *out, size_t size, const EVP_PKEY *key)
{
	char group[40] = "";
	EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	const char *usual = EC_curve_nid2nist(OBJ_txt2nid(group));
	snprintf(out, size, "EC %s", usual != NULL ? usual : group[0] != '\0' ? group : "?");
}

static void read_key(struct certificate_details *out, X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	size_t size = sizeof out->key;
	if (key == NULL)
		return;
	int bits = EVP_PKEY_get_bits(key);
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC: print_curve(out->key, size, key); break;
	case EVP_PKEY_ED25519: snprintf(out->key, size, "Ed25519"); break;
	case EVP_PKEY_ED448: snprintf(out->key, size, "Ed448"); break;
	case EVP_PKEY_RSA: snprintf(out->key, size, "RSA %d", bits); break;
	case EVP_PKEY_RSA_PSS: snprintf(out->key, size, "RSA-PSS %d", bits); break;
	default: {
		const char *name = EVP_PKEY_get0_type_name(key);
		snprintf(out->key, size, "%.40s %d", name != NULL ? name : "?", bits);
	}
	}
}

static size_t copy_id(uint8_t out[static DIGEST_MAX], const ASN1_OCTET_STRING *id)
{
	int len = id != NULL ? ASN1_STRING_length(id) : 0;
	if (len <= 0 || len > DIGEST_MAX)
		return 0;
	memcpy(out, ASN1_STRING_get0_data(id), (size_t)len);
	return (size_t)len;
}

/* By name, and by its own key: another key of the same name is another certificate's. */
static bool is_self_signed(X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	bool is_own = key != NULL &&
		      X509_NAME_cmp(X509_get_subject_name(certificate),
				    X509_get_issuer_name(certificate)) == 0 &&
		      X509_verify(certificate, key) == 1;
	ERR_clear_error();
	return is_own;
}

static bool is_for_ocsp(X509 *certificate)
{
	return (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0 &&
	       (X509_get_extended_key_usage(certificate) & XKU_OCSP_SIGN) != 0;
}

static void read_pem(struct certificate_details *out, X509 *certificate)
{
	char *data = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio != NULL && PEM_write_bio_X509(bio, certificate) == 1) {
		long len = BIO_get_mem_data(bio, &data);
		out->pem = strndup(data, (size_t)len);
	}
	BIO_free(bio);
}

static void read_facts(struct certificate_facts *facts, X509 *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	status_read_facts(&client_backend, facts, der_of(der, len > 0 ? (size_t)len : 0));
	OPENSSL_free(der);
}

static void read_details(struct certificate_details *out, X509 *certificate)
{
	/* 1: by its basic constraints; 3: a root from before these were (version 1). */
	int ca = X509_check_ca(certificate);
	read_facts(&out->facts, certificate);
	read_pem(out, certificate);
	read_name(out->subject, sizeof out->subject, X509_get_subject_name(certificate));
	read_name(out->issuer, sizeof out->issuer, X509_get_issuer_name(certificate));
	read_common_name(out, certificate);
	read_alternatives(out, certificate);
	out->is_ca = ca == 1 || ca == 3;
	out->self_signed = is_self_signed(certificate);
	out->ocsp_signing = is_for_ocsp(certificate);
	out->key_id_len = copy_id(out->key_id, X509_get0_subject_key_id(certificate));
	out->issuer_key_id_len =
		copy_id(out->issuer_key_id, X509_get0_authority_key_id(certificate));
	read_key(out, certificate);
	ERR_clear_error();
}

/* Takes over certificate; one too many is let go. */
static void put(STACK_OF(X509) * all, X509 *certificate)
{
	if (sk_X509_num(all) >= EXAMINED_CERTIFICATES_MAX || sk_X509_push(all, certificate) == 0)
		X509_free(certificate);
}

static bool put_der(STACK_OF(X509) * all, const uint8_t *bytes, size_t len)
{
	const unsigned char *end = bytes;
	X509 *certificate = d2i_X509(NULL, &end, (long)len);
	if (certificate == NULL || end != bytes + len) {
		X509_free(certificate);
		return false;
	}
	put(all, certificate);
	return true;
}

static bool put_pkcs7(STACK_OF(X509) * all, const uint8_t *bytes, size_t len)
{
	const unsigned char *end = bytes;
	PKCS7 *heap = d2i_PKCS7(NULL, &end, (long)len);
	bool done = heap != NULL && end == bytes + len && PKCS7_type_is_signed(heap) &&
		    heap->d.sign != NULL;
	for (int i = 0; done && i < sk_X509_num(heap->d.sign->cert); i++) {
		X509 *certificate = sk_X509_value(heap->d.sign->cert, i);
		if (X509_up_ref(certificate) == 1)
			put(all, certificate);
	}
	PKCS7_free(heap);
	return done;
}

/* Those that a response brings of its signer (RFC 6960 section 4.2.1): that it has none is no
 * fault of the bytes. */
static bool put_response(STACK_OF(X509) * all, const uint8_t *bytes, size_t len)
{
	const unsigned char *end = bytes;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &end, (long)len);
	OCSP_BASICRESP *basic =
		response != NULL && end == bytes + len ? OCSP_response_get1_basic(response) : NULL;
	const STACK_OF(X509) *certs = basic != NULL ? OCSP_resp_get0_certs(basic) : NULL;
	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *certificate = sk_X509_value(certs, i);
		if (X509_up_ref(certificate) == 1)
			put(all, certificate);
	}
	bool done = basic != NULL;
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return done;
}

static bool put_block(STACK_OF(X509) * all, const char *name, const uint8_t *bytes, size_t len)
{
	bool is_heap = strcmp(name, PEM_STRING_PKCS7) == 0 || strcmp(name, PEM_STRING_CMS) == 0;
	if (is_heap)
		return put_pkcs7(all, bytes, len);
	if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0)
		return put_der(all, bytes, len);
	return true; /* something else, which is not asked for */
}

static bool put_pem(STACK_OF(X509) * all, const uint8_t *bytes, size_t len)
{
	BIO *bio = BIO_new_mem_buf(bytes, (int)len);
	bool done = bio != NULL;
	while (done && sk_X509_num(all) < EXAMINED_CERTIFICATES_MAX) {
		char *name = NULL, *header = NULL;
		unsigned char *content = NULL;
		long content_len;
		if (PEM_read_bio(bio, &name, &header, &content, &content_len) != 1) {
			done = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
			break;
		}
		done = put_block(all, name, content, (size_t)content_len);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(content);
	}
	BIO_free(bio);
	return done;
}

/* What is not DER may hold PEM somewhere: text around it is usual. */
static bool put_all(STACK_OF(X509) * all, const uint8_t *bytes, size_t len)
{
	static const char begin[] = "-----BEGIN ";
	if (put_der(all, bytes, len) || put_pkcs7(all, bytes, len) || put_response(all, bytes, len))
		return true;
	if (memmem(bytes, len, begin, sizeof begin - 1) == NULL)
		return false;
	ERR_clear_error();
	return put_pem(all, bytes, len);
}

static bool read_list(struct certificate_list *out, STACK_OF(X509) * all, struct error *err)
{
	int num = sk_X509_num(all);
	if (num < 1)
		return error_set(err, ERROR_UNABLE, "no certificate in it");
	out->all = calloc((size_t)num, sizeof *out->all);
	if (out->all == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	out->num = (size_t)num;
	for (int i = 0; i < num; i++)
		read_details(&out->all[i], sk_X509_value(all, i));
	return true;
}

bool examination_read_certificates(struct certificate_list *out, const uint8_t *bytes, size_t len,
				   struct error *err)
{
	struct native native = {0};
	STACK_OF(X509) *all = sk_X509_new_null();
	ERR_clear_error();
	bool done = all != NULL && put_all(all, bytes, len);
	if (!done) {
		native_take(&native, 0);
		error_set(err, ERROR_UNABLE, "OpenSSL cannot read the certificates%s%s",
			  native.text[0] != '\0' ? ": " : "", native.text);
	}
	done = done && read_list(out, all, err);
	sk_X509_pop_free(all, X509_free);
	ERR_clear_error();
	return done;
}
