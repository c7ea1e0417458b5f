/* Knows where a certificate says what revocation needs. */
#include "clients/mbedtls/facts.h"

#include "clients/mbedtls/der.h"
#include "clients/facts/serial.h"

#include <mbedtls/md.h>
#include <mbedtls/oid.h>

#include <stdio.h>
#include <string.h>

/* id-pe-tlsfeature 1.3.6.1.5.5.7.1.24, id-pe-authorityInfoAccess …1.1, id-ad-ocsp …48.1,
 * id-ce-noRevAvail 2.5.29.56 */
#define OID_TLS_FEATURE      "\x2b\x06\x01\x05\x05\x07\x01\x18"
#define OID_AUTHORITY_INFO   "\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_AD_OCSP          "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_NO_REV_AVAIL     "\x55\x1d\x38"
#define FEATURE_STATUS       5
#define GENERAL_NAME_URI     DER_CONTEXT(6)
#define GENERAL_NAME_ADDRESS DER_CONTEXT(7)
#define HAS_ID(der, literal) der_equals(der, literal, sizeof(literal) - 1)

static void keep_url(char urls[][URL_TEXT_MAX], size_t *num, const struct der *uri)
{
	size_t len = der_len(uri);
	if (*num == MAX_URLS || len == 0 || len >= URL_TEXT_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		if (uri->at[i] <= ' ' || uri->at[i] > '~')
			return;
	memcpy(urls[*num], uri->at, len);
	urls[(*num)++][len] = '\0';
}

static void read_features(struct certificate_facts *out, struct der value)
{
	struct der list, feature;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take(&list, &feature, MBEDTLS_ASN1_INTEGER))
		if (der_len(&feature) == 1 && *feature.at == FEATURE_STATUS)
			out->must_staple = true;
}

static void read_authority_info(struct certificate_facts *out, struct der value)
{
	struct der list, access, method, location;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take(&list, &access, DER_SEQUENCE))
		if (der_take(&access, &method, MBEDTLS_ASN1_OID) && HAS_ID(&method, OID_AD_OCSP) &&
		    der_take(&access, &location, GENERAL_NAME_URI))
			keep_url(out->ocsp_urls, &out->num_ocsp_urls, &location);
}

static void read_distribution_points(struct certificate_facts *out, struct der value)
{
	struct der list, point, name, full, uri;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take(&list, &point, DER_SEQUENCE)) {
		if (!der_take(&point, &name, DER_CONSTRUCTED(0)) ||
		    !der_take(&name, &full, DER_CONSTRUCTED(0)))
			continue;
		while (!der_is_empty(&full)) {
			if (der_take(&full, &uri, GENERAL_NAME_URI))
				keep_url(out->crl_urls, &out->num_crl_urls, &uri);
			else if (!der_skip(&full))
				break;
		}
	}
}

void facts_read_extensions(struct certificate_facts *out, const uint8_t *bytes, size_t len)
{
	struct der in = der_of(bytes, len);
	struct der list;
	struct der_extension extension;
	if (!der_take(&in, &list, DER_SEQUENCE))
		return;
	while (der_take_extension(&list, &extension)) {
		if (HAS_ID(&extension.id, OID_TLS_FEATURE))
			read_features(out, extension.value);
		else if (HAS_ID(&extension.id, OID_AUTHORITY_INFO))
			read_authority_info(out, extension.value);
		else if (HAS_ID(&extension.id, OID_NO_REV_AVAIL))
			out->no_rev_avail = true;
		else if (HAS_ID(&extension.id, MBEDTLS_OID_CRL_DISTRIBUTION_POINTS))
			read_distribution_points(out, extension.value);
	}
}

static bool lists_address(struct der value, const uint8_t *address, size_t len)
{
	struct der list, name;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return false;
	while (!der_is_empty(&list)) {
		if (!der_take(&list, &name, GENERAL_NAME_ADDRESS)) {
			if (!der_skip(&list))
				return false;
		} else if (der_equals(&name, address, len)) {
			return true;
		}
	}
	return false;
}

bool facts_has_address(const mbedtls_x509_crt *certificate, const uint8_t *address, size_t len)
{
	struct der in = der_of(certificate->v3_ext.p, certificate->v3_ext.len);
	struct der list;
	struct der_extension extension;
	if (!der_take(&in, &list, DER_SEQUENCE))
		return false;
	while (der_take_extension(&list, &extension))
		if (HAS_ID(&extension.id, MBEDTLS_OID_SUBJECT_ALT_NAME))
			return lists_address(extension.value, address, len);
	return false;
}

void facts_read(struct certificate_facts *out, const mbedtls_x509_crt *certificate)
{
	*out = (struct certificate_facts){.present = true};
	mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), certificate->raw.p,
		   certificate->raw.len, out->sha256);
	serial_print(out->serial, sizeof out->serial, certificate->serial.p,
		     certificate->serial.len);
	out->not_before = der_seconds(&certificate->valid_from);
	out->not_after = der_seconds(&certificate->valid_to);
	facts_read_extensions(out, certificate->v3_ext.p, certificate->v3_ext.len);
}
