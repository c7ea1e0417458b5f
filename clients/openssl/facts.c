/* Knows how to read times, names, pointers and the TLS feature out of a certificate. */
#include "clients/openssl/session.h"
#include "clients/rules/freshness.h"

#include "clients/facts/serial.h"
#include "core/clock.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <string.h>
#include <time.h>

/* status_request in a TLS feature extension (RFC 7633 section 4.2.3). */
#define FEATURE_STATUS_REQUEST 5

bool time_read(int64_t *out, const ASN1_TIME *time)
{
	struct tm parts;
	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*out = (int64_t)timegm(&parts);
	return true;
}

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

void serial_read(char *out, size_t size, const ASN1_INTEGER *serial)
{
	serial_print(out, size, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
}

static bool has_status_request(X509 *certificate)
{
	bool found = false;
	TLS_FEATURE *features = X509_get_ext_d2i(certificate, NID_tlsfeature, NULL, NULL);
	for (int i = 0; i < sk_ASN1_INTEGER_num(features) && !found; i++)
		found = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) ==
			FEATURE_STATUS_REQUEST;
	sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
	return found;
}

/* OpenSSL 3.0 has no name for it. */
static bool has_no_rev_avail(const X509 *certificate)
{
	static const unsigned char id[] = {0x55, 0x1d, 56}; /* id-ce 56 */
	for (int i = 0; i < X509_get_ext_count(certificate); i++) {
		const ASN1_OBJECT *object = X509_EXTENSION_get_object(X509_get_ext(certificate, i));
		if (OBJ_length(object) == sizeof id &&
		    memcmp(OBJ_get0_data(object), id, sizeof id) == 0)
			return true;
	}
	return false;
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

static void read_crl_urls(struct certificate_facts *facts, X509 *certificate)
{
	CRL_DIST_POINTS *points =
		X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL);
	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT *point = sk_DIST_POINT_value(points, i);
		if (point->distpoint == NULL || point->distpoint->type != 0)
			continue;
		const GENERAL_NAMES *names = point->distpoint->name.fullname;
		for (int k = 0; k < sk_GENERAL_NAME_num(names); k++)
			add_url(facts->crl_urls, &facts->num_crl_urls,
				sk_GENERAL_NAME_value(names, k));
	}
	CRL_DIST_POINTS_free(points);
}

void facts_read(struct certificate_facts *facts, X509 *certificate)
{
	unsigned int len = sizeof facts->sha256;
	*facts = (struct certificate_facts){.present = true};
	X509_digest(certificate, digests.sha256, facts->sha256, &len);
	serial_read(facts->serial, sizeof facts->serial, X509_get0_serialNumber(certificate));
	facts->must_staple = has_status_request(certificate);
	facts->no_rev_avail = has_no_rev_avail(certificate);
	facts->num_ocsp_urls = access_urls_read(facts->ocsp_urls, certificate, NID_ad_OCSP);
	read_crl_urls(facts, certificate);
	time_read(&facts->not_before, X509_get0_notBefore(certificate));
	time_read(&facts->not_after, X509_get0_notAfter(certificate));
}

enum check times_check(const struct policy *policy, int64_t this_update, int64_t next_update)
{
	return freshness_check(this_update, next_update, next_update != 0, clock_wall_s(),
			       policy->skew_s, policy->max_age_s);
}
