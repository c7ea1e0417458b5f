/* Knows where a certificate says what revocation needs. */
#include "clients/gnutls/session.h"
#include "clients/facts/serial.h"

#include <stdio.h>
#include <string.h>

#define FEATURE_STATUS 5  /* RFC 7633 section 4.2.3: status_request */
#define MAX_LOOKED_AT  64 /* features, descriptions, distribution points of one certificate */

static void keep_url(char urls[][URL_TEXT_MAX], size_t *num, const uint8_t *bytes, size_t len)
{
	if (*num == MAX_URLS || len == 0 || len >= URL_TEXT_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~')
			return;
	memcpy(urls[*num], bytes, len);
	urls[(*num)++][len] = '\0';
}

static bool has_must_staple(gnutls_x509_crt_t certificate)
{
	gnutls_x509_tlsfeatures_t features;
	unsigned feature;
	bool found = false;
	if (gnutls_x509_tlsfeatures_init(&features) != 0)
		return false;
	if (gnutls_x509_crt_get_tlsfeatures(certificate, features, 0, NULL) == 0)
		for (unsigned i = 0; i < MAX_LOOKED_AT && !found &&
				     gnutls_x509_tlsfeatures_get(features, i, &feature) == 0;
		     i++)
			found = feature == FEATURE_STATUS;
	gnutls_x509_tlsfeatures_deinit(features);
	return found;
}

static bool has_no_rev_avail(gnutls_x509_crt_t certificate)
{
	size_t len = 0;
	int code =
		gnutls_x509_crt_get_extension_by_oid(certificate, "2.5.29.56", 0, NULL, &len, NULL);
	return code == 0 || code == GNUTLS_E_SHORT_MEMORY_BUFFER;
}

static void read_ocsp_urls(struct certificate_facts *out, gnutls_x509_crt_t certificate)
{
	for (unsigned i = 0; i < MAX_LOOKED_AT; i++) {
		gnutls_datum_t url = {NULL, 0};
		int code = gnutls_x509_crt_get_authority_info_access(
			certificate, i, GNUTLS_IA_OCSP_URI, &url, NULL);
		if (code >= 0)
			keep_url(out->ocsp_urls, &out->num_ocsp_urls, url.data, url.size);
		gnutls_free(url.data);
		/* Descriptions of other kinds stand between those of OCSP. */
		if (code < 0 && code != GNUTLS_E_UNKNOWN_ALGORITHM)
			return;
	}
}

static void read_crl_urls(struct certificate_facts *out, gnutls_x509_crt_t certificate)
{
	uint8_t url[URL_TEXT_MAX];
	for (unsigned i = 0; i < MAX_LOOKED_AT; i++) {
		size_t len = sizeof url;
		int type =
			gnutls_x509_crt_get_crl_dist_points(certificate, i, url, &len, NULL, NULL);
		if (type == GNUTLS_SAN_URI)
			keep_url(out->crl_urls, &out->num_crl_urls, url, strnlen((char *)url, len));
		else if (type < 0 && type != GNUTLS_E_SHORT_MEMORY_BUFFER)
			return;
	}
}

static void read_serial(struct certificate_facts *out, gnutls_x509_crt_t certificate)
{
	uint8_t serial[64];
	size_t len = sizeof serial;
	if (gnutls_x509_crt_get_serial(certificate, serial, &len) == 0)
		serial_print(out->serial, sizeof out->serial, serial, len);
}

void facts_read(struct certificate_facts *out, gnutls_x509_crt_t certificate)
{
	size_t len = sizeof out->sha256;
	*out = (struct certificate_facts){.present = true};
	gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA256, out->sha256, &len);
	read_serial(out, certificate);
	out->must_staple = has_must_staple(certificate);
	out->no_rev_avail = has_no_rev_avail(certificate);
	read_ocsp_urls(out, certificate);
	read_crl_urls(out, certificate);
	out->not_before = gnutls_x509_crt_get_activation_time(certificate);
	out->not_after = gnutls_x509_crt_get_expiration_time(certificate);
}
