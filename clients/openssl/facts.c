/* Knows how to read names out of what OpenSSL has parsed. */
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

void facts_read(struct certificate_facts *facts, X509 *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	status_read_facts(&client_backend, facts, der_of(der, len > 0 ? (size_t)len : 0));
	OPENSSL_free(der);
}
