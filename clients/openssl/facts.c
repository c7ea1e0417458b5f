/* Knows how to read names and pointers out of what OpenSSL has parsed. */
#include "clients/backend/status.h"
#include "clients/openssl/session.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <string.h>

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

void subject_print(char *out, size_t size, const X509 *certificate)
{
	name_print(out, size, X509_get_subject_name(certificate));
}

/* A URL that is too long, or has a NUL inside, is none. */
static void add_url(char urls[][URL_TEXT_MAX], size_t *num, const GENERAL_NAME *name)
{
	if (name->type != GEN_URI || *num == MAX_URLS)
		return;
	const ASN1_IA5STRING *uri = name->d.uniformResourceIdentifier;
	size_t len = (size_t)ASN1_STRING_length(uri);
	const void *data = ASN1_STRING_get0_data(uri);
	if (len == 0 || len >= URL_TEXT_MAX || memchr(data, '\0', len) != NULL)
		return;
	memcpy(urls[*num], data, len);
	urls[*num][len] = '\0';
	(*num)++;
}

size_t access_urls_read(char urls[][URL_TEXT_MAX], X509 *certificate, int kind)
{
	size_t num = 0;
	AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);
	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(access, i);
		if (OBJ_obj2nid(one->method) == kind)
			add_url(urls, &num, one->location);
	}
	AUTHORITY_INFO_ACCESS_free(access);
	return num;
}

void facts_read(struct certificate_facts *facts, X509 *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	status_read_facts(&client_backend, facts, der_of(der, len > 0 ? (size_t)len : 0));
	OPENSSL_free(der);
}
