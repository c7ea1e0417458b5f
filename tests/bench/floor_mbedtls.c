/* Knows the least code for a handshake with Mbed TLS, which has no staple to check. */
#include "tests/bench/floor.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_source;
static mbedtls_x509_crt roots;
static mbedtls_ssl_config config;

bool floor_open(const struct floor_options *options)
{
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&random_source);
	mbedtls_x509_crt_init(&roots);
	mbedtls_ssl_config_init(&config);
	if (options->check ||
	    mbedtls_ctr_drbg_seed(&random_source, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
	    mbedtls_x509_crt_parse_file(&roots, options->trust) != 0 ||
	    mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return false;
	mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_source);
	mbedtls_ssl_conf_ca_chain(&config, &roots, NULL);
	mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
	return true;
}

void floor_close(void)
{
	mbedtls_ssl_config_free(&config);
	mbedtls_x509_crt_free(&roots);
	mbedtls_ctr_drbg_free(&random_source);
	mbedtls_entropy_free(&entropy);
}

bool floor_handshake(const struct floor_options *options, int fd)
{
	mbedtls_net_context net = {.fd = fd};
	mbedtls_ssl_context ssl;
	bool done = false;

	mbedtls_ssl_init(&ssl);
	if (mbedtls_ssl_setup(&ssl, &config) == 0 &&
	    mbedtls_ssl_set_hostname(&ssl, options->server_name) == 0) {
		mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
		done = mbedtls_ssl_handshake(&ssl) == 0;
		if (done)
			mbedtls_ssl_close_notify(&ssl);
	}
	mbedtls_ssl_free(&ssl);
	return done;
}
