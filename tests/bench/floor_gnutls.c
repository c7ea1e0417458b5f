/* Knows the least code for a handshake and a staple's check with GnuTLS. */
#include "tests/bench/floor.h"

#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

static gnutls_certificate_credentials_t credentials;

bool floor_open(const struct floor_options *options)
{
	if (gnutls_certificate_allocate_credentials(&credentials) != 0)
		return false;
	/* The staple is judged once, by us: without this flag verify_peers3 judges it too. */
	gnutls_certificate_set_verify_flags(credentials, GNUTLS_VERIFY_DISABLE_CRL_CHECKS);
	return gnutls_certificate_set_x509_trust_file(credentials, options->trust,
						      GNUTLS_X509_FMT_PEM) > 0;
}

void floor_close(void)
{
	gnutls_certificate_free_credentials(credentials);
	credentials = NULL;
}

/* RFC 6960 section 3.2 with GnuTLS's own functions; the signer is the issuer. */
static bool staple_is_good(gnutls_session_t session)
{
	unsigned num_certificates = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &num_certificates);
	gnutls_x509_crt_t leaf = NULL;
	gnutls_x509_crt_t issuer = NULL;
	gnutls_ocsp_resp_t response = NULL;
	gnutls_datum_t der;
	unsigned verify = 1;
	unsigned status = GNUTLS_OCSP_CERT_UNKNOWN;
	time_t this_update = -1;
	time_t next_update = -1;
	time_t now = time(NULL);
	bool good = false;

	if (chain == NULL || num_certificates < 2 ||
	    gnutls_ocsp_status_request_get(session, &der) != 0)
		return false;
	if (gnutls_x509_crt_init(&leaf) != 0 || gnutls_x509_crt_init(&issuer) != 0 ||
	    gnutls_ocsp_resp_init(&response) != 0 ||
	    gnutls_x509_crt_import(leaf, &chain[0], GNUTLS_X509_FMT_DER) != 0 ||
	    gnutls_x509_crt_import(issuer, &chain[1], GNUTLS_X509_FMT_DER) != 0 ||
	    gnutls_ocsp_resp_import(response, &der) != 0 ||
	    gnutls_ocsp_resp_get_status(response) != GNUTLS_OCSP_RESP_SUCCESSFUL ||
	    gnutls_ocsp_resp_check_crt(response, 0, leaf) != 0 ||
	    gnutls_ocsp_resp_verify_direct(response, issuer, &verify, 0) != 0 || verify != 0)
		goto out;
	if (gnutls_ocsp_resp_get_single(response, 0, NULL, NULL, NULL, NULL, &status, &this_update,
					&next_update, NULL, NULL) != 0)
		goto out;
	good = status == GNUTLS_OCSP_CERT_GOOD && this_update <= now + 300 &&
	       (next_update == (time_t)-1 || next_update >= now - 300);
out:
	gnutls_ocsp_resp_deinit(response);
	gnutls_x509_crt_deinit(issuer);
	gnutls_x509_crt_deinit(leaf);
	return good;
}

bool floor_handshake(const struct floor_options *options, int fd)
{
	gnutls_session_t session = NULL;
	unsigned status = 1;
	bool done = false;
	int ret;

	/* Without this flag GnuTLS asks for a staple and for tickets by default. */
	if (gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NO_EXTENSIONS) != 0)
		return false;
	if (options->check)
		gnutls_ocsp_status_request_enable_client(session, NULL, 0, NULL);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_server_name_set(session, GNUTLS_NAME_DNS, options->server_name,
			       strlen(options->server_name));
	gnutls_transport_set_int(session, fd);
	do {
		ret = gnutls_handshake(session);
	} while (ret < 0 && !gnutls_error_is_fatal(ret));
	/* The chain and the name. */
	if (ret == 0 &&
	    gnutls_certificate_verify_peers3(session, options->server_name, &status) == 0)
		done = status == 0 && (!options->check || staple_is_good(session));
	gnutls_bye(session, GNUTLS_SHUT_WR);
	gnutls_deinit(session);
	return done;
}
