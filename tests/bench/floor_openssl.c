/* Knows the least code for a handshake and a staple's check with OpenSSL. */
#include "tests/bench/floor.h"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static SSL_CTX *context;

bool floor_open(const struct floor_options *options)
{
	context = SSL_CTX_new(TLS_client_method());
	if (context == NULL)
		return false;
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	return SSL_CTX_load_verify_file(context, options->trust) == 1;
}

void floor_close(void)
{
	SSL_CTX_free(context);
	context = NULL;
}

/* RFC 6960 section 3.2 with OpenSSL's own functions. */
static bool staple_is_good(SSL *ssl)
{
	const unsigned char *der = NULL;
	int status = -1;
	ASN1_GENERALIZEDTIME *this_update = NULL;
	ASN1_GENERALIZEDTIME *next_update = NULL;
	OCSP_RESPONSE *response = NULL;
	OCSP_BASICRESP *basic = NULL;
	OCSP_CERTID *id = NULL;
	bool good = false;

	long len = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
	STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
	if (len <= 0 || der == NULL || chain == NULL || sk_X509_num(chain) < 2)
		goto out;
	response = d2i_OCSP_RESPONSE(NULL, &der, len);
	if (response == NULL || OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		goto out;
	basic = OCSP_response_get1_basic(response);
	id = OCSP_cert_to_id(EVP_sha1(), sk_X509_value(chain, 0), sk_X509_value(chain, 1));
	if (basic == NULL || id == NULL ||
	    OCSP_basic_verify(basic, chain, SSL_CTX_get_cert_store(context), 0) != 1 ||
	    OCSP_resp_find_status(basic, id, &status, NULL, NULL, &this_update, &next_update) != 1)
		goto out;
	good = status == V_OCSP_CERTSTATUS_GOOD &&
	       OCSP_check_validity(this_update, next_update, 300, -1) == 1;
out:
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return good;
}

bool floor_handshake(const struct floor_options *options, int fd)
{
	SSL *ssl = SSL_new(context);
	bool done = ssl != NULL && SSL_set_fd(ssl, fd) == 1 &&
		    SSL_set_tlsext_host_name(ssl, options->server_name) == 1 &&
		    SSL_set1_host(ssl, options->server_name) == 1;

	if (done && options->check)
		SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
	done = done && SSL_connect(ssl) == 1 && (!options->check || staple_is_good(ssl));
	if (done)
		SSL_shutdown(ssl);
	SSL_free(ssl);
	return done;
}
