/* Knows where OpenSSL 3.0 to 3.6 differ, so that no other file has to. */
#ifndef CLIENTS_OPENSSL_COMPAT_H
#define CLIENTS_OPENSSL_COMPAT_H

#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <stdbool.h>

/*
 * OpenSSL 3.6 keeps the staples of all certificates of a TLS 1.3 chain, parsed, in the
 * order of the chain that the server sent; before it only the leaf's exists and all
 * others are dropped. Returns the length of the staple at depth, encoded again into
 * *der (to be given to OPENSSL_free), or 0 when there is none.
 */
static inline int compat_staple_at(SSL *ssl, int depth, unsigned char **der)
{
	*der = NULL;
#if OPENSSL_VERSION_NUMBER >= 0x30600000L
	STACK_OF(OCSP_RESPONSE) *staples = NULL;
	SSL_get0_tlsext_status_ocsp_resp_ex(ssl, &staples);
	if (staples == NULL || depth >= sk_OCSP_RESPONSE_num(staples) ||
	    sk_OCSP_RESPONSE_value(staples, depth) == NULL)
		return 0;
	int len = i2d_OCSP_RESPONSE(sk_OCSP_RESPONSE_value(staples, depth), der);
	return len > 0 ? len : 0;
#else
	(void)ssl;
	(void)depth;
	return 0;
#endif
}

static inline bool compat_has_multi_staple(void)
{
	return OPENSSL_VERSION_NUMBER >= 0x30600000L;
}

#endif
