/* Knows which part of a CA's certificates a CRL is about. */
#include "clients/gnutls/der.h"

#include <string.h>

/* The tags inside issuingDistributionPoint (RFC 5280 section 5.2.5). */
enum {
	TAG_POINT = 0xa0,
	TAG_FULL_NAME = 0xa0,
	TAG_URI = 0x86,
	TAG_ONLY_USER = 0x81,
	TAG_ONLY_CA = 0x82,
};

/* Whether the certificate points to one of the URIs of a DistributionPointName. */
static bool names_point(struct span name, const struct certificate_facts *facts)
{
	struct span full, uri;
	uint8_t tag;
	if (!span_take(&name, &tag, &full) || tag != TAG_FULL_NAME)
		return false;
	while (span_take(&full, &tag, &uri))
		for (size_t i = 0; tag == TAG_URI && i < facts->num_crl_urls; i++)
			if (strlen(facts->crl_urls[i]) == uri.len &&
			    memcmp(facts->crl_urls[i], uri.at, uri.len) == 0)
				return true;
	return false;
}

static bool field_fits(uint8_t tag, struct span value, bool is_ca,
		       const struct certificate_facts *facts)
{
	bool is_true = value.len == 1 && *value.at != 0;
	switch (tag) {
	case TAG_POINT: return names_point(value, facts);
	case TAG_ONLY_USER: return !is_true || !is_ca;
	case TAG_ONLY_CA: return !is_true || is_ca;
	/* Only some reasons, indirect, only attribute certificates. */
	default: return value.len == 1 && !is_true;
	}
}

bool scope_fits(const uint8_t *der, size_t len, bool is_ca, const struct certificate_facts *facts)
{
	struct span in = {der, len};
	struct span list, value;
	uint8_t tag;
	if (!span_take(&in, &tag, &list) || tag != 0x30 || in.len > 0)
		return false;
	while (list.len > 0)
		if (!span_take(&list, &tag, &value) || !field_fits(tag, value, is_ca, facts))
			return false;
	return true;
}
