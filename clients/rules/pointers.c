/* Knows where a certificate says what revocation needs. */
#include "clients/rules/pointers.h"

#include "clients/facts/serial.h"
#include "clients/rules/flags.h"

#include <string.h>

/* id-pe-tlsfeature 1.3.6.1.5.5.7.1.24, id-pe-authorityInfoAccess …1.1, id-ad-ocsp …48.1,
 * id-ce-noRevAvail 2.5.29.56 */
#define OID_TLS_FEATURE         "\x2b\x06\x01\x05\x05\x07\x01\x18"
#define OID_AUTHORITY_INFO      "\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_AD_OCSP             "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_NO_REV_AVAIL        "\x55\x1d\x38"
#define OID_DISTRIBUTION_POINTS "\x55\x1d\x1f"
#define OID_SUBJECT_ALT_NAME    "\x55\x1d\x11"
#define FEATURE_STATUS          5 /* RFC 7633 section 4.2.3: status_request */
#define GENERAL_NAME_URI        DER_CONTEXT(6)
#define GENERAL_NAME_ADDRESS    DER_CONTEXT(7)

struct reader {
	struct certificate_facts *out;
	unsigned flags;
};

static bool is_url(struct der uri, unsigned flags)
{
	if (uri.len == 0 || uri.len >= URL_TEXT_MAX)
		return false;
	if (flags & RULE_ANY_URL_BYTES)
		return memchr(uri.at, '\0', uri.len) == NULL;
	for (size_t i = 0; i < uri.len; i++)
		if (uri.at[i] <= ' ' || uri.at[i] > '~')
			return false;
	return true;
}

static void keep_url(char urls[][URL_TEXT_MAX], size_t *num, struct der uri, unsigned flags)
{
	if (*num == MAX_URLS || !is_url(uri, flags))
		return;
	memcpy(urls[*num], uri.at, uri.len);
	urls[(*num)++][uri.len] = '\0';
}

static void read_features(struct reader *reader, struct der value)
{
	struct der list;
	int feature;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take_number(&list, &feature, DER_INTEGER))
		if (feature == FEATURE_STATUS)
			reader->out->must_staple = true;
}

static void read_authority_info(struct reader *reader, struct der value)
{
	struct der list, access, method, location;
	struct certificate_facts *out = reader->out;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take(&list, &access, DER_SEQUENCE))
		if (der_take(&access, &method, DER_OID) && DER_IS(method, OID_AD_OCSP) &&
		    der_take(&access, &location, GENERAL_NAME_URI))
			keep_url(out->ocsp_urls, &out->num_ocsp_urls, location, reader->flags);
}

static void read_distribution_points(struct reader *reader, struct der value)
{
	struct der list, point, name, full, uri;
	struct certificate_facts *out = reader->out;
	int tag;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take(&list, &point, DER_SEQUENCE)) {
		if (!der_take(&point, &name, DER_CONSTRUCTED(0)) ||
		    !der_take(&name, &full, DER_CONSTRUCTED(0)))
			continue;
		while (der_take_any(&full, &tag, &uri))
			if (tag == GENERAL_NAME_URI)
				keep_url(out->crl_urls, &out->num_crl_urls, uri, reader->flags);
	}
}

static void read_extensions(struct reader *reader, struct der list)
{
	struct der_extension extension;
	while (der_take_extension(&list, &extension)) {
		if (DER_IS(extension.id, OID_TLS_FEATURE))
			read_features(reader, extension.value);
		else if (DER_IS(extension.id, OID_AUTHORITY_INFO))
			read_authority_info(reader, extension.value);
		else if (DER_IS(extension.id, OID_NO_REV_AVAIL))
			reader->out->no_rev_avail = true;
		else if (DER_IS(extension.id, OID_DISTRIBUTION_POINTS))
			read_distribution_points(reader, extension.value);
	}
}

void pointers_read(struct certificate_facts *out, const struct certificate *certificate,
		   unsigned flags)
{
	struct reader reader = {.out = out, .flags = flags};
	struct der validity = certificate->validity;
	bool readable;
	*out = (struct certificate_facts){.present = true};
	serial_print(out->serial, sizeof out->serial, certificate->serial.at,
		     certificate->serial.len);
	der_take_time(&validity, &out->not_before, &readable, DER_TIME_SHORT | DER_TIME_OFFSET);
	der_take_time(&validity, &out->not_after, &readable, DER_TIME_SHORT | DER_TIME_OFFSET);
	read_extensions(&reader, certificate->extensions);
}

bool pointers_have_address(const struct certificate *certificate, struct der address)
{
	struct der value, list, name;
	int tag;
	if (!certificate_extension(&value, certificate, der_of(OID_SUBJECT_ALT_NAME, 3)) ||
	    !der_take(&value, &list, DER_SEQUENCE))
		return false;
	while (der_take_any(&list, &tag, &name))
		if (tag == GENERAL_NAME_ADDRESS && der_same(name, address))
			return true;
	return false;
}
